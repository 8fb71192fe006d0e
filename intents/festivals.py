"""Days that have a name: on which day each falls (festivals.yaml). When people are off: calendar.py."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import yaml

from intents.lunar import last_of_year, solar_day, solar_terms

DayOf = Callable[[int], date | None]  #: the day in a year; None when that year has none


def day_in_year(name: str, year: int) -> date | None:
    """The day of a festival in a year. Lunar ones count in the year in which they fall; None for unknown names."""
    rule = _rules().get(name)
    return None if rule is None else rule(year)


@functools.cache
def spoken() -> Mapping[str, str]:
    """What people call them → the name in festivals.yaml."""
    return {str(word): str(row["name"]) for row in _rows() for word in (row["name"], *row.get("also", ()))}


def nth_weekday(year: int, month: int, weekday: int, number: int) -> date | None:
    """The `number`-th Monday (0) … Sunday (6) of a month; None when there is no fifth one."""
    first = date(year, month, 1)
    day = first + timedelta((weekday - first.weekday()) % 7 + 7 * (number - 1))
    return day if day.month == month else None


@functools.cache
def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load((files("intents") / "festivals.yaml").read_text(encoding="utf-8"))
    return rows


@functools.cache
def _rules() -> Mapping[str, DayOf]:
    return {str(row["name"]): _rule(row) for row in _rows()}


def _rule(row: Mapping[str, Any]) -> DayOf:
    if "term" in row:
        return lambda year: solar_terms(year).get(row["term"])
    if "weekday" in row:
        month, weekday, number = row["weekday"]
        return lambda year: nth_weekday(year, month, weekday - 1, number)
    if "computed" in row:
        return _COMPUTED[row["computed"]]
    month, day = (int(part) for part in row.get("solar", row.get("lunar")).split("-"))
    return (lambda year: date(year, month, day)) if "solar" in row else (lambda year: _lunar(year, month, day))


def _lunar(year: int, month: int, day: int) -> date | None:
    """Months eleven and twelve mostly fall into the next year of the Gregorian calendar."""
    found = (solar_day(lunar_year, month, day) for lunar_year in (year, year - 1))
    return next((one for one in found if one is not None and one.year == year), None)


def _eve(year: int) -> date | None:
    return last_of_year(year - 1)


def _black_friday(year: int) -> date | None:
    thanksgiving = nth_weekday(year, 11, 3, 4)
    return thanksgiving + timedelta(1) if thanksgiving else None


def _easter(year: int) -> date | None:
    """By the anonymous Gregorian computus."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)


_COMPUTED: Mapping[str, DayOf] = {"eve": _eve, "black_friday": _black_friday, "easter": _easter}
