"""Orders as everyone outside sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Order, OrderLine, Stage
from bot.orders.cancelling import goes_with, judge
from bot.orders.holding import placed_value
from bot.orders.money import to_yuan
from bot.orders.shelf import line_value, lines_of
from bot.trade import OrderState, OrderView
from knowledge.content import Content

RECENT = timedelta(days=14)  #: for so long an order that is over still counts as recent
_MOST = 20
_LIVE = (Stage.PLACED, Stage.PAID)


async def find(session: AsyncSession, content: Content, number: str, now: datetime) -> OrderView | None:
    """The order of this number; None without."""
    row = await session.scalar(select(Order).where(Order.number == number))
    return (await views(session, content, [row], now))[0] if row is not None else None


async def of_customer(
    session: AsyncSession, content: Content, customer: str, store: str | None, now: datetime
) -> tuple[OrderView, ...]:
    """See `trade.Orders.of_customer`."""
    since = now - RECENT
    query = select(Order).where(
        Order.customer == customer,
        Order.number.is_not(None),
        or_(Order.placed_at >= since, Order.closed_at >= since, Order.check_out >= since.date(), Order.until >= now),
    )
    if store is not None:
        query = query.where(Order.store == store)
    rows = (await session.scalars(query.order_by(Order.id.desc()).limit(_MOST))).all()
    return await views(session, content, rows, now)


async def views(session: AsyncSession, content: Content, rows: Sequence[Order], now: datetime) -> tuple[OrderView, ...]:
    """In the order given; each has a number."""
    ids = {row.extends_id or row.id for row in rows}
    is_family = or_(Order.id.in_(ids), Order.extends_id.in_(ids))
    family = {row.id: row for row in await session.scalars(select(Order).where(is_family))}
    lines = await lines_of(session, family.values())
    return tuple(_view(content, row, lines, family, now) for row in rows)


def _view(
    content: Content, row: Order, lines: Mapping[int, Sequence[OrderLine]], family: Mapping[int, Order], now: datetime
) -> OrderView:
    verdict = judge(content, row, lines[row.id], now)
    later = [each for each in family.values() if goes_with(each, row)] if row.stage in _LIVE else []
    refund = verdict.refund_cents + sum(judge(content, each, lines[each.id], now).refund_cents for each in later)
    placed = placed_value(content, row)
    stay = family.get(row.extends_id) if row.extends_id is not None else None
    days = [each.check_out for each in (row, *later) if each.check_out is not None]
    is_to_pay = row.stage == Stage.PLACED
    return OrderView(
        number=placed.number,
        state=OrderState(row.stage),
        store=row.store,
        customer=row.customer,
        lines=tuple(line_value(line) for line in lines[row.id]),
        check_in=row.check_in,
        check_out=row.check_out,
        pickup_at=row.pickup_at,
        total=placed.total,
        placed_at=row.placed_at or row.created_at,
        paid_at=row.paid_at,
        refunded=to_yuan(row.refunded_cents),
        may_cancel=verdict.may_cancel,
        refund_now=to_yuan(refund),
        rule=row.rule or verdict.rule,
        pay_url=placed.pay_url if is_to_pay else None,
        pay_until=placed.pay_until if is_to_pay else None,
        name=row.name,
        staff=row.staff,
        draft=row.draft_id,
        extends=stay.number if stay else None,
        stay_until=max(days) if days else None,
    )
