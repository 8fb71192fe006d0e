"""Keeps HQ's content fresh: looks at the folder, and at what other processes have published."""

from __future__ import annotations

from dataclasses import dataclass

from bot.content.library import Library
from bot.workers.loop import Step


@dataclass(frozen=True, slots=True)
class ContentWorker:
    library: Library

    async def step(self) -> Step:
        """One look; the loop's idle second between two looks is what a saved file gets to settle."""
        await self.library.refresh()
        return Step()
