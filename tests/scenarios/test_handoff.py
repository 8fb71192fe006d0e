"""我来回 and back, from outside: who holds the session speaks, and 店小二 is silent until it ends."""

from __future__ import annotations

import pytest

from bot.sandbox.kf_sessions import move_to
from bot.sandbox.play_customer import PlayedCustomer
from bot.sandbox.play_staff import PlayedCard
from bot.sandbox.world import State
from tests.house import House
from tests.small_chain import BREAKFAST, LAKE, PARKING, SOOTHING, WIFI
from tests.stage import ON_SQLITE, ask, calls, cards_of, is_so, look_around, thread_of

TRANS = "kf/service_state/trans"
QUESTION, OTHER, AUTO = "停车方便吗", "早餐几点开始", "无线网怎么连"


async def _state(customer: PlayedCustomer, wanted: State) -> bool:
    return await customer.session() == wanted


async def _taken(house: House) -> tuple[PlayedCustomer, PlayedCard]:
    """anan has taken the session over."""
    lin, card = await ask(house, QUESTION)
    await card.press("我来回")
    assert await card.closed() == "安安正在回"
    assert await lin.session() == State.PERSON
    return lin, card


async def _finished_card(house: House, of: str = "anan") -> PlayedCard:
    await house.play.move_clock(minutes=15)
    card = await house.play.staff(of).next_card()
    assert "聊完了吗" in card.title and card.buttons == ["交回店小二", "还在聊"]
    return card


# --- there and back --------------------------------------------------------------------------------------------------
async def test_take_over_chat_and_give_back(small_house: House) -> None:
    lin, _ = await _taken(small_house)
    anan = small_house.play.staff("anan")
    await lin.says(AUTO)  # would go out by itself
    await anan.types("小满", "您好,我是安安")
    await lin.says(OTHER)
    await look_around()
    assert await lin.received() == ["您好,我是安安"]
    assert await cards_of(small_house, "anan", "beibei", "dingdian", "zong", "zhou") == 0
    card = await _finished_card(small_house)
    await card.press("交回店小二")
    assert await card.closed() == "已交回店小二"
    await is_so(small_house, lambda: _state(lin, State.ENDED), "the session did not end")
    await lin.says(OTHER)
    again = await anan.next_card()
    assert again.quote == OTHER
    await again.press("发送")
    await is_so(small_house, lambda: _got(lin, BREAKFAST), "not sent")
    assert WIFI not in await lin.received() and SOOTHING not in await lin.received()


async def _got(customer: PlayedCustomer, text: str) -> bool:
    return text in await customer.received()


@ON_SQLITE
async def test_still_talking_is_asked_again_after_another_quiet_while(small_house: House) -> None:
    lin, _ = await _taken(small_house)
    card = await _finished_card(small_house)
    await card.press("还在聊")
    assert await card.closed() == "好的,您继续聊"
    await small_house.play.move_clock(minutes=14)
    await look_around()
    assert await cards_of(small_house, "anan") == 0
    again = await _finished_card(small_house)
    assert await lin.session() == State.PERSON and again.is_open


@ON_SQLITE
async def test_every_word_starts_the_quiet_while_anew(small_house: House) -> None:
    lin, _ = await _taken(small_house)
    for _ in range(3):
        await small_house.play.move_clock(minutes=10)
        await lin.says("嗯")
        await look_around(0.6)
        await small_house.play.move_clock(minutes=4)
        await small_house.play.staff("anan").types("小满", "好的")
        await look_around(0.6)
    assert await cards_of(small_house, "anan") == 0
    await _finished_card(small_house)


@ON_SQLITE
async def test_an_unanswered_card_gives_way_to_the_next(small_house: House) -> None:
    lin, _ = await _taken(small_house)
    first = await _finished_card(small_house)
    await lin.says("还在吗")
    await look_around(0.6)
    second = await _finished_card(small_house)
    assert await first.closed() == "看下一张卡" and second.is_open
    await small_house.play.move_clock(minutes=40)
    await look_around()
    assert await cards_of(small_house, "anan") == 1  # asked once a quiet while


# --- what happens in WeCom's own client ------------------------------------------------------------------------------
@ON_SQLITE
async def test_the_servicer_ends_the_session_in_wecom(small_house: House) -> None:
    lin, _ = await _taken(small_house)
    card = await _finished_card(small_house)
    await small_house.play.staff("anan").ends("小满")
    assert await card.closed() == "会话已结束"
    await lin.says(OTHER)
    again = await small_house.play.staff("anan").next_card()
    assert again.quote == OTHER


