"""A version of HQ's folder that passed its checks: what the stores are served, also after a restart."""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant


class Publication(Base):
    """The newest row is in force. `files` are HQ's files, zipped, as they were."""

    __tablename__ = "publications"

    id: Mapped[AutoId]
    version: Mapped[str] = mapped_column(String(32))
    published_at: Mapped[Instant]
    entries: Mapped[int] = mapped_column()
    warnings: Mapped[int] = mapped_column(default=0)
    files: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (Index("ix_publications_version", "version"),)
