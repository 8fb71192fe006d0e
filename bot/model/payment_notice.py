"""What a payment system told us, stored before anything is made of it."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import AutoId, Base, Instant


class PaymentNotice(Base):
    """One payment. The payment system repeats a notice until it is heard: `transaction` makes that harmless."""

    __tablename__ = "payment_notices"

    id: Mapped[AutoId]
    transaction: Mapped[str] = mapped_column(String(64), unique=True)  #: the payment system's number of the payment
    order_number: Mapped[str] = mapped_column(String(64))
    cents: Mapped[int] = mapped_column()  #: what was paid, in hundredths of a yuan
    paid_at: Mapped[Instant]  #: by the payment system's clock
    received_at: Mapped[Instant]
    due_at: Mapped[Instant]  #: when it is looked at (again)
    attempts: Mapped[int] = mapped_column(default=0)  #: that failed
    done_at: Mapped[Instant | None] = mapped_column(default=None)
    outcome: Mapped[str] = mapped_column(String(32), default="")  #: ports.PaidOutcome, once it is done

    __table_args__ = (
        Index(
            "ix_payment_notices_open",
            "due_at",
            postgresql_where=text("done_at IS NULL"),
            sqlite_where=text("done_at IS NULL"),
        ),
    )

    @property
    def amount(self) -> Decimal:
        """In yuan, two places."""
        return Decimal(self.cents) / 100
