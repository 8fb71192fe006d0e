"""What a customer allowed. 别发了 works at once and for good."""

from __future__ import annotations

from datetime import datetime

from bot.model import Customer


def opt_out(customer: Customer, now: datetime) -> None:
    """From now on the service never speaks first to this customer. Only the customer can undo it."""
    customer.opted_out_at = customer.opted_out_at or now
