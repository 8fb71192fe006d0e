"""Somebody who writes to a store."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import Base, Instant


class Customer(Base):
    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  #: WeCom's id of the customer in this corp
    nickname: Mapped[str] = mapped_column(String(128), default="")
    nickname_at: Mapped[Instant | None] = mapped_column(default=None)  #: when it was last asked for
    created_at: Mapped[Instant]
    preferences: Mapped[dict[str, Any] | None] = mapped_column(default=None)  #: slot → what this customer likes
    opted_out_at: Mapped[Instant | None] = mapped_column(default=None)  #: said 别发了; only the customer can undo it
