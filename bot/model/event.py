"""A raw callback from WeCom, stored before it is understood."""

from __future__ import annotations

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant


class Event(Base):
    __tablename__ = "events"

    id: Mapped[AutoId]
    digest: Mapped[str] = mapped_column(String(64), unique=True)  #: SHA-256 of the decrypted XML, hex
    body: Mapped[str] = mapped_column(Text)  #: the decrypted XML; emptied when done
    received_at: Mapped[Instant]
    due_at: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(default=0)  #: that failed
    done_at: Mapped[Instant | None] = mapped_column(default=None)
    failed: Mapped[str] = mapped_column(Text, default="")  #: why it was given up; empty while there is hope

    __table_args__ = (
        Index(
            "ix_events_open", "due_at", postgresql_where=text("done_at IS NULL"), sqlite_where=text("done_at IS NULL")
        ),
    )
