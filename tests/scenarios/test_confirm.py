"""Point 6, from outside: a tap sends exactly what the card names, once, and every other card says who did it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.gate.split import split_text
from bot.sandbox.play_customer import PlayedCustomer
from bot.sandbox.play_staff import PlayedCard
from tests.house import House
from tests.small_chain import BREAKFAST, MIDDLING, PARKING, PARKING_FEE, REFUND, STAFF, write_chain
from tests.stage import ON_SQLITE, ask, calls, cards_of, is_so, look_around, tap, with_house

BOTH = ("停车方便吗", "停车费怎么收")  #: one question that two entries answer
UNSURE = {"作答线": "0.95", "自动回复线": "0.95"}  #: so that 停车 alone is answered by no entry


async def _two_cards(house: House) -> tuple[PlayedCustomer, PlayedCard, PlayedCard]:
    """A question that nobody tapped for three minutes."""
    lin, first = await ask(house, BOTH[0])
    await house.play.move_clock(minutes=3)
    second = await house.play.staff("beibei").next_card()
    return lin, first, second


# --- once ------------------------------------------------------------------------------------------------------------
async def test_two_clerks_tap_at_once(small_house: House) -> None:
    lin, first, second = await _two_cards(small_house)
    await asyncio.gather(first.press("发送"), second.press("发送"))
    lines = {await first.closed(), await second.closed()}
    assert len(lines) == 1 and lines.pop().startswith("已发送 · ")
    await look_around()
    assert [text for text in await lin.received() if text == PARKING] == [PARKING]
    assert len([code for code in await calls(small_house, "kf/send_msg") if code == 0]) == 2  # the other is 安抚


async def test_one_tap_closes_every_card(small_house: House) -> None:
    lin, first, second = await _two_cards(small_house)
    await second.press("发送")
    assert (await first.closed()) == (await second.closed())
    assert "贝贝" in first.line
    await first.press("发送", anyway=True)
    await look_around()
    assert (await first.refreshed()).line == second.line
    assert (await lin.received()).count(PARKING) == 1


async def test_a_tap_counts_once_however_often_it_is_reported(small_house: House) -> None:
    lin, card = await ask(small_house, BOTH[0])
    await small_house.play.fault("callback_five_times")
    await card.press("发送")
    await card.press("发送", anyway=True)
    assert await lin.next_reply() == PARKING
    assert (await card.closed()).startswith("已发送 · 安安 ")
    await look_around()
    assert await lin.received() == [PARKING]


# --- choosing --------------------------------------------------------------------------------------------------------
async def test_another_candidate_is_shown_before_it_is_sent(small_house: House) -> None:
    lin, card = await ask(small_house, *BOTH)
    assert list(card.choices.values()) == ["停车", "停车费"] and card.chosen == "1"
    await card.press("发送", choice="停车费")
    shown = await card.changed()
    assert (shown.body, shown.chosen, shown.is_open) == (PARKING_FEE, "2", True)
    assert await lin.received() == []
    await shown.press("发送")
    assert await lin.next_reply() == PARKING_FEE
    assert (await shown.closed()).startswith("已发送 · 安安 ")
    await look_around(0.5)
    assert await lin.received() == [PARKING_FEE]


@ON_SQLITE
async def test_back_to_the_first_candidate(small_house: House) -> None:
    lin, card = await ask(small_house, *BOTH)
    await card.press("发送", choice="2")
    card = await card.changed()
    await card.press("发送", choice="1")
    card = await card.changed()
    assert (card.body, card.chosen) == (PARKING, "1")
    assert await lin.received() == []
    await card.press("发送")
    assert await lin.next_reply() == PARKING
    assert (await card.closed()).startswith("已发送")


@ON_SQLITE
async def test_a_double_tap_on_a_choice_leaves_the_card_alive(small_house: House) -> None:
    lin, card = await ask(small_house, *BOTH)
    await card.press("发送", choice="2")
    await card.press("发送", choice="2", anyway=True)
    await look_around()
    card = await card.refreshed()
    assert card.is_open and card.body == PARKING_FEE
    assert await lin.received() == []
    await card.press("发送")
    assert await lin.next_reply() == PARKING_FEE
    assert (await card.closed()).startswith("已发送")


@ON_SQLITE
async def test_a_tap_under_the_first_cards_id_means_the_card_that_stands_there(small_house: House) -> None:
    """Whether WeCom keeps the first task_id when a card is replaced is not documented: both must work."""
    lin, card = await ask(small_house, *BOTH)
    first_id = card.task_id
    await card.press("发送", choice="2")
    card = await card.changed()
    await look_around()
    tap(small_house, "anan", first_id, "send", chosen="2")
    assert await lin.next_reply() == PARKING_FEE
    assert (await card.closed()).startswith("已发送 · 安安")


@ON_SQLITE
async def test_a_chosen_entry_for_people_only_cannot_be_sent(small_house: House) -> None:
    lin, card = await ask(small_house, BOTH[0], "怎么退款")
    assert card.choices == {"1": "停车", "2": "退款"}
    await card.press("发送", choice="退款")
    card = await card.changed()
    assert card.body == REFUND and "发送" not in card.buttons
    tap(small_house, "anan", card.task_id, "send")
    await look_around()
    assert await lin.received() == []
    card = await card.refreshed()
    await card.press("看所选", choice="停车")
    card = await card.changed()
    assert card.body == PARKING and "发送" in card.buttons


@ON_SQLITE
@with_house(**UNSURE)
async def test_without_an_entry_the_clerk_chooses_and_sees_before_sending(small_house: House) -> None:
    lin, card = await ask(small_house, "停车")
    assert card.title == "小满的问题没有现成答案"
    assert card.buttons == ["看所选", "修改", "我来回", "不用回"] and card.body == ""
    tap(small_house, "anan", card.task_id, "send")
    tap(small_house, "anan", card.task_id, "show")  # without a choice
    await look_around()
    assert await lin.received() == []
    card = await card.refreshed()
    assert card.is_open and "看所选" in card.buttons
    fee = next(id for id, label in card.choices.items() if label == "停车费")
    await card.press("看所选", choice=fee)
    card = await card.changed()
    assert card.body == PARKING_FEE and card.buttons[0] == "发送"
    assert await lin.received() == []
    await card.press("发送")
    assert await lin.next_reply() == PARKING_FEE


# --- cards that send nothing -----------------------------------------------------------------------------------------
async def test_a_replaced_card_sends_nothing_and_hurries_the_next(small_house: House) -> None:
    lin, card = await ask(small_house, BOTH[0])
    await lin.says("早餐几点开始")
    await look_around(0.8)  # understood; the new card waits for 20 s
    await card.press("发送", anyway=True)
    assert await card.closed() == "已过期:客人又发来新消息,看下一张卡"
    newer = await small_house.play.staff("anan").next_card()
    assert "早餐几点开始" in newer.quote
    assert await lin.received() == []
    await newer.press("发送")
    assert BREAKFAST in await lin.next_reply()
    assert (await newer.closed()).startswith("已发送")
    assert len(await lin.received()) == 1


@ON_SQLITE
async def test_a_card_is_replaced_at_most_every_twenty_seconds(small_house: House) -> None:
    lin, _ = await ask(small_house, BOTH[0])
    for text in ("早餐几点开始", "会员说明有哪些", "停车费怎么收"):
        await lin.says(text)
        await look_around(0.8)
    assert len(await small_house.play.staff("anan").cards()) == 1
    await small_house.play.move_clock(seconds=20)
    newer = await small_house.play.staff("anan").next_card()
    assert "停车费怎么收" in newer.quote
    assert len(await small_house.play.staff("anan").cards()) == 2


@ON_SQLITE
async def test_taps_of_others_do_nothing(small_house: House) -> None:
    lin, card = await ask(small_house, *BOTH)
    for who in ("beibei", "cece", "zong", "nobody"):
        tap(small_house, who, card.task_id, "send")
    tap(small_house, "anan", "card-unknown", "send")
    for odd in ("", "sendx", "reason:9", "reason:²", "reason:-1", "give_back", "settled", "edit"):
        tap(small_house, "zong", card.task_id, odd)
    await look_around()
    assert await lin.received() == [] and (await card.refreshed()).is_open
    await card.press("发送", choice="1")
    assert await lin.next_reply() != ""


@ON_SQLITE
async def test_odd_taps_of_the_right_person_send_nothing(small_house: House) -> None:
    lin, card = await ask(small_house, *BOTH)
    for odd in ("sendx", "give_back", "settled", "edit", "stay"):
        tap(small_house, "ANAN", card.task_id, odd)
    await look_around()
    assert await lin.received() == [] and (await card.refreshed()).is_open
    tap(small_house, "ANAN", card.task_id, "send", chosen="9")  # no such choice: the shown one is meant
    assert await lin.next_reply() != ""


@ON_SQLITE
async def test_a_clerk_who_moved_to_another_store_has_nothing_to_say(small_house: House, tmp_path: Path) -> None:
    lin, card = await ask(small_house, BOTH[0])
    moved = [row.replace("anan,安安,S1", "anan,安安,S2") for row in STAFF]
    write_chain(tmp_path / "content", staff=moved)
    await is_so(
        small_house,
        lambda: _is(small_house.service.library.content.staff["anan"].store == "S2"),
        "the folder was not read again",
    )
    await card.press("发送")
    await look_around()
    assert await lin.received() == []
    await lin.says("早餐几点开始")
    newer = await small_house.play.staff("beibei").next_card()
    assert "早餐几点开始" in newer.quote
    await small_house.play.move_clock(seconds=30)
    await look_around()
    assert await cards_of(small_house, "anan") == 0  # never another store's customer


async def _is(so: bool) -> bool:
    return so


# --- time and quota --------------------------------------------------------------------------------------------------
@ON_SQLITE
async def test_a_minute_before_the_48_hours_end_it_is_sent(small_house: House) -> None:
    lin, card = await ask(small_house, BOTH[0])
    await small_house.play.move_clock(hours=47, minutes=59)
    await card.press("发送")
    await is_so(small_house, lambda: _got(lin, PARKING), "not sent")


async def test_a_minute_after_the_48_hours_the_card_says_so(small_house: House) -> None:
    lin, card = await ask(small_house, BOTH[0])
    await small_house.play.move_clock(hours=48, minutes=1)
    await card.press("发送", anyway=True)
    assert await card.closed() == "已过期:超过 48 小时,请用客户联系"
    await look_around()
    assert PARKING not in await lin.received()
    assert await cards_of(small_house, "anan", "beibei", "dingdian", "zong", "zhou") == 0


@ON_SQLITE
async def test_past_five_messages_the_card_says_so_instead_of_sending(small_house: House) -> None:
    lin, card = await ask(small_house, "停车方便吗", "会员说明有哪些")
    two_parts = next(id for id, label in card.choices.items() if label == "说明")
    await lin.refuses()
    for sent in range(1, 5):
        await card.press("发送")
        card = await small_house.play.staff("anan").next_card()
        assert card.facts["提醒"] == "没发出去:客人拒收了消息"
        assert card.facts["时限"].startswith(f"还可发 {5 - sent} 条")
    await lin.refuses(None)
    await card.press("发送", choice=two_parts)
    card = await card.changed()
    await card.press("发送")
    card = await card.changed()
    assert card.facts["提醒"] == "没有发送:要分 2 条,只剩 1 条"
    await look_around(0.5)
    assert await lin.received() == []
    await lin.says("在吗")  # five more, and nothing new to answer
    await look_around()
    await card.press("发送")
    assert [await lin.next_reply(), await lin.next_reply()] == split_text(MIDDLING)


@ON_SQLITE
async def test_the_fifth_message_still_goes_and_the_sixth_does_not(small_house: House) -> None:
    lin, card = await ask(small_house, BOTH[0])
    await lin.refuses()
    for _ in range(5):
        await card.press("发送")
        card = await small_house.play.staff("anan").next_card()
    await lin.refuses(None)
    await card.press("发送")
    card = await card.changed()
    assert card.facts["提醒"] == "没有发送:客人说话后的 5 条已用完"
    assert card.facts["时限"] == "5 条已用完,等客人再说话"
    assert len(await calls(small_house, "kf/send_msg")) == 5


async def _got(customer: PlayedCustomer, text: str) -> bool:
    return text in await customer.received()


# --- no answer needed ------------------------------------------------------------------------------------------------
async def test_no_answer_needed_with_a_reason(small_house: House) -> None:
    lin, first, second = await _two_cards(small_house)
    assert first.menu == ["广告", "已当面答复", "重复提问"]
    await first.press("广告")
    assert await first.closed() == "不用回:广告"
    assert await second.closed() == "不用回:广告"
    assert PARKING not in await lin.received()


# --- the card itself -------------------------------------------------------------------------------------------------
@ON_SQLITE
async def test_a_card_whose_sending_was_cut_off_is_there_once_and_works(small_house: House) -> None:
    await small_house.play.fault("cut_after", path="message/send")
    lin, card = await ask(small_house, BOTH[0])
    await is_so(small_house, lambda: _were(small_house, "message/send", 2), "not asked again")
    await look_around(0.5)
    assert len(await small_house.play.staff("anan").cards()) == 1
    await card.press("发送")
    assert await lin.next_reply() == PARKING
    assert (await card.closed()).startswith("已发送 · 安安")


@ON_SQLITE
async def test_after_72_hours_a_tap_still_sends_and_closes_its_card(small_house: House) -> None:
    lin, card = await ask(small_house, BOTH[0])
    for _ in range(2):
        await small_house.play.move_clock(hours=40)
        await lin.says("谢谢")
        await look_around(0.8)
    assert (await card.refreshed()).is_open
    await card.press("发送")
    await is_so(small_house, lambda: _got(lin, PARKING), "not sent")
    assert (await card.closed()).startswith("已发送 · 安安")


@ON_SQLITE
async def test_what_cannot_take_the_old_cards_place_is_shown_below_it(small_house: House) -> None:
    lin, card = await ask(small_house, *BOTH)
    await small_house.play.fault("errcode", path="message/update_template_card", value=60140)
    await card.press("发送", choice="2")
    newer = await small_house.play.staff("anan").next_card()
    assert newer.body == PARKING_FEE
    await card.press("发送", anyway=True)
    assert await card.closed() == "看下一张卡"
    assert (await newer.refreshed()).is_open and await lin.received() == []
    await newer.press("发送")
    assert await lin.next_reply() == PARKING_FEE


async def _were(house: House, path: str, count: int) -> bool:
    return len(await calls(house, path)) >= count
