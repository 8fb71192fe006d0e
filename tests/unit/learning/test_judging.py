"""Which entries are stale, when the week ends, and how staff questions are counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.assistant.figures import Asked, describe, tally
from bot.learning.stale import Use, judge
from bot.learning.stale import describe as describe_stale
from bot.learning.weekly import last_monday, week_name
from bot.model import StaffOutcome
from bot.workers.schedule import Job
from knowledge.entry import Entry, Status
from knowledge.policy import CHINA
from knowledge.problem import Place

TODAY = date(2026, 11, 22)
LONG_AGO = date(2026, 1, 1)


def entry(number: str, **more: object) -> Entry:
    return Entry(number=number, question=f"{number}怎么样", place=Place("faq/a.csv", row=2), **more)  # type: ignore[arg-type]


def judged(*entries: Entry, known_since: date | None = LONG_AGO, **use: Use) -> tuple[list[str], list[str], list[str]]:
    stale = judge({one.number: one for one in entries}, use, known_since, TODAY)
    assert describe_stale(stale, TODAY)
    return (
        [one.number for one in stale.expiring],
        [one.number for one, _ in stale.unused],
        [one.number for one, _ in stale.edited],
    )


def used(days_ago: int, sent: int = 0, edited: int = 0) -> Use:
    return Use(TODAY - timedelta(days=days_ago), sent, edited)


def test_what_expires_within_fourteen_days() -> None:
    ends = {"A": 0, "B": 14, "C": 15, "D": -1}
    entries = [
        entry(number, ends_at=datetime.combine(TODAY + timedelta(days=days), time(23, 59)))
        for number, days in ends.items()
    ]
    assert judged(*entries, A=used(1), B=used(1), C=used(1), D=used(1))[0] == ["A", "B"]


def test_what_nobody_asked_for_ninety_days() -> None:
    entries = [entry("A"), entry("B"), entry("C"), entry("D", status=Status.DRAFT)]
    assert judged(*entries, A=used(90), B=used(91))[1] == ["C", "B"]
    assert judged(entry("A", starts_at=datetime.combine(date(2026, 11, 1), time())))[1] == []
    assert judged(entry("A"), known_since=TODAY - timedelta(days=89))[1] == []
    assert judged(entry("A"), known_since=None)[1] == []


def test_what_staff_edit_more_often_than_a_third_of_the_time() -> None:
    use = {"A": used(1, 6, 2), "B": used(1, 6, 3), "C": used(1, 4, 4), "D": used(1, 9, 9)}
    assert judged(*map(entry, use), A=use["A"], B=use["B"], C=use["C"], D=use["D"])[2] == ["D", "B"]


@pytest.mark.parametrize(
    ("now", "monday"),
    [("2026-11-23T09:00", "2026-11-23"), ("2026-11-23T08:59", "2026-11-16"), ("2026-11-22T23:00", "2026-11-16")],
)
def test_a_week_begins_on_monday_morning(now: str, monday: str) -> None:
    found = last_monday(datetime.fromisoformat(now).replace(tzinfo=CHINA))
    assert found == datetime.fromisoformat(monday).replace(hour=9, tzinfo=CHINA)


def test_weeks_are_named_as_calendars_name_them() -> None:
    assert (week_name(date(2026, 11, 16)), week_name(date(2027, 1, 1))) == ("2026W47", "2026W53")


def test_a_slot_of_a_week_is_the_same_until_the_next_monday_morning() -> None:
    async def nothing() -> None: ...

    monday = datetime(2026, 11, 16, 1, tzinfo=UTC)  # 09:00 in the stores
    job = Job("gaps", timedelta(days=7), nothing, after=monday - datetime.fromtimestamp(0, UTC))
    assert job.slot(monday) == job.slot(monday + timedelta(days=7, seconds=-1)) == monday
    assert job.slot(monday + timedelta(days=7)) == monday + timedelta(days=7)
    assert job.slot(monday - timedelta(seconds=1)) == monday - timedelta(days=7)


def test_staff_questions_are_counted_by_day() -> None:
    minutes = [StaffOutcome.ENTRY, StaffOutcome.ENTRY, StaffOutcome.CHOSEN, StaffOutcome.LEFT, ""]
    asked = [Asked(TODAY, outcome, None) for outcome in minutes]
    asked += [Asked(TODAY, StaffOutcome.PERSON, timedelta(minutes=many)) for many in (10, 30, 600)]
    figures = tally(asked, [TODAY - timedelta(days=1), TODAY])
    assert (figures.asked, figures.at_once, figures.by_person_in) == (8, 0.25, timedelta(minutes=30))
    day = figures.days[1]
    assert (day.asked, day.at_once, day.chosen, day.by_person, day.unanswered, day.waiting) == (8, 2, 1, 3, 1, 1)
    assert "当场答上 25%,总部答复用时中位数 30 分钟" in describe(figures)
    assert "还没有" in describe(tally([], [TODAY]))
