"""Redis vanishes and comes back: nothing fails, nothing waits long, one line is logged each way."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from bot.cache import redis as redis_cache
from bot.cache.redis import RedisCache
from bot.clock import ShiftedClock
from bot.ports import Token

SECOND = timedelta(seconds=1)


class Cable:
    """A TCP relay to Redis that can be cut, silenced and mended."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.is_silent = False

    async def mend(self) -> None:
        self.is_silent = False
        if self._server is None:
            self._server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._writers |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._pump(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                if not self.is_silent:
                    sink.write(data)
                    await sink.drain()
        except OSError:
            pass
        sink.close()
        self._writers.discard(sink)


@pytest.fixture
async def cable(redis_url: str) -> AsyncIterator[Cable]:
    parts = urlsplit(redis_url)
    made = Cable(parts.hostname or "127.0.0.1", parts.port or 6379)
    await made.mend()
    yield made
    await made.cut()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_cache, "AWAY", 0.2)
    monkeypatch.setattr(redis_cache, "PATIENCE", 0.3)
    monkeypatch.setattr(redis_cache, "QUIET", 0.3)


@pytest.fixture
async def cache(cable: Cable, quick: None) -> AsyncIterator[RedisCache]:
    made = RedisCache(f"redis://127.0.0.1:{cable.port}", ShiftedClock(), prefix=secrets.token_hex(4))
    await made.open()
    yield made
    await made.close()


async def use(cache: RedisCache) -> None:
    """Every operation once."""
    await cache.wakeups.wake("outbox")
    assert await cache.wakeups.wait("outbox", SECOND) is True
    token = Token("value", datetime.now(UTC) + timedelta(hours=1))
    await cache.tokens.put("corp", token)
    async with cache.tokens.refreshing("corp"):
        assert (await cache.tokens.get("corp") or token).value == "value"
    await cache.buckets.take("lin", per_minute=1000)


@pytest.mark.parametrize("is_silent", [False, True], ids=["cut", "silent"])
async def test_nothing_fails_while_redis_is_away(cache: RedisCache, cable: Cable, is_silent: bool) -> None:
    with capture_logs() as logs:
        await use(cache)
        if is_silent:
            cable.is_silent = True
        else:
            await cable.cut()
        began = time.perf_counter()
        for _ in range(20):
            await use(cache)
        assert time.perf_counter() - began < 3
        await cable.cut()  # what was swallowed in silence leaves a broken stream behind
        await cable.mend()
        await asyncio.sleep(1)
        await use(cache)
    assert [entry["event"] for entry in logs][:2] == ["redis.lost", "redis.found"]
    assert len(logs) <= 4
    assert str(cable.port) not in str(logs)


async def test_what_was_taken_before_counts_afterwards(cache: RedisCache, cable: Cable) -> None:
    for _ in range(3):
        assert await cache.buckets.take("lin", per_minute=3) == timedelta()
    await cable.cut()
    assert await cache.buckets.take("lin", per_minute=3) > timedelta()


async def test_the_token_survives(cache: RedisCache, cable: Cable) -> None:
    token = Token("value", datetime.now(UTC) + timedelta(hours=1))
    await cache.tokens.put("corp", token)
    await cable.cut()
    assert await cache.tokens.get("corp") == token


@pytest.mark.parametrize("is_silent", [False, True], ids=["cut", "silent"])
async def test_wake_ups_arrive_again_by_themselves(
    cache: RedisCache, cable: Cable, redis_url: str, is_silent: bool
) -> None:
    prefix = cache.wakeups._channel.split(":")[0]
    other = RedisCache(redis_url, ShiftedClock(), prefix=prefix)
    await asyncio.sleep(0.3)
    if is_silent:
        cable.is_silent = True
        await asyncio.sleep(0.5)
        cable.is_silent = False  # only a ping finds out that the old connection is dead
        await asyncio.sleep(1.5)
    else:
        await cable.cut()
        await asyncio.sleep(0.5)
        await cable.mend()
        await asyncio.sleep(1)
    await cache.wakeups.wait("outbox", timedelta())
    waiting = asyncio.create_task(cache.wakeups.wait("outbox", 3 * SECOND))
    await asyncio.sleep(0.05)
    await other.wakeups.wake("outbox")
    assert await waiting is True
    await other.close()


async def test_it_starts_without_redis(free_port: int, quick: None) -> None:
    cache = RedisCache(f"redis://127.0.0.1:{free_port}", ShiftedClock())
    await cache.open()
    await use(cache)
    await cache.close()


async def test_a_holder_that_died_lets_go(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_cache, "LOCK", 0.3)
    prefix = secrets.token_hex(4)
    dead, alive = (RedisCache(redis_url, ShiftedClock(), prefix=prefix) for _ in range(2))
    held = dead.tokens.refreshing("corp")
    await held.__aenter__()  # and never leaves
    began = time.perf_counter()
    async with alive.tokens.refreshing("corp"):
        assert 0.1 < time.perf_counter() - began < 2
    await dead.close()
    await alive.close()


async def test_strange_values_in_redis_are_no_token(redis_url: str) -> None:
    cache = RedisCache(redis_url, ShiftedClock(), prefix=secrets.token_hex(4))
    for value in ("", "null", "[]", "[1]", '["a", "b"]', "not json", "[1, 1e400]", '"ab"'):
        await cache._link.redis.set(cache._link.key("token", "corp"), value)
        token = await cache.tokens.get("corp")
        assert token is None
    await cache.close()
