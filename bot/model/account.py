"""A 微信客服 account that customers write to, and how far we have read it."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.model.base import Base, Instant
from bot.model.lease import Leased


class Account(Leased, Base):
    """One row an account; pulled by one worker at a time."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), default="")
    is_managed: Mapped[bool] = mapped_column(default=True)  #: whether WeCom lets this app drive it
    cursor: Mapped[str] = mapped_column(String(128), default="")  #: committed together with the messages before it
    token: Mapped[str] = mapped_column(String(160), default="")  #: of the newest callback; ten minutes
    token_at: Mapped[Instant | None] = mapped_column(default=None)
    signals: Mapped[int] = mapped_column(default=0)  #: callbacks so far; a pull that saw fewer is followed by another
    pull_at: Mapped[Instant] = mapped_column(index=True)  #: due for a pull
    first_pull_done_at: Mapped[Instant | None] = mapped_column(default=None)  #: what came before is history
