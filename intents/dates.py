"""When: the days, nights and time of day that a message speaks of.

One way: the places that speak of a day are found and read from left to right (scan: anchors, readers, offsets); what
belongs together is put together (stays: ranges, lists, corrections, nights). What is vague or contradicts itself asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from intents.calendar import Calendar
from intents.mention import Mention
from intents.said import Said, read_said
from intents.scan import scan
from intents.stays import Stay, put_together


@dataclass(frozen=True, slots=True)
class When:
    start: date | None  #: None: only the end was said (住到周五)
    end: date | None = None  #: inclusive as said; for nights the day of leaving
    time: time | None = None
    ask: bool = False  #: vague or contradictory: a person or the customer must say
    reason: str = ""  #: Chinese


@dataclass(frozen=True, slots=True)
class Found:
    """A When, with its words and its place in the message as written."""

    when: When
    words: str
    start: int
    end: int


def read_dates(text: str, now: datetime, calendar: Calendar) -> tuple[Found, ...]:
    """All days that a message speaks of, in order. `now` is aware, in the store's local time."""
    said = read_said(text)
    return tuple(_found(said, stay) for stay in read_stays(said.text, now, calendar) if stay.day is not None)


def read_stays(text: str, now: datetime, calendar: Calendar) -> list[Stay]:
    """The same with positions in `text`, which is that of Said; one without a day speaks of nights alone."""
    return put_together(text, scan(text, now, calendar), now)


def when_of(day: Mention, stay: Stay) -> When:
    start, end = (None, day.start) if stay.is_only_end else (day.start, day.end)
    return When(start, end, stay.time, day.ask, day.reason)


def _found(said: Said, stay: Stay) -> Found:
    assert stay.day is not None
    first, last = said.where(stay.at, stay.upto)
    return Found(when_of(stay.day, stay), said.source[first:last], first, last)
