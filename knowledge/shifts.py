"""When somebody works, in store time: `周一至周五 09:00-18:00;周六 10:00-16:00`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

_DAY_NAMES = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_GROUPS = {"每天": range(7), "每日": range(7), "天天": range(7), "工作日": range(5), "平日": range(5), "周末": (5, 6)}
_DAY = r"(?:周|星期|礼拜)?[一二三四五六日天]"
_DAYS = re.compile(rf"{_DAY}\s*(?:[至到-]\s*{_DAY})?")
_HOURS = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-至到]\s*(次日)?\s*(\d{1,2})(?::(\d{2}))?")
_ALL_DAY = re.compile(r"全天|24\s*小时")
_MINUTES_A_DAY = 24 * 60
_HINT = "请写成「周一至周五 09:00-18:00;周六 10:00-16:00」,每天都上班可以留空"


@dataclass(frozen=True, slots=True)
class Span:
    """Minutes after midnight on one weekday; an end beyond 1,440 reaches into the next day."""

    weekday: int  #: 0 is Monday
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Shifts:
    """The hours of a week; none means always."""

    spans: tuple[Span, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Shifts:
        """Read what HQ wrote. Raises ValueError with a Chinese reason."""
        plain = unicodedata.normalize("NFKC", text).replace("—", "-").replace("–", "-").replace("~", "-").strip()
        spans: list[Span] = []
        for part in re.split(r"[;\n]", plain):
            if part.strip():
                spans.extend(_spans(part.strip()))
        if plain and not spans:
            raise ValueError(f"没看懂上班时间。{_HINT}")
        return cls(tuple(spans))

    def covers(self, local: datetime) -> bool:
        """Whether `local`, in store time, is within working hours."""
        if not self.spans:
            return True
        today, minute = local.weekday(), local.hour * 60 + local.minute
        return any(
            (span.weekday == today and span.start <= minute < span.end)
            or ((span.weekday + 1) % 7 == today and minute + _MINUTES_A_DAY < span.end)
            for span in self.spans
        )


def _spans(part: str) -> list[Span]:
    """One part between semicolons: days (none: every day), then one or more hours."""
    first = _HOURS.search(part) or _ALL_DAY.search(part)
    days_text = part[: first.start()] if first else part
    days = _days(days_text.strip(" :,、和及"))
    hours = _hours(part[len(days_text) :])
    return [Span(day, start, end) for day in days for start, end in hours]


def weekdays(text: str) -> frozenset[int]:
    """周五、周六 or 周一至周四 as weekdays, 0 is Monday. Raises ValueError."""
    return frozenset(_days(unicodedata.normalize("NFKC", text).replace("—", "-").replace("~", "-").strip()))


def _days(text: str) -> list[int]:
    if not text:
        return list(range(7))
    days: list[int] = []
    for piece in re.split(r"[,、和及\s]+", re.sub(r"\s*([至到-])\s*", r"\1", text)):
        if piece in _GROUPS:
            days.extend(_GROUPS[piece])
        elif _DAYS.fullmatch(piece):
            first, *last = (_DAY_NAMES[day[-1]] for day in re.findall(_DAY, piece))
            length = (last[0] - first) % 7 + 1 if last else 1
            days.extend((first + step) % 7 for step in range(length))
        else:
            raise ValueError(f"「{piece}」不是星期几。{_HINT}")
    return sorted(set(days))


def _hours(text: str) -> list[tuple[int, int]]:
    """Raises ValueError."""
    if not text.strip():
        return [(0, _MINUTES_A_DAY)]
    hours = [_minutes(match) for match in _HOURS.finditer(text)]
    rest = _HOURS.sub("", text)
    if _ALL_DAY.search(rest):
        hours.append((0, _MINUTES_A_DAY))
        rest = _ALL_DAY.sub("", rest)
    if rest.strip(" ,、和及"):
        raise ValueError(f"「{rest.strip()}」没看懂。{_HINT}")
    return hours


def _minutes(match: re.Match[str]) -> tuple[int, int]:
    start_hour, start_minute, next_day, end_hour, end_minute = match.groups()
    start = int(start_hour) * 60 + int(start_minute or 0)
    end = int(end_hour) * 60 + int(end_minute or 0)
    if int(start_minute or 0) > 59 or int(end_minute or 0) > 59 or start >= _MINUTES_A_DAY or end > _MINUTES_A_DAY:
        raise ValueError(f"「{match.group()}」不是有效的时间。{_HINT}")
    if start == end and not next_day:
        raise ValueError(f"「{match.group()}」的开始和结束相同。{_HINT}")
    return start, end + _MINUTES_A_DAY if next_day or end <= start else end
