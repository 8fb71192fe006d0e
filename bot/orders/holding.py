"""Hold stock, give it back, make an order of it. Each verb is one transaction; a refusal undoes all of it.

Locks are taken in one order everywhere: the order whose stay is lengthened, the order itself, then stock by cell.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.claims import NOW
from bot.db.once import insert_once
from bot.errors import HoldLostError, NotForSaleError, OrderGoneError, PriceChangedError, SoldOutError
from bot.model import Order, OrderLine, Stage
from bot.orders.money import to_cents, to_yuan
from bot.orders.pricing import PricedLine, price_order
from bot.orders.shelf import (
    digest_of,
    give_back,
    line_value,
    lines_of,
    lock_by_key,
    lock_by_number,
    lock_order,
    replace_lines,
    sell,
    take,
)
from bot.orders.stock import Moves
from bot.trade import Held, NewOrder, Placed
from knowledge.content import Content

_NUMBER_TRIES = 20
_LIVE = (Stage.PLACED, Stage.PAID)


async def hold(
    session: AsyncSession,
    content: Content,
    key: str,
    order: NewOrder,
    *,
    until: datetime,
    now: datetime,
    checks_prices: bool = True,
) -> Held:
    """See `trade.Orders.hold`."""
    stay = await _lock_stay(session, order) if order.extends else None
    digest = digest_of(order)
    row = await _row_of(session, key, digest, order, now)
    if row.number is not None:
        if row.digest == digest and row.stage in _LIVE:
            return await still_held(session, row)
        raise OrderGoneError("这一单已经下好了,不能再改。要改请取消后重新下单。")
    lines = (await lines_of(session, [row]))[row.id]
    _describe(row, order, stay)
    if row.stage == Stage.HELD and row.digest == digest and lines:
        row.until = until
        return await still_held(session, row)
    priced = price_order(content, order, now, checks_prices=checks_prices)
    moves = Moves()
    if row.stage == Stage.HELD:
        give_back(moves, row, lines)
    row.store = order.store
    take(moves, row, priced, Stage.HELD)
    await moves.make(session)
    await replace_lines(session, row, priced)
    row.stage, row.until, row.closed_at, row.digest = Stage.HELD, until, None, digest
    row.total_cents = sum(to_cents(each.line.total) for each in priced)
    row.content_version = content.version
    return await still_held(session, row)


async def stay_until(session: AsyncSession, stay: Order) -> date:
    """The day of leaving, with everything that lengthens the stay and is not over."""
    query = select(Order.check_out).where(Order.extends_id == stay.id, Order.stage.in_(_LIVE))
    ends = [end for end in await session.scalars(query) if end is not None]
    if stay.check_out is None:
        raise OrderGoneError("这一单没有离店日期,不能续住。")
    return max([stay.check_out, *ends])


async def release(session: AsyncSession, key: str, now: datetime) -> None:
    """See `trade.Orders.release`."""
    row = await lock_by_key(session, key)
    if row is not None and row.stage == Stage.HELD:
        await _lapse(session, [row], now)


@dataclass(frozen=True, slots=True)
class Lapsed:
    """An order, or a hold, whose time was up."""

    id: int
    key: str
    number: str | None  #: None: it was only held
    store: str
    customer: str
    staff: str | None
    draft: int | None


async def release_due(session: AsyncSession, now: datetime, limit: int = 50) -> tuple[Lapsed, ...]:
    """Give back what was neither placed nor paid in time, the oldest first; what somebody else is at is left out.

    What lengthens a stay that lapses, and is not paid either, goes with it.
    """
    rows = list(await session.scalars(_DUE.limit(limit), {"now": now}))
    ids = {row.id for row in rows}
    longer = select(Order).where(Order.extends_id.in_(ids), Order.stage == Stage.PLACED, Order.id.not_in(ids))
    rows += await session.scalars(longer.order_by(Order.id).with_for_update(skip_locked=True))
    await _lapse(session, rows, now)
    return tuple(
        Lapsed(row.id, row.key, row.number, row.store, row.customer, row.staff, row.draft_id)
        for row in sorted(rows, key=lambda row: row.id)
    )


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drop what was held, never placed, and given back before then: nothing came of it, and a phone stands in it."""
    is_over = (Order.stage == Stage.LAPSED) & Order.number.is_(None) & (Order.closed_at < before)
    await session.execute(delete(OrderLine).where(OrderLine.order_id.in_(select(Order.id).where(is_over))))
    await session.execute(delete(Order).where(is_over))


async def place(
    session: AsyncSession, content: Content, key: str, *, staff: str | None, now: datetime, draft: int | None = None
) -> Placed:
    """See `trade.Orders.place`."""
    known = await session.scalar(select(Order.extends_id).where(Order.key == key))
    stay = await lock_order(session, known) if known is not None else None
    row = await lock_by_key(session, key)
    if row is None:
        raise HoldLostError("没有为这一单留过库存,请重新下单。")
    if row.number is not None:
        return placed_value(content, row)
    if row.extends_id is not None:
        await _check_stay(session, row, stay)
    moves = Moves()
    if row.stage == Stage.HELD:
        sell(moves, row, (await lines_of(session, [row]))[row.id])
    else:
        take(moves, row, await _again(session, content, row, now), Stage.PLACED)
    try:
        await moves.make(session)
    except SoldOutError as refusal:
        raise HoldLostError(f"预留已经过期,{refusal}") from refusal
    row.stage, row.placed_at, row.closed_at = Stage.PLACED, now, None
    row.staff, row.draft_id = staff or row.staff, draft or row.draft_id
    row.until = now + content.sales.terms.pay_within if content.sales.terms.pay_link and row.total_cents else None
    await _give_number(session, content, row, stay, now)
    return placed_value(content, row)


