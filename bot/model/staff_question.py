"""What somebody of the staff asked the app, and what became of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant


class StaffOutcome(StrEnum):
    """How a staff question ended; while it is open there is none."""

    ENTRY = "entry"  #: answered at once, from an entry
    CHOSEN = "chosen"  #: from one of the entries that were offered
    PERSON = "person"  #: somebody at headquarters wrote the answer
    DISMISSED = "dismissed"  #: headquarters: needs no answer
    LEFT = "left"  #: entries were offered, and none was chosen
    REPEATED = "repeated"  #: the same person's same question waits at headquarters already
    EXPIRED = "expired"  #: nobody at headquarters answered
    CHAT = "chat"  #: a greeting, a choice by number, a picture: no question


class StaffQuestion(Base):
    """One message of a staff member's to the app. Its words stand here and nowhere else."""

    __tablename__ = "staff_questions"

    id: Mapped[AutoId]
    msgid: Mapped[str] = mapped_column(String(64), unique=True)  #: WeCom's; a callback that is repeated changes nothing
    staff: Mapped[str] = mapped_column(String(64))  #: account, lower-cased
    store: Mapped[str | None] = mapped_column(String(32), default=None)  #: store number; None at headquarters
    asked_at: Mapped[Instant]
    text: Mapped[str] = mapped_column(Text, default="")  #: "" for what is no question
    for_customer: Mapped[bool] = mapped_column(default=False)  #: wants the words for a customer

    candidates: Mapped[list[Any]] = mapped_column(default=list)  #: entry numbers that were offered, best first
    entry: Mapped[str | None] = mapped_column(String(64), default=None)  #: entry number of the answer
    entry_version: Mapped[str | None] = mapped_column(String(32), default=None)
    confidence: Mapped[float] = mapped_column(default=0.0)  #: 0–1
    content_version: Mapped[str] = mapped_column(String(32), default="")

    ask_at: Mapped[Instant | None] = mapped_column(default=None)  #: when somebody is to look at it next
    offered_at: Mapped[Instant | None] = mapped_column(default=None)  #: entries to choose from went out
    handed_at: Mapped[Instant | None] = mapped_column(default=None)  #: no entry: headquarters is to answer
    first_asked_at: Mapped[Instant | None] = mapped_column(default=None)  #: somebody at headquarters first had a card
    told_at: Mapped[Instant | None] = mapped_column(default=None)  #: the clerk heard that nobody is on duty

    outcome: Mapped[str | None] = mapped_column(String(16), default=None)
    closed_at: Mapped[Instant | None] = mapped_column(default=None)
    closed_by: Mapped[str | None] = mapped_column(String(64), default=None)
    answer: Mapped[str] = mapped_column(Text, default="")  #: what headquarters wrote

    __table_args__ = (
        Index(
            "ix_staff_questions_ask",
            "ask_at",
            postgresql_where=sql("outcome IS NULL"),
            sqlite_where=sql("outcome IS NULL"),
        ),
        Index("ix_staff_questions_staff", "staff", "asked_at"),
        Index("ix_staff_questions_asked", "asked_at"),
    )

    @property
    def is_open(self) -> bool:
        return self.outcome is None
