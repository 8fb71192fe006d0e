"""What the demo page is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.clock import ShiftedClock
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.steps import JournalFeed


@dataclass(frozen=True, slots=True)
class DemoStore:
    """A door through which a customer comes: one store, or a 客服账号 that several stores share."""

    key: str
    name: str
    account: str
    numbers: tuple[str, ...]  #: stores behind the door
    scene_param: str  #: signed; "" when the QR code does not say which store
    samples: tuple[str, ...]  #: questions that somebody here can answer


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who gets cards."""

    account: str
    name: str
    role: str  #: 店员, 店长 or 总部
    store: str | None  #: store number


@dataclass(frozen=True, slots=True)
class DemoSetup:
    """What the page is made of; the rest it asks the pretend WeCom."""

    sandbox: Sandbox
    clock: ShiftedClock
    steps: JournalFeed
    stores: tuple[DemoStore, ...]
    people: tuple[DemoPerson, ...]
    site_url: str  #: where the service listens
    restart: Callable[[], Awaitable[None]]
    zone: tzinfo  #: store time
    on_duty: Callable[[datetime], frozenset[str]]  #: who works at that moment, as accounts
