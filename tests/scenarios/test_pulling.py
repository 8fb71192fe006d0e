"""Points 1 and 2, from outside: what comes in is stored once, whatever WeCom does on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.sandbox.play_customer import PlayedCustomer
from bot.sandbox.play_staff import PlayedCard, PlayedStaff
from tests.apart import Platform, open_platform
from tests.corners import CHECKOUT, MORE, first_card, no_card, open_corners, stored_words
from tests.house import House
from tests.small_chain import LAKE, PARKING, RIVER, WIFI, write_chain

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, free_port: int) -> AsyncIterator[House]:
    async with open_corners(database_url, tmp_path, free_port) as house:
        yield house


@pytest.fixture
async def platform(database_url: str, tmp_path: Path, free_port: int) -> AsyncIterator[Platform]:
    content = write_chain(tmp_path / "content", more=MORE)
    async with open_platform(database_url, tmp_path, free_port, content=content, account=LAKE) as opened:
        yield opened


async def put_row(house: House, row: dict[str, Any], customer: str = "") -> None:
    """Put a row of our own into what `sync_msg` gives, and signal."""
    shared = {"msgid": f"row-{len(row)}-{house.sandbox.unix()}", "send_time": house.sandbox.unix()}
    if customer:
        shared |= {"open_kfid": LAKE, "external_userid": customer}
    house.sandbox.world.accounts[LAKE].timeline.add(shared | row, house.clock.now())
    house.sandbox.signal(LAKE)


async def rename(house: House, old: str, new: str) -> None:
    async with house.service.database.begin() as session:
        await session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def answers(house: House) -> list[str]:
    """How the service answered each callback so far."""
    kinds = ("callback.delivered", "callback.failed")
    return [event["outcome"] for event in await house.play.events() if event["kind"] in kinds]


# --- callbacks -------------------------------------------------------------------------------------------------------
async def test_one_callback_delivered_five_times_is_one_event(shop: House) -> None:
    await shop.play.fault("callback_five_times")
    lin = shop.play.customer("小林")
    await lin.says("停车方便吗")
    card = await first_card(shop)
    await no_card(shop)
    assert (await answers(shop)) == ["200"] * 5
    async with shop.service.database.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM events")) == 1
    await shop.play.fault("callback_five_times")
    await card.press("发送")
    assert await lin.next_reply() == PARKING
    await asyncio.sleep(1)
    assert await lin.received() == [PARKING]


async def test_when_the_store_fails_only_those_callbacks_fail_and_nothing_is_lost(shop: House) -> None:
    lin, xu = shop.play.customer("小林"), shop.play.customer("小徐")
    await rename(shop, "events", "events_gone")
    await lin.says("几点退房")
    await shop.play.until(lambda: _has_failed(shop, 1), None, "no callback failed")
    await rename(shop, "events_gone", "events")
    await xu.says("几点退房")
    assert await xu.next_reply() == CHECKOUT
    assert await lin.next_reply(20) == CHECKOUT
    given = await answers(shop)
    assert set(given) == {"200", "500"}
    assert given[-1] == "200"


async def _has_failed(house: House, times: int) -> bool | None:
    return True if (await answers(house)).count("500") >= times else None


@ON_SQLITE
async def test_a_callback_that_failed_three_times_is_made_up_for_by_the_poll(shop: House) -> None:
    lin = shop.play.customer("小林")
    await rename(shop, "events", "events_gone")
    await lin.says("几点退房")
    await shop.play.until(lambda: _has_failed(shop, 3), 20, "WeCom did not try three times")
    await rename(shop, "events_gone", "events")
    await shop.play.move_clock(minutes=5)
    assert await lin.next_reply() == CHECKOUT


# --- pulls -----------------------------------------------------------------------------------------------------------
async def test_a_lost_callback_is_made_up_for_within_five_minutes(shop: House) -> None:
    lin = shop.play.customer("小林")
    await shop.play.fault("callback_lost")
    await lin.says("几点退房")
    await shop.play.move_clock(minutes=4)
    await asyncio.sleep(1.5)
    assert await lin.received() == []
    await shop.play.move_clock(minutes=1, seconds=5)
    assert await lin.next_reply() == CHECKOUT


async def test_empty_pages_with_more_behind_them_are_read_on(shop: House) -> None:
    await shop.play.fault("empty_page", times=4, path=LAKE)
    await shop.play.fault("page_size", times=20, path=LAKE, value=1)
    lin = shop.play.customer("小林")
    await lin.says_all(["你好", "几点退房"])
    assert await lin.next_reply() == CHECKOUT
    assert len(await shop.play.calls("kf/sync_msg")) >= 6


@ON_SQLITE
@pytest.mark.parametrize("code", [95007, -1, 45009, 42001, 40014, 99999])
async def test_a_pull_that_is_refused_once_is_made_up_for(shop: House, code: int) -> None:
    lin = shop.play.customer("小林")
    await shop.play.fault("errcode", path="kf/sync_msg", value=code)
    await lin.says("几点退房")
    await asyncio.sleep(1)
    await shop.play.move_clock(minutes=5)
    assert await lin.next_reply() == CHECKOUT


@ON_SQLITE
async def test_a_pull_that_is_cut_off_reads_nothing_twice(shop: House) -> None:
    lin = shop.play.customer("小林")
    await shop.play.fault("cut_after", path="kf/sync_msg", times=2)
    await lin.says("几点退房")
    await asyncio.sleep(1)
    await shop.play.move_clock(minutes=5)
    assert await lin.next_reply() == CHECKOUT
    await asyncio.sleep(1)
    assert await lin.received() == [CHECKOUT]


@ON_SQLITE
async def test_a_slow_account_holds_up_no_other(shop: House) -> None:
    lake, river = shop.play.customer("湖滨客"), shop.play.customer("江边客", RIVER)
    await asyncio.gather(lake.id(), river.id())
    await shop.play.fault("late", path="kf/sync_msg", value=5)
    await lake.says("几点退房")
    await shop.play.until(lambda: _is_late(shop), None, "the first pull was not slow")
    await river.says("无线网怎么连")
    assert await river.next_reply(3) == WIFI
    assert await lake.received() == []
    assert await lake.next_reply() == CHECKOUT


async def _is_late(house: House) -> bool | None:
    return True if any(event["kind"] == "fault.fired" for event in await house.play.events()) else None


async def test_what_nobody_knows_is_kept_raw_and_holds_nothing_up(shop: House) -> None:
    lin = shop.play.customer("小林")
    event = {
        "event_type": "brand_new_event",
        "open_kfid": LAKE,
        "external_userid": await lin.id(),
        "字": "奇怪的新事件",
    }
    await put_row(shop, {"origin": 4, "msgtype": "event", "event": event})
    for odd in (
        {"origin": 3, "msgtype": "text" * 20, "hologram": {}},
        {"origin": 3, "msgtype": "text", "text": "not a table"},
        {"origin": 9, "msgtype": "text", "text": {"content": "who is nine"}},
        {"origin": 3, "msgtype": "text", "text": {"content": "nul \x00"}, "msgid": "m" * 500},
    ):
        await put_row(shop, odd, await lin.id())
    await put_row(shop, {"origin": 3, "msgtype": "text", "text": {"content": "很长的名字"}}, "wm" + "x" * 300)
    xu = shop.play.customer("小徐")
    await xu.says("几点退房")
    assert await xu.next_reply() == CHECKOUT
    assert "奇怪的新事件" in await stored_words(shop)


# --- the first pull, and downtime ------------------------------------------------------------------------------------
async def test_three_days_of_history_are_one_line_to_the_manager_and_the_fresh_message_a_card(
    platform: Platform,
) -> None:
    await platform.play.fault("page_size", times=50, path=LAKE, value=2)
    for day in range(3):
        for number in range(3):
            guest = platform.play.customer(f"老客人{number}")
            await guest.says("停车方便吗", ago=timedelta(days=2 - day, hours=1), quietly=True)
    lin = platform.play.customer("老客人0")
    await lin.says("早餐几点开始", quietly=True)
    async with platform.service():
        card = await _card(platform)
        assert card.quote == "早餐几点开始"
        manager = platform.play.staff("dingdian")
        await platform.play.until(lambda: _has_notice(manager, "9 条客人消息"), None, "the manager was told nothing")
        await asyncio.sleep(1.5)
        assert len(await manager.notices()) == 1
        assert len(await platform.play.staff("anan").cards() + await platform.play.staff("beibei").cards()) == 1
    async with platform.service():
        await asyncio.sleep(1.5)
        assert len(await manager.notices()) == 1
        assert len(await platform.play.staff("anan").cards() + await platform.play.staff("beibei").cards()) == 1


async def _has_notice(staff: PlayedStaff, part: str) -> bool | None:
    return True if any(part in notice for notice in await staff.notices()) else None


async def _card(platform: Platform) -> PlayedCard:
    async def look() -> PlayedCard | None:
        for name in ("anan", "beibei"):
            if (card := await platform.play.staff(name).find_card()) is not None:
                platform.play.staff(name).take(card)
                return card
        return None

    return await platform.play.until(look, None, "no clerk has a card")


async def test_after_downtime_five_open_cards_a_clerk_and_the_rest_in_one_list(platform: Platform) -> None:
    async with platform.service():
        await asyncio.sleep(1)
    guests = [platform.play.customer(f"客人{number:02}") for number in range(14)]
    for guest in guests:
        await guest.says("停车方便吗", ago=timedelta(minutes=20), quietly=True)
    clerks = [platform.play.staff(name) for name in ("anan", "beibei")]
    async with platform.service():
        await platform.play.until(lambda: _has_notice(clerks[0], "还有"), 20, "no list came")
        await asyncio.sleep(1)
        assert [len(await clerk.open_cards()) for clerk in clerks] == [5, 5]
        lists = [notice for clerk in clerks for notice in await clerk.notices()]
        assert len(lists) == 1
        assert "还有 4 位客人在等" in lists[0]
        listed = [guest.name for guest in guests if guest.name in lists[0]]
        assert len(listed) == 4
        assert [await guest.received() for guest in guests] == [[]] * 14
        (first, *_) = await clerks[0].open_cards()
        await first.press("不用回")
        await platform.play.until(lambda: _has_cards(clerks, 11), None, "no card moved up")
        await asyncio.sleep(1)
        assert sum([len(await clerk.open_cards()) for clerk in clerks]) == 10


async def _has_cards(clerks: list[PlayedStaff], count: int) -> bool | None:
    return True if sum([len(await clerk.cards()) for clerk in clerks]) >= count else None


async def test_what_came_while_the_service_was_down_is_there_at_start_without_a_callback(platform: Platform) -> None:
    async with platform.service():
        await asyncio.sleep(1)
    lin = platform.play.customer("小林")
    await lin.says("几点退房", ago=timedelta(minutes=3), quietly=True)
    async with platform.service():
        assert await lin.next_reply() == CHECKOUT
    async with platform.service():
        await asyncio.sleep(1.5)
        assert await lin.received() == [CHECKOUT]


# --- sessions and failures, as `sync_msg` tells of them --------------------------------------------------------------
async def test_a_message_that_did_not_arrive_reopens_the_matter_with_the_reason(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("停车方便吗")
    card = await first_card(shop)
    await lin.refuses()
    await card.press("发送")
    again = await first_card(shop)
    assert "没发出去" in " ".join(again.facts.values())
    assert again.body == PARKING
    await lin.refuses(None)
    await again.press("发送")
    assert await lin.next_reply() == PARKING


async def test_while_a_person_holds_the_session_messages_are_only_stored(shop: House) -> None:
    lin, anan = shop.play.customer("小林"), shop.play.staff("anan")
    await anan.types("小林", "您好,昨天的事我来跟您说")
    await lin.says("几点退房")
    await no_card(shop)
    await lin.says("停车方便吗")
    await no_card(shop)
    assert await lin.received() == ["您好,昨天的事我来跟您说"]
    await anan.ends("小林")
    await lin.says("无线网怎么连")
    assert (await _replies(shop, "小林", 2))[1:] == [WIFI]


async def _replies(house: House, name: str, count: int) -> list[str]:
    customer = house.play.customer(name)

    async def look() -> list[str] | None:
        received = await customer.received()
        return received if len(received) >= count else None

    return await house.play.until(look, None, f"{name} did not receive {count} messages")


@ON_SQLITE
async def test_a_session_that_a_person_never_ended_is_ours_again_after_two_days(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("停车方便吗")
    await (await first_card(shop)).press("我来回")
    await shop.play.until(lambda: _is_in(lin, 3), None, "nobody took the session")
    await shop.play.move_clock(hours=49)
    await lin.says("几点退房")
    assert await lin.next_reply() == CHECKOUT


async def _is_in(customer: PlayedCustomer, state: int) -> bool | None:
    return True if await customer.session() == state else None


@ON_SQLITE
async def test_other_events_hold_nothing_up(shop: House) -> None:
    lin = shop.play.customer("小林")
    await shop.play.staff("beibei").serves(LAKE, "stopped")
    thread = shop.sandbox.world.played_thread(LAKE, await lin.id())
    shop.sandbox.add_event(thread, "reject_customer_msg_switch_change", servicer_userid="anan", reject_switch=1)
    shop.sandbox.add_event(thread, "servicer_recall_msg", servicer_userid="anan", recall_msgid="nobody-knows")
    await lin.says("几点退房")
    assert await lin.next_reply() == CHECKOUT


async def test_what_staff_take_back_is_forgotten_too(shop: House) -> None:
    lin, anan = shop.play.customer("小林"), shop.play.staff("anan")
    msgid = await anan.types("小林", "芝麻开门是暗号")
    await shop.play.until(lambda: _is_stored(shop, "芝麻"), None, "it was never stored")
    thread = shop.sandbox.world.played_thread(LAKE, await lin.id())
    shop.sandbox.add_event(thread, "servicer_recall_msg", servicer_userid="anan", recall_msgid=msgid)
    await shop.play.until(lambda: _is_forgotten(shop, "芝麻"), None, "it is still stored")


async def _is_stored(house: House, words: str) -> bool | None:
    return True if words in await stored_words(house) else None


async def _is_forgotten(house: House, words: str) -> bool | None:
    return None if words in await stored_words(house) else True


@ON_SQLITE
async def test_a_transferred_session_stays_with_people(shop: House) -> None:
    lin, anan = shop.play.customer("小林"), shop.play.staff("anan")
    await anan.types("小林", "您好")
    await anan.transfers("小林", "beibei")
    await lin.says("几点退房")
    await no_card(shop)
    assert await lin.received() == ["您好"]
    await shop.play.staff("beibei").ends("小林")
    await lin.says("几点退房")
    assert (await _replies(shop, "小林", 2))[1:] == [CHECKOUT]


@ON_SQLITE
async def test_a_cursor_that_wecom_no_longer_knows_is_given_up_and_nothing_is_answered_twice(shop: House) -> None:
    lin, xu, anan = shop.play.customer("小林"), shop.play.customer("小徐"), shop.play.staff("anan")
    await lin.enters()
    await lin.next_reply()
    await lin.says("几点退房")
    assert await lin.next_reply() == CHECKOUT
    await anan.types("小徐", "您好")
    await anan.ends("小徐")
    await xu.says("无线网怎么连")
    assert (await _replies(shop, "小徐", 2))[1:] == [WIFI]
    async with shop.service.database.begin() as session:
        await session.execute(text("UPDATE accounts SET cursor = 'not-one-of-yours'"))
    await xu.says("几点退房")
    for _ in range(6):
        await asyncio.sleep(0.6)
        await shop.play.move_clock(seconds=31)
    assert (await _replies(shop, "小徐", 3))[2:] == [CHECKOUT]
    await no_card(shop)
    assert len(await lin.received()) == 2
    assert len(await xu.received()) == 3
