"""What a clerk's tap sets in motion with an order, stored with the tap and done after it."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant
from bot.model.lease import Leased


class OrderAction(StrEnum):
    PLACE = "place"  #: make the order that is held, or lengthen a stay by the nights that are held
    CANCEL = "cancel"
    CHANGE = "change"  #: make the order that is held, then cancel another


class OrderRequest(Leased, Base):
    """At most one for a draft: a draft is confirmed once."""

    __tablename__ = "order_requests"

    id: Mapped[AutoId]
    draft_id: Mapped[int] = mapped_column(unique=True)
    conversation_id: Mapped[int] = mapped_column(index=True)
    question_id: Mapped[int] = mapped_column()
    action: Mapped[str] = mapped_column(String(16))
    hold_key: Mapped[str] = mapped_column(String(96), default="")  #: of what is to be placed
    order_number: Mapped[str] = mapped_column(String(64), default="", index=True)  #: to cancel
    placed_number: Mapped[str] = mapped_column(String(64), default="")  #: of the order that came of it
    staff: Mapped[str] = mapped_column(String(64))  #: who confirmed
    created_at: Mapped[Instant]
    due_at: Mapped[Instant | None] = mapped_column()  #: None: done, or given up
    done_at: Mapped[Instant | None] = mapped_column(default=None)
    failed: Mapped[str] = mapped_column(Text, default="")  #: why it could not be done, without personal data

    __table_args__ = (
        Index(
            "ix_order_requests_due",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL"),
            sqlite_where=text("due_at IS NOT NULL"),
        ),
    )
