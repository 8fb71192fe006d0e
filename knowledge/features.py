"""What is compared when two sentences are compared: characters, pairs of characters, words.

Words are compared after synonyms have been brought to one; characters as they are written.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Mapping
from importlib.resources import files

from knowledge.text import cut, normalise

#: A Latin word or a number counts as one character.
_UNIT = re.compile(r"[a-z]+|\d+(?:[.:]\d+)*%?|[^\sa-z\d]")
_WORD_MARK = "w:"  # so that no word is taken for a character


def characters(key: str) -> list[str]:
    """Single characters and neighbouring pairs."""
    units = _UNIT.findall(key)
    return units + [f"{one}{other}" for one, other in itertools.pairwise(units)]


def word_features(key: str) -> list[str]:
    """The words, synonyms as one."""
    return [_WORD_MARK + word for word in cut(canonical(key))]


def word_of(feature: str) -> str:
    """The word behind a word feature."""
    return feature.removeprefix(_WORD_MARK)


def canonical(key: str) -> str:
    """The text with every way of saying the same said the same way."""
    return _synonym_pattern().sub(lambda match: _synonyms()[match.group()], key)


@functools.cache
def _synonyms() -> Mapping[str, str]:
    lines = (files("knowledge") / "synonyms.txt").read_text(encoding="utf-8").splitlines()
    groups = [[normalise(word) for word in line.split()] for line in lines if not line.startswith("#")]
    return {word: group[0] for group in groups for word in group}


@functools.cache
def _synonym_pattern() -> re.Pattern[str]:
    """Longest first; `re` takes the first alternative that fits."""
    return re.compile("|".join(sorted(map(re.escape, _synonyms()), key=len, reverse=True)))
