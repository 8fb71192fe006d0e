"""What a customer wants to know now: one or more bubbles that get one answer."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant


class Outcome(StrEnum):
    """How a question ended; while it is open there is none."""

    SENT = "sent"  #: the draft as it was
    EDITED = "edited"
    AUTO = "auto"
    PERSON = "person"  #: somebody took the session over
    DISMISSED = "dismissed"
    EXPIRED = "expired"


class Question(Base):
    __tablename__ = "questions"

    id: Mapped[AutoId]
    conversation_id: Mapped[int] = mapped_column(index=True)
    store: Mapped[str | None] = mapped_column(String(32), default=None)  #: store number, when it was known
    opened_at: Mapped[Instant]
    said_at: Mapped[Instant]  #: the customer's newest bubble, by WeCom's clock
    frame: Mapped[dict[str, Any] | None] = mapped_column(default=None)  #: the conversation's, as it was before
    draft_id: Mapped[int | None] = mapped_column(default=None)  #: the draft in force
    version: Mapped[int] = mapped_column(default=0)  #: of that draft
    is_backlog: Mapped[bool] = mapped_column(default=False)  #: came in late; at most five such cards a clerk
    is_complaint: Mapped[bool] = mapped_column(default=False)
    was_recalled: Mapped[bool] = mapped_column(default=False)  #: a bubble was taken back: the card must not quote it
    handing_to: Mapped[str | None] = mapped_column(String(64), default=None)  #: 我来回 is under way for this person

    level: Mapped[int] = mapped_column(
        default=0
    )  #: who has been asked: 0 nobody, 1 clerk, 2 colleague, 3 manager, 4 HQ
    ask_at: Mapped[Instant | None] = mapped_column(default=None)  #: when the next person is asked
    first_asked_at: Mapped[Instant | None] = mapped_column(default=None)  #: when somebody first had a card
    asked_at: Mapped[Instant | None] = mapped_column(default=None)  #: when the newest card was issued
    soothed_at: Mapped[Instant | None] = mapped_column(default=None)  #: 安抚 went out; once a question

    told: Mapped[str | None] = mapped_column(String(64), default=None)  #: who is to hear of an AUTO answer afterwards
    told_at: Mapped[Instant | None] = mapped_column(default=None)

    outcome: Mapped[str | None] = mapped_column(String(16), default=None)
    closed_at: Mapped[Instant | None] = mapped_column(default=None)
    closed_by: Mapped[str | None] = mapped_column(String(64), default=None)
    reason: Mapped[str] = mapped_column(String(128), default="")  #: of a dismissal; or why it is open again

    __table_args__ = (
        Index(
            "ix_questions_ask", "ask_at", postgresql_where=text("outcome IS NULL"), sqlite_where=text("outcome IS NULL")
        ),
        Index(
            "uq_questions_open",
            "conversation_id",
            unique=True,
            postgresql_where=text("outcome IS NULL"),
            sqlite_where=text("outcome IS NULL"),
        ),
    )

    @property
    def is_open(self) -> bool:
        return self.outcome is None
