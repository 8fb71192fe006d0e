"""Points 4 and 5, from outside: what a customer may be told, and what a card offers when nothing may be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.model import Customer
from bot.sandbox.play_staff import PlayedStaff
from tests.corners import (
    CHECKOUT,
    LATE,
    PARTY,
    PETS,
    PICKUP,
    SECRETS,
    first_card,
    no_card,
    open_corners,
)
from tests.house import House
from tests.small_chain import PARKING, REFUND, RIVER, SHARED, SOOTHING, WIFI

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EVERYBODY = ("anan", "beibei", "dingdian", "cece", "dodo", "eve", "fang", "zong", "zhou")


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, free_port: int) -> AsyncIterator[House]:
    async with open_corners(database_url, tmp_path, free_port) as house:
        yield house


async def shown_to_all(house: House) -> str:
    """Everything that anybody at all has been shown, in every version."""
    inboxes: list[Any] = [await house.play.staff(name).inbox() for name in EVERYBODY]
    return repr(inboxes)


async def has_notice(staff: PlayedStaff, part: str) -> bool | None:
    return True if any(part in notice for notice in await staff.notices()) else None


# --- what a customer may be told -------------------------------------------------------------------------------------
async def test_what_is_for_staff_only_never_reaches_a_customer_or_a_card(shop: House) -> None:
    guests = []
    for number, question in enumerate(
        ("系统密码忘了找谁", "登录不上怎么办", "前台电脑的密码是多少", "电脑开机密码", "能不能多睡一会儿")
    ):
        guest = shop.play.customer(f"客人{number}")
        await guest.says(question)
        card = await first_card(shop)
        for _ in range(3):  # through every candidate, and then whatever can be sent
            if not card.is_open or card.buttons[0] not in ("发送", "看所选"):
                break
            other = next((id for id in card.choices if id != card.chosen), None)
            await card.press(card.buttons[0], choice=other if card.buttons[0] == "看所选" else None)
            card = await card.changed()
        guests.append(guest)
    shown = await shown_to_all(shop)
    received = [text for guest in guests for text in await guest.received()]
    assert LATE in received
    for secret in SECRETS:
        assert secret not in shown
        assert secret not in "".join(received)
    assert "给客人看的答案" not in "".join(received)


async def test_an_empty_cell_makes_the_entry_unanswerable_there_and_leaves_no_hole(shop: House) -> None:
    river = shop.play.customer("江边客", RIVER)
    await river.says("几点退房")
    card = await first_card(shop, "cece")
    assert "退房前" not in card.body.replace(" ", "")
    assert "门店.退房" not in await shown_to_all(shop)
    assert "发送" not in card.buttons
    lake = shop.play.customer("湖滨客")
    await lake.says("几点退房")
    assert await lake.next_reply() == CHECKOUT
    assert SOOTHING not in await river.received()


@ON_SQLITE
@pytest.mark.parametrize(
    ("question", "here", "elsewhere", "answer"),
    [("能带宠物吗", "wkLake", RIVER, PETS), ("有接机服务吗", SHARED, "wkLake", PICKUP)],
    ids=["store", "city"],
)
async def test_an_entry_holds_where_headquarters_says(
    shop: House, question: str, here: str, elsewhere: str, answer: str
) -> None:
    inside, outside = shop.play.customer("里面的", here), shop.play.customer("外面的", elsewhere)
    await inside.says_all(["我在春熙店", question] if here == SHARED else [question])
    assert await inside.next_reply() == answer
    await outside.says(question)
    card = await first_card(shop, *EVERYBODY)
    assert answer not in card.body
    assert answer not in repr(card.face)
    assert await outside.received() == []


@ON_SQLITE
async def test_an_entry_holds_when_headquarters_says(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("有赏月活动吗")
    assert await lin.next_reply() == PARTY
    for number, (question, never) in enumerate(
        [("灯笼展还有票吗", "灯笼展在三楼"), ("能打雪仗吗", "院子里可以打雪仗")]
    ):
        guest = shop.play.customer(f"客人{number}")
        await guest.says(question)
        card = await first_card(shop)
        assert never not in repr(card.face)
        assert await guest.received() == []


# --- what a card offers ----------------------------------------------------------------------------------------------
async def test_without_an_entry_the_clerk_chooses_sees_and_sends(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("车的事情想问问")
    card = await first_card(shop)
    assert "没有现成答案" in card.title
    assert card.body == ""
    assert card.buttons == ["看所选", "修改", "我来回", "不用回"]
    wanted = next(iter(card.choices))
    await card.press("看所选", choice=wanted)
    shown = await card.changed()
    assert shown.buttons[0] == "发送"
    assert shown.body
    assert await lin.received() == []
    await shown.press("发送")
    assert await lin.next_reply() == shown.body
    assert await lin.received() == [shown.body]


async def test_nothing_near_gives_a_card_without_a_word_of_ours(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("qwertyuiop")
    card = await first_card(shop)
    assert card.body == ""
    assert card.choices == {}
    assert card.buttons == ["修改", "我来回", "不用回"]
    assert card.quote == "qwertyuiop"
    assert await lin.received() == []


async def test_what_needs_a_person_shows_the_text_and_cannot_be_sent_and_the_manager_is_told(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("怎么退款")
    card = await first_card(shop)
    assert card.body == REFUND
    assert "发送" not in card.buttons
    assert "参考" in card.desc
    await shop.play.until(lambda: has_notice(shop.play.staff("dingdian"), "退款"), None, "the manager was not told")
    with pytest.raises(Exception, match="按钮"):
        await card.press("发送")
    await lin.says("我要退款")
    await asyncio.sleep(1)
    assert len(await shop.play.staff("dingdian").notices()) == 1
    assert await lin.received() == []


@ON_SQLITE
async def test_a_question_that_turns_into_one_for_a_person_is_told_to_the_manager(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("你好")
    await first_card(shop)
    await lin.says("怎么退款")
    await shop.play.until(lambda: has_notice(shop.play.staff("dingdian"), "退款"), None, "the manager was not told")


async def test_a_complaint_goes_to_the_manager_and_silences_what_goes_alone_until_it_is_settled(shop: House) -> None:
    lin, manager = shop.play.customer("小林"), shop.play.staff("dingdian")
    await lin.says("你们服务太差了,我要投诉")
    card = await first_card(shop, "dingdian")
    assert card.source == "需要您亲自处理"
    assert card.face["alert"] is True
    assert "发送" not in card.buttons
    assert card.choices == {}
    await no_card(shop, "anan", "beibei", seconds=0.5)
    await card.press("不用回")
    settle = await manager.next_card()
    assert settle.buttons == ["已处理好"]
    await lin.says("几点退房")
    asked = await first_card(shop, "dingdian")
    assert asked.body == CHECKOUT
    await shop.play.move_clock(minutes=4)
    await asyncio.sleep(1.2)
    assert await lin.received() == [], "no answer of its own, no soothing"
    await asked.press("发送")
    assert await lin.next_reply() == CHECKOUT
    await settle.press("已处理好")
    assert "投诉已结" in await settle.closed()
    await lin.says("无线网怎么连")
    assert await lin.next_reply() == WIFI


@ON_SQLITE
async def test_a_question_that_turns_into_a_complaint_leaves_the_clerks(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("停车方便吗")
    card = await first_card(shop, "anan", "beibei")
    await lin.says("等了半天没人理,我要投诉你们")
    at_manager = await first_card(shop, "dingdian")
    assert "店长" in await card.closed()
    await card.press("发送", anyway=True)
    await asyncio.sleep(0.7)
    assert await lin.received() == []
    assert at_manager.quote == "停车方便吗 / 等了半天没人理,我要投诉你们"
    assert PARKING not in at_manager.body


@ON_SQLITE
async def test_a_complaint_in_a_store_without_a_manager_goes_to_headquarters_at_once(shop: House) -> None:
    lin = shop.play.customer("小林", RIVER)
    await lin.says("我要投诉")
    card = await first_card(shop, "zong", "zhou")
    assert card.source == "需要您亲自处理"
    await no_card(shop, "cece", seconds=0.5)


# --- what a customer wants of us -------------------------------------------------------------------------------------
async def opted_out(house: House, customer: str) -> bool:
    async with house.service.database.read() as session:
        row = await session.scalar(select(Customer).where(Customer.id == customer))
    return row is not None and row.opted_out_at is not None


@pytest.mark.parametrize("words", ["别发了", "别发了,再发我就投诉你们"])
async def test_stop_holds_at_once_also_beside_anger(shop: House, words: str) -> None:
    lin = shop.play.customer("小林")
    await lin.says(words)
    card = await first_card(shop, "anan", "beibei", "dingdian")
    assert await opted_out(shop, await lin.id())
    assert await lin.received() == []
    assert card.quote == words


@ON_SQLITE
async def test_stop_said_to_a_person_holds_too(shop: House) -> None:
    lin, anan = shop.play.customer("小林"), shop.play.staff("anan")
    await anan.types("小林", "您好,周末有活动")
    await lin.says("别发了")
    await no_card(shop)
    assert await opted_out(shop, await lin.id())


@ON_SQLITE
async def test_whoever_asks_for_a_person_gets_one(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("转人工")
    card = await first_card(shop)
    assert "我来回" in card.buttons
    assert "发送" not in card.buttons
    assert await lin.received() == []


@ON_SQLITE
async def test_greetings_and_thanks_are_offered_and_not_sent(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("你好")
    greeting = await first_card(shop)
    await greeting.press("发送")
    assert await lin.next_reply() == greeting.body
    await lin.says("谢谢啦")
    thanks = await first_card(shop)
    assert thanks.body
    await no_card(shop)
    assert len(await lin.received()) == 1
