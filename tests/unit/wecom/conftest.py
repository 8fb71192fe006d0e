"""Fixtures of the WeCom tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.cache.memory import MemoryCache
from bot.clock import ShiftedClock
from bot.wecom.client import WeComClient
from bot.wecom.kf import KfApi
from bot.wecom.messenger import WeComMessenger
from tests.unit.wecom.paper import Paper, client_at


@pytest.fixture
async def paper() -> AsyncIterator[Paper]:
    made = Paper()
    app = web.Application(client_max_size=2**20)
    app.router.add_route("*", "/cgi-bin/{path:.*}", made.answer)
    async with TestServer(app, host="127.0.0.1") as server:
        made.base = str(server.make_url("")).rstrip("/")
        yield made


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
async def cache(clock: ShiftedClock) -> MemoryCache:
    return MemoryCache(clock)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(paper: Paper, http: aiohttp.ClientSession, cache: MemoryCache, clock: ShiftedClock) -> WeComClient:
    return client_at(paper.base, http, cache, clock)


@pytest.fixture
def kf(client: WeComClient) -> KfApi:
    return KfApi(client)


@pytest.fixture
def messenger(client: WeComClient, kf: KfApi) -> WeComMessenger:
    return WeComMessenger(client, kf)
