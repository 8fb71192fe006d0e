"""A loop: do a step; when there was nothing to do, wait for a wake-up, for the next due time, or for a second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.clock import Clock
from bot.ports import Wakeups

log = structlog.get_logger(__name__)

IDLE = timedelta(seconds=1)  #: the safety net under the wake-ups
_SOON = timedelta(milliseconds=2)
LATER = timedelta(milliseconds=100)  #: after a claim, unless its end wakes us sooner: what was due may have been locked
_GRACE = 3.0  #: seconds; a call to WeCom takes less, and what it comes to need not wait for a lease
_BACKOFF_MOST = 10.0  #: seconds between tries of a step that keeps failing


@dataclass(frozen=True, slots=True)
class Step:
    """What a step came to: whether to go on at once, and else when the next thing is due."""

    busy: bool = False
    due_at: datetime | None = None


class Crew:
    """Pieces of work side by side, at most so many: one that waits long for WeCom holds up none of the others."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._at_work: set[asyncio.Task[None]] = set()
        self._failed: list[BaseException] = []
        self._turned_away = False

    @property
    def free(self) -> int:
        """How many more may start. Whoever asks and finds it full is to be woken: see `is_wanted`."""
        free = self._most - len(self._at_work)
        self._turned_away = self._turned_away or not free
        return free

    def is_wanted(self) -> bool:
        """Asked at the end of a piece of work: whether there was no room for another since somebody asked last."""
        wanted, self._turned_away = self._turned_away, False
        return wanted

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._at_work.add(task)
        task.add_done_callback(self._ended)

    def raise_failure(self) -> None:
        """Raise what a piece of work ended with, each once."""
        if self._failed:
            raise self._failed.pop(0)

    async def close(self) -> None:
        """Give what is under way a moment, then break it off: its lease runs out."""
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=_GRACE)
        for task in self._at_work:
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._at_work.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._failed.append(error)


async def _to_its_end(step: Awaitable[Step]) -> Step:
    """The step's outcome. Whoever is cancelled here still lets it end within `_GRACE`: a claim that was committed is
    then given to somebody."""
    task = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=_GRACE)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise


class Loop:
    """Runs one kind of step for ever. The one place, beside the web middleware, where any exception is caught."""

    def __init__(
        self,
        topic: str,
        step: Callable[[], Awaitable[Step]],
        wakeups: Wakeups,
        clock: Clock,
        crew: Crew | None = None,
    ) -> None:
        self.topic = topic
        self._step = step
        self._crew = crew or Crew(0)
        self._wakeups = wakeups
        self._clock = clock
        self.failures = 0  #: in a row
        self.alive_at: datetime | None = None

    async def run(self) -> None:
        try:
            while True:
                await self._turn()
        finally:
            await self._crew.close()

    async def _turn(self) -> None:
        try:
            self._crew.raise_failure()
            done = await _to_its_end(self._step())
            self.failures = 0
        except Exception as error:
            self.failures += 1
            log.error(
                "worker.failed",
                worker=self.topic,
                error=type(error).__name__,
                failures=self.failures,
                exc_info=error,
            )
            await asyncio.sleep(min(0.2 * 2**self.failures, _BACKOFF_MOST))
            return
        self.alive_at = self._clock.now()
        if not done.busy:
            await self._wakeups.wait(self.topic, self._pause(done.due_at))

    def _pause(self, due_at: datetime | None) -> timedelta:
        if due_at is None:
            return IDLE
        return max(_SOON, min(IDLE, due_at - self._clock.now()))
