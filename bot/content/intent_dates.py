"""`intent dates`: which days, nights and times of day messages speak of."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.content.evaluation import quantile, read_or_explain, timed, write_rows
from bot.errors import SettingsError
from intents.calendar import Calendar
from intents.dates import Found, read_dates
from knowledge.jsonl import read_texts

_SHANGHAI = ZoneInfo("Asia/Shanghai")
Row = dict[str, str | bool | None]


def write_dates(messages: Path, out: Path, now: datetime) -> str:
    """For each message, in order, `{text, start, end, time, ask}`; returns a line for a person.

    `now` is aware, the store's local time. `end` is inclusive as said, for nights the day of leaving. Of several days
    that do not belong together the first counts. Raises SettingsError.
    """
    texts, calendar = read_or_explain("FILE", messages, read_texts), Calendar.load()
    calendar.warm_up(now.date())
    read_dates("今天", now, calendar)  # what is loaded once is not measured
    rows = [timed(_reading(text, now, calendar)) for text in texts]
    write_rows(out, (_line(row) for row, _ in rows))
    found = sum(row["start"] is not None for row, _ in rows)
    slow = quantile((seconds for _, seconds in rows), 0.95) * 1000
    unsure = sum(bool(row["ask"]) for row, _ in rows)
    return f"{len(rows)} 句,{found} 句说了日子,{unsure} 句要再问 · 每句 p95 {slow:.2f} 毫秒"


def read_now(written: str, now: datetime) -> datetime:
    """The moment of --now in its own time zone; without one it is Shanghai's. "": now. Raises SettingsError."""
    try:
        moment = datetime.fromisoformat(written) if written else now.astimezone(_SHANGHAI)
    except ValueError:
        raise SettingsError(f"--now: 要写成 2026-11-22T10:00+08:00,现在是 {written}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=_SHANGHAI)


def _reading(text: str, now: datetime, calendar: Calendar) -> Callable[[], Row]:
    return lambda: _row(text, read_dates(text, now, calendar))


def _row(text: str, found: tuple[Found, ...]) -> Row:
    if not found:
        return {"text": text, "start": None, "end": None, "time": None, "ask": False}
    when = found[0].when
    start = when.start or when.end  # 住到周五: the one day that was said stands in both places
    return {
        "text": text,
        "start": start.isoformat() if start else None,
        "end": when.end.isoformat() if when.end else None,
        "time": f"{when.time:%H:%M}" if when.time else None,
        "ask": when.ask,
    }


def _line(row: Row) -> str:
    """In plain characters, unless half of a pair of surrogates stands in it, which no file can hold."""
    line = json.dumps(row, ensure_ascii=False)
    return line if line.isprintable() else json.dumps(row)
