"""What is recognised together, what is left of a message, and how long it takes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.recogniser import Recognised, Recogniser
from intents.rule import HINT, PART, WHOLE

RECOGNISER = Recogniser.load()


def names(text: str) -> list[str]:
    return [one.intent for one in RECOGNISER.recognise(text)]


def only(text: str) -> Recognised:
    (one,) = RECOGNISER.recognise(text)
    return one


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("你好停车怎么收费", "停车怎么收费"),
        ("您好,请问几点退房?", "请问几点退房"),
        ("在吗,有充电桩吗,谢谢", "有充电桩吗"),
        ("停车怎么收费谢谢", "停车怎么收费"),
        ("你好 早餐到几点", "早餐到几点"),
        ("你好,我要转人工", "我要转人工"),
        ("你好呀,在吗", ""),
    ],
)
def test_greeting_leaves_the_question(text: str, rest: str) -> None:
    assert min((one.rest for one in RECOGNISER.recognise(text) if one.intent in ("greet", "thanks")), key=len) == rest


def test_question_alone_is_none_and_is_left_as_it_was_written() -> None:
    assert only("WiFi 密码是多少?") == Recognised("none", 0.0, (), "WiFi 密码是多少")


def test_complaint_with_a_question_leaves_the_question() -> None:
    complaint = RECOGNISER.recognise("你好,房间太脏了我要投诉,另外发票怎么开")[0]
    assert complaint.intent == "complain"
    assert complaint.rest == "另外发票怎么开"
    assert "我要投诉" in complaint.words


def test_person_with_a_question_leaves_the_question() -> None:
    assert RECOGNISER.recognise("转人工,停车到底多少钱")[0].rest == "停车到底多少钱"


def test_whole_message_is_surer_than_a_part() -> None:
    assert only("你好").confidence == WHOLE
    assert only("你好,WiFi密码").confidence == PART


def test_trouble_is_a_hint_of_a_complaint() -> None:
    assert only("床单上有头发").confidence == HINT
    assert only("床单上有头发,我要投诉").confidence == PART


def test_strongest_comes_first_and_the_catalogue_breaks_ties() -> None:
    assert names("投诉") == ["complain", "opt_out"]
    assert names("你好,我要投诉") == ["complain", "greet"]
    assert names("叫你们经理来,太离谱了") == ["complain", "ask_person"]


def test_stop_beside_anger_is_heard_too() -> None:
    assert set(names("别发了,你们太过分了")) == {"complain", "opt_out"}


def test_threat_in_a_stop_is_not_a_complaint() -> None:
    assert names("别再发了,再发我就投诉你们") == ["opt_out"]


@pytest.mark.parametrize("text", ["", "   ", "?!", "\n\n", "🙂🙂", "[微笑]"])
def test_message_without_words_is_none_with_nothing_left(text: str) -> None:
    assert only(text) == Recognised("none", 0.0, (), "")


@pytest.mark.parametrize(
    ("plain", "noisy"), [("我要投诉", "我要嗯投诉"), ("转人工", "轉,人工"), ("别发了", "別 發 了")]
)
def test_spaces_sounds_and_traditional_characters_do_not_matter(plain: str, noisy: str) -> None:
    assert names(plain)[0] == names(noisy)[0]


@given(st.text(alphabet=st.sampled_from("你好别再发了投诉谢谢吗太脏等没人理我要转工,。? \nTd[]()<>#…"), max_size=120))
@settings(max_examples=150, deadline=None)
def test_any_text_is_recognised_as_something(text: str) -> None:
    found = RECOGNISER.recognise(text)
    assert found
    assert all(0 <= one.confidence <= 1 for one in found)
    assert len({(one.intent, one.kind) for one in found}) == len(found)


@pytest.mark.parametrize("text", ["别再" * 400, "好的" * 20, "等了半小时" * 200, "我要投诉," * 100, "的" * 5000])
def test_no_text_takes_long(text: str) -> None:
    """Not the speed of the machine: what grows out of hand takes minutes."""

    def took() -> float:
        started = time.perf_counter()
        RECOGNISER.recognise(text)
        return time.perf_counter() - started

    assert min(took() for _ in range(3)) < 0.5
