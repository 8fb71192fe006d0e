"""As many questions as wanted, in sentences written for this project and put together anew; for measuring the search.

An entry is about one aspect of one thing, in one place if there are many; its wordings say that in different ways.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_WORDINGS = 6  #: of each entry
_PARTS: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that people ask, in the words of many."""

    thing: str
    place: str
    aspect: tuple[str, ...]

    def say(self, frame: str, chance: random.Random) -> str:
        """In one of many ways: most people are short, some shorter, and some tell a story."""
        length = chance.random()
        if length < 0.15:
            return self.thing + chance.choice(self.aspect)
        said = frame.format(
            thing=self.thing, place=self.place, aspect=chance.choice(self.aspect), who=chance.choice(_PARTS["people"])
        )
        said = f"{said},{chance.choice(_PARTS['stories'])}" if length > 0.85 else said
        return said if chance.random() < 0.2 else said.replace(",", "")  # hardly anybody sets commas on a telephone


def generate_entries(texts: int) -> list[list[str]]:
    """Wordings of entries, nearly `texts` in all; the same call gives the same."""
    chance = random.Random(texts)
    return [_wordings(asked, chance) for asked in _asked(texts // _WORDINGS)]


def generate_questions(count: int, texts: int) -> list[str]:
    """What customers ask about the entries of `generate_entries(texts)`, in frames that no entry uses."""
    chance = random.Random(count)
    asked = chance.choices(list(_asked(texts // _WORDINGS)), k=count)
    return [each.say(_PARTS["asking"][number % len(_PARTS["asking"])], chance) for number, each in enumerate(asked)]


def _asked(entries: int) -> Iterator[Asked]:
    """No two alike, of every thing as many as of the others."""
    chance = random.Random(entries)
    seen: set[Asked] = set()
    things = _PARTS["things"]
    while len(seen) < entries:
        kind = chance.choice(_PARTS["kinds"]) if chance.random() < 0.5 else ""
        asked = Asked(kind + things[len(seen) % len(things)], _place(chance), tuple(chance.choice(_PARTS["aspects"])))
        if asked not in seen:
            seen.add(asked)
            yield asked


def _place(chance: random.Random) -> str:
    """A corner of the house, more often another store of the chain."""
    if chance.random() < 0.4:
        return str(chance.choice(_PARTS["rooms"]))
    return "".join(chance.sample(_PARTS["names"], 2)) + "店"


def _wordings(asked: Asked, chance: random.Random) -> list[str]:
    return list(dict.fromkeys(asked.say(frame, chance) for frame in chance.sample(_PARTS["frames"], _WORDINGS)))
