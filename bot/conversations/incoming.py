"""What a page of an account brings, in our words. The kf worker translates WeCom's items into these."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.ports import SessionState


@dataclass(frozen=True, slots=True)
class Said:
    """A customer wrote, or sent something."""

    msgid: str
    customer: str
    sent_at: datetime
    kind: str  #: text, image, voice …
    text: str = field(default="", repr=False)
    menu_id: str | None = None
    media_id: str | None = None
    body: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Typed:
    """A staff member typed in WeCom, while the session was theirs."""

    msgid: str
    customer: str
    sent_at: datetime
    staff: str
    kind: str
    text: str = field(default="", repr=False)
    body: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Visited:
    """A customer opened the chat; `code` allows one welcome within 20 seconds."""

    msgid: str
    customer: str
    sent_at: datetime
    scene: str = ""
    scene_param: str = ""
    code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SendFailed:
    """WeCom accepted one of our messages and then could not deliver it."""

    customer: str
    delivery_id: str
    reason: str  #: Chinese, for the clerk


@dataclass(frozen=True, slots=True)
class Recalled:
    """A message was taken back, and is to be forgotten."""

    customer: str
    msgid: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """A session got another holder, or ended."""

    customer: str
    sent_at: datetime
    state: SessionState
    staff: str | None = None


@dataclass(frozen=True, slots=True)
class Strange:
    """Something that we do not know how to use: kept as it came."""

    body: dict[str, Any] = field(repr=False)
    customer: str = ""


Item = Said | Typed | Visited | SendFailed | Recalled | SessionChanged | Strange


@dataclass(frozen=True, slots=True)
class Page:
    """Items of one account, oldest first, as one pull gave them."""

    account: str
    items: tuple[Item, ...]
    cursor: str
    is_first_pull: bool  #: the account was never read before: what is old is history
