"""Which questions are nearly the same, which only look it; and that many entries take no more than seconds."""

from __future__ import annotations

import time

import pytest

from knowledge.content import load
from knowledge.lint_near import find_near_questions
from knowledge.problem import Problem
from knowledge.rivals import Rivals
from tests.unit.knowledge.making import entry, load_rows, store


def near(one: str, other: str, **fields: object) -> list[Problem]:
    entries = [entry("Q-1", one, **fields), entry("Q-2", other, **fields)]
    return list(find_near_questions(entries, Rivals([])))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("几点可以退房", "几点能退房"),
        ("停车方便吗", "方便停车吗"),
        ("退房时间是几点", "几点退房"),
        ("怎么取消预订", "如何取消预订"),
        ("能带宠物吗", "可以带宠物吗"),
        ("有停车场吗", "酒店有没有停车场"),
        ("早餐几点开始", "早餐什么时候开始"),
        ("停车收费吗", "停车要收费吗"),
        ("WiFi密码是多少", "无线网密码多少"),
        ("发票怎么开", "怎么开发票"),
        ("可以延迟退房吗", "能不能延迟退房"),
        ("早餐多少钱", "早餐价格是多少"),
        ("会员积分怎么兑换", "会员的积分如何兑换呢"),
    ],
)
def test_nearly_the_same(one: str, other: str) -> None:
    (problem,) = near(one, other)
    assert (problem.code, problem.column, problem.is_error) == ("near-question", "标准问题", False)
    assert f"(Q-1 {one})" in problem.message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("早餐几点", "晚餐几点"),
        ("能带狗吗", "能带猫吗"),
        ("怎么开通会员", "怎么取消会员"),
        ("从机场怎么到酒店", "从酒店怎么到机场"),
        ("停车方便吗", "停车多少钱"),
        ("可以提前入住吗", "可以延迟退房吗"),
        ("大床房多少钱", "双床房多少钱"),
        ("201 房在哪", "202 房在哪"),
        ("能刷信用卡吗", "不能刷信用卡吗"),
        ("会员积分可以在门店兑换早餐吗", "会员积分可以在门店兑换晚餐吗"),
        ("停车要钱吗", "停车不要钱吗"),
        ("会员发票能开吗", "会员发票怎么开"),
        ("有健身房吗", "健身房几点开"),
    ],
)
def test_another_question(one: str, other: str) -> None:
    assert near(one, other) == []


def test_equal_answers_bring_questions_nearer() -> None:
    questions = ("行李可以寄存吗", "行李能寄存多久")
    assert near(*questions, customer_answer="可以,寄存在前台,当天来取。") != []
    apart = [entry("Q-1", questions[0]), entry("Q-2", questions[1], customer_answer="寄存在前台,最多三天。")]
    assert list(find_near_questions(apart, Rivals([]))) == []


def test_only_who_competes_is_near() -> None:
    rivals = Rivals([store("T001"), store("T002")])
    here, there = frozenset({"T001"}), frozenset({"T002"})
    said = ("几点可以退房", "几点能退房")
    assert (
        list(
            find_near_questions(
                [entry(q, q, stores=where) for q, where in zip(said, (here, there), strict=True)], rivals
            )
        )
        == []
    )
    assert len(list(find_near_questions([entry(q, q, stores=here) for q in said], rivals))) == 1


def test_hq_may_keep_them_apart() -> None:
    entries = [entry("Q-1", "几点可以退房", counterexamples=("几点能退房",)), entry("Q-2", "几点能退房")]
    assert list(find_near_questions(entries, Rivals([]))) == []


def test_a_warning_names_the_row() -> None:
    loaded = load_rows({"标准问题": "几点可以退房"}, {"标准问题": "几点能退房", "客户版答案": "十二点"})
    (problem,) = loaded.problems
    assert (problem.file, problem.row, problem.code) == ("faq/前台.csv", 3, "near-question")
    assert "第 2 行(Q-1 几点可以退房)" in problem.message


@pytest.mark.parametrize("form", ["产品{}怎么保养", "第{}号柜台几点开门", "{}型咖啡机怎么清洗滤网"])
def test_thousands_from_one_mould_take_no_time(form: str) -> None:
    entries = [entry(str(at), form.format(at)) for at in range(5_000)]
    began = time.perf_counter()
    assert list(find_near_questions(entries, Rivals([]))) == []
    assert time.perf_counter() - began < 3


def test_entries_on_one_line_of_a_file_are_compared() -> None:
    said = '[{"question":"几点可以退房","answer":"十二点"},{"question":"几点能退房","answer":"一点"}]'
    found = [problem.code for problem in load({"faq/旧.json": said.encode()}).problems]
    assert "near-question" in found
    assert not {"duplicate-number", "duplicate-question"}.intersection(found)
