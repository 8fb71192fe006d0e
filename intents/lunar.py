"""The lunar calendar and the solar terms. The only importer of lunar_python."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date

from lunar_python import LunarYear, Solar

#: What the library computes without drifting; nobody books outside.
FIRST_YEAR, LAST_YEAR = 1950, 2150


def solar_day(year: int, month: int, day: int) -> date | None:
    """The day on which a day of the lunar calendar falls; None when that month has no such day (腊月三十)."""
    first, days = _months(year).get(month, (0, 0)) if FIRST_YEAR <= year <= LAST_YEAR else (0, 0)
    return date.fromordinal(first + day - 1) if 1 <= day <= days else None


@functools.lru_cache(maxsize=16)
def _months(year: int) -> Mapping[int, tuple[int, int]]:
    """Of each month the ordinal of its first day and how many days it has; a leap month has a negative number."""
    found: dict[int, tuple[int, int]] = {}
    for month in LunarYear.fromYear(year).getMonthsInYear():
        first = Solar.fromJulianDay(month.getFirstJulianDay())
        ordinal = date(first.getYear(), first.getMonth(), first.getDay()).toordinal()
        found[month.getMonth()] = (ordinal, month.getDayCount())
    return found


def last_of_year(year: int) -> date | None:
    """除夕: the day before the next year's first, on 腊月二十九 or 三十."""
    first = solar_day(year + 1, 1, 1)
    return None if first is None else date.fromordinal(first.toordinal() - 1)


@functools.lru_cache(maxsize=16)
def solar_terms(year: int) -> Mapping[str, date]:
    """清明, 冬至 and the other twenty-two: when each begins in a year of the Gregorian calendar."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return {}
    table = Solar.fromYmd(year, 7, 1).getLunar().getJieQiTable()
    days = {name: date(term.getYear(), term.getMonth(), term.getDay()) for name, term in table.items()}
    days["冬至"] = days["DONG_ZHI"]  # the table begins with the 冬至 of the year before
    return {name: day for name, day in days.items() if day.year == year and not name.isascii()}
