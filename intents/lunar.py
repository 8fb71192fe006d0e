"""The lunar calendar and the solar terms. The only importer of lunar_python."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date

from lunar_python import LunarYear, Solar

#: What the library computes without drifting; nobody books outside.
FIRST_YEAR, LAST_YEAR = 1950, 2150


@functools.lru_cache(maxsize=512)
def solar_day(year: int, month: int, day: int) -> date | None:
    """The day on which a day of the lunar calendar falls; None when that month has no such day (腊月三十)."""
    found = LunarYear.fromYear(year).getMonth(month) if FIRST_YEAR <= year <= LAST_YEAR else None
    if found is None or not 1 <= day <= found.getDayCount():
        return None
    first = Solar.fromJulianDay(found.getFirstJulianDay())
    return date.fromordinal(date(first.getYear(), first.getMonth(), first.getDay()).toordinal() + day - 1)


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
