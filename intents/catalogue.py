"""The intents there are: `intents.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

import yaml


class Risk(StrEnum):
    LOW = "low"  #: a sentence or an answer of HQ's, which may go out by itself where HQ allows that
    HIGH = "high"  #: a person acts; nothing goes out by itself


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing that a message can mean."""

    name: str
    meaning: str  #: Chinese, for people
    example: str
    risk: Risk
    rank: int  #: position in the catalogue; of two equally sure intents the lower is served first
    owner: str  #: Chinese: the role that acts on it
    slots: tuple[str, ...] = ()  #: what has to be or may be known
    kinds: tuple[str, ...] = ()  #: Chinese: what it may be about; empty when that makes no difference
    is_learned: bool = False  #: it may be guessed from examples, not only found by a template


def load_catalogue() -> Mapping[str, Intent]:
    """Every intent by name, in the catalogue's order."""
    rows = yaml.safe_load((files("intents") / "intents.yaml").read_text(encoding="utf-8"))
    return {name: _read(name, row, rank) for rank, (name, row) in enumerate(rows.items())}


def _read(name: str, row: Mapping[str, object], rank: int) -> Intent:
    slots, kinds = row.get("slots", ()), row.get("kinds", ())
    return Intent(
        name=name,
        meaning=str(row["meaning"]),
        example=str(row["example"]),
        risk=Risk(str(row["risk"])),
        rank=rank,
        owner=str(row["owner"]),
        slots=tuple(slots) if isinstance(slots, list) else (),
        kinds=tuple(kinds) if isinstance(kinds, list) else (),
        is_learned=row.get("learned") is True,
    )
