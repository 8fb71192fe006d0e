"""What we learn about staff beside HQ's file."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import Base, Instant


class Unreachable(Base):
    """Somebody whom WeCom named in invaliduser or unlicenseduser: counts as not on duty for a while."""

    __tablename__ = "unreachable_staff"

    staff: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[Instant]
