"""A loop: do a step; when there was nothing to do, wait for a wake-up, for the next due time, or for a second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.ports import Wakeups

log = structlog.get_logger(__name__)

IDLE = timedelta(seconds=1)  #: the safety net under the wake-ups
_SOON = timedelta(milliseconds=2)
_BACKOFF_MOST = 10.0  #: seconds between tries of a step that keeps failing


@dataclass(frozen=True, slots=True)
class Step:
    """What a step came to: whether to go on at once, and else when the next thing is due."""

    busy: bool = False
    due_at: datetime | None = None


class Loop:
    """Runs one kind of step for ever. The one place, beside the web middleware, where any exception is caught."""

    def __init__(self, topic: str, step: Callable[[], Awaitable[Step]], wakeups: Wakeups, clock: Clock) -> None:
        self.topic = topic
        self._step = step
        self._wakeups = wakeups
        self._clock = clock
        self.failures = 0  #: in a row
        self.alive_at: datetime | None = None

    async def run(self) -> None:
        while True:
            try:
                done = await self._step()
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
                continue
            self.alive_at = self._clock.now()
            if not done.busy:
                await self._wakeups.wait(self.topic, self._pause(done.due_at))

    def _pause(self, due_at: datetime | None) -> timedelta:
        if due_at is None:
            return IDLE
        return max(_SOON, min(IDLE, due_at - self._clock.now()))
