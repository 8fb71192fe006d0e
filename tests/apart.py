"""The pretend WeCom and the service, started apart: people write while the service is down, and it comes back later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.app import Role, Service, listening, running
from bot.clock import ShiftedClock
from bot.ports import Journal
from bot.sandbox.play import Player
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.server import running as sandbox_running
from bot.settings import Settings
from knowledge.content import load
from tests.house import files_below, seed_of, settings_for


@dataclass
class Platform:
    """A pretend WeCom whose service may be up or down."""

    play: Player
    sandbox: Sandbox
    clock: ShiftedClock
    settings: Settings

    @asynccontextmanager
    async def service(self, journal: Journal | None = None) -> AsyncIterator[Service]:
        """The service runs inside the block, on the same database each time."""
        async with (
            running(self.settings, role=Role.ALL, clock=self.clock, journal=journal) as service,
            listening(service.site, "127.0.0.1", self.settings.port),
        ):
            yield service


@asynccontextmanager
async def open_platform(
    database_url: str, folder: Path, port: int, *, content: Path, account: str
) -> AsyncIterator[Platform]:
    """WeCom alone; customers write to `account` when they name none."""
    loaded = load(files_below(content))
    assert loaded.content is not None, [str(problem) for problem in loaded.problems][:5]
    clock = ShiftedClock()
    seed = seed_of(loaded.content, callback_url=f"http://127.0.0.1:{port}/wecom/callback")
    async with (
        sandbox_running(seed, clock=clock) as pretend,
        Player(pretend.base_url, account=account) as play,
    ):
        settings = settings_for(
            seed, pretend.base_url, database_url=database_url, folder=folder, content=content, port=port
        )
        yield Platform(play, pretend.sandbox, clock, settings)
