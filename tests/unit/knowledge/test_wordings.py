"""A cell of similar questions, however people divide it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.wordings import split_wordings


@pytest.mark.parametrize(
    ("cell", "questions"),
    [
        ("有车位吗\n停哪儿##车停哪", ["有车位吗", "停哪儿", "车停哪"]),
        ("有车位吗；停哪儿;车停哪", ["有车位吗", "停哪儿", "车停哪"]),
        ("退房几点|几时退房｜啥时退房", ["退房几点", "几时退房", "啥时退房"]),
        ("几点入住、几点退房", ["几点入住", "几点退房"]),
        ("能停车吗？有车位吗？", ["能停车吗？", "有车位吗？"]),
        ("1. 狗能进吗 2. 猫可以吗", ["狗能进吗", "猫可以吗"]),
        ("1、开票怎么弄\n2、发票怎么开\n3）票在哪开", ["开票怎么弄", "发票怎么开", "票在哪开"]),
        ("①怎么去②怎么走", ["怎么去", "怎么走"]),
        ("（1）几点开 （2）几点关", ["几点开", "几点关"]),
        ("- 有无线吗\n• 网络怎么连", ["有无线吗", "网络怎么连"]),
        ("行李能放吗 / 包能放吗", ["行李能放吗", "包能放吗"]),
        ("能停车吗　停车收费吗", ["能停车吗", "停车收费吗"]),
        ("退房时间；；", ["退房时间"]),
    ],
)
def test_questions_are_divided(cell: str, questions: list[str]) -> None:
    assert list(split_wordings(cell)) == questions


@pytest.mark.parametrize(
    "question",
    [
        "有早餐、午餐吗",
        "你好，能停车吗",
        "能不能、可不可以停车",
        "3.5米车能进吗",
        "2、3楼有房吗",
        "1、2号楼怎么走",
        "24小时营业吗",
        "7-11在哪",
        "怎么去A/B座",
        "wifi 密码 多少",
        "room service 有吗",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert split_wordings(question) == (question,)


MARKS = (
    "1.",
    "2、",
    "①",
    "(1)",
    "- ",
    "• ",
    "吗",
    "?",
    "？",
    "能停车",
    "几点",
    "、",
    "，",
    " ",
    "/",
    ";",
    "|",
    "##",
    "\n",
    "3",
)


@given(st.lists(st.sampled_from(MARKS), max_size=9).map("".join))
@settings(max_examples=500, deadline=None)
def test_what_was_divided_once_is_not_divided_again(cell: str) -> None:
    said = split_wordings(cell)
    assert split_wordings("\n".join(said)) == said
