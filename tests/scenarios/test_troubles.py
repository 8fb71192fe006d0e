"""Two troubles in a row, from outside: still nothing twice, and somebody always hears of it."""

from __future__ import annotations

from bot.sandbox.kf_sessions import move_to
from bot.sandbox.play_customer import PlayedCustomer
from bot.sandbox.world import State
from tests.house import House
from tests.small_chain import PARKING, RIVER, SOOTHING
from tests.stage import ON_SQLITE, ask, calls, cards_of, is_so, look_around, notice, thread_of, with_house

SEND, CARD = "kf/send_msg", "message/send"
QUESTION = "停车方便吗"


async def _calls(house: House, path: str, count: int) -> bool:
    return len(await calls(house, path)) >= count


async def _got(customer: PlayedCustomer, text: str) -> bool:
    return text in await customer.received()


async def test_perhaps_sent_and_then_refused_is_not_offered_again(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("cut_after", path=SEND)
    await small_house.play.fault("errcode", path=SEND, value=95001)
    await card.press("发送")
    text = await notice(small_house, "anan", "不确定发没发出去")
    assert "请先看一眼聊天记录" in text and PARKING in text
    await look_around()
    assert await lin.received() == [PARKING]
    assert await cards_of(small_house, "anan", "beibei") == 0


@ON_SQLITE
async def test_a_card_that_wecom_never_takes_is_announced_in_words(small_house: House) -> None:
    await small_house.play.fault("errcode", path=CARD, value=40201)
    lin = small_house.play.customer("小满")
    await lin.says(QUESTION)
    assert "小满发来消息" in await notice(small_house, "anan", "没有收下这张卡片")
    await look_around()
    assert len(await calls(small_house, CARD)) == 2  # WeCom is not asked again and again
    await small_house.play.move_clock(minutes=1)
    card = await small_house.play.staff("anan").next_card()
    await card.press("发送")
    assert await lin.next_reply() == PARKING


@ON_SQLITE
async def test_whoever_was_answered_meanwhile_is_not_soothed(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("rate_limit", path=SEND)
    await small_house.play.move_clock(minutes=3)
    await is_so(small_house, lambda: _calls(small_house, SEND, 1), "nobody was soothed")
    await card.press("发送")
    await look_around()
    await small_house.play.move_clock(minutes=1, seconds=1)
    await is_so(small_house, lambda: _got(lin, PARKING), "not sent")
    assert await lin.received() == [PARKING]


@ON_SQLITE
@with_house(account=RIVER, 每分钟消息="1")
async def test_where_somebody_is_there_but_busy_nobody_is_soothed_at_once(small_house: House) -> None:
    first, _ = await ask(small_house, QUESTION, who="甲", of="cece")
    second = small_house.play.customer("乙")
    await second.says(QUESTION)
    await look_around()
    assert await second.received() == [] == await first.received()
    await small_house.play.move_clock(seconds=5)
    await notice(small_house, "cece", "还有 1 位客人在等")
    await small_house.play.move_clock(seconds=61)
    await small_house.play.staff("cece").next_card()
    assert SOOTHING not in await second.received()


@ON_SQLITE
async def test_a_complaint_can_be_closed_although_the_manager_is_out_of_reach(small_house: House) -> None:
    lin = small_house.play.customer("小满")
    await lin.says("你们太过分了,我要投诉")
    card = await small_house.play.staff("dingdian").next_card()
    await small_house.play.fault("staff_invalid", value="dingdian", times=0)
    await card.press("不用回")
    settled = await small_house.play.staff("zong").next_card()
    assert settled.buttons == ["已处理好"]
    await settled.press("已处理好")
    assert await settled.closed() == "投诉已结 · 总总"
    await lin.says("无线网怎么连")  # goes out by itself again
    assert "HuBin-Guest" in await lin.next_reply()


@ON_SQLITE
async def test_five_callbacks_out_of_order_and_late(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("callback_out_of_order")
    await small_house.play.fault("callback_five_times", times=2)
    await card.press("发送")
    await lin.says("谢谢")
    await is_so(small_house, lambda: _got(lin, PARKING), "not sent")
    await look_around()
    assert (await lin.received()).count(PARKING) == 1


@ON_SQLITE
async def test_words_between_giving_back_and_its_end_are_reported(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await card.press("我来回")
    assert await card.closed() == "安安正在回"
    await small_house.play.move_clock(minutes=15)
    finished = await small_house.play.staff("anan").next_card()
    await small_house.play.fault("late", path="kf/service_state/trans", value=2)
    await finished.press("交回店小二")
    await look_around(0.3)
    await lin.says("对了,早餐几点开始")
    assert "小满在您交回的时候又说了话" in await notice(small_house, "anan", "又说了话")


async def test_a_long_text_for_a_person_arrives_whole(small_house: House) -> None:
    lin, card = await ask(small_house, "入住须知有哪些")
    move_to(small_house.sandbox, await thread_of(small_house, lin), State.PERSON, "beibei")
    await card.press("发送")
    await notice(small_house, "beibei", "(3/3)")
    told = "".join(await small_house.play.staff("beibei").notices())
    assert all(f"第{number}条须知" in told for number in (1, 30, 70))
    assert await lin.received() == []
