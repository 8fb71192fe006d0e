"""Wake-ups, tokens and rate buckets inside one process."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.ports import Token

MINUTE: Final = timedelta(minutes=1)


class MemoryWakeups:
    """One flag a topic: raised by `wake`, lowered by whoever waits; everybody who waits at that moment is woken."""

    def __init__(self) -> None:
        self._flags: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def wake(self, topic: str) -> None:
        self.wake_now(topic)

    def wake_now(self, topic: str) -> None:
        """The same, for callers that cannot await."""
        self._flags[topic].set()

    def wake_all(self) -> None:
        """Every topic that anybody has waited for: used when wake-ups may have been lost."""
        for flag in self._flags.values():
            flag.set()

    async def wait(self, topic: str, timeout: timedelta) -> bool:
        flag = self._flags[topic]
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                await flag.wait()
        except TimeoutError:
            return False
        flag.clear()
        return True


class MemoryTokens:
    """Tokens of this process. A lock's holder cannot die without letting go: its `async with` ends with it."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, key: str) -> Token | None:
        return self._tokens.get(key)

    async def put(self, key: str, token: Token) -> None:
        self._tokens[key] = token

    @asynccontextmanager
    async def refreshing(self, key: str) -> AsyncIterator[None]:
        async with self._locks[key]:
            yield


class MemoryBuckets:
    """At most so many in any sixty seconds: WeCom drops the excess silently, so no burst may straddle a minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._taken: defaultdict[str, deque[datetime]] = defaultdict(deque)

    async def take(self, key: str, *, per_minute: int) -> timedelta:
        now, taken = self._clock.now(), self._recent(key)
        if len(taken) < per_minute:
            taken.append(now)
            return timedelta()
        frees_at = taken[-per_minute] + MINUTE if per_minute > 0 else now + MINUTE
        return min(max(frees_at - now, timedelta(milliseconds=1)), MINUTE)

    def note(self, key: str) -> None:
        """Count one that was taken elsewhere."""
        self._recent(key).append(self._clock.now())

    def _recent(self, key: str) -> deque[datetime]:
        taken, since = self._taken[key], self._clock.now() - MINUTE
        while taken and taken[0] <= since:
            taken.popleft()
        return taken


class MemoryCache:
    """The three together."""

    def __init__(self, clock: Clock) -> None:
        self.wakeups = MemoryWakeups()
        self.tokens = MemoryTokens()
        self.buckets = MemoryBuckets(clock)

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""
