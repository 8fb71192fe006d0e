"""More nights: held as an order of their own, next to the stay's last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import OrderGoneError
from bot.model import Order, Stage
from bot.orders.holding import hold, stay_until, still_held
from bot.orders.money import to_yuan
from bot.orders.shelf import lines_of, lock_by_number, lock_order
from bot.trade import Held, Line, NewOrder
from knowledge.content import Content

_LIVE = (Stage.PLACED, Stage.PAID)


@dataclass(frozen=True, slots=True)
class Through:
    """Whom a longer stay came through."""

    staff: str | None = None
    draft: int | None = None
    campaign: str | None = None
    channel: str = ""


async def extend(
    session: AsyncSession,
    content: Content,
    key: str,
    number: str,
    to: date,
    *,
    through: Through,
    until: datetime,
    now: datetime,
) -> Held:
    """See `trade.Orders.extend`."""
    known = await session.scalar(select(Order).where(Order.key == key, Order.stage.in_(_LIVE)))
    if known is not None and known.check_out == to:
        return await still_held(session, known)
    added = await _added_nights(session, number, to)
    order = replace(added, staff=through.staff, draft=through.draft, campaign=through.campaign, channel=through.channel)
    return await hold(session, content, key, order, until=until, now=now, checks_prices=False)


async def _added_nights(session: AsyncSession, number: str, to: date) -> NewOrder:
    """The order for the nights that lengthen a stay to `to`, as yet without prices. Raises OrderGoneError."""
    stay = await lock_by_number(session, number)
    if stay is not None and stay.extends_id is not None:
        stay = await lock_order(session, stay.extends_id)
    if stay is None or stay.stage not in _LIVE or stay.check_in is None:
        raise OrderGoneError("没有可以续住的订单,请核对订单号。")
    start = await stay_until(session, stay)
    if to <= start:
        raise OrderGoneError(f"已经订到 {start.month} 月 {start.day} 日了,请说更晚的离店日期。")
    days = tuple(start + timedelta(days=step) for step in range((to - start).days))
    rooms = [line for line in (await lines_of(session, [stay]))[stay.id] if line.is_room]
    return NewOrder(
        store=stay.store,
        customer=stay.customer,
        lines=tuple(Line(line.product, line.quantity, to_yuan(0), days, line.options) for line in rooms),
        check_in=start,
        check_out=to,
        name=stay.name,
        phone=stay.phone,
        extends=stay.number,
    )
