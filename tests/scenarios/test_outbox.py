"""Point 8, from outside: what was confirmed reaches the customer once, or a person hears why it did not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.app import Role, listening, running
from bot.clock import ShiftedClock
from bot.content.switches import flip
from bot.gate.split import split_text
from bot.sandbox.kf_sessions import move_to
from bot.sandbox.play import Player
from bot.sandbox.play_customer import PlayedCustomer
from bot.sandbox.server import running as sandbox_running
from bot.sandbox.world import State
from knowledge.content import load
from tests.house import House, files_below, seed_of, settings_for
from tests.small_chain import BREAKFAST, LAKE, LONG, PARKING, SOOTHING, WIFI, write_chain
from tests.stage import ON_SQLITE, ask, calls, cards_of, is_so, look_around, notice, thread_of, with_house

SEND = "kf/send_msg"
QUESTION, AUTO, MANUAL = "停车方便吗", "无线网怎么连", "入住须知有哪些"


async def _got(customer: PlayedCustomer, text: str) -> bool:
    return text in await customer.received()


async def _sent(house: House, count: int) -> bool:
    return (await calls(house, SEND)).count(0) >= count


# --- once, whatever happens on the way -------------------------------------------------------------------------------
async def test_a_connection_cut_after_the_send_was_done(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("cut_after", path=SEND)
    await card.press("发送")
    await is_so(small_house, lambda: _calls(small_house, 2), "not asked again")
    await look_around()
    assert await lin.received() == [PARKING]
    assert (await calls(small_house, SEND))[1] not in (0, None)  # known by its id
    assert await cards_of(small_house, "anan") == 0 and await small_house.play.staff("anan").notices() == []


async def _calls(house: House, count: int) -> bool:
    return len(await calls(house, SEND)) >= count


@ON_SQLITE
async def test_a_connection_cut_before_anything_was_done(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("cut_before", path=SEND)
    await card.press("发送")
    assert await lin.next_reply() == PARKING
    await look_around()
    assert await lin.received() == [PARKING]


async def test_a_process_that_dies_between_send_and_mark(database_url: str, tmp_path: Path, free_port: int) -> None:
    content = write_chain(tmp_path / "content")
    loaded = load(files_below(content)).content
    assert loaded is not None
    seed = seed_of(loaded, callback_url=f"http://127.0.0.1:{free_port}/wecom/callback")
    clock = ShiftedClock()
    async with sandbox_running(seed, clock=clock) as pretend, Player(pretend.base_url, account=LAKE) as play:
        settings = settings_for(
            seed, pretend.base_url, database_url=database_url, folder=tmp_path, content=content, port=free_port
        )
        lin = play.customer("小满")
        async with (
            running(settings, role=Role.ALL, clock=clock) as service,
            listening(service.site, "127.0.0.1", free_port),
        ):
            await lin.says(QUESTION)
            card = await play.staff("anan").next_card()
            await play.fault("late", path=SEND, value=5)
            await card.press("发送")
            assert await lin.next_reply() == PARKING  # and the answer is still on its way
        async with (
            running(settings, role=Role.ALL, clock=clock) as service,
            listening(service.site, "127.0.0.1", free_port),
        ):
            if not service.database.is_sqlite:  # who owns the file frees what a dead process held
                await play.move_clock(minutes=1)  # the lease runs out
            await play.until(lambda: _second_call(play), None, "not asked again")
            await asyncio.sleep(0.5)
            await lin.says("早餐几点开始")
            await (await play.staff("anan").next_card()).press("发送")
            await play.until(lambda: _breakfast(lin), None, "the next one hangs")
    assert [call["errcode"] for call in await _all_calls(pretend.sandbox)] == [0, 95033, 0]


async def _second_call(play: Player) -> bool | None:
    return True if len(await play.calls(SEND)) >= 2 else None


async def _breakfast(lin: PlayedCustomer) -> bool | None:
    received = await lin.received()
    return True if received == [PARKING, BREAKFAST] else None


async def _all_calls(sandbox: object) -> list[dict[str, object]]:
    return [call.as_json() for call in sandbox.calls if call.path == SEND]  # type: ignore[attr-defined]


# --- the client, seen from outside -----------------------------------------------------------------------------------
async def test_a_token_that_expires_in_mid_send(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("token_expired", path=SEND)
    await card.press("发送")
    assert await lin.next_reply() == PARKING
    await look_around(0.5)
    assert await lin.received() == [PARKING]
    assert await calls(small_house, SEND) == [42001, 0]
    assert small_house.sandbox.tokens.given == 2


@ON_SQLITE
async def test_busy_is_asked_three_times_at_most(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("busy", path=SEND, times=0)
    await card.press("发送")
    await is_so(small_house, lambda: _calls(small_house, 3), "not three times")
    await look_around(2)
    assert await calls(small_house, SEND) == [-1, -1, -1]
    await small_house.play.no_faults()
    await small_house.play.move_clock(seconds=10)
    assert await lin.next_reply() == PARKING


@ON_SQLITE
async def test_a_rate_limit_is_left_alone_for_its_minute(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("rate_limit", path=SEND)
    await card.press("发送")
    await is_so(small_house, lambda: _calls(small_house, 1), "not asked")
    await small_house.play.move_clock(seconds=50)
    await look_around()
    assert await calls(small_house, SEND) == [45009]
    await small_house.play.move_clock(seconds=12)
    assert await lin.next_reply() == PARKING
    assert await calls(small_house, SEND) == [45009, 0]


@ON_SQLITE
async def test_a_wrong_secret_opens_the_breaker_and_keeps_what_is_queued(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("errcode", path="gettoken", value=40001, times=0)
    await small_house.play.fault("token_expired")
    asked = len(await calls(small_house, "gettoken"))
    await card.press("发送")
    await is_so(small_house, lambda: _tokens(small_house, asked + 1), "no token asked for")
    for _ in range(4):
        await small_house.play.move_clock(minutes=2)
        await look_around()
    assert len(await calls(small_house, "gettoken")) == asked + 1
    await small_house.play.no_faults()
    await small_house.play.move_clock(minutes=3)
    await is_so(small_house, lambda: _got(lin, PARKING), "forgotten")
    assert (await lin.received()).count(PARKING) == 1


async def _tokens(house: House, count: int) -> bool:
    return len(await calls(house, "gettoken")) >= count


# --- long texts ------------------------------------------------------------------------------------------------------
async def test_a_long_text_goes_in_order_and_counts_each_part(small_house: House) -> None:
    lin, card = await ask(small_house, MANUAL)
    await small_house.play.fault("busy", path=SEND)  # the first part is late; the others wait for it
    await card.press("发送")
    parts = [await lin.next_reply() for _ in range(3)]
    assert parts == split_text(LONG) and all(len(part.encode()) <= 2048 for part in parts)
    assert (await thread_of(small_house, lin)).sent_since == 3


async def test_a_part_that_fails_stops_the_rest_and_only_the_rest_is_offered_again(small_house: House) -> None:
    lin, card = await ask(small_house, MANUAL)
    await small_house.play.fault("late", path=SEND, value=0.01)  # meets the first part, so that the next fault
    await small_house.play.fault("errcode", path=SEND, value=40201)  # meets the second
    await card.press("发送")
    again = await small_house.play.staff("anan").next_card()
    assert again.facts["提醒"].startswith("没发出去:内容含敏感信息")
    first, second, third = split_text(LONG)
    assert again.body.startswith(second[:50]) and again.facts["时限"].startswith("还可发 4 条")
    assert await lin.received() == [first]
    await again.press("发送")
    await is_so(small_house, lambda: _sent(small_house, 3), "the rest was not sent")
    await look_around(0.5)
    assert "".join(await lin.received()) == LONG
    assert await lin.received() == [first, second, third]


# --- sessions that are not as we believed ----------------------------------------------------------------------------
async def test_in_a_persons_session_the_text_goes_to_that_person(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    move_to(small_house.sandbox, await thread_of(small_house, lin), State.PERSON, "beibei")
    await card.press("发送")
    text = await notice(small_house, "beibei", "请您直接发给客人")
    assert PARKING in text and "小满正由您接待" in text
    assert "内容已转给贝贝" in await notice(small_house, "anan", "没发出去")
    await look_around()
    assert await lin.received() == []
    await lin.says("早餐几点开始")
    await look_around()
    assert await cards_of(small_house, "anan", "beibei") == 0  # from now on it is known


async def test_in_an_ended_session_the_clerk_is_told(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    move_to(small_house.sandbox, await thread_of(small_house, lin), State.ENDED, None)
    await card.press("发送")
    again = await small_house.play.staff("anan").next_card()
    assert again.facts["提醒"] == "没发出去:会话已结束,等客人再说话"
    await again.press("发送")
    again = await again.changed()
    assert again.facts["提醒"] == "没有发送:会话已结束,等客人再说话"
    assert await calls(small_house, SEND) == [95018]
    await lin.says("在吗")
    await look_around()
    await again.press("发送")
    assert await lin.next_reply() == PARKING


@ON_SQLITE
async def test_where_sending_is_allowed_after_all_it_is_tried_once_more(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("errcode", path=SEND, value=95018)
    await card.press("发送")
    assert await lin.next_reply() == PARKING
    assert await calls(small_house, SEND) == [95018, 0]


@ON_SQLITE
async def test_but_not_twice_more(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("errcode", path=SEND, value=95018, times=2)
    await card.press("发送")
    again = await small_house.play.staff("anan").next_card()
    assert again.facts["提醒"].startswith("没发出去:")
    await look_around()
    assert await calls(small_house, SEND) == [95018, 95018] and await lin.received() == []


# --- limits that WeCom sees otherwise --------------------------------------------------------------------------------
@ON_SQLITE
async def test_wecoms_count_of_five_is_believed(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("errcode", path=SEND, value=95001)
    await card.press("发送")
    again = await small_house.play.staff("anan").next_card()
    assert again.facts["提醒"].startswith("没发出去:客人上一条消息之后已发满 5 条")
    await again.press("发送")
    again = await again.changed()
    assert again.facts["提醒"] == "没有发送:客人说话后的 5 条已用完"
    assert await calls(small_house, SEND) == [95001] and await lin.received() == []


@ON_SQLITE
async def test_wecoms_48_hours_are_believed(small_house: House) -> None:
    _, card = await ask(small_house, QUESTION)
    await small_house.play.fault("errcode", path=SEND, value=95002)
    await card.press("发送")
    text = await notice(small_house, "anan", "超过 48 小时,请用客户联系")
    assert PARKING in text
    await look_around()
    assert await calls(small_house, SEND) == [95002] and await cards_of(small_house, "anan") == 0


# --- accepted, and then not delivered --------------------------------------------------------------------------------
async def test_a_failed_delivery_reopens_the_matter(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await lin.refuses(10)
    await card.press("发送")
    again = await small_house.play.staff("anan").next_card()
    assert again.facts["提醒"] == "没发出去:客人拒收了消息" and again.body == PARKING
    await small_house.play.move_clock(minutes=3)
    await small_house.play.staff("beibei").next_card()  # and nobody's silence loses it again
    await look_around()
    assert await calls(small_house, SEND) == [0]  # whom nothing reaches is not soothed
    await lin.refuses(None)
    await again.press("发送")
    assert await lin.next_reply() == PARKING


# --- what goes out by itself -----------------------------------------------------------------------------------------
@ON_SQLITE
async def test_an_answer_by_itself_that_fails_is_a_matter_for_people(small_house: House) -> None:
    lin = small_house.play.customer("小满")
    await lin.says("你好")
    await (await small_house.play.staff("anan").next_card()).press("不用回")
    await lin.refuses(10)
    await lin.says(AUTO)
    card = await small_house.play.staff("anan").next_card()
    assert card.facts["提醒"] == "没发出去:客人拒收了消息" and card.body == WIFI


async def test_after_ten_minutes_nothing_goes_out_by_itself(small_house: House) -> None:
    await small_house.play.fault("busy", path=SEND, times=0)
    lin = small_house.play.customer("小满")
    await lin.says(AUTO)
    await is_so(small_house, lambda: _calls(small_house, 3), "not tried")
    await small_house.play.no_faults()
    await small_house.play.move_clock(minutes=11)
    card = await small_house.play.staff("anan").next_card()
    assert card.body == WIFI and card.facts["提醒"].startswith("没发出去:")
    await look_around()
    assert WIFI not in await lin.received()
    await card.press("发送")
    await is_so(small_house, lambda: _got(lin, WIFI), "not sent")


@ON_SQLITE
async def test_switched_off_is_off_for_what_still_waits(small_house: House) -> None:
    await small_house.play.fault("busy", path=SEND, times=0)
    lin = small_house.play.customer("小满")
    await lin.says(AUTO)
    await is_so(small_house, lambda: _calls(small_house, 3), "not tried")
    async with small_house.service.database.begin() as session:
        await flip(session, store="", is_on=False, now=small_house.clock.now())
    await small_house.play.no_faults()
    await small_house.play.move_clock(minutes=1)
    card = await small_house.play.staff("anan").next_card()
    await look_around()
    assert card.body == WIFI and await lin.received() == []


@ON_SQLITE
async def test_a_complaint_calls_off_what_still_waits(small_house: House) -> None:
    await small_house.play.fault("busy", path=SEND, times=0)
    lin = small_house.play.customer("小满")
    await lin.says(AUTO)
    await is_so(small_house, lambda: _calls(small_house, 3), "not tried")
    await lin.says("你们太过分了,我要投诉")
    card = await small_house.play.staff("dingdian").next_card()
    await small_house.play.no_faults()
    await small_house.play.move_clock(minutes=1)
    await look_around()
    assert card.face["alert"] and await lin.received() == []


# --- operators -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", [60020, 48007])
@ON_SQLITE
async def test_what_an_operator_must_mend_is_kept(small_house: House, code: int) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("errcode", path=SEND, value=code, times=3)
    await card.press("发送")
    for _ in range(4):
        await small_house.play.move_clock(minutes=1, seconds=5)
        await look_around(1.2)
    await is_so(small_house, lambda: _got(lin, PARKING), "given up")
    assert (await lin.received()) == [PARKING]
    assert len([text for text in await small_house.play.staff("anan").notices() if "还没发出去,会接着试" in text]) == 1


@ON_SQLITE
async def test_an_outage_of_an_hour_loses_nothing(small_house: House) -> None:
    lin, card = await ask(small_house, QUESTION)
    await small_house.play.fault("http_502", path="*", times=0)
    await card.press("发送")
    for _ in range(12):
        await small_house.play.move_clock(minutes=5)
        await look_around(0.3)
    await small_house.play.no_faults()
    await small_house.play.move_clock(minutes=3)
    await is_so(small_house, lambda: _got(lin, PARKING), "given up")
    assert (await lin.received()).count(PARKING) == 1 and SOOTHING not in await lin.received()


@ON_SQLITE
@with_house(每分钟消息="30")
async def test_no_card_is_dropped_by_wecom(small_house: House) -> None:
    for number in range(70):
        await small_house.play.customer(f"客人{number}").says(QUESTION)
    await is_so(small_house, lambda: _have(small_house, 56), "cards are missing")
    await small_house.play.move_clock(minutes=1, seconds=1)
    await is_so(small_house, lambda: _have(small_house, 70), "cards are missing")
    assert [event for event in await small_house.play.events() if event["kind"] == "notice.dropped"] == []


async def _have(house: House, count: int) -> bool:
    return await cards_of(house, "anan", "beibei") >= count
