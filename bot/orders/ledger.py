"""Commission: booked when an order is paid, reversed when money goes back. Rows are added, never changed.

At any time the rows of a line add up to what its rate is worth on what was kept of its price, to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Commission, Order, OrderLine
from bot.orders.money import part_of
from knowledge.content import Content

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Booking:
    """When something is booked, and under which day."""

    at: datetime
    day: date  #: store time

    @classmethod
    def at_time(cls, content: Content, at: datetime) -> Booking:
        return cls(at, at.astimezone(content.policy.zone).date())


async def book_sale(
    session: AsyncSession, content: Content, order: Order, lines: Iterable[OrderLine], booking: Booking
) -> None:
    """Every line at the rate of the day on which it was paid, which may be before the day of booking."""
    paid_on = Booking.at_time(content, order.paid_at or booking.at).day
    for line in lines:
        rate = content.sales.commission.rate(line.product, line.category, paid_on) if order.staff else Decimal(0)
        millionths = int(rate * _MILLION)
        session.add(_row(order, line, "sale", line.cents, millionths, _worth(line.cents, millionths), booking))
    await session.flush()


async def book_refund(
    session: AsyncSession, order: Order, line: OrderLine, cents: int, key: str, booking: Booking
) -> None:
    """So much of the line's price went back, at the rate of its sale. `line.refunded_cents` counts it already."""
    query = select(Commission.rate_millionths).where(Commission.key == f"{line.id}:sale")
    millionths = (await session.scalars(query)).one()
    booked = select(func.coalesce(func.sum(Commission.cents), 0)).where(Commission.line_id == line.id)
    before = int((await session.scalars(booked)).one())
    after = _worth(line.cents - line.refunded_cents, millionths)
    session.add(_row(order, line, key, -cents, millionths, after - before, booking))
    await session.flush()


async def booked_between(
    session: AsyncSession, first: date, last: date
) -> Sequence[tuple[Commission, Order, OrderLine]]:
    """What was booked on these days (the last one too), in the order of booking, and what for."""
    query = (
        select(Commission, Order, OrderLine)
        .join(Order, Order.id == Commission.order_id)
        .join(OrderLine, OrderLine.id == Commission.line_id)
        .where(Commission.day >= first, Commission.day <= last)
        .order_by(Commission.id)
    )
    return [row._tuple() for row in (await session.execute(query)).all()]


def _worth(cents: int, millionths: int) -> int:
    return part_of(cents, Decimal(millionths) / _MILLION)


def _row(
    order: Order, line: OrderLine, what: str, sales: int, millionths: int, cents: int, booking: Booking
) -> Commission:
    return Commission(
        key=f"{line.id}:{what}",
        order_id=order.id,
        line_id=line.id,
        number=order.number or "",
        store=order.store,
        staff=order.staff,
        product=line.product,
        sales_cents=sales,
        rate_millionths=millionths,
        cents=cents,
        day=booking.day,
        period=f"{booking.day:%Y-%m}",
        booked_at=booking.at,
    )
