"""Wake-ups, tokens and rate buckets shared through Redis.

Redis may vanish at any moment: then the in-process ones take over, one line is logged, and Redis is tried again after a
pause. A call never waits much longer than a second for it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.cache.memory import MINUTE, MemoryBuckets, MemoryTokens, MemoryWakeups
from bot.clock import Clock
from bot.ports import Token

PATIENCE: Final = 1.0  #: seconds for one command
AWAY: Final = 2.0  #: seconds without trying after a failure
LOCK: Final = 10.0  #: seconds after which a holder that died lets go
LOCK_POLL: Final = 0.05
QUIET: Final = 5.0  #: seconds without a message after which the subscription is pinged

# Counts one when fewer than ARGV[2] were counted in the minute before ARGV[1] (microseconds). Answers 0, or the
# microsecond of the entry that must grow old first.
_TAKE: Final = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - 60000000)
local count, limit = redis.call('ZCARD', KEYS[1]), tonumber(ARGV[2])
if count < limit then
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[3])
  redis.call('PEXPIRE', KEYS[1], 61000)
  return 0
end
if limit < 1 then return -1 end
return redis.call('ZRANGE', KEYS[1], count - limit, count - limit, 'WITHSCORES')[2]
"""
_LET_GO: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

log = structlog.get_logger()
T = TypeVar("T")


class RedisGoneError(Exception):
    """Redis did not answer; use the in-process twin. Never leaves this module."""


class RedisLink:
    """The connection, and what is known of its health."""

    def __init__(self, url: str, prefix: str) -> None:
        self.redis: Redis = Redis.from_url(
            url,
            decode_responses=True,
            socket_connect_timeout=PATIENCE,
            socket_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),  # the in-process twin is quicker than any retry
        )
        self._prefix = prefix
        self._is_up = True
        self._try_again_at = 0.0

    def key(self, kind: str, name: str) -> str:
        """A key of ours."""
        return f"{self._prefix}:{kind}:{name}"

    async def ask(self, work: Callable[[Redis], Awaitable[T]]) -> T:
        """Run one command. Raises RedisGoneError within about a second, and at once while Redis is known to be away."""
        if not self._is_up and _tick() < self._try_again_at:
            raise RedisGoneError
        try:
            async with asyncio.timeout(PATIENCE):
                result = await work(self.redis)
        except (RedisError, OSError, TimeoutError) as error:
            self.lost(error)
            raise RedisGoneError from None
        self.found()
        return result

    def lost(self, error: Exception) -> None:
        """Note that Redis is away; logged the first time."""
        self._try_again_at = _tick() + AWAY
        if self._is_up:
            self._is_up = False
            log.warning("redis.lost", error=type(error).__name__)  # its text may hold the address and password

    def found(self) -> None:
        """Note that Redis answers."""
        if not self._is_up:
            self._is_up = True
            log.info("redis.found")

    async def close(self) -> None:
        await self.redis.aclose()


