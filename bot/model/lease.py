"""What makes a row claimable by one worker at a time."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import Instant


class Leased:
    """A lease instead of a transaction held open: whoever holds it works until `lease_until`.

    `fence` grows with every claim; a mark names the fence it was given: a worker whose lease ran out changes nothing.
    """

    lease_until: Mapped[Instant | None] = mapped_column(default=None)
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)  #: including the one under way
