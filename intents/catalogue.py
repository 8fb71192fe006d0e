"""The intents there are: `intents.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

import yaml


class Risk(StrEnum):
    LOW = "low"  #: a sentence of HQ's answers it, and a clerk confirms
    HIGH = "high"  #: a person acts; nothing goes out by itself


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing that a message can mean."""

    name: str
    meaning: str  #: Chinese, for people
    example: str
    risk: Risk
    rank: int  #: position in the catalogue; of two equally sure intents the lower is served first


def load_catalogue() -> Mapping[str, Intent]:
    """Every intent by name, in the catalogue's order."""
    rows = yaml.safe_load((files("intents") / "intents.yaml").read_text(encoding="utf-8"))
    return {
        name: Intent(name, row["meaning"], row["example"], Risk(row["risk"]), rank)
        for rank, (name, row) in enumerate(rows.items())
    }
