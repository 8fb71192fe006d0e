"""An order, from the moment its stock is held; and its lines. Kept when its customer is deleted: the law wants it so.

Amounts are whole cents (分). Nothing here points at rows that are purged earlier: customers and drafts are named, not
referenced.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant


class Stage(StrEnum):
    """Where an order is; the later ones as in `trade.OrderState`."""

    HELD = "held"  #: stock is kept, nobody has ordered yet; no number
    PLACED = "placed"
    PAID = "paid"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"  #: held or placed, and given back


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[AutoId]
    key: Mapped[str] = mapped_column(String(128), unique=True)  #: whoever holds and places it chose it
    digest: Mapped[str] = mapped_column(String(64))  #: of what is ordered: tells a repeat from a change
    number: Mapped[str | None] = mapped_column(String(64), unique=True, default=None)  #: from PLACED on
    stage: Mapped[str] = mapped_column(String(16), default=Stage.HELD)
    store: Mapped[str] = mapped_column(String(32))
    customer: Mapped[str] = mapped_column(String(64), index=True)
    check_in: Mapped[date | None] = mapped_column(default=None)  #: store time, like every date
    check_out: Mapped[date | None] = mapped_column(default=None)
    pickup_at: Mapped[Instant | None] = mapped_column(default=None)
    name: Mapped[str] = mapped_column(String(64), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    total_cents: Mapped[int] = mapped_column()
    refunded_cents: Mapped[int] = mapped_column(default=0)
    until: Mapped[Instant | None] = mapped_column(default=None)  #: given back then, while HELD or PLACED; None: never
    extends_id: Mapped[int | None] = mapped_column(default=None, index=True)  #: the order whose stay this one lengthens
    staff: Mapped[str | None] = mapped_column(String(64), default=None)  #: earns the commission
    draft_id: Mapped[int | None] = mapped_column(default=None)
    campaign: Mapped[str | None] = mapped_column(String(64), default=None)
    channel: Mapped[str] = mapped_column(String(64), default="")
    content_version: Mapped[str] = mapped_column(String(32), default="")  #: whose prices these are
    created_at: Mapped[Instant]
    placed_at: Mapped[Instant | None] = mapped_column(default=None)
    paid_at: Mapped[Instant | None] = mapped_column(default=None)
    closed_at: Mapped[Instant | None] = mapped_column(default=None)  #: cancelled or lapsed
    closed_key: Mapped[str | None] = mapped_column(String(128), default=None)  #: of the request that cancelled it
    closed_by: Mapped[str | None] = mapped_column(String(64), default=None)  #: staff account; None: nobody of the staff
    rule: Mapped[str] = mapped_column(Text, default="")  #: HQ's words by which it was cancelled

    __table_args__ = (
        CheckConstraint("refunded_cents >= 0 AND refunded_cents <= total_cents", name="ck_orders_refunded"),
        Index(
            "ix_orders_until",
            "until",
            postgresql_where=text("stage IN ('held', 'placed') AND until IS NOT NULL"),
            sqlite_where=text("stage IN ('held', 'placed') AND until IS NOT NULL"),
        ),
        Index("ix_orders_placed", "placed_at"),
    )

    @property
    def takes_stock(self) -> bool:
        return self.stage in (Stage.HELD, Stage.PLACED, Stage.PAID)


class OrderLine(Base):
    __tablename__ = "order_lines"

    id: Mapped[AutoId]
    order_id: Mapped[int] = mapped_column(index=True)
    position: Mapped[int] = mapped_column()  #: 0, 1, … within the order
    product: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(Text)  #: as HQ had it then, like the category
    category: Mapped[str] = mapped_column(String(64), default="")
    quantity: Mapped[int] = mapped_column()
    unit_cents: Mapped[int] = mapped_column()  #: of one: a room for all its nights, an item with its options
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_room: Mapped[bool] = mapped_column(default=False)
    days: Mapped[list[Any]] = mapped_column(default=list)  #: [day, cents of one, whether it is in stock_days]
    refunded_cents: Mapped[int] = mapped_column(default=0)

    __table_args__ = (CheckConstraint("quantity > 0 AND unit_cents >= 0", name="ck_order_lines_amount"),)

    @property
    def cents(self) -> int:
        return self.quantity * self.unit_cents
