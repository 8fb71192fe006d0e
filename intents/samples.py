"""Sentences that templates stand for: to read what one wrote, and to try it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from intents.rule import read_columns

_SAID = ("heads", "tails", "alone", "whole", "parts", "hints")  #: columns that say something by themselves
_TRIES = 30  #: for each sentence that is wanted; short templates say little that is different


def sample(data: Mapping[str, Any], count: int, random: Random) -> list[str]:
    """Up to `count` different sentences of one file's templates. Raises BadTemplateError."""
    nodes = [node for column, templates in read_columns(data).items() if column in _SAID for _, node in templates]
    found: dict[str, None] = {}
    for _ in range(count * _TRIES if nodes else 0):
        if len(found) == count:
            break
        found[random.choice(nodes).say(random)] = None
    return list(found)


def by_template(data: Mapping[str, Any], count: int, random: Random) -> Iterator[tuple[str, list[str]]]:
    """Each template as written, and up to `count` of its sentences. Raises BadTemplateError."""
    for column, templates in read_columns(data).items():
        if column in _SAID:
            for written, node in templates:
                yield written, list(dict.fromkeys(node.say(random) for _ in range(count)))
