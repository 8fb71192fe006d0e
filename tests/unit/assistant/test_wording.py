"""What a staff member's message wants."""

from __future__ import annotations

import time

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
        ("客人问能不能带狗怎么回", "能不能带狗"),
        ("顾客说要发票我怎么说", "要发票"),
        ("客人說要發票我怎麼說", "要發票"),
        ("怎么跟客人解释押金", "押金"),
        ("如何向顾客说明押金规则", "押金规则"),
        ("该怎么跟客人说没房了", "没房了"),
        ("跟客人怎么说押金", "押金"),
        ("跟客人解释一下押金", "押金"),
        ("怎么回答客人关于早餐的问题", "早餐"),
        ("帮我写一下怎么回客人停车", "停车"),
        ("客人抱怨隔音差怎么回", "隔音差"),
        ("客人说房间有异味,怎么回复比较好?谢谢", "房间有异味"),
        ("有位客人问能不能寄存行李", "能不能寄存行李"),
        ("你好,客人打电话来问有没有停车场怎么回", "有没有停车场"),
        ("客人:早餐几点?", "早餐几点?"),
        ("小朋友早餐收费客人问怎么答", "小朋友早餐收费"),
        ("客人问停车,麻烦给个说法", "停车"),
        ("“客人问能不能带狗”怎么回", "能不能带狗"),
        ("停车费话术", "停车费"),
        ("客人问是不是有早餐", "是不是有早餐"),
        ("客人问到店时间", "到店时间"),
        ("客人问过夜停车怎么说", "过夜停车"),
        ("对客话术 停车", "停车"),
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
        "怎么给客人退押金",
        "怎么介绍会员卡",
        "怎么说服客人办会员",
        "怎么回访客人",
        "客人问题登记在哪",
        "客人要求退款怎么办",
        "有人来检查消防怎么说",
        "怎么回复差评",
        "离职流程怎么说明",
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
        ("4", Wants.CHOICE, 4),
        ("就第二个吧", Wants.CHOICE, 2),
        ("2️⃣", Wants.CHOICE, 2),
        ("一个都不是", Wants.NONE_OF_THEM, 0),
        ("不对,帮我问下总部", Wants.NONE_OF_THEM, 0),
        ("2026", Wants.HELP, 0),
        ("你好呀", Wants.HELP, 0),
        ("？？？", Wants.HELP, 0),
        ("谢谢", Wants.THANKS, 0),
        ("好的谢谢", Wants.THANKS, 0),
        ("辛苦了", Wants.THANKS, 0),
        ("收到", Wants.NOTHING, 0),
        ("嗯嗯好的", Wants.NOTHING, 0),
        ("👌", Wants.NOTHING, 0),
        ("[强]", Wants.NOTHING, 0),
        ("客人问", Wants.HELP, 0),
    ],
)
def test_what_is_no_question(said: str, wants: Wants, choice: int) -> None:
    request = read_request(said)
    assert (request.wants, request.choice) == (wants, choice)


@given(st.text(max_size=800))
def test_anything_is_read_and_bounded(said: str) -> None:
    assert len(read_request(said).text) <= TEXT_MOST


HOSTILE = (
    "。",
    "刚刚",
    "打电话",
    "有",
    "客人",
    "客人问",
    "怎么跟客人说",
    "好的",
    "应该",
    "不是",
    "一下",
    "给我",
    "的话术",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_words_are_read_at_once(piece: str) -> None:
    started = time.perf_counter()
    for text in (piece * 300, f"客人{piece * 70}问{piece * 70}", f"{piece * 140}x", f"{piece * 60}怎么{piece * 60}说"):
        read_request(text)
    assert time.perf_counter() - started < 0.5
