"""Point 3, from outside: bubbles, what is added later, order, old messages, recalls, pictures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.apart import open_platform
from tests.corners import CHECKOUT, MORE, first_card, no_card, open_corners, stored_words
from tests.house import House
from tests.small_chain import BREAKFAST, LAKE, PARKING, WIFI, write_chain

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, free_port: int) -> AsyncIterator[House]:
    async with open_corners(database_url, tmp_path, free_port) as house:
        yield house


# --- bubbles ---------------------------------------------------------------------------------------------------------
@ON_SQLITE
async def test_bubbles_within_the_window_are_one_question_and_the_window_ends(house: House) -> None:
    """The defaults: 1.5 s of silence, 4 s at most. The last bubble comes too late for the card, and adds nothing."""
    lin = house.play.customer("小林")
    for bubble in ("你好", "想问一下", "停车方便吗"):
        await lin.says(bubble)
        await asyncio.sleep(1.4)
    card = await first_card(house, "linxiaoman", "wangjie")
    assert card.quote == "你好 / 想问一下 / 停车方便吗"
    await lin.says("谢谢")
    await no_card(house, "linxiaoman", "wangjie", seconds=3)
    await card.press("发送")
    assert await lin.next_reply() == card.body
    assert len(await lin.received()) == 1


async def test_what_is_added_and_changes_nothing_leaves_the_card_good(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("停车方便吗")
    card = await first_card(shop)
    await lin.says("谢谢")
    await no_card(shop)
    await card.press("发送")
    assert await lin.next_reply() == PARKING
    assert (await card.closed()).startswith("已发送")


async def test_the_clerks_own_choice_stays_when_what_is_added_changes_nothing(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("停车")
    card = await first_card(shop)
    other = next(label for label in card.choices.values() if label != card.choices.get(card.chosen))
    await card.press(card.buttons[0], choice=other)
    shown = await card.changed()
    await lin.says("谢谢")
    await no_card(shop)
    assert (await shown.refreshed()).is_open
    await shown.press("发送")
    assert await lin.next_reply() == shown.body


@ON_SQLITE
async def test_what_is_added_replaces_the_card_and_the_old_one_sends_nothing(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("停车方便吗")
    old = await first_card(shop)
    await lin.says("早餐几点开始")
    await no_card(shop)  # at most every 20 seconds
    assert (await old.refreshed()).is_open, "its place is taken when the new one comes"
    await old.press("发送", anyway=True)  # the tap cannot wait: the new card comes now
    new = await first_card(shop)
    assert "看下一张卡" in await old.closed()
    assert await lin.received() == []
    assert new.quote == "停车方便吗 / 早餐几点开始"
    assert PARKING in new.body
    assert BREAKFAST in new.body
    await new.press("发送")
    assert await lin.next_reply() == new.body
    assert await lin.received() == [new.body]


@ON_SQLITE
async def test_two_changes_within_twenty_seconds_bring_one_new_card_with_the_latest(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("停车方便吗")
    old = await first_card(shop)
    await shop.play.move_clock(seconds=5)
    await lin.says("早餐几点开始")
    await no_card(shop, seconds=0.8)
    await shop.play.move_clock(seconds=5)
    await lin.says("怎么退款")
    await no_card(shop, seconds=0.8)
    await shop.play.move_clock(seconds=9)
    new = await first_card(shop)
    assert new.quote == "停车方便吗 / 早餐几点开始 / 怎么退款"
    assert "看下一张卡" in await old.closed()
    await no_card(shop, "anan", "beibei")
    assert await lin.received() == []


async def test_a_choice_without_an_entry_is_replaced_when_the_nearest_entries_change(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("你们那个呀")
    old = await first_card(shop)
    assert "没有现成答案" in old.title
    await lin.says("停车方便吗")
    await asyncio.sleep(1)
    await old.press("不用回", anyway=True)
    new = await first_card(shop)
    assert PARKING in new.body
    assert new.buttons[0] == "发送"


# --- order -----------------------------------------------------------------------------------------------------------
async def test_answers_keep_their_order_when_wecom_is_busy(shop: House) -> None:
    lin = shop.play.customer("小林")
    await shop.play.fault("busy", times=2, path="kf/send_msg")
    await lin.says("几点退房")
    await asyncio.sleep(0.7)
    await lin.says("无线网怎么连")
    assert await lin.next_reply(20) == CHECKOUT
    assert await lin.next_reply(20) == WIFI
    assert await lin.received() == [CHECKOUT, WIFI]


@ON_SQLITE
async def test_conversations_run_side_by_side(shop: House) -> None:
    guests = [shop.play.customer(f"客人{number}") for number in range(12)]
    await asyncio.gather(*(guest.id() for guest in guests))
    await shop.play.fault("late", times=0, path="kf/send_msg", value=1)
    started = asyncio.get_running_loop().time()
    await asyncio.gather(*(guest.says("几点退房") for guest in guests))
    for guest in guests:
        assert await guest.next_reply(8) == CHECKOUT
    assert asyncio.get_running_loop().time() - started < 6, "twelve answers of a second each, one after the other"


# --- old messages ----------------------------------------------------------------------------------------------------
async def test_older_than_ten_minutes_is_never_answered_without_a_person(shop: House) -> None:
    late, early = shop.play.customer("来晚了"), shop.play.customer("还不算晚")
    await late.says("几点退房", ago=timedelta(minutes=11))
    await early.says("几点退房", ago=timedelta(minutes=9))
    assert await early.next_reply() == CHECKOUT
    card = await first_card(shop)
    assert card.body == CHECKOUT
    assert await late.received() == []
    await card.press("发送")
    assert await late.next_reply() == CHECKOUT


async def test_a_fresh_bubble_does_not_make_an_old_one_fresh(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("几点退房", ago=timedelta(minutes=30), quietly=True)
    await lin.says("在吗")
    card = await first_card(shop)
    assert card.body == CHECKOUT
    assert await lin.received() == []


# --- recalls ---------------------------------------------------------------------------------------------------------
async def test_a_message_taken_back_in_the_window_was_never_there(shop: House) -> None:
    lin = shop.play.customer("小林")
    msgid = await lin.says("我的秘密口令是芝麻开门")
    await lin.recalls(msgid)
    await no_card(shop)
    assert "芝麻" not in await stored_words(shop)
    assert await lin.received() == []


async def test_of_two_bubbles_one_taken_back_leaves_the_other(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("停车方便吗")
    second = await lin.says("我的秘密口令是芝麻开门")
    card = await first_card(shop)
    assert "芝麻" in card.quote
    await lin.recalls(second)
    await asyncio.sleep(0.5)
    await card.press(card.buttons[0], anyway=True)
    new = await first_card(shop)
    assert new.quote == "停车方便吗"
    await new.press("发送")
    assert await lin.next_reply() == PARKING
    assert "芝麻" not in await stored_words(shop)


async def test_what_is_taken_back_after_the_card_closes_it_and_is_forgotten(shop: House) -> None:
    lin = shop.play.customer("小林")
    msgid = await lin.says("芝麻开门那家店在哪")
    card = await first_card(shop)
    await lin.recalls(msgid)
    assert "撤回" in await card.closed()
    await card.press("不用回", anyway=True)
    await asyncio.sleep(0.5)
    assert await lin.received() == []
    assert "芝麻" not in await stored_words(shop)


async def test_a_recall_that_comes_before_its_message_still_counts(shop: House) -> None:
    lin = shop.play.customer("小林")
    thread = shop.sandbox.world.played_thread("wkLake", await lin.id())
    row = {
        "msgid": "early-1",
        "send_time": shop.sandbox.unix(),
        "open_kfid": "wkLake",
        "external_userid": await lin.id(),
    }
    shop.sandbox.add_event(thread, "user_recall_msg", recall_msgid="early-1")
    await asyncio.sleep(0.5)
    said = row | {"origin": 3, "msgtype": "text", "text": {"content": "芝麻开门"}}
    shop.sandbox.world.accounts["wkLake"].timeline.add(said, shop.clock.now())
    shop.sandbox.signal("wkLake")
    await no_card(shop)
    assert "芝麻" not in await stored_words(shop)


# --- what is not text ------------------------------------------------------------------------------------------------
@ON_SQLITE
@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("image", "[图片]"),
        ("voice", "[语音]"),
        ("video", "[视频]"),
        ("file", "[文件]"),
        ("location", "[位置]样例位置"),
        ("link", "[链接]样例链接"),
        ("miniprogram", "[小程序]样例小程序"),
        ("channels", "[消息]"),
    ],
)
async def test_what_is_not_text_gets_a_card_and_never_silence(shop: House, kind: str, shown: str) -> None:
    lin = shop.play.customer("小林")
    await lin.sends(kind)
    card = await first_card(shop)
    assert card.quote == shown
    assert "我来回" in card.buttons
    assert "发送" not in card.buttons
    assert await lin.received() == []


async def test_a_picture_is_fetched_at_once_and_removed_when_taken_back(shop: House, tmp_path: Path) -> None:
    lin = shop.play.customer("小林")
    msgid = await lin.sends("image")
    card = await first_card(shop)
    await shop.play.until(lambda: _files(tmp_path / "media", 1), None, "nothing was fetched")
    await lin.recalls(msgid)
    assert "撤回" in await card.closed()
    await shop.play.until(lambda: _files(tmp_path / "media", 0), None, "the file is still there")


async def _files(folder: Path, count: int) -> bool | None:
    found = await asyncio.to_thread(lambda: [path for path in folder.rglob("*") if path.is_file()])
    return True if len(found) == count else None


async def test_a_picture_beside_a_question_is_looked_at_by_a_person(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("几点退房")
    await lin.sends("image")
    card = await first_card(shop)
    assert card.quote == "几点退房 / [图片]"
    assert card.body == CHECKOUT
    assert await lin.received() == []


# --- what nobody saw -------------------------------------------------------------------------------------------------
async def test_what_was_added_unseen_and_asks_more_gets_a_card_of_its_own_after_the_tap(shop: House) -> None:
    """The suggestion is the same, so the card stays good; but nothing that a customer asks is lost."""
    lin = shop.play.customer("小林")
    await lin.says("停车方便吗")
    card = await first_card(shop)
    await lin.says("对了你们那个可以不呀")
    await no_card(shop)
    await card.press("发送")
    assert await lin.next_reply() == PARKING
    more = await first_card(shop)
    assert more.quote == "对了你们那个可以不呀"


async def test_a_statement_added_unseen_gets_its_card_too_whatever_stands_beside_it(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("停车方便吗")
    card = await first_card(shop)
    await lin.says_all(["有停车场吗", "我已经走到楼下那棵大树旁边"])
    await no_card(shop)
    await card.press("发送")
    assert await lin.next_reply() == PARKING
    assert "大树" in (await first_card(shop)).quote


async def test_what_was_added_unseen_and_is_answered_brings_no_card(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("停车方便吗")
    card = await first_card(shop)
    await lin.says_all(["有停车场吗", "快点呀", "谢谢"])
    await no_card(shop)
    await card.press("发送")
    assert await lin.next_reply() == PARKING
    await no_card(shop)
    assert await lin.received() == [PARKING]


async def test_what_came_after_48_hours_is_told_although_no_card_can_answer_it(
    database_url: str, tmp_path: Path, free_port: int
) -> None:
    content = write_chain(tmp_path / "content", more=MORE)
    async with open_platform(database_url, tmp_path, free_port, content=content, account=LAKE) as platform:
        async with platform.service():
            await asyncio.sleep(1)
        for name in ("前天的客人", "也是前天的客人"):
            await platform.play.customer(name).says("停车方便吗", ago=timedelta(hours=50), quietly=True)
        await platform.play.customer("昨天的客人").says("停车方便吗", ago=timedelta(hours=30), quietly=True)
        anan = platform.play.staff("anan")
        async with platform.service():
            card = await anan.next_card()
            assert card.title.startswith("昨天的客人")
            assert "-" in card.desc, "with its date"

            async def look() -> str | None:
                return next((notice for notice in await anan.notices() if "48 小时" in notice), None)

            told = await platform.play.until(look, 20, "nobody was told")
            assert "2 位客人" in told
            assert told.count("客人 停车") == 2, "WeCom names nobody after 48 hours"
            assert "昨天的客人" not in told
