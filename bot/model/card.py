"""One draft version shown to one receiver in WeCom."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant


class CardPurpose(StrEnum):
    REPLY = "reply"  #: confirm a draft
    FINISHED = "finished"  #: 聊完了吗
    COMPLAINT = "complaint"  #: close the complaint
    CHOOSE = "choose"  #: which entry a staff member meant
    ANSWER = "answer"  #: headquarters answers a staff member's question


class Card(Base):
    """`task_id` is what a tap names; the codes are used up by one update each and live 72 hours."""

    __tablename__ = "cards"

    id: Mapped[AutoId]
    task_id: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(16), default=CardPurpose.REPLY)
    conversation_id: Mapped[int | None] = mapped_column(default=None)  #: None when it is about a staff question
    question_id: Mapped[int | None] = mapped_column(default=None, index=True)
    staff_question_id: Mapped[int | None] = mapped_column(default=None, index=True)
    draft_id: Mapped[int | None] = mapped_column(default=None)
    staff: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Instant]
    response_code: Mapped[str | None] = mapped_column(String(256), default=None)  #: from sending; None once used
    response_code_at: Mapped[Instant | None] = mapped_column(default=None)
    tap_code: Mapped[str | None] = mapped_column(String(256), default=None)  #: from the newest tap; None once used
    replaced_by: Mapped[int | None] = mapped_column(default=None)  #: the card that now stands in this one's place
    closed_at: Mapped[Instant | None] = mapped_column(default=None)
    closed_line: Mapped[str] = mapped_column(String(128), default="")  #: what the closed card says
    link_opened_at: Mapped[Instant | None] = mapped_column(default=None)  #: the edit link was swapped for a cookie

    __table_args__ = (Index("ix_cards_staff", "staff", "closed_at"),)
