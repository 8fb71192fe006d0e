"""One version of what we would answer to a question."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant


class DraftState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    SUPERSEDED = "superseded"  #: a newer version exists
    CLOSED = "closed"  #: the question ended another way


class Draft(Base):
    __tablename__ = "drafts"

    id: Mapped[AutoId]
    question_id: Mapped[int] = mapped_column(index=True)
    version: Mapped[int] = mapped_column()  #: 1, 2, … within the question
    kind: Mapped[str] = mapped_column(String(16))  #: replies.suggestion.Kind
    text: Mapped[str] = mapped_column(Text, default="")  #: exactly what 发送 sends; empty when there is nothing to send
    topic: Mapped[str] = mapped_column(String(64), default="")
    entry: Mapped[str | None] = mapped_column(String(64), default=None)  #: entry number
    entry_version: Mapped[str | None] = mapped_column(String(32), default=None)
    also: Mapped[list[Any]] = mapped_column(default=list)  #: [number, version] of further entries that the text joins
    confidence: Mapped[float] = mapped_column(default=0.0)  #: 0–1
    candidates: Mapped[list[Any]] = mapped_column(default=list)  #: replies.suggestion.Candidate as objects, best first
    reasons: Mapped[list[Any]] = mapped_column(default=list)  #: Chinese, why this
    order: Mapped[dict[str, Any] | None] = mapped_column(default=None)  #: replies.suggestion.OrderPlan as JSON
    content_version: Mapped[str] = mapped_column(String(32), default="")
    state: Mapped[str] = mapped_column(String(16), default=DraftState.OPEN)
    created_at: Mapped[Instant]
    sent_text: Mapped[str | None] = mapped_column(Text, default=None)  #: what was approved, when it was edited

    __table_args__ = (UniqueConstraint("question_id", "version"),)
