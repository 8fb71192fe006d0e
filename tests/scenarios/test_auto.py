"""Point 7, from outside: what HQ lets go out by itself, and nothing else."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.serving import switch_auto
from tests.corners import CHECKOUT, MORE, first_card, no_card, open_corners
from tests.house import House
from tests.small_chain import BREAKFAST, PARKING, RIVER, WIFI

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, free_port: int) -> AsyncIterator[House]:
    async with open_corners(database_url, tmp_path, free_port) as house:
        yield house


async def digests(house: House, *staff: str) -> list[str]:
    """What clerks were told of answers that went out by themselves, oldest first."""
    names = staff or ("anan", "beibei")
    return [notice for name in names for notice in await house.play.staff(name).notices() if "替您回了" in notice]


async def wait_for_digests(house: House, count: int, *staff: str) -> list[str]:
    async def look() -> list[str] | None:
        found = await digests(house, *staff)
        return found if len(found) >= count else None

    return await house.play.until(look, None, f"there are not {count} digests")


# --- goes alone ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("words", ["几点退房", "最晚几点走", "你好,请问几点退房?谢谢"])
async def test_an_entry_marked_auto_goes_out_by_itself_and_the_clerk_sees_it_afterwards(
    shop: House, words: str
) -> None:
    lin = shop.play.customer("小林")
    await lin.says(words)
    assert await lin.next_reply() == CHECKOUT
    (digest,) = await wait_for_digests(shop, 1)
    assert "1 位客人" in digest
    assert CHECKOUT in digest
    await no_card(shop)
    assert await lin.received() == [CHECKOUT]


@ON_SQLITE
async def test_its_own_wording_reaches_any_threshold_and_other_words_below_it_get_a_card(
    database_url: str, tmp_path: Path, free_port: int
) -> None:
    async with open_corners(database_url, tmp_path, free_port, 自动回复线="1.0") as shop:
        lin, xu = shop.play.customer("小林"), shop.play.customer("小徐")
        await lin.says("最晚几点走")
        assert await lin.next_reply() == CHECKOUT
        await xu.says("你们退房是几点钟")
        card = await first_card(shop)
        assert card.body == CHECKOUT
        assert card.buttons[0] == "发送"
        assert await xu.received() == []


@ON_SQLITE
async def test_nothing_else_goes_out_unconfirmed(shop: House) -> None:
    guests = []
    for number, words in enumerate(("停车方便吗", "怎么退款", "你好", "谢谢", "别发了", "转人工", "qwerty")):
        guest = shop.play.customer(f"客人{number}")
        await guest.says(words)
        guests.append(guest)
    for _ in guests:
        await first_card(shop)
    await asyncio.sleep(1)
    assert [await guest.received() for guest in guests] == [[]] * len(guests)
    assert await shop.play.calls("kf/send_msg") == []


@ON_SQLITE
async def test_an_auto_answer_beside_another_question_waits_for_the_clerk(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says_all(["几点退房", "停车方便吗"])
    card = await first_card(shop)
    assert CHECKOUT in card.body
    assert PARKING in card.body
    assert await lin.received() == []


@ON_SQLITE
async def test_an_auto_answer_to_what_follows_a_greeting_goes_out_and_closes_the_greetings_card(shop: House) -> None:
    lin = shop.play.customer("小林")
    await lin.says("你好")
    card = await first_card(shop)
    await lin.says("几点退房")
    assert await lin.next_reply() == CHECKOUT
    assert "自动回复" in await card.closed()
    await card.press("发送", anyway=True)
    await asyncio.sleep(0.7)
    assert await lin.received() == [CHECKOUT]


@ON_SQLITE
async def test_the_opening_stands_before_the_first_answer_of_a_day_only(
    database_url: str, tmp_path: Path, free_port: int
) -> None:
    async with open_corners(database_url, tmp_path, free_port) as shop:
        persona = shop.service.settings.content_dir / "persona.yaml"
        await asyncio.to_thread(persona.write_text, "开头: 您好、\n", "utf-8")
        await shop.play.until(lambda: _has_opening(shop), 15, "the new file is not in force")
        lin = shop.play.customer("小林")
        await lin.says("几点退房")
        assert await lin.next_reply() == f"您好、{CHECKOUT}"
        await lin.says("无线网怎么连")
        assert await lin.next_reply() == WIFI
        await shop.play.move_clock(hours=24)
        await lin.says("几点退房")
        assert await lin.next_reply() == f"您好、{CHECKOUT}"


async def _has_opening(house: House) -> bool | None:
    await asyncio.sleep(0.1)
    return True if house.service.library.content.persona.opening else None


# --- auto off --------------------------------------------------------------------------------------------------------
async def test_auto_off_is_in_force_at_once_and_auto_on_again(shop: House) -> None:
    """As the command line does it, in a transaction of another connection."""
    lin = shop.play.customer("小林")
    await switch_auto(shop.service.settings, is_on=False, store="")
    await lin.says("几点退房")
    card = await first_card(shop)
    assert card.body == CHECKOUT
    assert await lin.received() == []
    await switch_auto(shop.service.settings, is_on=True, store="")
    await card.press("不用回")
    await lin.says("无线网怎么连")
    assert await lin.next_reply() == WIFI


@ON_SQLITE
async def test_auto_off_for_one_store_leaves_the_others(shop: House) -> None:
    lake, river = shop.play.customer("湖滨客"), shop.play.customer("江边客", RIVER)
    await switch_auto(shop.service.settings, is_on=False, store="江边店")
    await river.says("无线网怎么连")
    assert (await first_card(shop, "cece")).body == WIFI
    await lake.says("无线网怎么连")
    assert await lake.next_reply() == WIFI
    assert await river.received() == []


@ON_SQLITE
async def test_headquarters_can_switch_it_off_in_the_policy(database_url: str, tmp_path: Path, free_port: int) -> None:
    async with open_corners(database_url, tmp_path, free_port, 自动回复="false") as shop:
        lin = shop.play.customer("小林")
        await lin.says("几点退房")
        assert (await first_card(shop)).body == CHECKOUT
        assert await lin.received() == []


async def test_auto_off_holds_back_what_still_waits_for_wecom(shop: House) -> None:
    lin = shop.play.customer("小林")
    await shop.play.fault("rate_limit", times=0, path="kf/send_msg")
    await lin.says("几点退房")
    await shop.play.until(lambda: _was_tried(shop), None, "nothing was tried")
    await switch_auto(shop.service.settings, is_on=False, store="")
    await shop.play.no_faults()
    await shop.play.move_clock(minutes=2)
    card = await first_card(shop)
    assert card.body == CHECKOUT
    assert await lin.received() == []
    await card.press("发送")
    assert await lin.next_reply() == CHECKOUT


@ON_SQLITE
async def test_what_waited_for_wecom_for_ten_minutes_goes_to_a_person(shop: House) -> None:
    lin = shop.play.customer("小林")
    await shop.play.fault("rate_limit", times=0, path="kf/send_msg")
    await lin.says("几点退房")
    await shop.play.until(lambda: _was_tried(shop), None, "nothing was tried")
    await shop.play.no_faults()
    await shop.play.move_clock(minutes=11)
    card = await first_card(shop)
    assert card.body == CHECKOUT
    assert await lin.received() == []


async def _was_tried(house: House) -> bool | None:
    return True if await house.play.calls("kf/send_msg") else None


# --- the digest ------------------------------------------------------------------------------------------------------
async def test_the_clerk_sees_a_digest_at_most_every_fifteen_minutes(
    database_url: str, tmp_path: Path, free_port: int
) -> None:
    async with open_corners(database_url, tmp_path, free_port, account=RIVER) as shop:
        guests = [shop.play.customer(f"客人{number}", RIVER) for number in range(4)]
        for guest in guests[:3]:
            await guest.says("无线网怎么连")
            assert await guest.next_reply() == WIFI
        first = await wait_for_digests(shop, 1, "cece")
        await shop.play.move_clock(minutes=14)
        await guests[3].says("无线网怎么连")
        assert await guests[3].next_reply() == WIFI
        await asyncio.sleep(1.5)
        assert await digests(shop, "cece") == first
        await shop.play.move_clock(minutes=1, seconds=10)
        both = await wait_for_digests(shop, 2, "cece")
        await asyncio.sleep(1.2)
        assert await digests(shop, "cece") == both
        listed = "\n".join(both)
        assert all(listed.count(guest.name) == 1 for guest in guests)


@ON_SQLITE
async def test_what_went_out_at_night_is_told_in_the_morning(database_url: str, tmp_path: Path, free_port: int) -> None:
    night = datetime.time(23, 0)
    async with open_corners(database_url, tmp_path, free_port, account=RIVER, at=night) as shop:
        lin = shop.play.customer("小林")
        await lin.says("无线网怎么连")
        assert await lin.next_reply() == WIFI
        await asyncio.sleep(1.5)
        assert await digests(shop, "cece") == []
        await shop.play.move_clock(hours=10, minutes=1)
        (digest,) = await wait_for_digests(shop, 1, "cece")
        assert "小林" in digest


@ON_SQLITE
async def test_a_changed_entry_is_in_force_within_seconds(shop: House) -> None:
    lin = shop.play.customer("小林")
    path = shop.service.settings.content_dir / "faq" / "更多.csv"
    changed = MORE["faq/更多.csv"].replace(",,,,,,,自动", ",,,,,,,确认", 1)
    before = shop.service.library.content.version
    await asyncio.to_thread(path.write_text, changed, "utf-8")

    async def look() -> bool | None:
        await asyncio.sleep(0.1)
        return None if shop.service.library.content.version == before else True

    await shop.play.until(look, 15, "the changed file is not in force")
    await lin.says_all(["几点退房", "早餐几点开始"])
    card = await first_card(shop)
    assert CHECKOUT in card.body
    assert BREAKFAST in card.body
    xu = shop.play.customer("小徐")
    await xu.says("几点退房")
    assert (await first_card(shop)).body == CHECKOUT
    assert await xu.received() == []
