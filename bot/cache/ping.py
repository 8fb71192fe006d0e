"""Whether Redis answers, and why not; for the doctor. The service itself goes on without it."""

from __future__ import annotations

import asyncio
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, RedisError

PATIENCE: Final = 3.0  #: seconds


async def ping(url: str) -> str:
    """What is wrong, in Chinese, without address and password; "" when Redis answers."""
    redis: Redis = Redis.from_url(
        url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
    )
    try:
        async with asyncio.timeout(2 * PATIENCE):
            await redis.ping()
            await redis.eval("return 1", 0)  # rates are counted by a script
    except BusyLoadingError:
        return "Redis 正在启动,等一会儿再试"
    except AuthenticationError:
        return "Redis 的密码不对:核对 REDIS_URL"
    except (RedisError, OSError, TimeoutError, ValueError) as error:
        return f"连不上 Redis({type(error).__name__}):核对 REDIS_URL,Redis 是否在运行"
    finally:
        await redis.aclose()
    return ""
