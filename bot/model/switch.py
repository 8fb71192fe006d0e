"""A switch that people flip while the service runs."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import Base, Instant


class Switch(Base):
    """Whether 自动 answers may go out, for one store or ("" as the store) for all."""

    __tablename__ = "switches"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    store: Mapped[str] = mapped_column(String(32), primary_key=True, default="")
    is_on: Mapped[bool] = mapped_column()
    changed_at: Mapped[Instant]
