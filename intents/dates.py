"""When: the days, nights and time of day that a message speaks of.

One way: the places that speak of a day are found and read from left to right (scan: anchors, readers, offsets); what
belongs together is put together (stays: ranges, lists, corrections, nights). What is vague or contradicts itself asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from intents.calendar import Calendar
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
    stays = put_together(said.text, scan(said.text, now, calendar), now)
    return tuple(_found(said, stay) for stay in stays if stay.day is not None)


def _found(said: Said, stay: Stay) -> Found:
    day = stay.day
    assert day is not None
    start, end = (None, day.start) if stay.is_only_end else (day.start, day.end)
    when = When(start, end, stay.time, day.ask, day.reason)
    first, last = said.where(stay.at, stay.upto)
    return Found(when, said.source[first:last], first, last)