def placed_value(content: Content, row: Order) -> Placed:
    """What `place` says of an order that has a number."""
    number, total = row.number or "", to_yuan(row.total_cents)
    url = content.sales.terms.pay_url(number, total, row.store) if row.total_cents else None
    return Placed(number, total, url, row.until if row.stage == Stage.PLACED else None)


def order_of(row: Order, lines: Sequence[OrderLine]) -> NewOrder:
    """What a row asks for, as it was asked."""
    return NewOrder(
        store=row.store,
        customer=row.customer,
        lines=tuple(line_value(line) for line in lines),
        check_in=row.check_in,
        check_out=row.check_out,
        pickup_at=row.pickup_at,
    )


async def _lock_stay(session: AsyncSession, order: NewOrder) -> Order:
    """The order that is to be lengthened, once the lines are known to be next to its last night."""
    stay = await lock_by_number(session, order.extends or "")
    if stay is None or stay.extends_id is not None or stay.stage not in _LIVE or stay.customer != order.customer:
        raise OrderGoneError("没有可以续住的订单,请核对订单号。")
    if stay.store != order.store or order.check_in != await stay_until(session, stay):
        raise OrderGoneError("续住要接着原来的离店日期,在同一家店。请核对日期。")
    return stay


async def _check_stay(session: AsyncSession, row: Order, stay: Order | None) -> None:
    """The stay may have been cancelled or lengthened since the nights were held."""
    if stay is None or stay.stage not in _LIVE:
        raise HoldLostError("要续住的订单已经取消了,请重新订。")
    if row.check_in != await stay_until(session, stay):
        raise HoldLostError("这几晚已经续过了,请核对离店日期。")


async def _row_of(session: AsyncSession, key: str, digest: str, order: NewOrder, now: datetime) -> Order:
    """The order of this key, locked; a new one that holds nothing yet when there is none."""
    row = await lock_by_key(session, key)
    if row is None:
        new = Order(
            key=key,
            digest=digest,
            stage=Stage.LAPSED,
            store=order.store,
            customer=order.customer,
            total_cents=0,
            created_at=now,
        )
        await insert_once(session, new)
        row = await lock_by_key(session, key)
    if row is None:
        raise LookupError(f"order {key} was inserted and is not there")
    if row.customer != order.customer:
        raise OrderGoneError("这一单是别的客人的。")
    return row


def _describe(row: Order, order: NewOrder, stay: Order | None) -> None:
    """Who, when and through whom; what a repeat does not say is kept."""
    row.check_in, row.check_out, row.pickup_at = order.check_in, order.check_out, order.pickup_at
    row.extends_id = stay.id if stay else None
    row.name, row.phone, row.note = order.name[:64] or row.name, order.phone[:32] or row.phone, order.note or row.note
    row.staff, row.draft_id = order.staff or row.staff, order.draft or row.draft_id
    row.campaign, row.channel = order.campaign or row.campaign, order.channel[:64] or row.channel


async def still_held(session: AsyncSession, row: Order) -> Held:
    """What `hold` says of an order."""
    lines = (await lines_of(session, [row]))[row.id]
    until = row.until or row.created_at
    return Held(row.key, to_yuan(row.total_cents), until, tuple(line_value(line) for line in lines))


async def _again(session: AsyncSession, content: Content, row: Order, now: datetime) -> tuple[PricedLine, ...]:
    """What a hold that ran out has to take now. Raises HoldLostError when it would cost something else."""
    lines = (await lines_of(session, [row]))[row.id]
    if not lines:
        raise HoldLostError("没有为这一单留过库存,请重新下单。")
    try:
        priced = price_order(content, order_of(row, lines), now)
    except (NotForSaleError, PriceChangedError) as refusal:
        raise HoldLostError(f"预留已经过期,{refusal}") from refusal
    await replace_lines(session, row, priced)
    return priced


async def _lapse(session: AsyncSession, rows: Sequence[Order], now: datetime) -> None:
    lines = await lines_of(session, rows)
    moves = Moves()
    for row in rows:
        give_back(moves, row, lines[row.id])
    await moves.make(session)
    for row in rows:
        row.stage, row.closed_at, row.until = Stage.LAPSED, now, None


async def _give_number(session: AsyncSession, content: Content, row: Order, stay: Order | None, now: datetime) -> None:
    """Day and six digits drawn by lot, so that nobody can tell the next; for a longer stay its number and a count."""
    if stay is not None:
        before = await session.scalars(select(Order.id).where(Order.extends_id == stay.id, Order.number.is_not(None)))
        row.number = f"{stay.number}-{len(list(before)) + 2}"
        return
    day = now.astimezone(content.policy.zone).strftime("%y%m%d")
    for _ in range(_NUMBER_TRIES):
        number = f"{day}{secrets.randbelow(1_000_000):06}"
        if await session.scalar(select(Order.id).where(Order.number == number)) is None:
            row.number = number
            return
    raise LookupError("no free order number was found")


_DUE = (
    select(Order)
    .where(Order.stage.in_((Stage.HELD, Stage.PLACED)), Order.until.is_not(None), Order.until <= NOW)
    .order_by(Order.until, Order.id)
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)
