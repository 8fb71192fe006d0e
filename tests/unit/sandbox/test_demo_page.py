"""The demo page's own addresses: who may use them, what they refuse, and what goes on to the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import ShiftedClock
from bot.sandbox.demo import build_demo
from bot.sandbox.demo_acts import until
from bot.sandbox.demo_setup import DemoPerson, DemoSetup, DemoStore
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.seed import make_seed
from bot.sandbox.steps import JournalFeed

CHINA = ZoneInfo("Asia/Shanghai")
Client = TestClient[web.Request, web.Application]


class Restarts:
    """Counts how often the visitor wanted a restart."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> None:
        self.count += 1


async def _echo(request: web.Request) -> web.Response:
    """A service that says what reached it."""
    body = (await request.read()).decode()
    response = web.json_response(
        {"method": request.method, "path": request.path_qs, "body": body, "host": request.host}, status=418
    )
    response.set_cookie("card", "c1", path="/cards/x", httponly=True)
    return response


@pytest.fixture
async def setup() -> AsyncIterator[DemoSetup]:
    service = web.Application()
    service.router.add_route("*", "/{path:.*}", _echo)
    clock = ShiftedClock()
    async with TestServer(service) as server:
        yield DemoSetup(
            sandbox=Sandbox(make_seed([("wk1", "银泰店")], [("xiaoman", "林小满")], callback_url=""), clock),
            clock=clock,
            steps=JournalFeed(),
            stores=(DemoStore("T1", "银泰店", "wk1", ("T1",), "T1.sig", ("好停车吗",)),),
            people=(DemoPerson("xiaoman", "林小满", "店员", "T1"),),
            site_url=str(server.make_url("")).rstrip("/"),
            restart=Restarts(),
            zone=CHINA,
            on_duty=lambda _: frozenset({"xiaoman"}),
        )


@pytest.fixture
async def client(setup: DemoSetup) -> AsyncIterator[Client]:
    async with TestClient(TestServer(build_demo(setup)), headers={"X-Demo": "1"}) as made:
        yield made


async def act(client: Client, verb: str, /, **body: object) -> tuple[int, dict[str, object]]:
    async with client.post(f"/demo/{verb}", json=body) as response:
        return response.status, await response.json()


async def test_page_and_its_parts_are_served_with_a_strict_policy(client: Client) -> None:
    for path in ("/", "/demo/static/demo.js", "/demo/static/demo.css", "/demo/setup"):
        async with client.get(path) as response:
            assert response.status == 200
            assert "default-src 'self'" in response.headers["Content-Security-Policy"]
            assert "unsafe" not in response.headers["Content-Security-Policy"]
    async with client.get("/demo/setup") as response:
        assert (await response.json())["stores"][0]["samples"] == ["好停车吗"]


async def test_what_the_customer_says_is_seen(client: Client) -> None:
    assert await act(client, "say", account="wk1", customer="阿宁", text="<b>在吗</b>") == (200, {})
    async with client.get("/demo/view?account=wk1&customer=阿宁&staff=xiaoman") as response:
        shown = await response.json()
    assert [bubble["text"] for bubble in shown["customer"]["bubbles"]] == ["<b>在吗</b>"]
    assert (shown["inbox"], shown["faults"], shown["on_duty"]) == ([], [], ["xiaoman"])


async def test_looking_changes_nothing(client: Client, setup: DemoSetup) -> None:
    async with client.get("/demo/view?account=wk1&customer=谁&staff=xiaoman") as response:
        assert (await response.json())["customer"]["bubbles"] == []
    assert setup.sandbox.world.customers == {} and setup.sandbox.world.threads == {}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:8080", ""])
async def test_another_name_for_this_machine_is_refused(client: Client, host: str) -> None:
    for path in ("/", "/demo/setup", "/cards/x/edit"):
        async with client.get(path, headers={"Host": host}) as response:
            assert response.status in (400, 403)
    assert (await client.get("/", headers={"Host": "localhost:1"})).status == 200


