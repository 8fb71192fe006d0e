"""What a staff member's message wants."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assistant.wording import TEXT_MOST, Wants, read_request


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("客人问停车怎么说", "停车"),
        ("客人问早餐几点", "早餐几点"),
        ("有个顾客在问我能不能带狗,怎么回复他?", "能不能带狗"),
        ("停车收费怎么跟客人解释", "停车收费"),
        ("退押金怎么回客人呢", "退押金"),
        ("停车 客户版", "停车"),
        ("发票抬头,给客人看的话术", "发票抬头"),
        ("客人想知道游泳池水温", "游泳池水温"),
    ],
)
def test_the_words_for_a_customer_are_wanted(said: str, rest: str) -> None:
    request = read_request(said)
    assert (request.wants, request.for_customer, request.text) == (Wants.QUESTION, True, rest)


@pytest.mark.parametrize(
    "said",
    [
        "停车怎么收费",
        "客人早退房怎么收费",
        "客人说房间太冷怎么办",
        "会员卡怎么介绍",
        "差旅怎么报销",
        "押金怎么退给客人",
    ],
)
def test_a_question_of_their_own_stays_whole(said: str) -> None:
    request = read_request(said)
    assert (request.wants, request.for_customer, request.text) == (Wants.QUESTION, False, said)


@pytest.mark.parametrize(
    ("said", "wants", "choice"),
    [
        ("2", Wants.CHOICE, 2),
        (" ３。", Wants.CHOICE, 3),
        ("①", Wants.CHOICE, 1),
        ("第二个", Wants.CHOICE, 2),
        ("选1", Wants.CHOICE, 1),
        ("都不是", Wants.NONE_OF_THEM, 0),
        ("你好", Wants.HELP, 0),
        ("?", Wants.HELP, 0),
        ("", Wants.HELP, 0),
        ("4", Wants.HELP, 0),
        ("谢谢", Wants.THANKS, 0),
        ("收到", Wants.NOTHING, 0),
        ("客人问", Wants.HELP, 0),
    ],
)
def test_what_is_no_question(said: str, wants: Wants, choice: int) -> None:
    request = read_request(said)
    assert (request.wants, request.choice) == (wants, choice)


@given(st.text(max_size=800))
def test_anything_is_read_and_bounded(said: str) -> None:
    assert len(read_request(said).text) <= TEXT_MOST
