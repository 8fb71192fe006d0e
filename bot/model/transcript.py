"""A voice that is to be written down: fetched already, and asked of the endpoint of speech until it answers."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant
from bot.model.lease import Leased


class Transcript(Leased, Base):
    """What was said is kept with the message; this is the work of finding it out."""

    __tablename__ = "transcripts"

    id: Mapped[AutoId]
    message_id: Mapped[int] = mapped_column(unique=True)
    conversation_id: Mapped[int] = mapped_column()
    path: Mapped[str] = mapped_column(String(255))  #: of the recording, below the folder of media
    due_at: Mapped[Instant | None] = mapped_column(index=True)  #: None: done, or given up
    failed: Mapped[str] = mapped_column(String(64), default="")  #: why there are no words
