"""Several things wanted in one message, what each says, and how it was found."""

from __future__ import annotations

import time

import pytest

from intents.recogniser import EXAMPLE, TEMPLATE, Recogniser

RECOGNISER = Recogniser.load()


def wanted(text: str) -> set[tuple[str, str]]:
    """(intent, kind) of everything."""
    return {(one.intent, one.kind) for one in RECOGNISER.recognise(text)}


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("订一间大床,再问下能停车吗", {"stay.book", "parking"}),
        ("订一间大床房另外能停车吗", {"stay.book", "parking"}),
        ("送两瓶水,顺便几点退房", {"room.service", "stay.checkout_time"}),
        ("我想再住一晚,发票怎么开", {"stay.extend", "invoice"}),
        ("来两杯拿铁,有优惠券能用吗", {"order.place", "coupon"}),
        ("你好,取消明天的大床房,钱什么时候退", {"greet", "stay.cancel", "refund"}),
        ("房间太脏了,我要换房间", {"complain", "stay.change"}),
    ],
)
def test_everything_in_one_message_is_served(text: str, intents: set[str]) -> None:
    assert intents <= {intent for intent, _ in wanted(text)}


def test_two_kinds_of_one_intent_are_served() -> None:
    assert {("room.service", "维修"), ("room.service", "送物")} <= wanted("房间的灯不亮,顺便送两条毛巾")


def test_each_intent_knows_its_own_words() -> None:
    found = {one.intent: one for one in RECOGNISER.recognise("订一间大床,再问下能停车吗")}
    assert (found["stay.book"].said, found["stay.book"].clauses) == ("订一间大床", (0,))
    assert (found["parking"].said, found["parking"].clauses) == ("再问下能停车吗", (1,))


def test_one_wish_in_several_clauses_is_one() -> None:
    assert {intent for intent, _ in wanted("你好,我想订房,明天到,住两晚,一间大床")} <= {"greet", "stay.book"}


def test_what_is_wanted_stays_in_the_rest_for_knowledge_to_answer() -> None:
    assert RECOGNISER.recognise("你好,明天能停车吗")[0].rest == "明天能停车吗"


def test_template_is_told_from_guess() -> None:
    assert RECOGNISER.recognise("帮我订一间大床房")[0].source == TEMPLATE
    guessed = RECOGNISER.recognise("我下礼拜要在你们那边住上一宿")[0]
    assert (guessed.intent, guessed.source) == ("stay.book", EXAMPLE)
    assert guessed.confidence < 0.9


@pytest.mark.parametrize("text", ["气死了", "店长人呢叫出来", "求你们消停会儿吧", "我要骂人了", "能不能不要来烦人"])
def test_what_only_templates_may_hear_is_never_guessed(text: str) -> None:
    guessed = {one.intent for one in RECOGNISER.recognise(text) if one.source == EXAMPLE}
    assert not guessed & {"complain", "opt_out", "ask_person", "greet", "thanks"}


@pytest.mark.parametrize(
    ("plain", "noisy"),
    [
        ("帮我订一间大床房", "幫我訂一間大床房"),
        ("我想再住一晚", "嗯那个我想再住一晚"),
        ("取消明天的房间", "取消明天的防间"),
        ("空调不制冷", "空条不制冷"),
        ("发票怎么开", "法票怎么开"),
    ],
)
def test_noise_of_speech_and_typing_is_understood(plain: str, noisy: str) -> None:
    assert RECOGNISER.recognise(noisy)[0].intent == RECOGNISER.recognise(plain)[0].intent


def test_message_is_understood_quickly() -> None:
    texts = ["订一间大床,再问下能停车吗", "WiFi密码是多少", "房间的灯不亮,顺便送两条毛巾", "今天天气怎么样"] * 25
    for text in texts[:4]:
        RECOGNISER.recognise(text)
    started = time.perf_counter()
    for text in texts:
        RECOGNISER.recognise(text)
    assert (time.perf_counter() - started) / len(texts) < 0.01  # 2 ms on a quiet core
