"""Cancel by HQ's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import CancelRefusedError, OrderGoneError
from bot.model import Order, OrderLine, Payment, Stage
from bot.orders.money import part_of, to_yuan
from bot.orders.paying import refund_key, refund_lines
from bot.orders.shelf import give_back, lines_of, lock_with_stay
from bot.orders.stock import Moves
from bot.trade import Cancelled
from knowledge.content import Content

_LIVE = (Stage.PLACED, Stage.PAID)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What HQ's rules say about cancelling an order now."""

    may_cancel: bool
    refund_cents: int
    rule: str
    parts: tuple[int, ...] = ()  #: of the refund, by line


def judge(content: Content, row: Order, lines: Sequence[OrderLine], now: datetime) -> Verdict:
    """Nothing paid: it may always go. Paid: by the rules of each line's category, while it has not begun; without any
    rule a person decides."""
    terms = [content.sales.terms.refund_terms(line.category) for line in lines]
    rule = "\n".join(dict.fromkeys(each.text for each in terms if each is not None))
    if row.stage == Stage.PLACED:
        return Verdict(True, 0, rule)
    if row.stage != Stage.PAID:
        return Verdict(False, 0, rule)
    starts_at = start_of(content, row)
    placed_at = row.placed_at or row.created_at
    shares = [each.share(now, placed_at, starts_at) if each is not None else Decimal(0) for each in terms]
    parts = tuple(part_of(line.cents - line.refunded_cents, share) for line, share in zip(lines, shares, strict=True))
    has_rooms = any(line.is_room for line in lines)
    has_begun = starts_at is not None and now >= starts_at
    is_worth_it = any(parts) or (has_rooms and not has_begun)  # a room may be given up for nothing, a cup not
    return Verdict(None not in terms and is_worth_it, sum(parts), rule, parts)


def start_of(content: Content, row: Order) -> datetime | None:
    """When the stay begins (the store's 入住时间), or the order is fetched; in store time. None when nobody said."""
    if row.check_in is None:
        return row.pickup_at.astimezone(content.policy.zone) if row.pickup_at else None
    clock = content.sales.terms.check_in_of(content.stores.get(row.store))
    return datetime.combine(row.check_in, clock, tzinfo=content.policy.zone)


def goes_with(other: Order, row: Order) -> bool:
    """Whether `other` lengthens the same stay behind these nights: it has no sense without them."""
    if other.id == row.id or other.stage not in _LIVE or other.extends_id != (row.extends_id or row.id):
        return False
    return row.extends_id is None or (
        other.check_in is not None and row.check_out is not None and other.check_in >= row.check_out
    )


async def cancel(
    session: AsyncSession, content: Content, number: str, *, key: str, staff: str | None, now: datetime
) -> Cancelled:
    """See `trade.Orders.cancel`. One transaction."""
    row = await lock_with_stay(session, number)
    if row is None:
        raise OrderGoneError("没有找到这一单,请核对订单号。")
    if row.stage == Stage.CANCELLED:
        return await _cancelled_before(session, row)
    if row.stage not in _LIVE:
        raise OrderGoneError("这一单超时没有付款,已经自动取消了。")
    rows = [row, *await _lock_later(session, row)]
    lines = await lines_of(session, rows)
    verdicts = {each.id: judge(content, each, lines[each.id], now) for each in rows}
    if not verdicts[row.id].may_cancel:
        raise CancelRefusedError("按退订规则不能直接取消,请同事看一下怎么处理。")
    await _free(session, rows, lines)
    refund = 0
    for each in rows:
        verdict = verdicts[each.id]
        parts = list(zip(lines[each.id], verdict.parts, strict=False))
        refund += await refund_lines(session, content, each, parts, key=f"cancel:{key}", staff=staff, now=now)
        each.stage, each.closed_at, each.until = Stage.CANCELLED, now, None
        each.closed_key, each.closed_by, each.rule = key, staff, verdict.rule
    return Cancelled(number, to_yuan(refund), verdicts[row.id].rule)


async def _lock_later(session: AsyncSession, row: Order) -> list[Order]:
    """What is cancelled along with it; locked."""
    query = select(Order).where(Order.stage.in_(_LIVE), Order.extends_id == (row.extends_id or row.id))
    locked = query.order_by(Order.id).with_for_update().execution_options(populate_existing=True)
    return [other for other in await session.scalars(locked) if goes_with(other, row)]


async def _cancelled_before(session: AsyncSession, row: Order) -> Cancelled:
    """What was said when it was cancelled: with the refund of what was cancelled along with it."""
    ids = select(Order.id).where(or_(Order.id == row.id, Order.extends_id == (row.extends_id or row.id)))
    keys = [refund_key(f"cancel:{row.closed_key}", each) for each in await session.scalars(ids)]
    back = await session.scalar(select(func.coalesce(func.sum(Payment.cents), 0)).where(Payment.key.in_(keys)))
    return Cancelled(row.number or "", to_yuan(-int(back or 0)), row.rule)


async def _free(session: AsyncSession, rows: Sequence[Order], lines: dict[int, list[OrderLine]]) -> None:
    moves = Moves()
    for row in rows:
        give_back(moves, row, lines[row.id])
    await moves.make(session)
