"""One message of a conversation, as WeCom gave it to us or as we sent it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant


class Origin(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"  #: typed by a servicer in WeCom
    SERVICE = "service"  #: sent by us


class Message(Base):
    """`id` grows in the order of arrival and is the order within a conversation."""

    __tablename__ = "messages"

    id: Mapped[AutoId]
    account_id: Mapped[str] = mapped_column(String(64))
    msgid: Mapped[str] = mapped_column(String(128))  #: WeCom's id, or our delivery id
    conversation_id: Mapped[int] = mapped_column()
    origin: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(32))  #: WeCom's msgtype: text, image, voice …
    text: Mapped[str] = mapped_column(Text, default="")  #: of a voice what was said, once it is written down
    seconds: Mapped[int | None] = mapped_column(default=None)  #: of a voice, once it is fetched
    is_unclear: Mapped[bool] = mapped_column(default=False)  #: a voice that nobody could write down
    menu_id: Mapped[str | None] = mapped_column(String(128), default=None)
    body: Mapped[dict[str, Any] | None] = mapped_column(default=None)  #: everything but plain text
    staff: Mapped[str | None] = mapped_column(String(64), default=None)
    sent_at: Mapped[Instant]  #: by WeCom's clock
    received_at: Mapped[Instant]
    is_history: Mapped[bool] = mapped_column(default=False)  #: kept, never answered
    recalled_at: Mapped[Instant | None] = mapped_column(default=None)  #: text and body are gone
    question_id: Mapped[int | None] = mapped_column(default=None)

    __table_args__ = (
        UniqueConstraint("account_id", "msgid"),
        Index("ix_messages_conversation", "conversation_id", "id"),
        Index("ix_messages_question", "question_id"),
    )