class RedisWakeups:
    """In-process wake-ups that also reach, and are reached by, the other processes over one channel."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._local = MemoryWakeups()
        self._channel = link.key("wake", "all")
        self._self = secrets.token_hex(8)
        self._listener: asyncio.Task[None] | None = None

    async def wake(self, topic: str) -> None:
        self._local.wake_now(topic)
        message = json.dumps([self._self, topic])
        try:
            await self._link.ask(lambda redis: redis.publish(self._channel, message))
        except RedisGoneError:
            pass  # the others find out by looking for themselves

    async def wait(self, topic: str, timeout: timedelta) -> bool:
        return await self._local.wait(topic, timeout)

    async def open(self) -> None:
        """Start to listen. Returns before the first connection stands."""
        self._listener = asyncio.create_task(self._listen_for_ever(), name="redis-wakeups")

    async def close(self) -> None:
        """Stop to listen."""
        if self._listener:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
            self._listener = None

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError) as error:
                self._link.lost(error)
            await asyncio.sleep(AWAY / 2)

    async def _listen(self) -> None:
        """Until the connection fails, or a ping stays unanswered."""
        async with self._link.redis.pubsub() as subscription:
            await asyncio.wait_for(subscription.subscribe(self._channel), PATIENCE)
            is_pinged = False
            while True:
                message = await subscription.get_message(timeout=QUIET)
                if message is None and is_pinged:
                    raise TimeoutError("no answer to a ping")
                is_pinged = message is None
                if message is None:
                    await asyncio.wait_for(subscription.ping(), PATIENCE)
                else:
                    self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            self._link.found()
            self._local.wake_all()  # what was said while nobody listened
        elif message["type"] == "message":
            try:
                sender, topic = json.loads(message["data"])
            except (ValueError, TypeError):
                return
            if sender != self._self:
                self._local.wake_now(str(topic))


class RedisTokens:
    """Tokens that every process sees."""

    def __init__(self, link: RedisLink, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._local = MemoryTokens()

    async def get(self, key: str) -> Token | None:
        try:
            text = await self._link.ask(lambda redis: redis.get(self._link.key("token", key)))
        except RedisGoneError:
            text = None
        return _token(text) or await self._local.get(key)

    async def put(self, key: str, token: Token) -> None:
        await self._local.put(key, token)
        life = max(int((token.expires_at - self._clock.now()).total_seconds() * 1000), 1)
        text = json.dumps([token.value, token.expires_at.timestamp()])
        try:
            await self._link.ask(lambda redis: redis.set(self._link.key("token", key), text, px=life))
        except RedisGoneError:
            pass

    @asynccontextmanager
    async def refreshing(self, key: str) -> AsyncIterator[None]:
        async with self._local.refreshing(key):
            name, holder = self._link.key("refreshing", key), secrets.token_hex(8)
            is_held = await self._hold(name, holder)
            try:
                yield
            finally:
                if is_held:
                    await self._let_go(name, holder)

    async def _hold(self, name: str, holder: str) -> bool:
        """Wait for the lock; false when Redis is away, and then only this process is kept in line."""
        while True:
            try:
                if await self._link.ask(lambda redis: redis.set(name, holder, nx=True, px=int(LOCK * 1000))):
                    return True
            except RedisGoneError:
                return False
            await asyncio.sleep(LOCK_POLL)

    async def _let_go(self, name: str, holder: str) -> None:
        try:
            await self._link.ask(lambda redis: _evaluate(redis, _LET_GO, name, holder))
        except RedisGoneError:
            pass  # it ends by itself


class RedisBuckets:
    """Rates counted over every process."""

    def __init__(self, link: RedisLink, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._local = MemoryBuckets(clock)

    async def take(self, key: str, *, per_minute: int) -> timedelta:
        now = int(self._clock.now().timestamp() * 1_000_000)
        name, entry = self._link.key("bucket", key), f"{now}-{secrets.token_hex(4)}"
        try:
            answer = await self._link.ask(lambda redis: _evaluate(redis, _TAKE, name, now, per_minute, entry))
        except RedisGoneError:
            return await self._local.take(key, per_minute=per_minute)
        oldest = int(float(answer))
        if oldest == 0:
            self._local.note(key)  # so that a loss of Redis does not open the gate twice
            return timedelta()
        if oldest < 0:
            return MINUTE
        return min(max(timedelta(microseconds=oldest - now) + MINUTE, timedelta(milliseconds=1)), MINUTE)


class RedisCache:
    """The three together. `prefix` keeps several services on one Redis apart."""

    def __init__(self, url: str, clock: Clock, *, prefix: str = "dianxiaoer") -> None:
        self._link = RedisLink(url, prefix)
        self.wakeups = RedisWakeups(self._link)
        self.tokens = RedisTokens(self._link, clock)
        self.buckets = RedisBuckets(self._link, clock)

    async def open(self) -> None:
        """Begin to listen for wake-ups. Succeeds without Redis as well."""
        await self.wakeups.open()

    async def close(self) -> None:
        """Stop listening and close the connections."""
        await self.wakeups.close()
        await self._link.close()


async def _evaluate(redis: Redis, script: str, key: str, *arguments: str | int) -> Any:
    return await redis.eval(script, 1, key, *arguments)


def _token(text: str | bytes | None) -> Token | None:
    try:
        value, expires_at = json.loads(text or "null")
        return Token(str(value), datetime.fromtimestamp(float(expires_at), UTC))
    except (ValueError, TypeError, OverflowError):
        return None


def _tick() -> float:
    return asyncio.get_running_loop().time()
