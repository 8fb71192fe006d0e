"""Notices of payments: kept once, then looked at by whoever claims them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.claims import NOW
from bot.db.once import insert_once
from bot.model.payment_notice import PaymentNotice

_PAUSE_MOST = 3600  #: seconds between two tries: money that came in is never given up


@dataclass(frozen=True, slots=True)
class Notice:
    """One payment, as the payment system told it."""

    transaction: str
    order_number: str
    amount: Decimal  #: yuan, at most two places
    paid_at: datetime  #: aware


async def keep(session: AsyncSession, notice: Notice, now: datetime) -> bool:
    """Store it unless it is there; False when it is there and says something else."""
    row = PaymentNotice(
        transaction=notice.transaction,
        order_number=notice.order_number,
        cents=int(notice.amount * 100),
        paid_at=notice.paid_at.astimezone(UTC),
        received_at=now,
        due_at=now,
    )
    if await insert_once(session, row) is not None:
        return True
    known = (await session.scalars(_BY_TRANSACTION, {"transaction": notice.transaction})).one()
    return (known.order_number, known.cents) == (row.order_number, row.cents)


async def read_open(session: AsyncSession, notice_id: int) -> PaymentNotice | None:
    """The notice as it is; None when it is done."""
    found = await session.get(PaymentNotice, notice_id)
    return found if found is not None and found.done_at is None else None


async def lock_open(session: AsyncSession, notice_id: int) -> PaymentNotice | None:
    """The notice, locked; None when somebody else is at it or it is done."""
    found: PaymentNotice | None = await session.scalar(_OPEN, {"id": notice_id})
    return found


async def put_off(session: AsyncSession, notice_id: int, now: datetime) -> None:
    """It failed: later again, ever less often."""
    row = await session.get_one(PaymentNotice, notice_id, with_for_update=True)
    row.attempts += 1
    row.due_at = now + timedelta(seconds=min(2 ** min(row.attempts, 12), _PAUSE_MOST))


_BY_TRANSACTION = select(PaymentNotice).where(PaymentNotice.transaction == bindparam("transaction"))
_IS_OPEN = PaymentNotice.done_at.is_(None)
_OPEN = select(PaymentNotice).where(PaymentNotice.id == bindparam("id"), _IS_OPEN).with_for_update(skip_locked=True)
DUE = select(PaymentNotice.id).where(_IS_OPEN, PaymentNotice.due_at <= NOW).order_by(PaymentNotice.id).limit(50)
NEXT_DUE = select(func.min(PaymentNotice.due_at)).where(_IS_OPEN)
