"""Two services on one PostgreSQL and one Redis share the work, and do nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.app import Role, listening, running
from bot.clock import ShiftedClock
from bot.sandbox.play import Player
from bot.sandbox.play_customer import PlayedCustomer
from bot.sandbox.play_staff import PlayedStaff
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.server import running as sandbox_running
from knowledge.content import load
from tests.house import files_below, seed_of, settings_for
from tests.small_chain import BREAKFAST, LAKE, PARKING, write_chain

CUSTOMERS = 24  #: two questions each are less than the clerks may have in a minute


@dataclass
class Pair:
    """Two services with one WeCom."""

    play: Player
    sandbox: Sandbox


@pytest.fixture
async def pair(database_url: str, fresh_redis_url: str, tmp_path: Path, free_port: int) -> AsyncIterator[Pair]:
    content = write_chain(tmp_path / "content", 换卡间隔秒="0")
    loaded = load(files_below(content)).content
    assert loaded is not None
    seed = seed_of(loaded, callback_url=f"http://127.0.0.1:{free_port}/wecom/callback")
    clock = ShiftedClock()
    async with AsyncExitStack() as stack:
        pretend = await stack.enter_async_context(sandbox_running(seed, clock=clock))
        settings = settings_for(
            seed, pretend.base_url, database_url=database_url, folder=tmp_path, content=content, port=free_port
        )
        settings = settings.model_copy(update={"redis_url": type(settings.redis_url)(fresh_redis_url)})
        services = [await stack.enter_async_context(running(settings, role=Role.ALL, clock=clock)) for _ in range(2)]
        await stack.enter_async_context(listening(services[0].site, "127.0.0.1", free_port))
        play = await stack.enter_async_context(Player(pretend.base_url, account=LAKE, patience=30))
        yield Pair(play, pretend.sandbox)


async def _taps_everything(clerk: PlayedStaff) -> None:
    while True:
        card = await clerk.next_card(timeout=60)
        await card.press("发送", anyway=True)
        await card.press("发送", anyway=True)


async def _has(customer: PlayedCustomer, count: int) -> bool | None:
    return True if len(await customer.received()) >= count else None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_every_answer_arrives_once_and_in_order(pair: Pair, capfd: pytest.CaptureFixture[str]) -> None:
    clerks = [asyncio.create_task(_taps_everything(pair.play.staff(name))) for name in ("anan", "beibei")]
    customers = [pair.play.customer(f"客人{number}") for number in range(CUSTOMERS)]
    try:
        for question, count in (("停车方便吗", 1), ("早餐几点开始", 2)):
            await asyncio.gather(*(customer.says(question) for customer in customers))
            for customer in customers:
                await pair.play.until(lambda: _has(customer, count), None, f"{customer.name} waits")  # noqa: B023
    finally:
        for clerk in clerks:
            clerk.cancel()
        await asyncio.gather(*clerks, return_exceptions=True)
    for customer in customers:
        assert await customer.received() == [PARKING, BREAKFAST]
    sent = [call.errcode for call in pair.sandbox.calls if call.path == "kf/send_msg"]
    assert sent == [0] * len(sent)
    output = capfd.readouterr().out
    assert "worker.failed" not in output and "event.failed" not in output
