"""Keeps HQ's content fresh: looks at the folder and at what others have published, and tells HQ what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.content import memory
from bot.content.library import Library
from bot.db import Database
from bot.ports import Wakeups
from bot.staff.bulletin import tell_headquarters
from bot.workers.loop import Step

LOOK = timedelta(seconds=0.5)  #: between two looks: what a saved file gets to settle


@dataclass(frozen=True, slots=True)
class ContentWorker:
    database: Database
    wakeups: Wakeups
    clock: Clock
    library: Library

    async def step(self) -> Step:
        """One look; the moment between two looks is what a saved file gets to settle."""
        if await self.library.refresh():
            memory.settle()
            await self.wakeups.wake("content")  # others need not wait for their next look
        if await tell_headquarters(self.database, self.library.content, self.clock.now()):
            await self.wakeups.wake("outbox")
        return Step(due_at=self.clock.now() + LOOK)
