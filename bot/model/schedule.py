"""A slot of a schedule. Whoever inserts the row does the work."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import Base, Instant


class Slot(Base):
    __tablename__ = "slots"

    job: Mapped[str] = mapped_column(String(64), primary_key=True)
    slot: Mapped[str] = mapped_column(String(32), primary_key=True)  #: start of the slot, ISO 8601 in UTC
    taken_at: Mapped[Instant]