async def test_other_pages_cannot_act(client: Client, setup: DemoSetup) -> None:
    for headers in ({"X-Demo": ""}, {"X-Demo": "1", "Content-Type": "text/plain"}):
        async with client.post("/demo/restart", data="{}", headers=headers) as response:
            assert response.status in (403, 415)
    assert isinstance(setup.restart, Restarts) and setup.restart.count == 0
    assert (await act(client, "restart"))[0] == 200 and setup.restart.count == 1
    assert [step.tone for step in setup.steps.after(0)] == ["start", "good"]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("say", {"account": "wk1", "customer": "阿宁", "text": ""}, 400),
        ("say", {"account": "wk9", "customer": "阿宁", "text": "在吗"}, 404),
        ("say", {"account": ["wk1"], "customer": {}, "text": 1}, 400),
        ("press", {"staff": "nobody", "task_id": "x", "key": "send"}, 404),
        ("press", {"staff": "xiaoman", "task_id": "x", "key": "send"}, 404),
        ("fault", {"account": "wk1", "customer": "阿宁", "name": "flood"}, 404),
        ("clock", {"to": "yesterday"}, 404),
        ("recall", {"account": "wk1", "customer": "阿宁", "id": "x"}, 404),
        ("end", {"account": "wk1", "customer": "阿宁", "staff": "xiaoman"}, 409),
    ],
)
async def test_what_cannot_be_done_is_said(client: Client, name: str, body: dict[str, object], status: int) -> None:
    found, said = await act(client, name, **body)
    assert found == status and said["error"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff", b'{"text": "' + b"x" * 300_000 + b'"}'])
async def test_odd_bodies_are_refused(client: Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with client.post("/demo/say", data=body, headers=headers) as response:
        assert 400 <= response.status < 500


async def test_faults_are_switched_on_and_off(client: Client, setup: DemoSetup) -> None:
    who = {"account": "wk1", "customer": "阿宁"}
    for name in ("token", "limit", "cut", "repeat"):
        for _ in range(2):  # switched on twice is on once
            assert (await act(client, "fault", name=name, on=True, **who))[0] == 200
    assert len(setup.sandbox.faults.as_json()) == 4
    for name in ("token", "limit", "cut", "repeat"):
        await act(client, "fault", name=name, on=False, **who)
    assert setup.sandbox.faults.as_json() == []
    await act(client, "fault", name="refuse", on=True, **who)
    async with client.get("/demo/view?account=wk1&customer=阿宁&staff=xiaoman") as response:
        assert (await response.json())["customer"]["refuses"] is True


@pytest.mark.parametrize(
    ("now", "to", "is_tomorrow", "then"),
    [
        ("2026-11-24T14:02", "23:30", False, "2026-11-24T23:30"),
        ("2026-11-24T23:40", "23:30", False, "2026-11-25T23:30"),
        ("2026-11-24T14:02", "09:00", True, "2026-11-25T09:00"),
        ("2026-11-25T01:00", "09:00", True, "2026-11-26T09:00"),
    ],
)
def test_clock_moves_to_the_next_such_time(now: str, to: str, is_tomorrow: bool, then: str) -> None:
    at = datetime.fromisoformat(f"{now}+08:00")
    wanted = datetime.fromisoformat(f"2026-01-01T{to}").time()
    assert at + until(at, wanted, CHINA, is_tomorrow=is_tomorrow) == datetime.fromisoformat(f"{then}+08:00")


async def test_clock_only_moves_forward(client: Client, setup: DemoSetup) -> None:
    for to in ("3min", "night", "tomorrow", "49h"):
        before = setup.clock.shift
        assert (await act(client, "clock", to=to))[0] == 200
        assert setup.clock.shift > before
    assert setup.clock.shift > timedelta(hours=49)


async def test_stream_goes_on_where_it_stopped(client: Client, setup: DemoSetup) -> None:
    setup.steps.say("一")
    setup.steps.say("二")
    async with client.get("/demo/steps", headers={"Last-Event-ID": "1"}) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        async with asyncio.timeout(5):
            assert "二" in await _until(response, "event: changed")
            setup.steps.say("三")
            assert "id: 3" in await _until(response, "三")
    async with client.get("/demo/steps.json?after=2") as response:
        assert [step["line"] for step in (await response.json())["steps"]] == ["三"]
    async with client.get("/demo/steps.json?after=x") as response:
        assert len((await response.json())["steps"]) == 3


async def _until(response: aiohttp.ClientResponse, wanted: str) -> str:
    read = ""
    while wanted not in read:
        read += (await response.content.readany()).decode()
    return read


async def test_the_rest_goes_to_the_service_as_it_is(client: Client) -> None:
    async with client.post("/cards/x/edit?t=%2B%E4%BD%A0", data={"text": "您好"}, allow_redirects=False) as response:
        reached = await response.json()
        assert response.status == 418
        assert reached["method"] == "POST" and reached["path"] == "/cards/x/edit?t=%2B%E4%BD%A0"
        assert reached["body"] == "text=%E6%82%A8%E5%A5%BD"
        assert "HttpOnly" in response.headers["Set-Cookie"] and "Path=/cards/x" in response.headers["Set-Cookie"]
    async with client.get("/demo/nothing-here") as response:
        assert response.status == 404


async def test_a_service_that_is_down_is_explained(setup: DemoSetup) -> None:
    down = DemoSetup(
        **{name: getattr(setup, name) for name in DemoSetup.__slots__} | {"site_url": "http://127.0.0.1:9"}
    )
    async with TestClient(TestServer(build_demo(down))) as client, client.get("/cards/x/edit") as response:
        assert response.status == 503 and "正在重启" in await response.text()
