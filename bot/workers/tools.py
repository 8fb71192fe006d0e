"""What several workers need."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar, TypeVarTuple

from bot.clock import Clock
from bot.conversations.desk import Desk
from bot.db import Database
from bot.ports import Embedder, Wakeups

_Given = TypeVarTuple("_Given")
_Found = TypeVar("_Found")

DeskMaker = Callable[[], Desk]  #: the content as of now, with the tools of the verbs


@dataclass(frozen=True, slots=True)
class Understander:
    """A worker that understands what people wrote, off the event loop."""

    database: Database
    wakeups: Wakeups
    clock: Clock
    desk: DeskMaker
    executor: Executor
    embedder: Embedder | None  #: says what words mean, where one is set

    async def think(self, understand: Callable[[*_Given], _Found], *given: *_Given) -> _Found:
        """Call a pure function in a thread of its own."""
        return await asyncio.get_running_loop().run_in_executor(self.executor, understand, *given)
