"""One customer with one account: the ledger of what may still be sent, and the row that a worker leases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant
from bot.model.lease import Leased

WINDOW = timedelta(hours=48)  #: facts/wecom.md §2.3: how long after the customer's last message we may send
QUOTA = 5  #: facts/wecom.md §2.3: how many messages we may send after it


class Conversation(Leased, Base):
    __tablename__ = "conversations"

    id: Mapped[AutoId]
    account_id: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Instant]
    store: Mapped[str | None] = mapped_column(String(32), default=None)  #: store number, once known
    store_asked_at: Mapped[Instant | None] = mapped_column(default=None)

    session: Mapped[int] = mapped_column(default=0)  #: ports.SessionState, as last heard
    servicer: Mapped[str | None] = mapped_column(String(64), default=None)  #: who holds it, in state PERSON
    person_heard_at: Mapped[Instant | None] = mapped_column(default=None)  #: last message while a person holds it
    person_asked_at: Mapped[Instant | None] = mapped_column(default=None)  #: when 聊完了吗 was asked

    last_said_at: Mapped[Instant | None] = mapped_column(default=None)  #: the customer's last message
    sent_since: Mapped[int] = mapped_column(default=0)  #: our messages since then, queued ones too
    burst_at: Mapped[Instant | None] = mapped_column(default=None)  #: when the first unread bubble arrived
    due_at: Mapped[Instant | None] = mapped_column(default=None)  #: when the pipeline looks at it; None: nothing new
    understood_id: Mapped[int] = mapped_column(default=0)  #: the last message that the pipeline has seen

    frame: Mapped[dict[str, Any] | None] = mapped_column(default=None)  #: what is to be done, and what is known of it
    answered_by: Mapped[str | None] = mapped_column(String(64), default=None)  #: who answered this customer last
    answered_at: Mapped[Instant | None] = mapped_column(default=None)
    complaint_at: Mapped[Instant | None] = mapped_column(default=None)  #: open complaint; nothing goes out by itself

    __table_args__ = (UniqueConstraint("account_id", "customer_id"), Index("ix_conversations_due", "due_at"))

    def window_ends_at(self) -> datetime | None:
        """When the 48 hours end; None when the customer has never written."""
        return self.last_said_at + WINDOW if self.last_said_at else None

    def quota_left(self, now: datetime) -> int:
        """How many messages may still go out now, 0–5."""
        ends = self.window_ends_at()
        return max(0, QUOTA - self.sent_since) if ends and now < ends else 0
