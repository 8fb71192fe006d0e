"""One thing to send: stored before it is sent, sent at most once."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant
from bot.model.lease import Leased


class DeliveryKind(StrEnum):
    REPLY = "reply"  #: text or menu to a customer
    WELCOME = "welcome"  #: to a customer, with a code that dies in 20 s
    CARD = "card"  #: to one staff member
    CARD_UPDATE = "card_update"
    NOTICE = "notice"  #: plain text to one staff member
    HANDOVER = "handover"  #: the session to a person
    END = "end"  #: the session ended


class DeliveryState(StrEnum):
    QUEUED = "queued"  #: to be sent, or being sent while a lease runs
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Delivery(Leased, Base):
    """`id` is the msgid under which WeCom accepts it once. Within a lane, one after the other."""

    __tablename__ = "deliveries"

    seq: Mapped[AutoId]
    id: Mapped[str] = mapped_column(String(26), unique=True)  #: ULID
    key: Mapped[str] = mapped_column(String(96), unique=True)  #: makes enqueueing twice harmless, e.g. "draft:5:part:1"
    lane: Mapped[str] = mapped_column(String(64))  #: "conversation:7", "card:9"
    kind: Mapped[str] = mapped_column(String(16))
    conversation_id: Mapped[int | None] = mapped_column(default=None)
    question_id: Mapped[int | None] = mapped_column(default=None)
    card_id: Mapped[int | None] = mapped_column(default=None)
    staff: Mapped[str | None] = mapped_column(String(64), default=None)  #: receiver, for what goes to staff
    payload: Mapped[dict[str, Any]] = mapped_column()
    part: Mapped[int] = mapped_column(default=1)
    parts: Mapped[int] = mapped_column(default=1)  #: a long text goes out in parts, all or none
    group: Mapped[str] = mapped_column("group_key", String(96), default="")  #: the same for all parts
    state: Mapped[str] = mapped_column(String(16), default=DeliveryState.QUEUED)
    created_at: Mapped[Instant]
    due_at: Mapped[Instant]  #: not sent before this
    expires_at: Mapped[Instant | None] = mapped_column(default=None)  #: not sent after this
    finished_at: Mapped[Instant | None] = mapped_column(default=None)
    code: Mapped[int | None] = mapped_column(default=None)
    failed: Mapped[str] = mapped_column(Text, default="")  #: why, without personal data
    is_uncertain: Mapped[bool] = mapped_column(default=False)  #: an attempt ended without an answer

    approved_by: Mapped[str | None] = mapped_column(String(64), default=None)  #: staff account, or "rule"
    approved_as: Mapped[str | None] = mapped_column(String(96), default=None)  #: entry or rule, with version
    draft_id: Mapped[int | None] = mapped_column(default=None)
    entry: Mapped[str | None] = mapped_column(String(64), default=None)  #: number of the entry that it answers with
    entry_version: Mapped[str | None] = mapped_column(String(32), default=None)
    content_version: Mapped[str | None] = mapped_column(String(32), default=None)  #: HQ's content that it came from

    __table_args__ = (
        Index(
            "ix_deliveries_due",
            "due_at",
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
        Index(
            "ix_deliveries_lane",
            "lane",
            "seq",
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
        Index("ix_deliveries_staff", "staff", "created_at"),
        Index("ix_deliveries_group", "group_key"),
    )
