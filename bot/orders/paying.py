"""Money that comes in, and money that goes back. Each verb is one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.once import insert_once
from bot.errors import NotForSaleError, OrderGoneError, RefusedError, SoldOutError
from bot.model import MoneyKind, Order, OrderLine, Payment, Stage
from bot.orders.holding import order_of
from bot.orders.ledger import Booking, book_refund, book_sale
from bot.orders.money import divide, to_cents
from bot.orders.pricing import price_order
from bot.orders.shelf import lines_of, lock_by_number, lock_with_stay, take
from bot.orders.stock import Moves
from bot.trade import PaidOutcome
from knowledge.content import Content


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a payment."""

    outcome: PaidOutcome
    order: Order | None
    owed_cents: int = 0  #: came in for nothing


async def receive(
    session: AsyncSession, content: Content, number: str, amount: Decimal, *, at: datetime, key: str, now: datetime
) -> Receipt:
    """See `trade.Orders.paid`."""
    row = await lock_with_stay(session, number)
    cents = to_cents(amount)
    payment = Payment(
        key=f"in:{key}",
        kind=MoneyKind.UNKNOWN,
        number=number[:64],
        order_id=row.id if row else None,
        cents=cents,
        at=at,
        noted_at=now,
    )
    payment_id = await insert_once(session, payment)
    if payment_id is None:
        return await _told_before(session, payment.key)
    outcome = await _outcome(session, content, row, cents, at=at, now=now)
    (await session.get_one(Payment, payment_id)).kind = outcome.value
    return Receipt(outcome, row, 0 if outcome is PaidOutcome.FIRST else cents)


async def give_back_money(
    session: AsyncSession, content: Content, number: str, amount: Decimal, *, key: str, staff: str | None, now: datetime
) -> None:
    """Part of what was paid goes back, decided by a person; the order stays as it is. The same key again: nothing.

    Raises OrderGoneError (never paid, or no such order) and RefusedError (more than is left).
    """
    row = await lock_by_number(session, number)
    if row is None or row.paid_at is None:
        raise OrderGoneError("没有找到付过款的订单,请核对订单号。")
    cents = to_cents(amount)
    known = await session.scalar(select(Payment.id).where(Payment.key == refund_key(key, row.id)))
    if known is not None:
        return
    if not 0 < cents <= row.total_cents - row.refunded_cents:
        raise RefusedError("退款要大于 0,也不能超过还没退的金额。")
    lines = (await lines_of(session, [row]))[row.id]
    parts = divide(cents, [line.cents - line.refunded_cents for line in lines])
    await refund_lines(session, content, row, list(zip(lines, parts, strict=True)), key=key, staff=staff, now=now)


def refund_key(key: str, order_id: int) -> str:
    """Of the movement that a request to give money back makes for one order."""
    return f"out:{key}:{order_id}"


async def refund_lines(
    session: AsyncSession,
    content: Content,
    row: Order,
    parts: list[tuple[OrderLine, int]],
    *,
    key: str,
    staff: str | None,
    now: datetime,
) -> int:
    """Note the money that goes back for each line, and reverse the commission on it. The sum, in cents."""
    booking = Booking.at_time(content, now)
    total = sum(cents for _, cents in parts)
    if not total:
        return 0
    session.add(
        Payment(
            key=refund_key(key, row.id),
            kind=MoneyKind.REFUND,
            number=row.number or "",
            order_id=row.id,
            cents=-total,
            at=now,
            noted_at=now,
            staff=staff,
        )
    )
    for line, cents in parts:
        if cents:
            line.refunded_cents += cents
            await book_refund(session, row, line, cents, key, booking)
    row.refunded_cents += total
    await session.flush()
    return total


async def _told_before(session: AsyncSession, key: str) -> Receipt:
    """The answer that this very payment had: whoever did not live to hear it asks again."""
    known = (await session.scalars(select(Payment).where(Payment.key == key))).one()
    order = await session.get(Order, known.order_id) if known.order_id is not None else None
    outcome = PaidOutcome(known.kind)
    return Receipt(outcome, order, 0 if outcome is PaidOutcome.FIRST else known.cents)


async def _outcome(
    session: AsyncSession, content: Content, row: Order | None, cents: int, *, at: datetime, now: datetime
) -> PaidOutcome:
    if row is None:
        return PaidOutcome.UNKNOWN
    if row.paid_at is not None and row.stage == Stage.PAID:
        return PaidOutcome.AGAIN
    if row.stage == Stage.CANCELLED:
        return PaidOutcome.LATE
    if cents != row.total_cents:
        return PaidOutcome.WRONG_AMOUNT
    lines = (await lines_of(session, [row]))[row.id]
    if row.stage == Stage.LAPSED and not await _take_again(session, content, row, lines, now):
        return PaidOutcome.LATE
    row.stage, row.paid_at, row.until, row.closed_at = Stage.PAID, at, None, None
    await book_sale(session, content, row, lines, Booking.at_time(content, now))
    return PaidOutcome.FIRST


async def _take_again(
    session: AsyncSession, content: Content, row: Order, lines: list[OrderLine], now: datetime
) -> bool:
    """Take the stock of an order that lapsed, at the price that was paid; False when it is not to be had any more."""
    if row.extends_id is not None:
        stay = await session.get(Order, row.extends_id)
        if stay is None or stay.stage not in (Stage.PLACED, Stage.PAID):
            return False
    try:
        priced = price_order(content, order_of(row, lines), now, checks_prices=False)
        if [[day.day.isoformat() for day in each.days] for each in priced] != [_days(line) for line in lines]:
            return False  # a cake of yesterday's
        moves = Moves()
        take(moves, row, priced, Stage.PLACED)
        async with session.begin_nested():
            await moves.make(session)
    except (NotForSaleError, SoldOutError):
        return False
    for line, each in zip(lines, priced, strict=True):
        counted = [day.quantity is not None for day in each.days]
        line.days = [[*day[:2], is_counted] for day, is_counted in zip(line.days, counted, strict=True)]
    return True


def _days(line: OrderLine) -> list[str]:
    return [day for day, _, _ in line.days]
