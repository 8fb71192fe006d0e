"""The Messenger contract, on real HTTP against the pretend WeCom with all its rules and faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.cache.memory import MemoryCache
from bot.clock import ShiftedClock
from bot.errors import (
    AlreadySentError,
    CodeUsedError,
    HandoverRefusedError,
    OperatorError,
    OutcomeUnknownError,
    QuotaUsedError,
    RejectedError,
    SessionStateError,
    TryLaterError,
    WindowClosedError,
)
from bot.ports import (
    CardButton,
    CardChoice,
    CardFace,
    ClosedFace,
    Menu,
    MenuItem,
    Messenger,
    Session,
    SessionState,
    Text,
)
from bot.sandbox.play import Player
from bot.sandbox.seed import SandboxSeed, SeedAccount, SeedStaff
from bot.sandbox.server import running
from bot.wecom.client import WeComClient
from bot.wecom.crypto import Envelope
from bot.wecom.events import CardPressed, Event, KfSignal, parse_event
from bot.wecom.items import CustomerSaid, Entered, Item, Recalled, SendFailed, SessionChange, SessionChanged, StaffTyped
from bot.wecom.kf import KfAccount, KfApi
from bot.wecom.messenger import WeComMessenger
from bot.wecom.xml import read_envelope

E = TypeVar("E", bound=Event)
HOTEL, FOREIGN = "wkHotel", "wkForeign"
SEED = SandboxSeed(
    accounts=(SeedAccount(HOTEL, "西湖银泰店", ("WangJie", "linxiaoman")), SeedAccount(FOREIGN, "x", is_managed=False)),
    staff=(SeedStaff("WangJie", "王洁"), SeedStaff("linxiaoman", "林小满"), SeedStaff("zhoumin", "周敏")),
)
FACE = CardFace(
    task_id="01JCARD",
    source="店小二 · 西湖银泰店",
    title="小满 问停车",
    quote="好停车吗",
    body="楼下就是停车场~",
    facts=(("依据", "Q-001 停车"),),
    choices=(CardChoice("Q-001", "停车"), CardChoice("Q-002", "停车费")),
    chosen="Q-001",
    buttons=(CardButton("发送", "send", 1), CardButton("修改", "edit", 2, "https://bot.example.com/e/1")),
    menu=(CardButton("广告", "dismiss:0"),),
    menu_title="不用回",
)


@dataclass
class World:
    """Both ends of the line."""

    play: Player
    messenger: Messenger
    kf: KfApi
    client: WeComClient
    clock: ShiftedClock
    events: list[Event]  #: opened callbacks, in the order of arrival
    cursor: str = ""

    async def event(self, kind: type[E]) -> E:
        """Wait for the first event of this kind."""
        async with asyncio.timeout(3):
            while True:
                for event in self.events:
                    if isinstance(event, kind):
                        return event
                await asyncio.sleep(0.01)

    async def asks(self, name: str = "小满", text: str = "好停车吗") -> str:
        """A customer writes; their id."""
        customer = self.play.customer(name)
        await customer.says(text)
        return await customer.id()

    async def pull(self) -> list[Item]:
        """All items since the last pull."""
        items: list[Item] = []
        while True:
            page = await self.kf.sync(HOTEL, self.cursor, "")
            items += page.items
            self.cursor = page.next_cursor
            if not page.has_more:
                return items


@pytest.fixture
async def service() -> AsyncIterator[tuple[str, list[Event]]]:
    """The address of a callback URL, and the events that arrive there."""
    envelope = Envelope(SEED.token, SEED.aes_key, SEED.corp_id)
    events: list[Event] = []

    async def take(request: web.Request) -> web.Response:
        query, encrypted = request.query, read_envelope(await request.read())
        xml = envelope.open(query["msg_signature"], query["timestamp"], query["nonce"], encrypted)
        events.append(parse_event(xml))
        return web.Response()

    app = web.Application()
    app.router.add_post("/wecom/callback", take)
    async with TestServer(app) as server:
        yield str(server.make_url("/wecom/callback")), events


@pytest.fixture
async def world(service: tuple[str, list[Event]]) -> AsyncIterator[World]:
    url, events = service
    clock = ShiftedClock()
    cache = MemoryCache(clock)
    async with (
        running(replace(SEED, callback_url=url), clock=clock) as sandbox,
        Player(sandbox.base_url, account=HOTEL, patience=3) as play,
        aiohttp.ClientSession() as http,
    ):
        client = WeComClient(
            http,
            base=sandbox.base_url,
            corp_id=SEED.corp_id,
            secret=SEED.secret,
            agent_id=SEED.agent_id,
            tokens=cache.tokens,
            buckets=cache.buckets,
            clock=clock,
        )
        kf = KfApi(client)
        yield World(play, WeComMessenger(client, kf), kf, client, clock, events)


# --- to customers ----------------------------------------------------------------------------------------------------
async def test_a_text_arrives_once_under_its_id(world: World) -> None:
    customer = await world.asks()
    await world.messenger.send_to_customer(HOTEL, customer, Text("楼下就是"), "01JA")
    with pytest.raises(AlreadySentError):
        await world.messenger.send_to_customer(HOTEL, customer, Text("楼下就是"), "01JA")
    assert await world.play.customer("小满").received() == ["楼下就是"]


async def test_a_connection_cut_after_the_work_was_done(world: World) -> None:
    customer = await world.asks()
    await world.play.fault("cut_after", path="kf/send_msg")
    with pytest.raises(OutcomeUnknownError):
        await world.messenger.send_to_customer(HOTEL, customer, Text("楼下就是"), "01JA")
    with pytest.raises(AlreadySentError):
        await world.messenger.send_to_customer(HOTEL, customer, Text("楼下就是"), "01JA")
    assert await world.play.customer("小满").received() == ["楼下就是"]


@pytest.mark.parametrize("fault", ["token_expired", "busy"])
async def test_what_passes_by_itself_is_not_noticed(world: World, fault: str) -> None:
    customer = await world.asks()
    await world.play.fault(fault, path="kf/send_msg")
    await world.messenger.send_to_customer(HOTEL, customer, Text("楼下就是"), "01JA")
    assert await world.play.customer("小满").received() == ["楼下就是"]


async def test_faults_that_the_caller_must_know(world: World) -> None:
    customer = await world.asks()
    for fault, kind in (("rate_limit", TryLaterError), ("bad_ip", OperatorError), ("http_502", OutcomeUnknownError)):
        await world.play.fault(fault, path="kf/send_msg")
        with pytest.raises(kind):
            await world.messenger.send_to_customer(HOTEL, customer, Text("楼下就是"), "01JA")
        world.clock.move(timedelta(minutes=2))
    await world.messenger.send_to_customer(HOTEL, customer, Text("楼下就是"), "01JA")


async def test_five_messages_and_48_hours(world: World) -> None:
    customer = await world.asks()
    for number in range(5):
        await world.messenger.send_to_customer(HOTEL, customer, Text("嗯"), f"01J{number}")
    with pytest.raises(QuotaUsedError):
        await world.messenger.send_to_customer(HOTEL, customer, Text("嗯"), "01J5")
    await world.asks()
    await world.messenger.send_to_customer(HOTEL, customer, Text("嗯"), "01J6")
    world.clock.move(timedelta(hours=49))
    with pytest.raises((WindowClosedError, SessionStateError)):
        await world.messenger.send_to_customer(HOTEL, customer, Text("嗯"), "01J7")


async def test_a_welcome_with_a_menu_within_20_seconds(world: World) -> None:
    customer = world.play.customer("小满")
    assert await customer.enters(scene="lobby", scene_param="a%3D1")
    (entered,) = [item for item in await world.pull() if isinstance(item, Entered)]
    assert (entered.customer, entered.scene) == (await customer.id(), "lobby")
    menu = Menu("您好", (MenuItem("Q-001", "停车"),), "点一下就好")
    await world.messenger.send_on_event(entered.welcome_code, menu, "01JW")
    with pytest.raises((CodeUsedError, AlreadySentError)):
        await world.messenger.send_on_event(entered.welcome_code, menu, "01JW2")
    await customer.clicks("停车")
    (said,) = [item for item in await world.pull() if isinstance(item, CustomerSaid)]
    assert (said.text, said.menu_id) == ("停车", "Q-001")


async def test_a_welcome_that_is_too_late(world: World) -> None:
    await world.play.customer("小满").enters()
    (entered,) = [item for item in await world.pull() if isinstance(item, Entered)]
    world.clock.move(timedelta(seconds=21))
    with pytest.raises(CodeUsedError):
        await world.messenger.send_on_event(entered.welcome_code, Text("您好"), "01JW")


# --- what comes in ---------------------------------------------------------------------------------------------------
async def test_pages_recalls_and_failures(world: World) -> None:
    customer = world.play.customer("小满")
    await world.play.fault("page_size", times=0, path=HOTEL, value=3)
    await world.play.fault("empty_page", path=HOTEL)
    msgids = await customer.says_all([f"第{number}句" for number in range(7)])
    await customer.recalls(msgids[0])
    await customer.sends("image")
    signal = await world.event(KfSignal)
    assert signal.account == HOTEL
    page = await world.kf.sync(HOTEL, "", signal.token)
    assert page.next_cursor
    items = await world.pull()
    said = [item for item in items if isinstance(item, CustomerSaid)]
    assert [item.text for item in said] == [*(f"第{number}句" for number in range(7)), ""]
    assert [item.recalled_msgid for item in items if isinstance(item, Recalled)] == [msgids[0]]
    media = await world.client.download(said[-1].media_id)
    assert (media.content_type, media.filename) == ("image/png", "photo.png")

    await customer.refuses()
    await world.messenger.send_to_customer(HOTEL, await customer.id(), Text("嗯"), "01JF")
    (failed,) = [item for item in await world.pull() if isinstance(item, SendFailed)]
    assert (failed.failed_msgid, failed.hint) == ("01JF", "客人拒收了消息")
    world.clock.move(timedelta(days=4))
    with pytest.raises(RejectedError):
        await world.client.download(said[-1].media_id)


# --- cards -----------------------------------------------------------------------------------------------------------
async def test_a_card_is_shown_pressed_replaced_and_closed(world: World) -> None:
    receipt = await world.messenger.send_card("linxiaoman", FACE)
    assert receipt.response_code
    card = await world.play.staff("linxiaoman").next_card()
    assert (card.title, card.quote, card.body, card.chosen) == ("小满 问停车", "好停车吗", "楼下就是停车场~", "Q-001")
    assert (card.buttons, card.menu, card.facts) == (["发送", "修改"], ["广告"], {"依据": "Q-001 停车"})
    assert card.link == "https://bot.example.com/e/1"

    await card.press("发送", choice="停车费")
    pressed = await world.event(CardPressed)
    assert (pressed.staff, pressed.task_id, pressed.key) == ("linxiaoman", "01JCARD", "send")
    assert dict(pressed.selected) == {"choice": ("Q-002",)}
    await world.messenger.update_card("linxiaoman", pressed.response_code, replace(FACE, chosen="Q-002"))
    assert (await card.refreshed()).chosen == "Q-002"

    other = CardFace(task_id="01JCARD2", source="店小二", title="换了一条", buttons=(CardButton("发送", "send", 1),))
    await world.messenger.update_card("linxiaoman", receipt.response_code, other)
    assert (await card.refreshed()).title == "换了一条"
    with pytest.raises(CodeUsedError):
        await world.messenger.update_card("linxiaoman", receipt.response_code, other)

    second = await world.messenger.send_card("linxiaoman", CardFace("01JC3", "店小二", "三", buttons=FACE.buttons))
    assert second.response_code
    card = await world.play.staff("linxiaoman").next_card()
    await world.messenger.update_card("linxiaoman", second.response_code, ClosedFace("已发送 · 林小满 14:03"))
    await card.refreshed()
    assert (card.is_open, card.line) == (False, "已发送 · 林小满 14:03")


async def test_the_same_card_is_shown_once(world: World) -> None:
    await world.play.fault("cut_after", path="message/send")
    with pytest.raises(OutcomeUnknownError):
        await world.messenger.send_card("linxiaoman", FACE)
    await world.messenger.send_card("linxiaoman", FACE)
    assert len(await world.play.staff("linxiaoman").cards()) == 1


@pytest.mark.parametrize("fault", ["staff_invalid", "staff_unlicensed"])
async def test_staff_out_of_reach(world: World, fault: str) -> None:
    await world.play.fault(fault, times=0, value="wangjie")
    receipt = await world.messenger.send_card("WangJie", FACE)
    assert receipt.unreachable == {"wangjie"}
    assert (await world.messenger.send_notice("wangjie", "嗯")).unreachable == {"wangjie"}
    assert (await world.messenger.send_notice("linxiaoman", "嗯")).unreachable == frozenset()


async def test_notices(world: World) -> None:
    await world.messenger.send_notice("linxiaoman", "前 3 天的消息已收好")
    await world.messenger.send_card("linxiaoman", CardFace("01JN", "店小二", "替您回了 3 位", menu=FACE.menu))
    assert len(await world.play.staff("linxiaoman").inbox()) == 2


# --- sessions --------------------------------------------------------------------------------------------------------
async def test_to_a_person_and_back(world: World) -> None:
    customer = await world.asks()
    assert await world.messenger.session(HOTEL, customer) == Session(SessionState.NEW)
    await world.messenger.hand_over(HOTEL, customer, "wangjie")
    assert await world.messenger.session(HOTEL, customer) == Session(SessionState.PERSON, "wangjie")
    await world.messenger.hand_over(HOTEL, customer, "WangJie")
    with pytest.raises(SessionStateError):
        await world.messenger.send_to_customer(HOTEL, customer, Text("嗯"), "01JA")
    await world.play.staff("WangJie").types("小满", "我来看看")
    await world.messenger.end_session(HOTEL, customer)
    await world.messenger.end_session(HOTEL, customer)
    assert (await world.messenger.session(HOTEL, customer)).state is SessionState.ENDED
    items = await world.pull()
    (typed,) = [item for item in items if isinstance(item, StaffTyped)]
    assert (typed.staff, typed.text) == ("wangjie", "我来看看")


async def test_a_person_ends_it_in_the_client(world: World) -> None:
    customer = await world.asks()
    await world.messenger.hand_over(HOTEL, customer, "wangjie")
    await world.play.staff("WangJie").ends("小满")
    (ended,) = [item for item in await world.pull() if isinstance(item, SessionChanged)]
    assert (ended.change, ended.old_staff) == (SessionChange.ENDED, "wangjie")
    assert ended.code


async def test_who_cannot_take_a_session_over(world: World) -> None:
    customer = await world.asks()
    with pytest.raises(HandoverRefusedError) as caught:
        await world.messenger.hand_over(HOTEL, customer, "zhoumin")
    assert "接待人员" in caught.value.hint
    await world.play.staff("WangJie").serves(HOTEL, "stopped")
    with pytest.raises(HandoverRefusedError) as caught:
        await world.messenger.hand_over(HOTEL, customer, "wangjie")
    assert "停止接待" in caught.value.hint


# --- around it -------------------------------------------------------------------------------------------------------
async def test_accounts_servicers_and_names(world: World) -> None:
    assert KfAccount(FOREIGN, "x", is_managed=False) in await world.kf.accounts()
    assert await world.kf.servicers(HOTEL) == {"wangjie": True, "linxiaoman": True}
    assert await world.kf.add_servicers(HOTEL, ["zhoumin", "linxiaoman"]) == {}
    assert "zhoumin" in await world.kf.servicers(HOTEL)
    assert list(await world.kf.add_servicers(HOTEL, ["nobody"])) == ["nobody"]
    customer = await world.asks()
    assert await world.kf.customers([customer]) == {customer: "小满"}


async def test_a_token_that_ends_early(world: World) -> None:
    customer = await world.asks()
    await world.messenger.session(HOTEL, customer)
    await world.play.fault("token_expired")
    await asyncio.gather(*(world.messenger.session(HOTEL, customer) for _ in range(10)))
    assert len(await world.play.calls("gettoken")) == 2
