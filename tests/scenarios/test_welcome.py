"""Who comes in: the welcome, its menu, and which store is meant where several share an account."""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.play_customer import PlayedCustomer
from tests.corners import CHECKOUT, GREETING, ROOM_GREETING, first_card, no_card, open_corners
from tests.house import House
from tests.small_chain import ASK_STORE, LAKE, PARKING, REFUND, RIVER, SHARED, SOOTHING

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HQ = ("zong", "zhou")


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, free_port: int) -> AsyncIterator[House]:
    async with open_corners(database_url, tmp_path, free_port) as house:
        yield house


def guest(house: House, name: str, account: str) -> PlayedCustomer:
    return house.play.customer(name, account)


async def menu_of(customer: PlayedCustomer) -> list[str]:
    """The lines of the newest menu that reached the customer, and what stands below them."""
    menu = [message["menu"] for message in await customer.messages() if message["menu"]][-1]
    return [*(item["label"] for item in menu["items"]), menu["tail"]]


# --- welcomes --------------------------------------------------------------------------------------------------------
async def test_whoever_comes_in_is_welcomed_within_two_seconds_once(shop: House) -> None:
    lin = shop.play.customer("小林")
    started = time.monotonic()
    assert await lin.enters()
    said = await lin.next_reply()
    assert time.monotonic() - started < 2
    assert said.startswith(GREETING)
    assert await menu_of(lin) == ["我开车来", "哪个点要走人", "想把钱拿回来", "也可以直接说。"]
    assert not await lin.enters()
    await asyncio.sleep(1)
    assert len(await lin.received()) == 1
    await no_card(shop, seconds=0)


