"""What the database knows of staff: open cards, recent messages, who cannot be reached."""

from __future__ import annotations

import functools
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.claims import NOW
from bot.db.once import insert_once
from bot.gate.outbox import MESSAGES_TO
from bot.model import Card, CardPurpose, Unreachable
from bot.staff.duty import Load

_MINUTE = timedelta(minutes=1)
UNREACHABLE_FOR = timedelta(hours=6)  #: then the account is tried again


async def loads(
    session: AsyncSession,
    accounts: Collection[str],
    question_id: int,
    now: datetime,
    *,
    purpose: CardPurpose = CardPurpose.REPLY,
) -> dict[str, Load]:
    """What each of `accounts` has on the desk now, by account. For ANSWER, the question is a staff member's."""
    facts = {"staff": list(accounts), "question": question_id, "now": now, "since": now - _MINUTE}
    found: dict[str, list[tuple[str, int, int]]] = {}
    if accounts:
        for staff, what, count, here in (await session.execute(_loads(purpose), facts)).tuples():
            found.setdefault(staff, []).append((what, count, here))
    return {account: _load(found.get(account, [])) for account in accounts}


def _load(found: list[tuple[str, int, int]]) -> Load:
    counts = {what: count for what, count, _ in found}
    return Load(
        open_cards=counts.get("cards", 0),
        sent_last_minute=counts.get("sent", 0),
        is_unreachable="away" in counts,
        has_this=any(here for _, _, here in found),
    )


@functools.cache
def _loads(purpose: CardPurpose) -> CompoundSelect[tuple[str, str, int, int]]:
    """Open cards, absence and messages of `:staff` in one look: (account, what, how many, of these for `:question`)."""
    about = Card.staff_question_id if purpose is CardPurpose.ANSWER else Card.question_id
    has_this = func.count().filter(about == bindparam("question"))
    among: BindParameter[Any] = bindparam("staff", expanding=True)
    is_open = (Card.closed_at.is_(None), Card.purpose == purpose, Card.staff.in_(among))
    kinds: tuple[ColumnElement[str], ...] = tuple(literal_column(f"'{what}'") for what in ("cards", "away", "sent"))
    one, none = literal_column("1", Integer), literal_column("0", Integer)
    cards = select(Card.staff, kinds[0], func.count(), has_this).where(*is_open).group_by(Card.staff)
    is_away = (Unreachable.staff.in_(among), Unreachable.until > NOW)
    away = select(Unreachable.staff, kinds[1], one, none).where(*is_away)
    staff, count = MESSAGES_TO.subquery().columns
    return union_all(cards, away, select(staff, kinds[2], count, none))


async def mark_unreachable(session: AsyncSession, accounts: Collection[str], now: datetime) -> None:
    """WeCom could not reach these people: they count as not on duty for some hours."""
    until = now + UNREACHABLE_FOR
    for account in sorted({account.lower() for account in accounts}):
        await insert_once(session, Unreachable(staff=account, until=until))
        await session.execute(update(Unreachable).where(Unreachable.staff == account).values(until=until))
