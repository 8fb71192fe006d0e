"""What stands in one cell: lists, days, choices, numbers. Every refusal is a ValueError with a Chinese reason."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from rapidfuzz.distance import Levenshtein

_HINTS_MOST = 20  #: different texts that are compared with every known name
_NEAR = 0.4  #: how like a known name must be to be offered; one character of two may differ

Choice = TypeVar("Choice", bound=StrEnum)

_LIST = re.compile(r"[、,，;；\n\r]+")  # full-width marks are what people type
_QUESTIONS = re.compile(r"\s*(?:##|[\n\r]+)\s*")
_NUMBER_AS_FLOAT = re.compile(r"(\d+)\.0+")
_DAY = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
    r"(?:[\sT-]*(?P<half>[上下]午|中午|晚上)?\s*(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?"
    r"|[点时](?:(?P<spoken>\d{1,2})分?|(?P<thirty>半)|整)?)\s*(?P<english>[AP]M)?(?:\+08:?00)?)?",
    re.IGNORECASE,
)
_COMPACT_DAY = re.compile(r"(?P<year>20\d{2}|9999)(?P<month>\d{2})(?P<day>\d{2})")
#: What people add to a date and what does not change it: (周四), 星期四, (含当天), 截止.
_BESIDE_A_DAY = re.compile(
    r"\((?:含当[天日]?|含|周.|星期.|礼拜.)\)|(?:星期|周|礼拜)[一二三四五六日天]|^(?:截止|截至)到?|^至"
)
_WITHOUT_YEAR = re.compile(r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?")
_YEAR_LAST = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{2,4}(?:\s.*)?")
_END_OF_TIME = 9999  #: the year by which other systems mean for ever
_EXCEL_DAY = re.compile(r"[3-7]\d{4}(?:\.\d+)?")  # 1982 to 2118
_SPAN = re.compile(r"至|到|~|～|—+|–| - ")
_SPAN_OF_DAYS = re.compile(r"(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)\s*[-－]\s*(?=\d{4}[-/.年])")
_DAY_MINUTES = 24 * 60
_EXCEL_ZERO = date(1899, 12, 30)
_FOREVER = frozenset(
    [
        "长期",
        "长期有效",
        "永久",
        "永久有效",
        "永久生效",
        "永远",
        "永远有效",
        "一直有效",
        "持续有效",
        "始终有效",
        "不过期",
        "永不过期",
        "永不失效",
        "不失效",
        "不限",
        "不限期",
        "无限期",
        "无期限",
        "不限时间",
        "无",
        "暂无",
        "没有",
        "-",
        "--",
        "/",
        "\\",
        "—",
        "——",
        "none",
        "null",
        "nan",
        "nat",
        "n/a",
        "forever",
    ]
)
_EVERYWHERE = ("全部", "所有", "全部门店", "所有门店", "全国", "全部城市", "所有城市", "不限", "通用", "all")


def plain(text: str) -> str:
    """One width, no spaces: how names and choices are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def split_list(text: str) -> tuple[str, ...]:
    """Parts between 、 , ; and line breaks, half or full width; each once."""
    return tuple(dict.fromkeys(part for raw in _LIST.split(text) if (part := raw.strip())))


def split_questions(text: str) -> tuple[str, ...]:
    """Parts between ## and line breaks; each once."""
    return tuple(dict.fromkeys(part for raw in _QUESTIONS.split(text) if (part := raw.strip())))


def span(text: str) -> tuple[str, str]:
    """From and until of 2026/1/1-2026/12/31 or 今天至明天, each as written; a single day is the last one."""
    said = _SPAN_OF_DAYS.sub(r"\1~", text.strip())
    starts, *rest = _SPAN.split(said, maxsplit=1)
    return (starts.strip(), rest[0].strip()) if rest and starts.strip() else ("", text.strip())


def is_everywhere(text: str) -> bool:
    return plain(text).lower() in _EVERYWHERE


def code(text: str) -> str:
    """A number that is a name: Excel's 1001.0 is 1001."""
    spaceless = unicodedata.normalize("NFKC", text).strip()
    whole = _NUMBER_AS_FLOAT.fullmatch(spaceless)
    return whole[1] if whole else spaceless


def day(text: str) -> date | None:
    """A day as people and Excel write it; None for an empty cell or 长期."""
    moment = first_minute(text)
    return moment.date() if moment else None


