"""Entries that HQ should look at: about to expire, asked for by nobody, or rewritten by staff again and again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Draft, DraftState, Outcome, Publication, PublicationState, Question, StaffQuestion
from knowledge.content import Content
from knowledge.entry import Entry, Status

EXPIRES_WITHIN = timedelta(days=14)
UNUSED_FOR = timedelta(days=90)
EDITED_MORE_THAN = 1 / 3  #: of the times that it was sent
SENT_LEAST = 5  #: times, so that one edit is not a third
_SENT = (Outcome.SENT, Outcome.EDITED, Outcome.AUTO)


@dataclass(frozen=True, slots=True)
class Use:
    """What the database knows of one entry."""

    last_hit_on: date | None = None  #: in store time; as an answer, not as one of three to choose from
    sent: int = 0  #: times to customers, in the last 90 days
    edited: int = 0  #: of these, with changes


@dataclass(frozen=True, slots=True)
class Stale:
    """Entries by what is the matter with them."""

    expiring: tuple[Entry, ...]  #: soonest first
    unused: tuple[tuple[Entry, date | None], ...]  #: and when they were last used, if ever
    edited: tuple[tuple[Entry, Use], ...]  #: most edited first
    known_since: date | None  #: since when there are records, in store time; None: there are none


async def find_stale(session: AsyncSession, content: Content, now: datetime) -> Stale:
    """Look through the entries in force."""
    zone, since = content.policy.zone, now - UNUSED_FOR
    today = now.astimezone(zone).date()
    known_at = await _known_at(session)
    use = await _use(session, content, since)
    return judge(content.entries, use, known_at.astimezone(zone).date() if known_at else None, today)


def judge(entries: Mapping[str, Entry], use: Mapping[str, Use], known_since: date | None, today: date) -> Stale:
    """Decide, of the entries that are in force. Pure."""
    active = [entry for entry in entries.values() if entry.status is Status.ACTIVE]
    last_day, long_ago = today + EXPIRES_WITHIN, today - UNUSED_FOR
    expiring = [entry for entry in active if entry.ends_on is not None and today <= entry.ends_on <= last_day]
    unused = []
    for entry in active:
        hit_on = use.get(entry.number, Use()).last_hit_on
        is_old = known_since is not None and known_since <= long_ago and (entry.starts_on or long_ago) <= long_ago
        if is_old and (hit_on is None or hit_on < long_ago):
            unused.append((entry, hit_on))
    edited = [(entry, use[entry.number]) for entry in active if entry.number in use]
    edited = [
        (entry, one) for entry, one in edited if one.sent >= SENT_LEAST and one.edited > one.sent * EDITED_MORE_THAN
    ]
    return Stale(
        tuple(sorted(expiring, key=lambda entry: (entry.ends_on or today, entry.number))),
        tuple(sorted(unused, key=lambda pair: (pair[1] or date.min, pair[0].number))),
        tuple(sorted(edited, key=lambda pair: (-pair[1].edited / pair[1].sent, pair[0].number))),
        known_since,
    )


async def _known_at(session: AsyncSession) -> datetime | None:
    """The oldest thing that is kept; old publications are dropped, so that they alone would say too little."""
    first = select(func.min(Publication.decided_at)).where(Publication.state == PublicationState.PUBLISHED)
    oldest = (first, select(func.min(Draft.created_at)), select(func.min(StaffQuestion.asked_at)))
    found = [await session.scalar(query) for query in oldest]
    return min((moment for moment in found if moment is not None), default=None)


async def _use(session: AsyncSession, content: Content, since: datetime) -> dict[str, Use]:
    zone = content.policy.zone
    hits: dict[str, datetime] = {}
    for entry, moment in (
        *await _rows(session, select(Draft.entry, func.max(Draft.created_at)).group_by(Draft.entry)),
        *await _rows(
            session, select(StaffQuestion.entry, func.max(StaffQuestion.asked_at)).group_by(StaffQuestion.entry)
        ),
    ):
        if entry is not None:
            hits[entry] = max(hits.get(entry, moment), moment)
    is_sent = (Question.closed_at >= since, Question.outcome.in_(_SENT), Draft.state == DraftState.APPROVED)
    counted = (
        select(Draft.entry, func.count(), func.count().filter(Question.outcome == Outcome.EDITED))
        .join(Question, Question.id == Draft.question_id)
        .where(*is_sent, Draft.entry.is_not(None))
        .group_by(Draft.entry)
    )
    sent = {entry: (count, edited) for entry, count, edited in await _rows(session, counted)}
    return {
        number: Use(hits[number].astimezone(zone).date() if number in hits else None, *sent.get(number, (0, 0)))
        for number in hits.keys() | sent.keys()
    }


async def _rows(session: AsyncSession, query: Any) -> list[Any]:
    return list((await session.execute(query)).tuples())


# --- in words --------------------------------------------------------------------------------------------------------
def describe(stale: Stale, today: date) -> str:
    """For people, in Chinese."""
    parts = [
        _part(
            f"{EXPIRES_WITHIN.days} 天内到期",
            [f"{_name(entry)} · {entry.ends_on} 到期" for entry in stale.expiring],
        ),
        _unused(stale, today),
        _part(
            f"近 {UNUSED_FOR.days} 天里,同事改了三分之一以上才发出去",
            [f"{_name(entry)} · 发了 {use.sent} 次,改了 {use.edited} 次" for entry, use in stale.edited],
        ),
    ]
    return "\n\n".join(parts)


def _unused(stale: Stale, today: date) -> str:
    title = f"{UNUSED_FOR.days} 天没有人问到"
    if stale.known_since is None or stale.known_since > today - UNUSED_FOR:
        since = f"记录从 {stale.known_since} 开始," if stale.known_since else "还没有发布记录,"
        return f"{title}:{since}不满 {UNUSED_FOR.days} 天,还看不出来"
    lines = [f"{_name(entry)} · {f'上次 {hit_on}' if hit_on else '从来没有'}" for entry, hit_on in stale.unused]
    return _part(title, lines)


def _part(title: str, lines: list[str]) -> str:
    return "\n".join([f"{title}:{len(lines)} 条", *(f"  {line}" for line in lines)])


def _name(entry: Entry) -> str:
    return f"{entry.number} {entry.question}({entry.place})"


def as_json(stale: Stale) -> dict[str, object]:
    """For machines."""
    return {
        "known_since": str(stale.known_since or ""),
        "expiring": [{"entry": entry.number, "ends_on": str(entry.ends_on)} for entry in stale.expiring],
        "unused": [{"entry": entry.number, "last_hit_on": str(hit_on or "")} for entry, hit_on in stale.unused],
        "edited": [{"entry": entry.number, "sent": use.sent, "edited": use.edited} for entry, use in stale.edited],
    }
