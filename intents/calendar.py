"""Named days, and who is off when. Public holidays are data: holidays/*.yaml here, and what HQ's folder adds."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files

import yaml

from intents.festivals import day_in_year, spoken
from knowledge.text import normalise

#: Festivals that the State Council decides days off for.
PUBLIC = ("元旦", "春节", "清明", "劳动节", "端午", "中秋", "国庆")
_YEARLY = re.compile(r"(\d{1,2})-(\d{1,2})")
_YEAR = re.compile(r"(\d{4})")


class BadHolidayError(ValueError):
    """A file of holidays cannot be read; the text says which line of it and why, for HQ."""


@dataclass(frozen=True, slots=True)
class Holiday:
    name: str
    start: date
    end: date  #: the last day off
    makeup: tuple[date, ...] = ()  #: weekend days that are worked instead


@dataclass(frozen=True, slots=True)
class Calendar:
    """Immutable. All days are the store's local days."""

    holidays: Mapping[int, tuple[Holiday, ...]]
    own: Mapping[str, tuple[int | None, int, int]]  #: HQ's own named days, normalised: year (None: each), month, day

    @classmethod
    def load(cls, extra: Mapping[str, object] | None = None) -> Calendar:
        """What is shipped, and over it what HQ's folder holds: file name → its content as YAML gives it.

        A file: `year`, `holidays` (name, start, end, makeup), and `days` (own name → "MM-DD" or a date); a year of
        HQ's replaces the shipped one. Raises BadHolidayError.
        """
        holidays, own = dict(_shipped()), dict[str, tuple[int | None, int, int]]()
        for name, tree in (extra or {}).items():
            if not isinstance(tree, Mapping):
                raise BadHolidayError(f"{name}: 要写 year、holidays 或 days")
            holidays |= _read_years(name, tree)
            own |= _read_days(name, tree.get("days"))
        return cls(holidays, own)

    @property
    def names(self) -> tuple[str, ...]:
        """All words for named days, HQ's own among them, the longest first."""
        return _names(tuple(self.own))

    def name_of(self, words: str) -> str:
        """The name of the festival that people call so."""
        return words if words in self.own else spoken().get(words, words)

    def in_year(self, name: str, year: int) -> date | None:
        """The day of a festival in a year; None when there is none."""
        if name not in self.own:
            return day_in_year(name, year)
        only, month, day = self.own[name]
        return _day(year, month, day) if only in (None, year) else None

    def next(self, name: str, on: date) -> date | None:
        """Its first day on or after `on`."""
        days = (self.in_year(name, year) for year in (on.year, on.year + 1, on.year + 2))
        return next((day for day in days if day is not None and day >= on), None)

    def warm_up(self, on: date) -> None:
        """Compute the tables of the years around `on` now (some 20 ms), so that no message waits for them."""
        for name in self.names:
            self.next(self.name_of(name), on)

    def days_off(self, name: str, day: date) -> Holiday | None:
        """The days off for a festival that falls on `day`; None when not published, or when nobody is off for it."""
        known = self.holidays.get(day.year, ())
        return next((one for one in known if name in one.name and one.start <= day <= one.end), None)

    def is_unpublished(self, name: str, day: date) -> bool:
        """Whether there will be days off for it, but nobody knows which yet."""
        return name in PUBLIC and day.year not in self.holidays

    def is_day_off(self, day: date) -> bool | None:
        """A public holiday or a weekend that is not worked; None in a year of which nothing is published."""
        known = self.holidays.get(day.year)
        if known is None:
            return None
        if any(day in one.makeup for one in known):
            return False
        return day.weekday() >= 5 or any(one.start <= day <= one.end for one in known)


@functools.lru_cache(maxsize=8)
def _names(own: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*spoken(), *own}, key=lambda name: (-len(name), name)))


@functools.cache
def _shipped() -> Mapping[int, tuple[Holiday, ...]]:
    found: dict[int, tuple[Holiday, ...]] = {}
    for path in (files("intents") / "holidays").iterdir():
        if path.name.endswith(".yaml"):
            found |= _read_years(path.name, yaml.safe_load(path.read_text(encoding="utf-8")))
    return found


def _read_years(file: str, tree: Mapping[object, object]) -> Mapping[int, tuple[Holiday, ...]]:
    rows = tree.get("holidays")
    if rows is None:
        return {}
    year = _YEAR.fullmatch(str(tree.get("year", "")).strip())
    if year is None or not isinstance(rows, list):
        raise BadHolidayError(f"{file}: 有 holidays 就要写 year: 2027,holidays 下面一行一个节日")
    return {int(year[1]): tuple(_read_holiday(file, row) for row in rows)}


def _read_holiday(file: str, row: object) -> Holiday:
    if not isinstance(row, Mapping) or not row.get("name"):
        raise BadHolidayError(f"{file}: 每个节日要写 name、start、end")
    start, end = _read_date(file, row.get("start")), _read_date(file, row.get("end"))
    if not start <= end < start + timedelta(31):
        raise BadHolidayError(f"{file}: {row['name']}的 start 和 end 不对:{start}、{end}")
    makeup = row.get("makeup") or []
    if not isinstance(makeup, list):
        raise BadHolidayError(f"{file}: makeup 要写成 [2027-01-03]")
    return Holiday(str(row["name"]), start, end, tuple(_read_date(file, day) for day in makeup))


def _read_date(file: str, value: object) -> date:
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise BadHolidayError(f"{file}: 日期要写成 2027-01-01,现在是 {value}") from None


def _read_days(file: str, tree: object) -> Mapping[str, tuple[int | None, int, int]]:
    if tree is None:
        return {}
    if not isinstance(tree, Mapping):
        raise BadHolidayError(f"{file}: days 下面每行写 名字: 05-20")
    return {normalise(str(name)): _read_own(file, value) for name, value in tree.items() if normalise(str(name))}


def _read_own(file: str, value: object) -> tuple[int | None, int, int]:
    yearly = _YEARLY.fullmatch(str(value).strip())
    if yearly is None:
        day = _read_date(file, value)
        return day.year, day.month, day.day
    if _day(2028, int(yearly[1]), int(yearly[2])) is None:
        raise BadHolidayError(f"{file}: 没有这一天:{value}")
    return None, int(yearly[1]), int(yearly[2])


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
