"""Faults on platform calls, and the control API's own manners."""

from __future__ import annotations

import time
from datetime import timedelta

import aiohttp
import pytest

from bot.clock import SystemClock
from bot.sandbox.platform import CALLS_A_MINUTE, Rates
from bot.sandbox.play import Player
from bot.sandbox.play_line import PlayError
from bot.sandbox.seed import SandboxSeed, describe, make_seed
from bot.sandbox.server import Running, running
from tests.unit.sandbox.harness import HOTEL, Platform


@pytest.mark.parametrize(
    ("name", "errcode"), [("busy", -1), ("rate_limit", 45009), ("concurrency", 45033), ("bad_ip", 60020)]
)
async def test_an_errcode_comes_so_many_times_and_nothing_is_done(
    wecom: Platform, play: Player, name: str, errcode: int
) -> None:
    lin = play.customer("小林")
    await lin.says("在吗")
    await play.fault(name, times=2, path="kf/send_msg")
    codes = [(await wecom.send_text(await lin.id(), "在", msgid="m1"))["errcode"] for _ in range(3)]
    assert codes == [errcode, errcode, 0]
    assert await lin.received() == ["在"]
    assert [(call["errcode"], call["fault"]) for call in await play.calls("kf/send_msg")] == [
        (errcode, name),
        (errcode, name),
        (0, ""),
    ]


async def test_a_fault_without_a_path_spares_gettoken(wecom: Platform, play: Player) -> None:
    await play.fault("bad_ip", times=0)
    seed = wecom.sandbox.seed
    token = await wecom.raw("GET", "gettoken", corpid=seed.corp_id, corpsecret=seed.secret)
    assert token["errcode"] == 0
    assert [(await wecom.sync())["errcode"] for _ in range(3)] == [60020] * 3
    assert "203.0.113.7" in (await wecom.sync())["errmsg"]
    await play.no_faults()
    assert (await wecom.sync())["errcode"] == 0


async def test_a_cut_connection_before_and_after_the_work(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    await lin.says("在吗")
    await play.fault("cut_before", path="kf/send_msg")
    with pytest.raises(aiohttp.ClientError):
        await wecom.send_text(await lin.id(), "在", msgid="m1")
    assert await lin.received() == []
    await play.fault("cut_after", path="kf/send_msg")
    with pytest.raises(aiohttp.ClientError):
        await wecom.send_text(await lin.id(), "在", msgid="m1")
    assert await lin.received() == ["在"]
    again = await wecom.send_text(await lin.id(), "在", msgid="m1")
    assert again["errcode"] != 0 and "msgid" in again["errmsg"]
    assert await lin.received() == ["在"]


async def test_502_late_and_any_errcode(wecom: Platform, play: Player) -> None:
    await play.fault("http_502", path="kf/*")
    async with wecom.http.post(f"{wecom.base}/cgi-bin/kf/account/list", json={}) as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
    await play.fault("late", value=0.3, path="kf/account/list")
    started = time.monotonic()
    assert (await wecom.post("kf/account/list"))["errcode"] == 0
    assert time.monotonic() - started >= 0.3
    await play.fault("errcode", value=95017)
    assert (await wecom.post("kf/account/list"))["errcode"] == 95017
    assert (await wecom.post("kf/account/list"))["errcode"] == 0


def test_ten_thousand_calls_of_one_api_a_minute() -> None:
    assert CALLS_A_MINUTE == 10_000
    rates = Rates()
    now = timedelta(minutes=5)
    assert all(rates.count("kf/sync_msg", now) for _ in range(CALLS_A_MINUTE))
    assert not rates.count("kf/sync_msg", now)
    assert rates.count("kf/send_msg", now)
    assert rates.count("kf/sync_msg", now + timedelta(minutes=1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "earthquake"},
        {"name": "late"},
        {"name": "late", "value": 3600},
        {"name": "page_size", "value": 0},
        {"name": "errcode", "value": 0},
        {"name": "staff_invalid"},
        {"name": "busy", "times": -1},
        {"name": "busy", "times": "many"},
        {},
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(play: Player, wrong: dict[str, object]) -> None:
    with pytest.raises(PlayError) as refused:
        await play.post("/faults", wrong)
    assert refused.value.status == 400
    assert (await play.state())["faults"] == []
    await play.fault("busy")
    assert len((await play.state())["faults"]) == 1


async def test_only_this_machine_and_only_json(sandbox: Running) -> None:
    async with aiohttp.ClientSession() as http:
        url = f"{sandbox.base_url}/sandbox/clock"
        async with http.post(url, json={"move_seconds": 1}, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403
        async with http.get(f"{sandbox.base_url}/cgi-bin/gettoken", headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403
        async with http.post(url, data=b'{"move_seconds": 1}', headers={"Content-Type": "text/plain"}) as answer:
            assert answer.status == 415, "what a page of another origin can send unasked"
        async with http.post(url, json=[1]) as answer:
            assert answer.status == 400
        async with http.post(url, json={"move_seconds": 1}, headers={"Host": "localhost:1"}) as answer:
            assert answer.status == 200


async def test_it_listens_on_loopback_only() -> None:
    with pytest.raises(ValueError, match="loopback"):
        async with running(SandboxSeed(), host="0.0.0.0"):
            pass


async def test_the_clock_moves_forward_and_only_a_movable_one(play: Player) -> None:
    before = (await play.state())["clock"]["now"]
    await play.move_clock(days=1)
    assert (await play.state())["clock"]["now"][:10] != before[:10]
    with pytest.raises(PlayError):
        await play.post("/clock", {"move_seconds": -5})
    async with running(make_seed([("wkA", "甲")], []), clock=SystemClock()) as still, Player(still.base_url) as other:
        with pytest.raises(PlayError, match="真实时间"):
            await other.move_clock(hours=1)


async def test_people_who_do_not_exist_are_refused_in_chinese(play: Player) -> None:
    with pytest.raises(PlayError, match="没有这个客服账号"):
        await play.customer("小林", account="wkNowhere").says("在吗")
    with pytest.raises(PlayError, match="没有这位店员"):
        await play.staff("nobody").inbox()
    lin = play.customer("小林", account=HOTEL)
    with pytest.raises(PlayError, match="要说点什么"):
        await lin.says_all([""])
    with pytest.raises(PlayError, match="没有这条消息"):
        await lin.recalls("x")
    with pytest.raises(PlayError, match="没有「停车」"):
        await lin.clicks("停车")
    await lin.says("在吗")
    assert [each["text"] for each in await lin.messages()] == ["在吗"]


async def test_events_can_be_followed(play: Player) -> None:
    start = (await play.get("/events"))["last"]
    await play.customer("小林").says("在吗")
    answer = await play.get("/events", after=str(start), wait="1")
    assert "customer.said" in [event["kind"] for event in answer["events"]]
    seqs = [event["seq"] for event in answer["events"]]
    assert seqs == sorted(seqs) and seqs[0] == start + 1
    with pytest.raises(PlayError):
        await play.get("/events", after="x")


def test_the_start_says_how_to_connect() -> None:
    seed = make_seed([("wkA", "甲")], [("wangjie", "王洁")], callback_url="http://127.0.0.1:9/cb")
    text = describe(seed, "http://127.0.0.1:8099")
    assert "WECOM_API_BASE=http://127.0.0.1:8099" in text
    assert f"WECOM_AES_KEY={seed.aes_key}" in text
    assert seed.aes_key not in repr(seed)
    assert (len(seed.aes_key), seed.accounts[0].id, seed.staff[0].name) == (43, "wkA", "王洁")
