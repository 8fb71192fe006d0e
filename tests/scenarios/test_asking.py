"""Who gets the card, who is asked next, and the one 安抚 text, from outside, by a clock that is moved."""

from __future__ import annotations

from datetime import time

import pytest

from bot.sandbox.play_customer import PlayedCustomer
from bot.sandbox.play_staff import PlayedCard
from tests.house import House
from tests.small_chain import PARKING, RIVER, SHARED, SOOTHING, STAFF
from tests.stage import ON_SQLITE, ask, cards_of, is_so, look_around, notice, with_house

QUESTION = "停车方便吗"
EVERYBODY = ("anan", "beibei", "dingdian", "cece", "dodo", "fang", "eve", "zong", "zhou")


async def _who_has(house: House) -> list[str]:
    """Everybody who has a card with buttons."""
    return [who for who in EVERYBODY if await cards_of(house, who)]


async def _next(house: House, who: str, *, minutes: float) -> PlayedCard:
    await house.play.move_clock(minutes=minutes)
    return await house.play.staff(who).next_card()


# --- whom first ------------------------------------------------------------------------------------------------------
@ON_SQLITE
async def test_whoever_has_fewest_open_cards(small_house: House) -> None:
    for number, who in enumerate(("anan", "beibei", "anan", "beibei")):
        await ask(small_house, QUESTION, who=f"客人{number}", of=who)


@ON_SQLITE
async def test_whoever_answered_this_customer_last_comes_first(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION, who="甲", of="anan")
    await card.press("发送")
    assert await lin.next_reply() == PARKING
    for number, who in enumerate(("anan", "beibei", "anan")):
        await ask(small_house, QUESTION, who=f"客人{number}", of=who)
    _, card = await ask(small_house, "早餐几点开始", who="甲", of="anan")
    assert card.quote == "早餐几点开始"


# --- who next --------------------------------------------------------------------------------------------------------
async def test_a_colleague_then_the_manager_then_headquarters(small_house: House) -> None:
    lin, first = await ask(small_house, QUESTION)
    await small_house.play.move_clock(minutes=2, seconds=50)
    await look_around()
    assert await _who_has(small_house) == ["anan"] and await lin.received() == []
    second = await _next(small_house, "beibei", minutes=0.2)
    assert second.facts["提醒"] == "已等 3 分钟,您方便回吗?"
    assert await lin.next_reply() == SOOTHING
    third = await _next(small_house, "dingdian", minutes=3)
    assert third.facts["提醒"] == "已等 6 分钟,您方便回吗?"
    await small_house.play.move_clock(minutes=8)
    await look_around()
    assert await _who_has(small_house) == ["anan", "beibei", "dingdian"]
    await small_house.play.move_clock(minutes=1)
    fourth = await small_house.play.staff("zhou").next_card()
    assert await _who_has(small_house) == ["anan", "beibei", "dingdian", "zhou"]
    await fourth.press("发送")
    await is_so(small_house, lambda: _nobody_has_one(small_house), "cards were left open")
    assert {(await card.refreshed()).line for card in (first, second, third, fourth)} == {fourth.line}
    assert "周周" in fourth.line
    assert await lin.received() == [SOOTHING, PARKING]


async def _nobody_has_one(house: House) -> bool:
    return await _who_has(house) == []


@ON_SQLITE
async def test_a_leap_of_the_clock_asks_everybody_once_and_soothes_once(small_house: House) -> None:
    lin, _ = await ask(small_house, QUESTION)
    await small_house.play.move_clock(minutes=9)
    await look_around()
    await small_house.play.move_clock(minutes=20)
    await look_around()
    assert await _who_has(small_house) == ["anan", "beibei", "dingdian", "zhou"]
    assert await lin.received() == [SOOTHING]