@ON_SQLITE
async def test_an_old_card_does_not_end_a_colleagues_session(small_house: House) -> None:
    lin, _ = await _taken(small_house)
    card = await _finished_card(small_house)
    await small_house.play.staff("anan").transfers("小满", "beibei")
    assert await card.closed() == "已由别的同事接待"
    await card.press("交回店小二", anyway=True)
    await look_around()
    assert await lin.session() == State.PERSON
    await _finished_card(small_house, of="beibei")


async def test_a_question_is_closed_when_somebody_starts_to_talk(small_house: House) -> None:
    lin, card = await _taken(small_house)
    await small_house.play.staff("anan").ends("小满")
    await look_around()
    await lin.says(OTHER)
    card = await small_house.play.staff("anan").next_card()
    await look_around(0.5)
    move_to(small_house.sandbox, await thread_of(small_house, lin), State.ENDED, None)
    await small_house.play.staff("anan").types("小满", "早餐七点开始哦")  # opens the session again: change_type 4
    assert await card.closed() == "安安正在回"
    await look_around()
    assert (await lin.received())[-1] == "早餐七点开始哦"


@ON_SQLITE
async def test_a_session_that_nobody_gave_back_ends_by_itself(small_house: House) -> None:
    lin, _ = await _taken(small_house)
    await small_house.play.move_clock(hours=49)
    await look_around()
    await lin.says(OTHER)

    async def asked() -> bool:
        cards = await small_house.play.staff("anan").open_cards()
        return any(card.quote == OTHER for card in cards)

    await is_so(small_house, asked, "the customer was not heard")


# --- while it is under way -------------------------------------------------------------------------------------------
async def test_words_that_come_while_it_is_under_way_are_only_stored(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("late", path=TRANS, value=2)
    await card.press("我来回")
    await lin.says(OTHER)
    await lin.says(AUTO)
    assert await card.closed() == "安安正在回"
    await look_around()
    assert await lin.received() == [] and await cards_of(small_house, "anan", "beibei") == 0
    assert len(await small_house.play.staff("anan").cards()) == 1


@ON_SQLITE
async def test_two_taps_take_over_once(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("late", path=TRANS, value=1)
    await card.press("我来回")
    await card.press("我来回", anyway=True)
    assert await card.closed() == "安安正在回"
    await look_around()
    assert await calls(small_house, TRANS) == [0]
    assert len(await small_house.play.staff("anan").cards()) == 1
    assert await lin.session() == State.PERSON


@ON_SQLITE
async def test_a_colleague_cannot_send_meanwhile(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.move_clock(minutes=3)
    other = await small_house.play.staff("beibei").next_card()
    await small_house.play.fault("late", path=TRANS, value=2)
    await card.press("我来回")
    await look_around(0.5)
    await other.press("发送")
    waiting = await other.changed()
    assert waiting.facts["提醒"] == "正在转给同事接待,请稍等"
    assert await card.closed() == "安安正在回" == await other.closed()
    assert PARKING not in await lin.received()


@ON_SQLITE
async def test_an_answer_that_was_cut_off_is_asked_for_again(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("cut_after", path=TRANS)
    await card.press("我来回")
    assert await card.closed() == "安安正在回"
    assert await lin.session() == State.PERSON


# --- WeCom refuses ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        ("none", None, "没接上:您还不是这个账号的接待人员"),
        ("stopped", None, "没接上:您在微信客服里是停止接待"),
        ("", 95016, "没接上:当前的会话状态不能这样转接"),
        ("", 48007, "没接上:管理员:这个客服账号没有交给店小二"),
    ],
)
@ON_SQLITE
async def test_the_card_says_why_and_offers_the_rest(
    small_house: House, status: str, code: int | None, reason: str
) -> None:
    lin, card = await ask(small_house, QUESTION)
    if status:
        await small_house.play.staff("anan").serves(LAKE, status)
    if code is not None:
        await small_house.play.fault("errcode", path=TRANS, value=code)
    await card.press("我来回")
    card = await card.changed()
    assert card.facts["提醒"].startswith(reason[:20]) and card.is_open
    assert card.buttons == ["发送", "修改", "不用回"] and card.body == PARKING
    assert await lin.session() == State.NEW
    await card.press("发送")
    assert await lin.next_reply() == PARKING


@ON_SQLITE
async def test_what_was_said_meanwhile_is_understood_when_wecom_refused(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("errcode", path=TRANS, value=-1, times=3)
    await card.press("我来回")
    await lin.says(OTHER)
    await look_around(0.6)
    await small_house.play.staff("anan").serves(LAKE, "stopped")
    await small_house.play.move_clock(minutes=1)
    await look_around()
    await small_house.play.move_clock(seconds=30)

    async def understood() -> bool:
        cards = await small_house.play.staff("anan").open_cards()
        return any(OTHER in each.quote for each in cards)

    await is_so(small_house, understood, "the newer words are on no card")
