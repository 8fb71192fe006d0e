"""Callbacks to the service: three tries, five seconds, and what faults do to them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.clock import ShiftedClock
from bot.sandbox.play import Player
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.seed import SandboxSeed
from bot.sandbox.server import running
from tests.unit.sandbox.conftest import SEED
from tests.unit.sandbox.harness import CAFE, HOTEL, Service


async def _got(play: Player, service: Service, count: int) -> list[str]:
    """Wait for so many callbacks; their accounts in the order of arrival."""

    async def look() -> list[str] | None:
        return [each["OpenKfId"] for each in service.got] if len(service.got) >= count else None

    return await play.until(look, 4, f"{count} callbacks")


async def _settled(play: Player, kind: str, count: int) -> list[dict[str, object]]:
    async def look() -> list[dict[str, object]] | None:
        found = [event for event in await play.events() if event["kind"] == kind]
        return found if len(found) >= count else None

    return await play.until(look, 4, f"{count} × {kind}")


async def test_a_failed_callback_is_tried_three_times_in_all(play: Player, service: Service) -> None:
    service.statuses = [500, 502]
    await play.customer("小林").says("在吗")
    await _settled(play, "callback.delivered", 1)
    service.statuses = [500] * 9
    await play.customer("小林").says("在吗")
    await _settled(play, "callback.failed", 2 + 3)
    assert len(service.got) == 3 + 3
    service.statuses = []
    await play.customer("小林").says("在吗")
    await _settled(play, "callback.delivered", 2)
    assert len(service.got) == 7


async def test_a_callback_that_is_not_answered_in_time_is_sent_again(service: Service) -> None:
    service.delay = 0.6
    seed = replace(SEED, callback_url=service.url)
    async with running(seed, answer_within=0.3) as hasty, Player(hasty.base_url, account=HOTEL) as play:
        await play.customer("小林").says("在吗")
        failed = await _settled(play, "callback.failed", 3)
    assert {event["outcome"] for event in failed} <= {"TimeoutError", "ServerTimeoutError", "SocketTimeoutError"}
    assert len(service.got) == 3


async def test_callbacks_can_come_again_late_in_disorder_or_never(play: Player, service: Service) -> None:
    lin, chen = play.customer("小林", account=HOTEL), play.customer("小陈", account=CAFE)
    await play.fault("callback_five_times")
    await lin.says("一")
    assert await _got(play, service, 5) == [HOTEL] * 5
    service.got.clear()
    await play.fault("callback_twice")
    await chen.says("二")
    assert await _got(play, service, 2) == [CAFE] * 2
    service.got.clear()
    await play.fault("callback_out_of_order")
    await lin.says("三")
    await chen.says("四")
    assert await _got(play, service, 2) == [CAFE, HOTEL]
    service.got.clear()
    await play.fault("callback_lost")
    await play.fault("callback_late", value=0.2)
    await lin.says("五")
    await lin.says("六")
    await chen.says("七")
    assert await _got(play, service, 2) == [CAFE, HOTEL]
    assert (await play.state())["faults"] == []


async def test_a_customer_can_write_without_a_callback(play: Player, service: Service) -> None:
    lin = play.customer("小林")
    await lin.says("悄悄话", quietly=True)
    await lin.says("大声说")
    assert await _got(play, service, 1) == [HOTEL]


async def test_the_callback_url_is_checked_as_on_saving(play: Player, service: Service) -> None:
    assert await play.verify() == ""
    service.delay = 0
    await play.post("/accounts", {"id": "wkNew", "name": "新店"})
    granted = await _settled(play, "callback.delivered", 1)
    assert granted[0]["what"] == "kf_account_auth_change"
    assert service.got[-1]["AuthAddOpenKfId"] == "wkNew"
    await play.post("/accounts", {"id": "wkNew", "is_managed": False})
    await _settled(play, "callback.delivered", 2)
    assert service.got[-1]["AuthDelOpenKfId"] == "wkNew"


async def test_a_bad_callback_url_is_told(service: Service) -> None:
    async with (
        running(replace(SEED, callback_url=service.url + "/nowhere")) as sandbox,
        Player(sandbox.base_url) as play,
    ):
        assert "404" in await play.verify()
    async with running(replace(SEED, callback_url="")) as sandbox, Player(sandbox.base_url, account=HOTEL) as play:
        await play.customer("小林").says("在吗")
        assert "callback.dropped" in [event["kind"] for event in await play.events()]


def test_callbacks_go_to_this_machine_only() -> None:
    with pytest.raises(ValueError, match="loopback"):
        Sandbox(SandboxSeed(callback_url="http://192.0.2.1/wecom/callback"), ShiftedClock())
    assert Sandbox(SandboxSeed(), ShiftedClock()).seed.callback_url.startswith("http://127.0.0.1")
