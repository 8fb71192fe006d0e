from __future__ import annotations

from datetime import datetime

import pytest

from knowledge.shifts import Shifts

MONDAY, FRIDAY, SATURDAY, SUNDAY = 23, 27, 28, 29  # November 2026


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute)  # noqa: DTZ001  # store time, as the caller made it


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("周一至周五 09:00-18:00", at(FRIDAY, 9), at(FRIDAY, 18)),
        ("周一至周五 09:00-18:00;周六 10:00-16:00", at(SATURDAY, 10), at(SATURDAY, 9, 59)),
        ("周一到周五9:00到18:00;周六 10:00~16:00", at(SATURDAY, 15, 59), at(SUNDAY, 12)),
        ("工作日 08:30-17:30", at(MONDAY, 8, 30), at(SATURDAY, 12)),
        ("周末 10-22", at(SUNDAY, 21, 59), at(FRIDAY, 12)),
        ("周六、周日 全天", at(SUNDAY, 0), at(MONDAY, 12)),
        ("09:00-12:00,13:30-18:00", at(MONDAY, 13, 30), at(MONDAY, 12, 30)),
        ("星期五至星期一 09:00-18:00", at(SUNDAY, 10), at(24, 10)),
        ("周五 22:00-06:00", at(SATURDAY, 5, 59), at(FRIDAY, 5)),
        ("周日 20:00-次日02:00", at(MONDAY, 1), at(SUNDAY, 1)),
        ("周一 09:00-24:00", at(MONDAY, 23, 59), at(24, 0)),
    ],
)
def test_shifts_cover_what_they_say(text: str, yes: datetime, no: datetime) -> None:
    shifts = Shifts.parse(text)
    assert shifts.covers(yes)
    assert not shifts.covers(no)


def test_no_shifts_means_always() -> None:
    assert Shifts.parse(" ").covers(at(SUNDAY, 3))


@pytest.mark.parametrize(
    "text", ["早班", "周一 9:00", "周八 09:00-18:00", "09:00-25:00", "周一 09:61-10:00", "09:00-09:00", "9点"]
)
def test_what_cannot_be_read_is_refused_in_chinese(text: str) -> None:
    with pytest.raises(ValueError, match=r"请写成|没看懂"):
        Shifts.parse(text)
