"""A version of HQ's folder that was decided on: put into service, or refused for its errors."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant
from bot.model.lease import Leased


class PublicationState(StrEnum):
    PUBLISHED = "published"  #: the newest one of these is in force
    REFUSED = "refused"  #: it has errors: whatever was in force stays


class PublicationSource(StrEnum):
    FOLDER = "folder"  #: HQ's folder was changed
    ROLLBACK = "rollback"  #: somebody put an old version back


class Publication(Leased, Base):
    """One decision; what is in force also after a restart. The lease is held by whoever calibrates this version."""

    __tablename__ = "publications"

    id: Mapped[AutoId]
    version: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16), default=PublicationState.PUBLISHED)
    source: Mapped[str] = mapped_column(String(16), default=PublicationSource.FOLDER)
    folder_version: Mapped[str] = mapped_column(String(32), default="")  #: of the folder then: judged, not to be again
    decided_by: Mapped[str] = mapped_column(String(64), default="")  #: who rolled back; "" for the folder
    decided_at: Mapped[Instant]
    entries: Mapped[int] = mapped_column()
    warnings: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[Any]] = mapped_column(default=list)  #: as `faq check --json` lists them, errors first
    summary: Mapped[str] = mapped_column(Text, default="")  #: Chinese, the closing line of the check
    digest: Mapped[str] = mapped_column(String(64), default="")  #: of the errors: the same refusal is told once
    told_at: Mapped[Instant | None] = mapped_column(default=None)  #: HQ knows of it, or need not
    files: Mapped[bytes] = mapped_column(LargeBinary, default=b"")  #: zipped, as they were; empty when refused
    calibration: Mapped[str | None] = mapped_column(Text, default=None)  #: JSON; None until somebody has calibrated it

    __table_args__ = (Index("ix_publications_version", "version"), Index("ix_publications_state", "state", "id"))

    @property
    def is_put_back(self) -> bool:
        return self.source == PublicationSource.ROLLBACK
