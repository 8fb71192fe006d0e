"""What was measured, what it should have been, and the table that shows both."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Bound(StrEnum):
    """On which side of the target the figure must lie."""

    AT_LEAST = "≥"
    AT_MOST = "≤"
    BELOW = "<"
    SHOWN = ""  #: for information only


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    value: float
    unit: str = ""
    bound: Bound = Bound.SHOWN
    target: float = 0.0
    places: int = 2  #: decimals shown

    @property
    def is_good(self) -> bool:
        match self.bound:
            case Bound.AT_LEAST:
                return self.value >= self.target
            case Bound.AT_MOST:
                return self.value <= self.target
            case Bound.BELOW:
                return self.value < self.target
        return True

    def cells(self) -> tuple[str, str, str, str]:
        """Name, target, measured, verdict."""
        verdict = "" if self.bound is Bound.SHOWN else ("ok" if self.is_good else "MISSED")
        wanted = f"{self.bound} {self.target:g}{self.unit}" if self.bound is not Bound.SHOWN else ""
        return self.name, wanted, f"{self.value:.{self.places}f}{self.unit}", verdict


def table(figures: Sequence[Figure]) -> str:
    """The figures below each other, in columns."""
    rows = [("", "target", "measured", ""), *(figure.cells() for figure in figures)]
    widths = [max(_width(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def quantile(values: Iterable[float], share: float) -> float:
    """The value below which `share` (0–1) of the values lie; the nearest rank, so always one of them."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Iterable[float]) -> float:
    return quantile(values, 0.5)
