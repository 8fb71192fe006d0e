"""What the handlers find in the application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from bot.clock import Clock
from bot.conversations.desk import Desk
from bot.conversations.trading import Trade
from bot.db import Database
from bot.db.intake import Intake
from bot.gate.links import Links
from bot.ports import Wakeups
from bot.wecom.crypto import Envelope


@dataclass(frozen=True, slots=True)
class Site:
    """Built once by the composition root."""

    database: Database
    intake: Intake
    envelope: Envelope
    wakeups: Wakeups
    clock: Clock
    links: Links
    desk: Callable[[], Desk]
    checks: dict[str, Callable[[], Awaitable[bool]]]  #: what /readyz asks, by name
    metrics_token: str = field(repr=False)
    csrf_key: bytes = field(repr=False)
    is_secure: bool  #: served over https: cookies say so
    trade: Trade | None = None  #: where orders live; None: the edit page shows orders, and changes none
    pay_key: bytes = field(default=b"", repr=False)  #: checks notices of payments; empty: none are taken


SITE: web.AppKey[Site] = web.AppKey("site", Site)