@ON_SQLITE
async def test_after_a_tap_nobody_else_is_asked(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await card.press("发送")
    assert await lin.next_reply() == PARKING
    await small_house.play.move_clock(minutes=30)
    await look_around()
    assert await _who_has(small_house) == [] and await lin.received() == [PARKING]


@pytest.mark.parametrize("words", ["谢谢", "别发了"])
@ON_SQLITE
async def test_who_waits_for_nothing_is_not_soothed(small_house: House, words: str) -> None:
    lin, _ = await ask(small_house, words)
    await small_house.play.move_clock(minutes=4)
    await small_house.play.staff("beibei").next_card()
    await look_around()
    assert await lin.received() == []


@ON_SQLITE
@with_house(安抚语="''")
async def test_without_a_text_of_headquarters_nothing_soothes(small_house: House) -> None:
    lin, _ = await ask(small_house, QUESTION)
    await _next(small_house, "beibei", minutes=3)
    await look_around()
    assert await lin.received() == []


# --- off duty --------------------------------------------------------------------------------------------------------
@with_house(account=RIVER, at=time(20, 0))
async def test_at_night_the_card_waits_and_whoever_comes_on_duty_has_it(small_house: House) -> None:
    lin = small_house.play.customer("小满")
    await lin.says(QUESTION)
    assert await lin.next_reply() == SOOTHING
    assert await _who_has(small_house) == []
    await small_house.play.move_clock(minutes=14)
    await look_around()
    assert await _who_has(small_house) == []
    await _next(small_house, "zhou", minutes=1)
    await small_house.play.move_clock(hours=12, minutes=46)  # 09:01
    card = await small_house.play.staff("cece").next_card()
    await look_around()
    assert await _who_has(small_house) == ["cece", "zhou"]
    await card.press("发送")
    assert (await card.closed()).startswith("已发送 · 策策 09:0")
    assert await lin.received() == [SOOTHING, PARKING]


@ON_SQLITE
@with_house(account=RIVER, at=time(17, 58))
async def test_a_shift_that_ends_hands_on_to_whoever_is_left(small_house: House) -> None:
    _, card = await ask(small_house, QUESTION, of="cece")
    await small_house.play.move_clock(minutes=16)
    await small_house.play.staff("zhou").next_card()
    assert card.is_open


# --- out of reach ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", ["staff_invalid", "staff_unlicensed"])
async def test_whom_wecom_cannot_reach_counts_as_off_duty(small_house: House, fault: str) -> None:
    await small_house.play.fault(fault, value="anan")
    _, card = await ask(small_house, QUESTION, who="甲", of="beibei")
    assert await cards_of(small_house, "anan") == 0
    await ask(small_house, QUESTION, who="乙", of="beibei")  # for some hours
    await card.press("发送")
    assert (await card.closed()).startswith("已发送 · 贝贝")
    await small_house.play.move_clock(hours=6, minutes=1)
    await ask(small_house, "早餐几点开始", who="丙", of="anan")


@ON_SQLITE
@with_house(account=RIVER)
async def test_when_the_only_clerk_is_out_of_reach_headquarters_is_asked_in_time(small_house: House) -> None:
    await small_house.play.fault("staff_invalid", value="cece", times=0)
    lin = small_house.play.customer("小满")
    await lin.says(QUESTION)
    assert await lin.next_reply() == SOOTHING
    assert await _who_has(small_house) == []
    card = await _next(small_house, "zhou", minutes=15)
    await card.press("发送")
    await is_so(small_house, lambda: _got(lin, PARKING), "not sent")
    assert await lin.received() == [SOOTHING, PARKING]


async def _got(customer: PlayedCustomer, text: str) -> bool:
    return text in await customer.received()


# --- too much at once ------------------------------------------------------------------------------------------------
@ON_SQLITE
@with_house(account=RIVER)
async def test_thirty_questions_in_a_minute_are_25_cards_and_one_list(small_house: House) -> None:
    for number in range(30):
        await small_house.play.customer(f"客人{number:02}").says(QUESTION)
    await is_so(small_house, lambda: _has(small_house, "cece", 25), "not 25 cards")
    await small_house.play.move_clock(seconds=6)
    text = await notice(small_house, "cece", "还有 5 位客人在等")
    assert text.count("停车") == 5
    assert await cards_of(small_house, "cece") == 25
    assert len(await small_house.play.staff("cece").notices()) == 1
    await small_house.play.move_clock(minutes=1)
    await is_so(small_house, lambda: _has(small_house, "cece", 30), "the rest was forgotten")
    dropped = [event for event in await small_house.play.events() if event["kind"] == "notice.dropped"]
    assert dropped == []


async def _has(house: House, who: str, count: int) -> bool:
    return await cards_of(house, who) == count


@ON_SQLITE
@with_house(每分钟消息="3")
async def test_then_the_next_clerk_then_one_list(small_house: House) -> None:
    for number in range(8):
        await small_house.play.customer(f"客人{number}").says(QUESTION)
    await is_so(small_house, lambda: _has(small_house, "anan", 3), "anan has not three")
    await is_so(small_house, lambda: _has(small_house, "beibei", 3), "beibei has not three")
    await small_house.play.move_clock(seconds=6)
    await notice(small_house, "anan", "还有 2 位客人在等")
    first = (await small_house.play.staff("anan").open_cards())[0]
    await small_house.play.move_clock(minutes=1)
    await is_so(small_house, lambda: _all_asked(small_house, 8), "the rest was forgotten")
    await first.press("不用回")


async def _all_asked(house: House, count: int) -> bool:
    return await cards_of(house, "anan") + await cards_of(house, "beibei") >= count


# --- which store -----------------------------------------------------------------------------------------------------
@ON_SQLITE
@with_house(account=SHARED)
async def test_a_signed_scene_names_the_store_and_a_forged_one_does_not(small_house: House) -> None:
    genuine = small_house.service.links.scene_param("S4")
    lin = small_house.play.customer("小满")
    await lin.enters(scene="door", scene_param=genuine)
    await ask(small_house, QUESTION, of="eve")
    wu = small_house.play.customer("小吴")
    await wu.enters(scene="door", scene_param="S4" + genuine[2:-1] + ("a" if genuine[-1] != "a" else "b"))
    await wu.says(QUESTION)
    await look_around()
    assert await _who_has(small_house) == ["eve"] and await cards_of(small_house, "eve") == 1


@ON_SQLITE
@with_house(account=SHARED)
async def test_a_card_stays_good_when_the_customer_scans_another_stores_code(small_house: House) -> None:
    links = small_house.service.links
    lin = small_house.play.customer("小满")
    await lin.enters(scene="door", scene_param=links.scene_param("S3"))
    _, card = await ask(small_house, QUESTION, of="dodo")
    await lin.enters(scene="door", scene_param=links.scene_param("S4"))
    await look_around()
    await card.press("发送")
    assert await lin.next_reply() == PARKING


@ON_SQLITE
@with_house(staff=[*STAFF[3:], "dingdian,丁店,S1,店长,"])
async def test_a_store_without_clerks_asks_its_manager(small_house: House) -> None:
    await ask(small_house, QUESTION, of="dingdian")