def first_minute(text: str) -> datetime | None:
    """The minute from which something holds: 00:00 for a bare day; None for an empty cell or 长期."""
    return _moment(text, time.min)


def last_minute(text: str) -> datetime | None:
    """The last minute of something: 23:59 for a bare day; None for an empty cell or 长期."""
    moment = _moment(text, time(23, 59))
    return None if moment and moment.year == _END_OF_TIME else moment


def _moment(text: str, bare: time) -> datetime | None:
    said = unicodedata.normalize("NFKC", text).strip()
    if not said or plain(said).lower() in _FOREVER:
        return None
    said = _BESIDE_A_DAY.sub("", said).strip()
    if _EXCEL_DAY.fullmatch(said):
        return _excel_moment(float(said), bare)
    match = _DAY.fullmatch(said) or _COMPACT_DAY.fullmatch(said)
    if match is None:
        raise ValueError(f"「{text}」{_not_a_day(said)}请写成 2026-02-28 这样的日期,或者留空表示长期有效。")
    year, month, number = int(match["year"]), int(match["month"]), int(match["day"])
    try:
        on = date(year, month, number)
    except ValueError as failure:
        near = _last_day(year, month) or "2026-02-28"
        raise ValueError(f"「{text}」不是有效日期。请写成 {near} 这样的日期,或者留空表示长期有效。") from failure
    try:
        return datetime.combine(on, _clock(match.groupdict(), bare))
    except ValueError as failure:
        raise ValueError(f"「{text}」里的时间不对。请写成 {on} 18:00 这样,或者只写日期。") from failure


def _not_a_day(said: str) -> str:
    if _WITHOUT_YEAR.fullmatch(said):
        return "没有写年份,不是有效日期。"
    return "里年份要写在前面、写四位,现在不是有效日期。" if _YEAR_LAST.fullmatch(said) else "不是有效日期。"


def _excel_moment(serial: float, bare: time) -> datetime:
    """Excel counts days from 1899-12-30; what stands behind the point is the time of day."""
    days, minutes = divmod(round(serial * _DAY_MINUTES), _DAY_MINUTES)
    on = _EXCEL_ZERO + timedelta(days=days)
    return datetime.combine(on, time(minutes // 60, minutes % 60) if minutes else bare)


def _clock(said: dict[str, str | None], bare: time) -> time:
    """The time of day that stands beside a date; `bare` when none does. Raises ValueError."""
    if not said.get("hour"):
        return bare
    hour, minute = int(said["hour"] or 0), int(said["minute"] or said["spoken"] or (30 if said["thirty"] else 0))
    half = (said.get("english") or said["half"] or "").upper()
    if half in ("下午", "晚上", "PM") and hour < 12:
        hour += 12
    if half == "AM" and hour == 12:
        hour = 0
    return time(23, 59) if (hour, minute) == (24, 0) else time(hour, minute)


def choice(kind: type[Choice], text: str, default: Choice) -> Choice:
    """One of the values of `kind`; the default for an empty cell."""
    said = plain(text)
    if not said:
        return default
    for value in kind:
        if said == value:
            return value
    options = "、".join(kind)
    raise ValueError(f"「{text}」不能用在这里。请写 {options} 中的一个,或者留空({default})。")


def nearest(text: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like `text`, if any does."""
    said = plain(text).lower()
    by_plain = {plain(name).lower(): name for name in known}
    scored = [(Levenshtein.normalized_similarity(said, name), -abs(len(said) - len(name)), name) for name in by_plain]
    likeness, _, best = max(scored, default=(0.0, 0, ""))
    return by_plain[best] if likeness >= _NEAR else None


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """「是不是「…」?」, or nothing when no known name is near."""
    near = nearest(text, known)
    return f"是不是「{near}」?" if near else ""


class Hints:
    """`did_you_mean` for many texts: the same text is looked up once, and after so many nobody reads hints."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = known
        self._found: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        if text not in self._found:
            self._found[text] = did_you_mean(text, self._known) if len(self._found) < _HINTS_MOST else ""
        return self._found[text]


def _last_day(year: int, month: int) -> date | None:
    return date(year, month, calendar.monthrange(year, month)[1]) if 1 <= month <= 12 and year > 0 else None
