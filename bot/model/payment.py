"""Money that came in for an order, or was given back; and the commission that follows. Both are only ever added to."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant


class MoneyKind(StrEnum):
    """What a movement was; the first five as in `trade.PaidOutcome`."""

    FIRST = "first"
    AGAIN = "again"
    LATE = "late"
    WRONG_AMOUNT = "wrong_amount"
    UNKNOWN = "unknown"
    REFUND = "refund"


class Payment(Base):
    """One movement of money."""

    __tablename__ = "payments"

    id: Mapped[AutoId]
    key: Mapped[str] = mapped_column(String(192), unique=True)  #: the payment's own number, or of the refund
    kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[str] = mapped_column(String(64), index=True)  #: of the order, as it was told
    order_id: Mapped[int | None] = mapped_column(default=None)
    cents: Mapped[int] = mapped_column()  #: negative when it went back
    at: Mapped[Instant]  #: by the payment system's clock
    noted_at: Mapped[Instant]
    staff: Mapped[str | None] = mapped_column(String(64), default=None)  #: who gave it back


class Commission(Base):
    """One line of the ledger: what a sale, or its reversal, is worth to whoever sold it."""

    __tablename__ = "commissions"

    id: Mapped[AutoId]
    key: Mapped[str] = mapped_column(String(192), unique=True)  #: makes booking it twice harmless
    order_id: Mapped[int] = mapped_column(index=True)
    line_id: Mapped[int] = mapped_column()
    number: Mapped[str] = mapped_column(String(64))  #: of the order
    store: Mapped[str] = mapped_column(String(32))
    staff: Mapped[str | None] = mapped_column(String(64), default=None)  #: None: nobody earns it
    product: Mapped[str] = mapped_column(String(64))
    sales_cents: Mapped[int] = mapped_column()  #: negative when it was given back
    rate_millionths: Mapped[int] = mapped_column()  #: 50,000 is 5 %
    cents: Mapped[int] = mapped_column()  #: the commission; negative when it is reversed
    day: Mapped[date] = mapped_column()  #: when it was booked, store time
    period: Mapped[str] = mapped_column(String(7))  #: the month of `day`, 2026-11
    booked_at: Mapped[Instant]

    __table_args__ = (Index("ix_commissions_day", "day"),)
