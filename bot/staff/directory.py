"""What the database knows of staff: open cards, recent messages, who cannot be reached."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.once import insert_once
from bot.gate.outbox import messages_to
from bot.model import Card, CardPurpose, Unreachable
from bot.staff.duty import Load

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
    is_open = (Card.closed_at.is_(None), Card.purpose == purpose, Card.staff.in_(accounts))
    about = Card.staff_question_id if purpose is CardPurpose.ANSWER else Card.question_id
    has_this = func.count().filter(about == question_id)
    counted = await session.execute(select(Card.staff, func.count(), has_this).where(*is_open).group_by(Card.staff))
    cards = {staff: (count, bool(here)) for staff, count, here in counted.tuples()}
    away = set(
        await session.scalars(select(Unreachable.staff).where(Unreachable.staff.in_(accounts), Unreachable.until > now))
    )
    sent = await messages_to(session, accounts, since=now - timedelta(minutes=1))
    return {
        account: Load(
            open_cards=cards.get(account, (0, False))[0],
            sent_last_minute=sent.get(account, 0),
            is_unreachable=account in away,
            has_this=cards.get(account, (0, False))[1],
        )
        for account in accounts
    }


async def mark_unreachable(session: AsyncSession, accounts: Collection[str], now: datetime) -> None:
    """WeCom could not reach these people: they count as not on duty for some hours."""
    until = now + UNREACHABLE_FOR
    for account in sorted({account.lower() for account in accounts}):
        await insert_once(session, Unreachable(staff=account, until=until))
        await session.execute(update(Unreachable).where(Unreachable.staff == account).values(until=until))
