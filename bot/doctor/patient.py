"""What is examined, and what the checks so far have learned about it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from bot.clock import Clock
from bot.content.words import Content
from bot.db import Database
from bot.errors import MessengerError
from bot.settings import Settings
from bot.wecom.client import WeComClient
from bot.wecom.kf import KfAccount, KfApi
from bot.wecom.probe import AppInfo, Probe

T = TypeVar("T")


@dataclass
class Patient:
    """One installation. A check's needs (`examine.CHECKS`) see to it that what it asks for is there."""

    settings: Settings
    clock: Clock
    fix: bool  #: whether to mend what can be mended from here
    probe: Probe
    client: WeComClient
    kf: KfApi
    stack: AsyncExitStack  #: closes what the checks open
    _database: Database | None = None
    _content: Content | None = None
    _accounts: dict[str, KfAccount] | None = None
    app: AppInfo | MessengerError | None = None  #: what came of asking for the app
    ahead: timedelta | None = None  #: how far our clock is before WeCom's

    @property
    def database(self) -> Database:
        return _there(self._database)

    @database.setter
    def database(self, value: Database) -> None:
        self._database = value

    @property
    def content(self) -> Content:
        return _there(self._content)

    @content.setter
    def content(self, value: Content) -> None:
        self._content = value

    @property
    def accounts(self) -> dict[str, KfAccount]:
        """What WeCom knows, by id."""
        return _there(self._accounts)

    @accounts.setter
    def accounts(self, value: dict[str, KfAccount]) -> None:
        self._accounts = value


def _there(value: T | None) -> T:
    if value is None:
        raise RuntimeError("a check asked for what an earlier one has not found; it lacks a need")
    return value
