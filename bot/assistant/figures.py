"""How well staff are answered: questions a day, the share answered at once, the time to a person's answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import StaffOutcome, StaffQuestion
from knowledge.content import Content

_HEAD = "日期        提问  当场答  点选答  总部答  没答上  在等"
_NOT_COUNTED = (StaffOutcome.CHAT, StaffOutcome.REPEATED)  #: what is asked again counts where it was asked first


@dataclass(frozen=True, slots=True)
class Asked:
    """What counts of one question."""

    on: date  #: in store time
    outcome: str  #: "" while it is open
    took: timedelta | None  #: to the answer that a person wrote


@dataclass(frozen=True, slots=True)
class Day:
    """One day's questions, without greetings and what was only asked again."""

    on: date
    asked: int
    at_once: int  #: an entry answered
    chosen: int  #: one of the entries offered
    by_person: int
    unanswered: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Figures:
    days: tuple[Day, ...]  #: oldest first
    asked: int
    at_once: float  #: share, 0–1
    by_person_in: timedelta | None  #: the median of the times to a person's answer


async def count(session: AsyncSession, content: Content, days: int, now: datetime) -> Figures:
    """The last `days` days, today among them, in store time."""
    zone = content.policy.zone
    today = now.astimezone(zone).date()
    first = today - timedelta(days=days - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    is_question = StaffQuestion.outcome.is_(None) | StaffQuestion.outcome.not_in(_NOT_COUNTED)
    query = select(StaffQuestion.asked_at, StaffQuestion.outcome, StaffQuestion.closed_at)
    rows = (await session.execute(query.where(StaffQuestion.asked_at >= since, is_question))).tuples()
    asked = [
        Asked(
            asked_at.astimezone(zone).date(),
            outcome or "",
            closed_at - asked_at if closed_at and outcome == StaffOutcome.PERSON else None,
        )
        for asked_at, outcome, closed_at in rows
    ]
    return tally(asked, [first + timedelta(days=at) for at in range(days)])


def tally(asked: Iterable[Asked], days: Iterable[date]) -> Figures:
    """Count. Pure."""
    by_day: dict[date, Counter[str]] = defaultdict(Counter)
    took: list[float] = []  # seconds
    for one in asked:
        by_day[one.on][one.outcome] += 1
        took += [one.took.total_seconds()] if one.took is not None else []
    listed = tuple(_day(day, by_day[day]) for day in days)
    total = sum(day.asked for day in listed)
    at_once = sum(day.at_once for day in listed) / total if total else 0.0
    return Figures(listed, total, at_once, timedelta(seconds=median(took)) if took else None)


def _day(day: date, counted: Counter[str]) -> Day:
    at_once, chosen = counted[StaffOutcome.ENTRY], counted[StaffOutcome.CHOSEN]
    by_person, waiting = counted[StaffOutcome.PERSON], counted[""]
    asked = counted.total()
    return Day(day, asked, at_once, chosen, by_person, asked - at_once - chosen - by_person - waiting, waiting)


def describe(figures: Figures) -> str:
    """A table and a closing line, in Chinese."""
    rows = [
        f"{day.on}  {day.asked:>4}  {day.at_once:>6}  {day.chosen:>6}  {day.by_person:>6}  {day.unanswered:>6}"
        f"  {day.waiting:>4}"
        for day in figures.days
    ]
    took = f"{figures.by_person_in.total_seconds() / 60:.0f} 分钟" if figures.by_person_in is not None else "还没有"
    share = f"{figures.at_once:.0%}" if figures.asked else "还没有"
    average = figures.asked / len(figures.days) if figures.days else 0
    total = f"{len(figures.days)} 天共 {figures.asked} 个问题(每天 {average:.1f} 个)"
    return "\n".join([_HEAD, *rows, f"{total},当场答上 {share},总部答复用时中位数 {took}"])


def as_json(figures: Figures) -> dict[str, object]:
    """For machines; times in seconds."""
    names = ("asked", "at_once", "chosen", "by_person", "unanswered", "waiting")
    took = figures.by_person_in
    return {
        "asked": figures.asked,
        "at_once": round(figures.at_once, 4),
        "by_person_seconds": took.total_seconds() if took is not None else None,
        "days": [{"on": str(day.on)} | {name: getattr(day, name) for name in names} for day in figures.days],
    }