@ON_SQLITE
async def test_the_channel_has_its_own_welcome(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.enters(scene="room")
    assert await lin.next_reply() == ROOM_GREETING
    xu = shop.play.customer("小徐")
    await xu.enters(scene="somewhere")
    assert (await xu.next_reply()).startswith(GREETING)


@ON_SQLITE
@pytest.mark.parametrize(("seconds", "is_welcomed"), [(15, True), (19, False), (600, False)])
async def test_a_welcome_never_goes_out_late(shop: House, seconds: float, is_welcomed: bool) -> None:
    lin = shop.play.customer("小林")
    await shop.play.fault("callback_lost")
    assert await lin.enters()
    await shop.play.move_clock(seconds=seconds)
    shop.sandbox.signal(LAKE)
    await asyncio.sleep(1)
    assert bool(await lin.received()) is is_welcomed
    assert bool(await shop.play.calls("kf/send_msg_on_event")) is is_welcomed


@ON_SQLITE
async def test_a_welcome_that_wecom_puts_off_is_dropped_rather_than_late(shop: House) -> None:
    lin = shop.play.customer("小林")
    await shop.play.fault("busy", times=0, path="kf/send_msg_on_event")
    await lin.enters()
    await asyncio.sleep(1)
    await shop.play.move_clock(seconds=20)
    await shop.play.no_faults()
    await asyncio.sleep(1.5)
    assert await lin.received() == []
    await lin.says("几点退房")
    assert await lin.next_reply() == CHECKOUT


async def test_a_tapped_line_is_answered_as_its_entry(shop: House) -> None:
    """The labels are no wordings of the entries: only the tapped number leads there."""
    lin = shop.play.customer("小林")
    await lin.enters()
    await lin.next_reply()
    await lin.clicks("哪个点要走人")
    assert await lin.next_reply() == CHECKOUT
    await lin.clicks("我开车来")
    card = await first_card(shop)
    assert (card.quote, card.body) == ("我开车来", PARKING)
    await card.press("发送")
    assert await lin.next_reply() == PARKING
    await lin.clicks("想把钱拿回来")
    reference = await first_card(shop)
    assert reference.body == REFUND
    assert "发送" not in reference.buttons


async def test_a_tapped_line_beside_words_is_still_its_entry(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.enters()
    await lin.next_reply()
    await lin.says("你好呀")
    await lin.clicks("哪个点要走人")
    assert await lin.next_reply() == CHECKOUT


@ON_SQLITE
async def test_a_second_line_tapped_before_the_first_is_answered_is_answered_with_it(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.enters()
    await lin.next_reply()
    await lin.clicks("我开车来")
    card = await first_card(shop)
    await lin.clicks("哪个点要走人")
    await asyncio.sleep(0.8)
    await card.press("发送", anyway=True)
    both = await first_card(shop)
    assert PARKING in both.body
    assert CHECKOUT in both.body


# --- which store -----------------------------------------------------------------------------------------------------
async def test_a_signed_scene_names_the_store_and_a_forged_one_does_not(shop: House) -> None:
    lin, mallory = guest(shop, "小林", SHARED), guest(shop, "小马", SHARED)
    signed = shop.service.links.scene_param("S4")
    await lin.enters(scene="door", scene_param=signed)
    await mallory.enters(scene="door", scene_param="S4." + signed.partition(".")[2][:-1] + "x")
    await lin.says("停车方便吗")
    card = await first_card(shop, "eve", "dodo")
    assert "东站店" in card.source
    assert card.title.startswith("小林")
    await mallory.says("停车方便吗")
    await shop.play.until(lambda: _has_received(mallory, ASK_STORE), None, "the store was not asked for")
    await no_card(shop, "eve", "dodo", "fang", *HQ)


async def _has_received(customer: PlayedCustomer, part: str) -> bool | None:
    return True if any(part in text for text in await customer.received()) else None


@ON_SQLITE
async def test_the_words_name_the_store(shop: House) -> None:
    lin = guest(shop, "小林", SHARED)
    await lin.says("你们东站店停车方便吗")
    card = await first_card(shop, "eve", "dodo")
    assert "东站店" in card.source
    await card.press("不用回")
    await lin.says("几点退房")
    assert await lin.next_reply() == "这家店 14:00 前退房。"
    await lin.says("那春熙店几点退房")
    assert "14:00" not in "".join((await lin.received())[1:])


async def test_who_names_no_store_is_asked_once_and_tapping_one_leads_to_its_clerk(shop: House) -> None:
    lin = guest(shop, "小林", SHARED)
    await lin.says("停车方便吗")
    assert (await lin.next_reply()).startswith(ASK_STORE)
    assert await menu_of(lin) == ["春熙店", "东站店", ""]
    await lin.says("快一点呀")
    await no_card(shop, "dodo", "eve", "fang", *HQ)
    assert len(await lin.received()) == 1
    await lin.clicks("春熙店")
    card = await first_card(shop, "dodo")
    assert card.body == PARKING
    assert "春熙店" in card.source
    await no_card(shop, "eve", "fang", *HQ)
    await card.press("发送")
    assert await lin.next_reply() == PARKING


@ON_SQLITE
async def test_a_store_tapped_makes_a_waiting_answer_go_out_by_itself(shop: House) -> None:
    lin = guest(shop, "小林", SHARED)
    await lin.says("几点退房")
    assert (await lin.next_reply()).startswith(ASK_STORE)
    await lin.clicks("东站店")
    assert await lin.next_reply() == "这家店 14:00 前退房。"


@ON_SQLITE
async def test_who_names_no_store_at_all_is_headquarters_and_a_late_tap_brings_it_back(shop: House) -> None:
    lin = guest(shop, "小林", SHARED)
    await lin.says("停车方便吗")
    assert (await lin.next_reply()).startswith(ASK_STORE)
    await shop.play.move_clock(minutes=2)
    await no_card(shop, *HQ)
    await shop.play.move_clock(minutes=1, seconds=5)
    at_hq = await first_card(shop, *HQ)
    assert at_hq.body == PARKING
    await lin.clicks("东站店")
    card = await first_card(shop, "eve")
    assert "东站店" in await at_hq.closed()
    await card.press("发送")
    await shop.play.until(lambda: _has_received(lin, PARKING), None, "no answer came")


@ON_SQLITE
async def test_a_complaint_asks_for_no_store_and_goes_to_headquarters(shop: House) -> None:
    lin = guest(shop, "小林", SHARED)
    await lin.says("我要投诉")
    card = await first_card(shop, *HQ)
    assert card.source == "需要您亲自处理"
    assert await lin.received() == []


@ON_SQLITE
async def test_an_account_of_no_store_goes_to_headquarters(shop: House) -> None:
    await shop.play.post("/accounts", {"id": "wkNobody", "name": "没人认领", "is_managed": True})
    lin = guest(shop, "小林", "wkNobody")
    await lin.says("停车方便吗")
    card = await first_card(shop, *HQ)
    assert card.body == PARKING
    await card.press("发送")
    assert await lin.next_reply() == PARKING


async def test_at_night_one_soothing_text_and_the_card_waits_for_the_clerk(
    database_url: str, tmp_path: Path, free_port: int
) -> None:
    late = datetime.time(23, 0)
    async with open_corners(database_url, tmp_path, free_port, account=RIVER, at=late) as shop:
        lin = shop.play.customer("小林")
        await lin.says("停车方便吗")
        assert await lin.next_reply() == SOOTHING
        await shop.play.move_clock(minutes=5)
        await lin.says("早餐几点开始")
        await no_card(shop, "cece")
        await shop.play.move_clock(hours=9, minutes=56)
        card = await first_card(shop, "cece")
        assert card.quote == "停车方便吗 / 早餐几点开始"
        assert await lin.received() == [SOOTHING]
