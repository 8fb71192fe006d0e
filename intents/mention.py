"""One place of a message that speaks of a day, a time of day or a number of nights; and what it is read against."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from intents.calendar import Calendar


class Kind(StrEnum):
    DAY = "day"  #: one day, or several that are counted out
    WEEKDAY = "weekday"
    OF_MONTH = "of_month"  #: a day without its month: 5号
    FESTIVAL = "festival"
    WEEK = "week"
    MONTH = "month"
    TIME = "time"
    NIGHTS = "nights"


class Lean(StrEnum):
    """How a part of a message leans on the day said before it."""

    NONE = "none"
    AFTER = "after"  #: the end of a range: not before that day
    SAME = "same"  #: right behind it, and so likely the same day once more
    BESIDE = "beside"  #: another day of the same week or month


@dataclass(frozen=True, slots=True)
class Mention:
    kind: Kind
    at: int  #: in the text of Said
    upto: int
    start: date | None = None
    end: date | None = None  #: inclusive
    time: time | None = None
    part: str = ""  #: of the day, as said: 晚上
    time_at: int = 0  #: where the words of the time begin; they end with the mention
    nights: int = 0
    ask: bool = False
    reason: str = ""  #: Chinese, for the customer or the clerk
    name: str = ""  #: of the festival
    is_list: bool = False  #: days counted out: 25、26号
    is_period: bool = False  #: a stretch of time that holds the day that is meant: 下周, 12月中旬
    is_last: bool = False  #: the day of leaving alone is said: 住到周五

    def asking(self, reason: str) -> Mention:
        """The same with a doubt; the first reason stays."""
        return replace(self, ask=True, reason=self.reason or reason)

    def on(self, start: date | None, end: date | None = None) -> Mention:
        return replace(self, start=start, end=end)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a message is read against."""

    now: datetime  #: aware, the store's local time
    calendar: Calendar
    before: Mention | None = None  #: the day said before
    lean: Lean = Lean.NONE
    left: str = field(default="", compare=False)  #: what stands before, 12 characters at most

    @property
    def today(self) -> date:
        return self.now.date()

    def base(self) -> date:
        """From which day on a day is looked for."""
        if self.before is not None and self.before.start is not None:
            if self.lean in (Lean.AFTER, Lean.SAME):
                return self.before.end or self.before.start
            if self.lean is Lean.BESIDE:
                return max(self.today, self.before.start.replace(day=1))
        return self.today


def monday_of(day: date) -> date:
    return day - timedelta(day.weekday())


def day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def last_day(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(1)


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day_or_none(year, month + 1, day.day) or last_day(year, month + 1)
