"""One contract, in-process and on a real Redis: wake-ups, tokens, rate buckets."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.cache.memory import MemoryCache
from bot.cache.redis import RedisCache
from bot.clock import ShiftedClock
from bot.ports import Buckets, Token, Tokens, Wakeups

SECOND = timedelta(seconds=1)
SOON = timedelta(milliseconds=50)

Cache = MemoryCache | RedisCache


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture(params=["memory", "redis"])
async def cache(request: pytest.FixtureRequest, clock: ShiftedClock) -> AsyncIterator[Cache]:
    made: Cache
    if request.param == "memory":
        made = MemoryCache(clock)
    else:
        made = RedisCache(request.getfixturevalue("redis_url"), clock, prefix=secrets.token_hex(4))
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def pair(redis_url: str, clock: ShiftedClock) -> AsyncIterator[tuple[RedisCache, RedisCache]]:
    """Two processes on one Redis, both listening."""
    prefix = secrets.token_hex(4)
    one, two = (RedisCache(redis_url, clock, prefix=prefix) for _ in range(2))
    for each in (one, two):
        await each.open()
        assert await each.wakeups.wait("probe", timedelta()) is False
        await each.wakeups.wait("probe", 2 * SECOND)  # the subscription wakes everybody once
    yield one, two
    await one.close()
    await two.close()


def test_both_are_what_the_ports_ask_for(clock: ShiftedClock) -> None:
    cache = MemoryCache(clock)
    wakeups: Wakeups = cache.wakeups
    tokens: Tokens = cache.tokens
    buckets: Buckets = cache.buckets
    assert wakeups and tokens and buckets


# --- wake-ups --------------------------------------------------------------------------------------------------------
async def test_a_wake_up_before_the_wait_is_not_missed(cache: Cache) -> None:
    await cache.wakeups.wake("outbox")
    await cache.wakeups.wake("outbox")
    assert await cache.wakeups.wait("outbox", SECOND) is True


async def test_waiting_ends_after_the_timeout(cache: Cache) -> None:
    await asyncio.sleep(0.2)  # a fresh subscription may still raise the flags
    await cache.wakeups.wait("outbox", SOON)
    assert await cache.wakeups.wait("outbox", SOON) is False


async def test_a_wake_up_ends_a_wait(cache: Cache) -> None:
    waiting = asyncio.create_task(cache.wakeups.wait("outbox", 5 * SECOND))
    await asyncio.sleep(0.01)
    await cache.wakeups.wake("outbox")
    assert await asyncio.wait_for(waiting, 1) is True


async def test_topics_do_not_mix(cache: Cache) -> None:
    await asyncio.sleep(0.2)
    await cache.wakeups.wait("b", SOON)
    await cache.wakeups.wake("a")
    assert await cache.wakeups.wait("b", SOON) is False
    assert await cache.wakeups.wait("a", SOON) is True


async def test_everybody_who_waits_is_woken(cache: Cache) -> None:
    waiting = [asyncio.create_task(cache.wakeups.wait("outbox", 5 * SECOND)) for _ in range(3)]
    await asyncio.sleep(0.01)
    await cache.wakeups.wake("outbox")
    assert await asyncio.wait_for(asyncio.gather(*waiting), 1) == [True] * 3


async def test_another_process_is_woken(pair: tuple[RedisCache, RedisCache]) -> None:
    one, two = pair
    waiting = asyncio.create_task(two.wakeups.wait("outbox", 5 * SECOND))
    await asyncio.sleep(0.01)
    await one.wakeups.wake("outbox")
    assert await asyncio.wait_for(waiting, 1) is True


# --- tokens ----------------------------------------------------------------------------------------------------------
async def test_a_token_is_kept(cache: Cache) -> None:
    token = Token("value", datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2))
    assert await cache.tokens.get("corp") is None
    await cache.tokens.put("corp", token)
    assert await cache.tokens.get("corp") == token
    assert await cache.tokens.get("other") is None


async def test_refreshing_is_given_to_one_at_a_time(cache: Cache) -> None:
    inside, most = 0, 0

    async def refresh() -> None:
        nonlocal inside, most
        async with cache.tokens.refreshing("corp"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(refresh() for _ in range(5)))
    assert most == 1


async def test_an_error_lets_go(cache: Cache) -> None:
    with pytest.raises(KeyError):
        async with cache.tokens.refreshing("corp"):
            raise KeyError
    async with asyncio.timeout(1), cache.tokens.refreshing("corp"):
        pass


async def test_two_processes_share_token_and_lock(pair: tuple[RedisCache, RedisCache]) -> None:
    one, two = pair
    order: list[str] = []

    async def refresh(cache: RedisCache, name: str) -> None:
        async with cache.tokens.refreshing("corp"):
            order.append(f"{name} in")
            await asyncio.sleep(0.05)
            await cache.tokens.put("corp", Token(name, datetime.now(UTC) + timedelta(hours=2)))
            order.append(f"{name} out")

    await asyncio.gather(refresh(one, "one"), refresh(two, "two"))
    last = order[-1].removesuffix(" out")
    assert order in (
        [f"{a} {step}" for a in pair for step in ("in", "out")] for pair in (["one", "two"], ["two", "one"])
    )
    seen = [await cache.tokens.get("corp") for cache in pair]
    assert [token.value if token else None for token in seen] == [last, last]


async def test_a_token_never_shows_itself(cache: Cache) -> None:
    assert "value" not in repr(Token("value", datetime.now(UTC))).replace("expires_at", "")


# --- buckets ---------------------------------------------------------------------------------------------------------
async def test_so_many_a_minute_and_no_more(cache: Cache, clock: ShiftedClock) -> None:
    for _ in range(3):
        assert await cache.buckets.take("lin", per_minute=3) == timedelta()
        clock.move(SECOND)
    wait = await cache.buckets.take("lin", per_minute=3)
    assert timedelta(seconds=56) < wait <= timedelta(seconds=57.5)
    assert await cache.buckets.take("wang", per_minute=3) == timedelta()


async def test_a_refusal_takes_nothing_and_the_wait_is_right(cache: Cache, clock: ShiftedClock) -> None:
    assert await cache.buckets.take("lin", per_minute=1) == timedelta()
    for _ in range(5):
        wait = await cache.buckets.take("lin", per_minute=1)
        assert wait > timedelta()
    clock.move(wait - timedelta(seconds=2))
    assert await cache.buckets.take("lin", per_minute=1) > timedelta()
    clock.move(2 * SECOND)
    assert await cache.buckets.take("lin", per_minute=1) == timedelta()


async def test_no_burst_straddles_a_minute(cache: Cache, clock: ShiftedClock) -> None:
    granted = 0
    for _ in range(59):
        granted += await cache.buckets.take("lin", per_minute=10) == timedelta()
        clock.move(SECOND)
    assert granted == 10


async def test_a_limit_that_was_lowered_holds(cache: Cache) -> None:
    for _ in range(5):
        await cache.buckets.take("lin", per_minute=5)
    assert await cache.buckets.take("lin", per_minute=2) > timedelta()
    assert await cache.buckets.take("lin", per_minute=0) > timedelta()


async def test_takers_at_once_share_what_is_there(cache: Cache) -> None:
    waits = await asyncio.gather(*(cache.buckets.take("lin", per_minute=7) for _ in range(20)))
    assert waits.count(timedelta()) == 7


async def test_two_processes_share_a_bucket(pair: tuple[RedisCache, RedisCache]) -> None:
    waits = [await cache.buckets.take("lin", per_minute=3) for cache in pair for _ in range(3)]
    assert waits.count(timedelta()) == 3
