"""Answers too long to read, and answers that nobody anywhere would see."""

from __future__ import annotations

from tests.unit.knowledge.making import load_rows


def test_a_long_answer_is_told() -> None:
    assert load_rows({"客户版答案": "好" * 500}).problems == ()
    (problem,) = load_rows({"客户版答案": "好" * 501}).problems
    assert (problem.code, problem.column, len(problem.quoted)) == ("long-answer", "客户版答案", 40)
    assert "501 个字" in problem.message


def test_an_answer_that_is_complete_nowhere_is_told_once() -> None:
    rows = {"客户版答案": "早餐 {{门店.早餐时间}}", "适用门店": "T002"}
    (problem,) = load_rows(rows).problems
    assert (problem.code, problem.row, problem.is_error) == ("empty-audience", 2, False)
    assert "「门店.早餐时间」" in problem.message
    (seen,) = load_rows({**rows, "适用门店": "T001、T002"}).problems
    assert seen.code == "empty-variable"
    assert load_rows({**rows, "状态": "停用"}).problems == ()
    assert load_rows({**rows, "员工版答案": "问厨房"}).problems[0].code == "empty-variable"


def test_a_row_with_an_error_is_still_compared_with_the_others() -> None:
    loaded = load_rows(
        {"标准问题": "几点退房", "失效日期": "昨天"},
        {"标准问题": "几点退房"},
        {"编号": "Q-1", "标准问题": "有水吗", "适用门店": "火星店"},
        {"标准问题": "有水吗", "客户版答案": "全城最佳"},
    )
    told = [(problem.row, problem.code) for problem in loaded.problems]
    assert told == [
        (2, "bad-date"),
        (3, "duplicate-question"),
        (4, "unknown-store"),
        (4, "duplicate-number"),
        (5, "absolute-word"),
    ]
    assert [problem.code for problem in load_rows({"客户版答案": ""}).problems] == ["no-answer"]
    assert [problem.code for problem in load_rows({"客户版答案": "{{门店.火箭}}"}).problems] == ["bad-template"]
