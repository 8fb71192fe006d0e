"""On which days festivals fall, who is off when, and what HQ may add to both."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import yaml

from intents.calendar import BadHolidayError, Calendar
from intents.dates import read_dates
from intents.lunar import last_of_year, solar_day

CALENDAR = Calendar.load()
TODAY = date(2026, 11, 22)
OWN = """
year: 2027
source: 国务院办公厅
holidays:
  - {name: 元旦, start: 2027-01-01, end: 2027-01-03, makeup: [2027-01-09]}
days: {店庆: 05-20, 会员日: 2027-03-15}
"""


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("冬至", "2026-12-22"), ("腊八", "2027-01-15"), ("小年", "2027-01-30"), ("立春", "2027-02-04"),
        ("除夕", "2027-02-05"), ("春节", "2027-02-06"), ("元宵", "2027-02-20"), ("清明", "2027-04-05"),
        ("端午", "2027-06-09"), ("七夕", "2027-08-08"), ("中秋", "2027-09-15"), ("重阳", "2027-10-08"),
        ("感恩节", "2026-11-26"), ("黑五", "2026-11-27"), ("母亲节", "2027-05-09"), ("复活节", "2027-03-28"),
    ],
)  # fmt: skip
def test_next_day_of_a_festival(name: str, day: str) -> None:
    assert str(CALENDAR.next(name, TODAY)) == day


def test_every_festival_has_a_day_in_every_year_but_for_the_last_months_of_the_lunar_one() -> None:
    for words in CALENDAR.names:
        name = CALENDAR.name_of(words)
        days = [CALENDAR.in_year(name, year) for year in range(2024, 2036)]
        assert sum(day is None for day in days) <= (2 if name in ("腊八", "小年", "南方小年") else 0), name
        assert all(day is None or day.year == year for year, day in enumerate(days, start=2024))


def test_new_year_follows_its_eve() -> None:
    for year in range(2000, 2100):
        eve, first = last_of_year(year), solar_day(year + 1, 1, 1)
        assert eve is not None and first == eve + timedelta(1)


def test_a_lunar_month_has_no_thirty_first_and_no_year_is_computed_far_away() -> None:
    assert solar_day(2026, 12, 30) is None
    assert solar_day(2026, 1, 31) is None
    assert solar_day(1200, 1, 1) is None


def test_days_off_of_2026() -> None:
    off = [date(2026, 1, 1) + timedelta(on) for on in range(365)]
    listed = [day for day in off if any(one.start <= day <= one.end for one in CALENDAR.holidays[2026])]
    assert len(listed) == 3 + 9 + 3 + 5 + 3 + 3 + 7
    assert CALENDAR.is_day_off(date(2026, 10, 10)) is False  # a Saturday that is worked
    assert CALENDAR.is_day_off(date(2026, 10, 7)) is True
    assert CALENDAR.is_day_off(date(2026, 11, 21)) is True
    assert CALENDAR.is_day_off(date(2027, 10, 1)) is None


def test_headquarters_adds_a_year_and_days_of_its_own() -> None:
    calendar = Calendar.load({"2027.yaml": yaml.safe_load(OWN)})
    now = datetime.fromisoformat("2026-11-22T10:00+08:00")
    (found,) = read_dates("元旦假期还有房吗", now, calendar)
    assert (found.when.start, found.when.end, found.when.ask) == (date(2027, 1, 1), date(2027, 1, 3), False)
    assert read_dates("店庆那天有活动吗", now, calendar)[0].when.start == date(2027, 5, 20)
    assert read_dates("会员日", now, calendar)[0].when.start == date(2027, 3, 15)
    assert calendar.holidays[2026] == CALENDAR.holidays[2026]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{holidays: [{name: 元旦, start: 2027-01-01, end: 2027-01-03}]}",
        "{year: 2027, holidays: [{name: 元旦}]}",
        "{year: 2027, holidays: [{name: 元旦, start: 一月一日, end: 2027-01-03}]}",
        "{year: 2027, holidays: [{name: 元旦, start: 2027-01-03, end: 2027-01-01}]}",
        "{year: 2027, holidays: 元旦}",
        "{days: {店庆: 13-40}}",
        "{days: 店庆}",
    ],
)
def test_wrong_file_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(BadHolidayError, match=r"放假\.yaml"):
        Calendar.load({"放假.yaml": yaml.safe_load(text)})
