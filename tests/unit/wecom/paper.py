"""A WeCom of paper on real HTTP: it answers what a test tells it to, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from bot.cache.memory import MemoryCache
from bot.clock import ShiftedClock
from bot.wecom.client import WeComClient

SECRET = "very-secret-secret"
Reply = dict[str, Any] | Callable[[web.Request], Any]


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    query: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Paper:
    """What the server will answer, path by path, and what it was asked."""

    replies: defaultdict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))
    asked: list[Asked] = field(default_factory=list)
    base: str = ""
    life: int = 7200
    tokens: Any = field(default_factory=lambda: (f"token-{number}" for number in itertools.count(1)))

    def then(self, path: str, *replies: Reply) -> None:
        """Queue answers; with none left, a path answers errcode 0."""
        self.replies[path].extend(replies)

    def to(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path == path]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/cgi-bin/")
        self.asked.append(Asked(path, dict(request.query), await request.read()))
        if self.replies[path]:
            reply = self.replies[path].popleft()
            if callable(reply):
                made = reply(request)
                return await made if asyncio.iscoroutine(made) else made  # type: ignore[no-any-return]
            return web.json_response(reply)
        if path == "gettoken":
            return web.json_response({"errcode": 0, "access_token": next(self.tokens), "expires_in": self.life})
        return web.json_response({"errcode": 0, "errmsg": "ok"})


def refuse(code: int, errmsg: str = "no") -> dict[str, Any]:
    return {"errcode": code, "errmsg": errmsg}


def cut(request: web.Request) -> web.Response:
    """Do the work, then drop the connection."""
    assert request.transport
    request.transport.abort()
    return web.Response()


def client_at(base: str, http: aiohttp.ClientSession, cache: MemoryCache, clock: ShiftedClock) -> WeComClient:
    return WeComClient(
        http,
        base=base,
        corp_id="ww1",
        secret=SECRET,
        agent_id=1000002,
        tokens=cache.tokens,
        buckets=cache.buckets,
        clock=clock,
    )
