"""The client over real HTTP: one token, retries, pace, time-outs, and no secret in anything that it says."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.cache.memory import MemoryCache
from bot.clock import ShiftedClock
from bot.errors import MessengerError, OperatorError, OutcomeUnknownError, RejectedError, TryLaterError
from bot.wecom import client as client_module
from bot.wecom import transport
from bot.wecom.client import WeComClient
from bot.wecom.transport import decode, encode
from tests.unit.wecom.paper import SECRET, Paper, client_at, cut, refuse

BODY = {"text": {"content": "您好"}}


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "BUSY_PAUSE", 0.01)


def tokens_used(paper: Paper, path: str) -> list[str]:
    return [one.query["access_token"] for one in paper.to(path)]


# --- token -----------------------------------------------------------------------------------------------------------
async def test_many_callers_share_one_token(paper: Paper, client: WeComClient) -> None:
    await asyncio.gather(*(client.post("a", {}) for _ in range(20)))
    assert len(paper.to("gettoken")) == 1
    assert set(tokens_used(paper, "a")) == {"token-1"}
    assert paper.to("gettoken")[0].query == {"corpid": "ww1", "corpsecret": SECRET}


async def test_processes_share_one_token(
    paper: Paper, http: aiohttp.ClientSession, cache: MemoryCache, clock: ShiftedClock
) -> None:
    clients = [client_at(paper.base, http, cache, clock) for _ in range(4)]
    await asyncio.gather(*(each.get("a", x="1") for each in clients))
    assert len(paper.to("gettoken")) == 1
    assert paper.to("a")[0].query == {"access_token": "token-1", "x": "1"}


@pytest.mark.parametrize("code", [40014, 42001, 41001])
async def test_a_refused_token_is_replaced_once(paper: Paper, client: WeComClient, code: int) -> None:
    paper.then("kf/send_msg", refuse(code))
    await client.post("kf/send_msg", BODY)
    assert tokens_used(paper, "kf/send_msg") == ["token-1", "token-2"]
    assert paper.to("kf/send_msg")[0].body == paper.to("kf/send_msg")[1].body

    paper.then("kf/send_msg", refuse(code), refuse(code))
    with pytest.raises(OperatorError) as caught:
        await client.post("kf/send_msg", BODY)
    assert caught.value.code == code
    assert len(paper.to("kf/send_msg")) == 4


async def test_callers_who_fail_together_replace_the_token_once(paper: Paper, client: WeComClient) -> None:
    await client.post("a", {})
    paper.then("a", *(refuse(42001) for _ in range(10)))
    await asyncio.gather(*(client.post("a", {}) for _ in range(10)))
    assert len(paper.to("gettoken")) == 2


async def test_a_token_is_replaced_early_by_one_caller(paper: Paper, client: WeComClient, clock: ShiftedClock) -> None:
    await client.post("a", {})
    clock.move(timedelta(seconds=7200 * 0.89))
    await client.post("a", {})
    assert len(paper.to("gettoken")) == 1
    clock.move(timedelta(seconds=7200 * 0.02))
    await asyncio.gather(*(client.post("a", {}) for _ in range(5)))
    assert len(paper.to("gettoken")) == 2
    assert "token-1" in tokens_used(paper, "a")[-5:]  # the others do not wait


async def test_the_old_token_serves_while_wecom_gives_no_new_one(
    paper: Paper, client: WeComClient, clock: ShiftedClock
) -> None:
    await client.post("a", {})
    clock.move(timedelta(seconds=7200 * 0.95))
    paper.then("gettoken", lambda _: web.Response(status=502))
    await client.post("a", {})
    assert tokens_used(paper, "a") == ["token-1", "token-1"]
    clock.move(timedelta(seconds=7200))
    await client.post("a", {})
    assert tokens_used(paper, "a")[-1] == "token-2"


async def test_the_same_token_given_again_is_tolerated(paper: Paper, client: WeComClient) -> None:
    paper.tokens = (value for value in ["same", "same"])
    paper.then("a", refuse(42001))
    await client.post("a", {})
    assert tokens_used(paper, "a") == ["same", "same"]


@pytest.mark.parametrize("code", [40001, 40013, 40091])
async def test_a_wrong_secret_opens_the_breaker(
    paper: Paper, client: WeComClient, clock: ShiftedClock, code: int
) -> None:
    paper.then("gettoken", refuse(code), refuse(code))
    for _ in range(5):
        with pytest.raises(OperatorError) as caught:
            await client.post("a", {})
        assert caught.value.code == code
        assert "管理员" in caught.value.hint
    assert len(paper.to("gettoken")) == 1
    clock.move(timedelta(minutes=9))
    with pytest.raises(OperatorError):
        await client.post("a", {})
    assert len(paper.to("gettoken")) == 1
    clock.move(timedelta(minutes=2))
    with pytest.raises(OperatorError):
        await client.post("a", {})
    assert len(paper.to("gettoken")) == 2
    clock.move(timedelta(minutes=11))
    await client.post("a", {})


async def test_a_crowd_with_a_wrong_secret_asks_once(paper: Paper, client: WeComClient) -> None:
    paper.then("gettoken", *(refuse(40001) for _ in range(10)))
    results = await asyncio.gather(*(client.post("a", {}) for _ in range(10)), return_exceptions=True)
    assert all(isinstance(result, OperatorError) for result in results)
    assert len(paper.to("gettoken")) == 1


@pytest.mark.parametrize(("code", "pause"), [(45009, timedelta(minutes=10)), (45033, timedelta(seconds=2))])
async def test_gettoken_is_not_hammered(
    paper: Paper, client: WeComClient, clock: ShiftedClock, code: int, pause: timedelta
) -> None:
    paper.then("gettoken", refuse(code))
    for _ in range(3):
        with pytest.raises(TryLaterError) as caught:
            await client.post("a", {})
        assert timedelta() < caught.value.retry_in <= pause
    assert len(paper.to("gettoken")) == 1
    clock.move(pause)
    await client.post("a", {})


async def test_gettoken_without_a_token_is_tried_later(paper: Paper, client: WeComClient) -> None:
    paper.then("gettoken", {"errcode": 0, "access_token": None})
    with pytest.raises(TryLaterError):
        await client.post("a", {})
    await client.check_token()


# --- retries and pace ------------------------------------------------------------------------------------------------
async def test_busy_is_tried_three_times(paper: Paper, client: WeComClient) -> None:
    paper.then("a", refuse(-1), refuse(-1))
    await client.post("a", {})
    assert len(paper.to("a")) == 3
    paper.then("a", refuse(-1), refuse(-1), refuse(-1))
    with pytest.raises(TryLaterError):
        await client.post("a", {})
    assert len(paper.to("a")) == 6


@pytest.mark.parametrize(("code", "pause"), [(45009, 60), (45033, 2)])
async def test_slow_down_is_obeyed(
    paper: Paper, client: WeComClient, clock: ShiftedClock, code: int, pause: int
) -> None:
    paper.then("a", refuse(code))
    for _ in range(3):
        with pytest.raises(TryLaterError) as caught:
            await client.post("a", {})
        assert timedelta(seconds=pause - 1) < caught.value.retry_in <= timedelta(seconds=pause)
    assert len(paper.to("a")) == 1
    await client.post("b", {})  # other paths go on
    clock.move(timedelta(seconds=pause + 1))
    await client.post("a", {})


async def test_our_own_limit_refuses_before_asking(paper: Paper, client: WeComClient) -> None:
    await client.take_turn("x", per_minute=1)
    with pytest.raises(TryLaterError) as caught:
        await client.take_turn("x", per_minute=1)
    assert timedelta() < caught.value.retry_in <= timedelta(minutes=1)
    assert paper.asked == []


# --- broken connections ----------------------------------------------------------------------------------------------
def _html(_: web.Request) -> web.Response:
    return web.Response(text="<html>", content_type="text/html")


BROKEN: dict[str, Callable[[web.Request], Any]] = {
    "cut": cut,
    "500": lambda _: web.Response(status=500),
    "502 with JSON": lambda _: web.json_response({"errcode": 0}, status=502),
    "html": _html,
    "redirect": lambda _: web.Response(status=302, headers={"Location": "https://elsewhere.invalid/"}),
    "list": lambda _: web.json_response([]),
    "no errcode": lambda _: web.json_response({"ok": True}),
    "mistyped errcode": lambda _: web.json_response({"errcode": "0"}),
    "404": lambda _: web.Response(status=404),
    "deep": lambda _: web.Response(text="[" * 100_000, content_type="application/json"),
    "large": lambda _: web.Response(body=b" " * 5000),
    "bad gzip": lambda _: web.Response(body=b"abc", headers={"Content-Encoding": "gzip"}),
}
WITH_EFFECT = ["kf/send_msg", "kf/send_msg_on_event", "message/send", "kf/service_state/trans"]


@pytest.mark.parametrize("broken", BROKEN)
async def test_no_answer_means_unknown_or_later(
    paper: Paper, client: WeComClient, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "JSON_BYTES", 4000)
    await client.check_token()
    for path in [*WITH_EFFECT, "kf/sync_msg", "gettoken-like"]:
        paper.then(path, BROKEN[broken])
        expected = OutcomeUnknownError if path in WITH_EFFECT else TryLaterError
        with pytest.raises(expected) as caught:
            await client.post(path, BODY)
        assert_silent(caught.value)
        assert len(paper.to(path)) == 1


async def test_a_late_answer_means_unknown(paper: Paper, client: WeComClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def late(_: web.Request) -> web.Response:
        await asyncio.sleep(1)
        return web.json_response({"errcode": 0})

    await client.check_token()
    original = transport.Ask
    monkeypatch.setattr(client_module, "Ask", lambda *a, **k: original(*a, **({"seconds": 0.1} | k)))
    paper.then("kf/send_msg", late)
    with pytest.raises(OutcomeUnknownError):
        await client.post("kf/send_msg", BODY)


async def test_what_never_left_is_tried_later(
    paper: Paper, http: aiohttp.ClientSession, cache: MemoryCache, clock: ShiftedClock, free_port: int
) -> None:
    await client_at(paper.base, http, cache, clock).check_token()
    nowhere = client_at(f"http://127.0.0.1:{free_port}", http, cache, clock)
    for path in WITH_EFFECT:
        with pytest.raises(TryLaterError) as caught:
            await nowhere.post(path, BODY)
        assert_silent(caught.value)


def assert_silent(error: BaseException) -> None:
    """Neither the error, nor what led to it, holds a token, a secret or a text."""
    said = "".join(traceback.format_exception(error, chain=True)) + error_chain(error)
    for word in ("token-1", SECRET, "corpsecret", "access_token=", "您好"):
        assert word not in said


def error_chain(error: BaseException | None) -> str:
    parts = []
    while error is not None:
        parts.append(f"{error!r} {error.__dict__}")
        error = error.__context__
    return " ".join(parts)


async def test_logs_and_errors_hold_no_secret(paper: Paper, client: WeComClient, clock: ShiftedClock) -> None:
    errmsg = f"invalid {SECRET} token-1 content 您好"
    with capture_logs() as logs:
        await client.post("a", {})
        paper.then("a", refuse(40058, errmsg), refuse(42001, errmsg), refuse(42001, errmsg), refuse(45009, errmsg))
        for expected in (RejectedError, OperatorError, TryLaterError):
            with pytest.raises(expected) as caught:
                await client.post("a", BODY)
            assert_silent(caught.value)
        clock.move(timedelta(hours=3))
        paper.then("gettoken", refuse(40001, errmsg))
        with pytest.raises(MessengerError) as refused:
            await client.post("b", BODY)
        assert_silent(refused.value)
    assert {"token.renewed", "token.refused"} <= {entry["event"] for entry in logs}
    for word in ("token-1", "token-2", SECRET, "您好"):
        assert word not in str(logs)


# --- media -----------------------------------------------------------------------------------------------------------
async def test_a_file_is_downloaded(paper: Paper, client: WeComClient) -> None:
    headers = {"Content-Disposition": 'attachment; filename="房间.jpg"'}
    paper.then("media/get", lambda _: web.Response(body=b"\xff\xd8", content_type="image/jpeg", headers=headers))
    media = await client.download("m1")
    assert (media.content, media.content_type, media.filename) == (b"\xff\xd8", "image/jpeg", "房间.jpg")
    assert paper.to("media/get")[0].query == {"access_token": "token-1", "media_id": "m1"}


async def test_an_error_instead_of_a_file(paper: Paper, client: WeComClient) -> None:
    paper.then("media/get", refuse(42001), refuse(40007))
    with pytest.raises(RejectedError) as caught:
        await client.download("m1")
    assert caught.value.code == 40007
    paper.then("media/get", lambda _: web.Response(text='{"errcode":40007}', content_type="text/plain"))
    with pytest.raises(RejectedError):
        await client.download("m1")


async def test_a_customers_own_json_file_is_a_file(paper: Paper, client: WeComClient) -> None:
    headers = {"Content-Disposition": "attachment; filename=a.json"}
    paper.then("media/get", lambda _: web.json_response({"errcode": 40001}, headers=headers))
    assert (await client.download("m1")).content == b'{"errcode": 40001}'


async def test_a_file_that_is_too_large_is_refused(
    paper: Paper, client: WeComClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "MEDIA_BYTES", 1000)
    paper.then("media/get", lambda _: web.Response(body=b"x" * 1001, content_type="video/mp4"))
    with pytest.raises(RejectedError):
        await client.download("m1")


# --- JSON ------------------------------------------------------------------------------------------------------------
def test_equal_bodies_have_equal_bytes() -> None:
    assert encode({"b": 1, "a": {"d": "中", "c": 2}}) == encode({"a": {"c": 2, "d": "中"}, "b": 1})
    assert encode({"a": "中"}) == '{"a":"中"}'.encode()
    assert encode({"a": "\ud800"}) == b'{"a":"?"}'


def test_what_no_database_can_store_is_dropped() -> None:
    data = decode(b'{"errcode":0,"a":["\\u0000x","\\ud83d","\\ud83d\\ude00"],"b\\u0000":{"c":1}}')
    assert data == {"errcode": 0, "a": ["x", "?", "😀"], "b": {"c": 1}}
    assert decode(b"\xff\xfe") is None
