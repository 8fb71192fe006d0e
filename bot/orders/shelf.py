"""What an order takes from stock, and reading and writing its rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.claims import lock
from bot.model import Order, OrderLine, Stage
from bot.orders.money import to_cents, to_yuan
from bot.orders.pricing import PricedLine
from bot.orders.stock import Cell, Move, Moves
from bot.trade import Line, NewOrder


def digest_of(order: NewOrder) -> str:
    """Tells whether two orders are for the same things at the same prices; whom they are for may differ."""
    lines = [
        [
            line.product,
            line.quantity,
            str(line.unit_price),
            [str(day) for day in line.days],
            sorted(line.options.items()),
        ]
        for line in order.lines
    ]
    moments = [str(moment) for moment in (order.check_in, order.check_out, order.pickup_at)]
    said = json.dumps([order.store, order.customer, order.extends, moments, lines], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


async def lock_by_key(session: AsyncSession, key: str) -> Order | None:
    """The order of this key, locked; None without."""
    found: Order | None = await session.scalar(_BY_KEY, {"key": key})
    return found


async def lock_by_number(session: AsyncSession, number: str) -> Order | None:
    """The order of this number, locked; None without."""
    found: Order | None = await session.scalar(_BY_NUMBER, {"number": number})
    return found


async def lock_order(session: AsyncSession, order_id: int) -> Order | None:
    return await lock(session, Order, order_id)


async def lock_with_stay(session: AsyncSession, number: str) -> Order | None:
    """The order, locked; before it the one whose stay it lengthens."""
    stay = await session.scalar(select(Order.extends_id).where(Order.number == number))
    if stay is not None:
        await lock_order(session, stay)
    return await lock_by_number(session, number)


async def lines_of(session: AsyncSession, orders: Iterable[Order]) -> dict[int, list[OrderLine]]:
    """By order, in the order's order."""
    ids = [order.id for order in orders]
    found: dict[int, list[OrderLine]] = {number: [] for number in ids}
    query = select(OrderLine).where(OrderLine.order_id.in_(ids)).order_by(OrderLine.order_id, OrderLine.position)
    for line in await session.scalars(query):
        found[line.order_id].append(line)
    return found


async def replace_lines(session: AsyncSession, order: Order, priced: Sequence[PricedLine]) -> list[OrderLine]:
    """Write the lines anew."""
    await session.execute(delete(OrderLine).where(OrderLine.order_id == order.id))
    rows = [_row(order, position, each) for position, each in enumerate(priced)]
    session.add_all(rows)
    await session.flush()
    return rows


def _row(order: Order, position: int, priced: PricedLine) -> OrderLine:
    days = [[day.day.isoformat(), to_cents(day.price), day.quantity is not None] for day in priced.days]
    return OrderLine(
        order_id=order.id,
        position=position,
        product=priced.product.number,
        name=priced.product.name,
        category=priced.product.category,
        quantity=priced.line.quantity,
        unit_cents=to_cents(priced.line.unit_price),
        options=dict(priced.line.options),
        is_room=priced.product.is_room,
        days=days,
    )


def line_value(row: OrderLine) -> Line:
    """A row as others see it."""
    days = tuple(date.fromisoformat(day) for day, _, _ in row.days) if row.is_room else ()
    return Line(row.product, row.quantity, to_yuan(row.unit_cents), days, row.options, row.name)


def take(moves: Moves, order: Order, priced: Iterable[PricedLine], stage: Stage) -> None:
    """Note that these lines are to be taken, for `stage`."""
    for each in priced:
        for day in each.days:
            if day.quantity is not None:
                count = each.line.quantity
                held, sold = (count, 0) if stage is Stage.HELD else (0, count)
                cell = Cell(order.store, each.product.number, day.day)
                moves.add(cell, Move(held, sold, day.quantity, each.product.name))


def give_back(moves: Moves, order: Order, lines: Iterable[OrderLine]) -> None:
    """Note that what these lines took is free again. Before the order's stage changes."""
    for cell, count in _taken(order, lines):
        moves.add(cell, Move(held=-count) if order.stage == Stage.HELD else Move(sold=-count))


def sell(moves: Moves, order: Order, lines: Iterable[OrderLine]) -> None:
    """Note that what was held is sold."""
    for cell, count in _taken(order, lines):
        moves.add(cell, Move(held=-count, sold=count))


def _taken(order: Order, lines: Iterable[OrderLine]) -> Iterable[tuple[Cell, int]]:
    for line in lines:
        for day, _, is_counted in line.days:
            if is_counted:
                yield Cell(order.store, line.product, date.fromisoformat(day)), line.quantity


_BY_KEY = select(Order).where(Order.key == bindparam("key")).with_for_update().execution_options(populate_existing=True)
_BY_NUMBER = (
    select(Order).where(Order.number == bindparam("number")).with_for_update().execution_options(populate_existing=True)
)
