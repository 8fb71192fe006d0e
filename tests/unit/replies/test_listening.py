"""From a message as written to what comes next, with the recogniser, the slots and HQ's entries that are in service."""

from __future__ import annotations

from datetime import date

import pytest

from bot.replies.dialogue import pending, turn
from bot.replies.frame import Frame
from bot.replies.heard import Facts, Heard
from bot.replies.listening import listen
from bot.replies.phrasing import beside
from bot.replies.proposal import Proposal
from bot.replies.step import Ask, Digress, NeedItems, NeedOrders, NeedRooms
from bot.replies.suggestion import Asked
from intents.recogniser import Recogniser
from knowledge.content import Content
from knowledge.persona import Persona
from tests.unit.replies.counter import CALENDAR, NAMES, NOW, Counter


def _facts() -> Facts:
    return Counter().facts()


def _listen(content: Content, recogniser: Recogniser, *bubbles: str, frame: Frame | None = None) -> Heard:
    asked = Asked("\n".join(bubbles), bubbles, (), None, content.stores["A1"], NOW.date(), False)
    return listen(asked, frame, content, recogniser, _facts(), NAMES, CALENDAR)


def test_a_whole_sentence_leads_straight_to_the_rooms(content: Content, recogniser: Recogniser) -> None:
    heard = _listen(content, recogniser, "订一间后天的高级大床房,住两晚")
    step = turn(None, heard, _facts())
    assert isinstance(step, NeedRooms)
    assert (step.query.check_in, step.query.check_out, step.query.rooms) == (date(2026, 11, 24), date(2026, 11, 26), 1)
    assert heard.asides == ()


def test_what_is_asked_beside_is_told_apart(content: Content, recogniser: Recogniser) -> None:
    heard = _listen(content, recogniser, "订一间大床,再问下明天停车方便吗")
    assert heard.asides == ("再问下明天停车方便吗",)
    step = turn(None, heard, _facts())
    assert isinstance(step, Ask)
    assert beside("停车在楼下。", step.text, Persona()) == "停车在楼下。\n想几号入住,住几晚呢?"


def test_what_else_is_wanted_is_told_to_the_clerk(content: Content, recogniser: Recogniser) -> None:
    counter = Counter()
    heard = _listen(content, recogniser, "帮我订个后天的大床房,住一晚,再来两杯拿铁")
    found = counter.take(heard)
    assert isinstance(found, Proposal)
    assert "客人还想要:点单" in found.reasons
    assert found.order is not None
    assert found.order.check_in is not None


@pytest.mark.parametrize(
    ("corrected", "check_in", "check_out"),
    [
        ("不是明天,后天", date(2026, 11, 24), date(2026, 11, 25)),
        ("不是一晚,两晚", date(2026, 11, 23), date(2026, 11, 25)),
        ("说错了,是后天", date(2026, 11, 24), date(2026, 11, 25)),
    ],
)
def test_the_last_bubble_corrects_what_was_said_before(
    corrected: str, check_in: date, check_out: date, content: Content, recogniser: Recogniser
) -> None:
    heard = _listen(content, recogniser, "订一间大床房,明天入住住一晚", corrected)
    assert all(heard.text[slot.start : slot.end] == slot.words for slot in heard.slots)
    step = turn(None, heard, _facts())
    assert isinstance(step, NeedRooms)
    assert (step.query.check_in, step.query.check_out) == (check_in, check_out)


def test_bubbles_are_one_message(content: Content, recogniser: Recogniser) -> None:
    heard = _listen(content, recogniser, "帮我订个房", "后天", "一晚", "停车方便吗")
    assert heard.asides == ("停车方便吗",)
    assert isinstance(turn(None, heard, _facts()), NeedRooms)


def test_question_of_hq_s_leaves_the_frame_alone_and_is_followed_by_ours(
    content: Content, recogniser: Recogniser
) -> None:
    asked = turn(None, _listen(content, recogniser, "帮我订个房"), _facts())
    assert isinstance(asked, Ask)
    aside = turn(asked.frame, _listen(content, recogniser, "早餐几点开始", frame=asked.frame), _facts())
    assert aside == Digress(asked.frame)
    assert pending(asked.frame, _facts()) == "想几号入住,住几晚呢?"
    after = turn(asked.frame, _listen(content, recogniser, "明天,两晚", frame=asked.frame), _facts())
    assert isinstance(after, NeedRooms)


@pytest.mark.parametrize(
    ("said", "need"),
    [
        ("两杯大杯拿铁少冰", NeedItems),
        ("我想再住一晚", NeedOrders),
        ("帮我取消订单", NeedOrders),
        ("还有可颂吗", NeedItems),
        ("明天还有房吗", NeedRooms),
    ],
)
def test_what_is_wanted_leads_to_what_has_to_be_looked_up(
    said: str, need: type[object], content: Content, recogniser: Recogniser
) -> None:
    assert isinstance(turn(None, _listen(content, recogniser, said), _facts()), need)


@pytest.mark.parametrize(
    "said", ["停车方便吗", "你好", "谢谢", "今天天气不错", "太差劲了我要投诉", "别再发了", "发票怎么开"]
)
def test_what_is_nothing_to_be_done_goes_to_the_router(said: str, content: Content, recogniser: Recogniser) -> None:
    assert turn(None, _listen(content, recogniser, said), _facts()) == Digress(None)


def test_two_questions_are_never_put_together() -> None:
    assert beside("要一起订吗?", "想几号入住呢?", Persona()) is None
    assert beside("好" * 190, "想几号入住,住几晚呢?", Persona(longest=200)) is None
    assert beside("", "想几号入住呢?", Persona()) is None
