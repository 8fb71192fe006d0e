"""A customer's picture, voice or file: fetched at once, because WeCom keeps it for three days only."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant
from bot.model.lease import Leased


class Media(Leased, Base):
    __tablename__ = "media"

    id: Mapped[AutoId]
    message_id: Mapped[int] = mapped_column(unique=True)
    media_id: Mapped[str] = mapped_column(String(256))
    due_at: Mapped[Instant | None] = mapped_column(index=True)  #: None: fetched, or given up
    path: Mapped[str] = mapped_column(String(255), default="")  #: below the data folder
    content_type: Mapped[str] = mapped_column(String(128), default="")
    size: Mapped[int] = mapped_column(default=0)  #: bytes
    digest: Mapped[str] = mapped_column(String(64), default="")  #: SHA-256, hex
    failed: Mapped[str] = mapped_column(Text, default="")
