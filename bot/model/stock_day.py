"""How much of a product is taken in a store on a day. How much there is, HQ's files say."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base


class StockDay(Base):
    """Changed by one conditional UPDATE only (orders.stock): never read and then written."""

    __tablename__ = "stock_days"

    id: Mapped[AutoId]
    store: Mapped[str] = mapped_column(String(32))
    product: Mapped[str] = mapped_column(String(64))
    day: Mapped[date] = mapped_column()  #: store time; of a room: the night that begins on it
    held: Mapped[int] = mapped_column(default=0)  #: by orders that are HELD
    sold: Mapped[int] = mapped_column(default=0)  #: by orders that are PLACED or PAID

    __table_args__ = (
        UniqueConstraint("store", "product", "day"),
        CheckConstraint("held >= 0 AND sold >= 0", name="ck_stock_days_taken"),
    )
