"""A sandbox on real HTTP, a service that takes its callbacks, a client of the platform, and a player."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.clock import ShiftedClock
from bot.sandbox.play import Player
from bot.sandbox.seed import SandboxSeed, SeedAccount, SeedStaff
from bot.sandbox.server import Running, running
from tests.unit.sandbox.harness import CAFE, FOREIGN, HOTEL, Platform, Service

SEED = SandboxSeed(
    accounts=(
        SeedAccount(HOTEL, "西湖银泰店", ("WangJie", "linxiaoman")),
        SeedAccount(CAFE, "咖啡店", ("linxiaoman",)),
        SeedAccount(FOREIGN, "别人的账号", is_managed=False),
    ),
    staff=(SeedStaff("WangJie", "王洁"), SeedStaff("linxiaoman", "林小满"), SeedStaff("zhoumin", "周敏")),
)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service(SEED)
    server = TestServer(service.app())
    await server.start_server()
    service.url = str(server.make_url("/wecom/callback"))
    yield service
    await server.close()


@pytest.fixture
async def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
async def sandbox(service: Service, clock: ShiftedClock) -> AsyncIterator[Running]:
    seed = replace(SEED, callback_url=service.url)
    async with running(seed, clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
async def wecom(sandbox: Running, clock: ShiftedClock) -> AsyncIterator[Platform]:
    async with aiohttp.ClientSession() as http:
        wecom = Platform(sandbox.base_url, http, sandbox.sandbox, clock)
        await wecom.log_in()
        yield wecom


@pytest.fixture
async def play(sandbox: Running) -> AsyncIterator[Player]:
    async with Player(sandbox.base_url, account=HOTEL, patience=3) as play:
        yield play
