from __future__ import annotations

from datetime import date

import pytest

from knowledge.content import load
from knowledge.entry import Audience, Autonomy, Status
from tests.unit.knowledge.making import (
    codes,
    content_of,
    csv_bytes,
    errors,
    folder,
    load_rows,
    questions,
)


def test_a_full_row() -> None:
    loaded = load_rows(
        {
            "编号": "FAQ-0001",
            "一级分类": "住店",
            "二级分类": "停车",
            "标准问题": "能停车吗",
            "相似问题": "停哪儿##有车位吗\n停车方便吗##能停车吗?",
            "反例问题": "停车多少钱",
            "客户版答案": "{{门店.停车}}",
            "员工版答案": "让客人报车牌",
            "适用门店": "西塘店、T002；梧桐里店",
            "适用城市": "苏州市,杭州",
            "受众": "客户",
            "生效日期": "2026/2/8",
            "失效日期": "2026年12月31日",
            "自主级别": " 自动 ",
            "状态": "启用",
        }
    )
    entry = content_of(loaded).entries["FAQ-0001"]
    assert entry.similar == ("停哪儿", "有车位吗", "停车方便吗")
    assert entry.counterexamples == ("停车多少钱",)
    assert entry.stores == {"T001", "T002", "T003"}
    assert entry.cities == {"苏州", "杭州"}
    assert (entry.starts_on, entry.ends_on) == (date(2026, 2, 8), date(2026, 12, 31))
    assert (entry.audience, entry.autonomy, entry.status) == (Audience.CUSTOMER, Autonomy.AUTO, Status.ACTIVE)
    assert (entry.place.file, entry.place.row, len(entry.version)) == ("faq/前台.csv", 2, 12)


def test_what_is_empty_has_a_default() -> None:
    entries = content_of(
        load_rows({}, {"客户版答案": "", "员工版答案": "问店长"}, {"适用门店": "全部", "失效日期": "长期"})
    ).entries
    first, second, third = entries["Q-1"], entries["Q-2"], entries["Q-3"]
    assert (first.audience, first.autonomy, first.status) == (Audience.CUSTOMER, Autonomy.CONFIRM, Status.ACTIVE)
    assert first.is_everywhere
    assert first.starts_on is None
    assert second.audience is Audience.STAFF
    assert third.is_everywhere
    assert third.ends_on is None


def test_a_changed_answer_changes_the_version_and_a_moved_row_does_not() -> None:
    first = content_of(load_rows({}, {})).entries["Q-2"]
    moved = content_of(load_rows({"编号": "Q-2", "标准问题": "问题2"})).entries["Q-2"]
    changed = content_of(load_rows({}, {"客户版答案": "不好"})).entries["Q-2"]
    assert first.version == moved.version != changed.version


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ({"标准问题": ""}, "no-question", "标准问题"),
        ({"标准问题": "???"}, "no-question", "标准问题"),
        ({"客户版答案": ""}, "no-answer", "客户版答案"),
        ({"生效日期": "2026-02-30"}, "bad-date", "生效日期"),
        ({"失效日期": "下个月"}, "bad-date", "失效日期"),
        ({"失效日期": "26-1-2"}, "bad-date", "失效日期"),
        ({"生效日期": "2026-03-01", "失效日期": "2026-02-28"}, "ends-before-start", "失效日期"),
        ({"受众": "路人"}, "bad-choice", "受众"),
        ({"自主级别": "全自动"}, "bad-choice", "自主级别"),
        ({"状态": "也许"}, "bad-choice", "状态"),
        ({"适用门店": "T001、T999"}, "unknown-store", "适用门店"),
        ({"适用城市": "杭洲"}, "unknown-city", "适用城市"),
        ({"客户版答案": "{{门店.停车场}}"}, "bad-template", "客户版答案"),
        ({"员工版答案": "{% if x %}"}, "bad-template", "员工版答案"),
        ({"编号": "Q 1 号"}, "bad-number", "编号"),
    ],
)
def test_a_wrong_row_is_named_with_its_column(row: dict[str, str], code: str, column: str) -> None:
    loaded = load_rows({"编号": "ok", "标准问题": "没问题的"}, row)
    assert [(found.code, found.file, found.row, found.column) for found in errors(loaded)] == [
        (code, "faq/前台.csv", 3, column)
    ]
    assert loaded.content is None
    assert (loaded.entries, loaded.usable) == (2, 1)


def test_a_bad_date_is_shown_as_written_with_the_nearest_good_one() -> None:
    (problem,) = errors(load_rows({"失效日期": "2026-02-30"}))
    assert str(problem) == (
        "faq/前台.csv · 第 2 行 · 失效日期\n"
        "  「2026-02-30」不是有效日期。请写成 2026-02-28 这样的日期,或者留空表示长期有效。"
    )


@pytest.mark.parametrize(
    "written", ["2026-02-08", "2026/2/8", "2026.2.8", "2026年2月8日", "20260208", "46061", "2026-02-08 00:00:00"]
)
def test_dates_as_people_and_excel_write_them(written: str) -> None:
    assert content_of(load_rows({"生效日期": written})).entries["Q-1"].starts_on == date(2026, 2, 8)


def test_a_missing_number_gets_a_stable_one_and_a_warning() -> None:
    first, second = (
        load_rows({"编号": ""}),
        load_rows({"编号": "x", "标准问题": "另一个"}, {"编号": "", "标准问题": "问题1"}),
    )
    assert [found.code for found in first.problems] == ["no-number"]
    (number,) = content_of(first).entries
    assert number.startswith("AUTO-")
    assert number in content_of(second).entries


def test_a_number_stands_once_across_all_files() -> None:
    files = folder(questions({"编号": "FAQ-1"})) | {"faq/客房.csv": questions({"编号": "FAQ-1", "标准问题": "有水吗"})}
    (problem,) = errors(load(files))
    assert (problem.code, problem.file) == ("duplicate-number", "faq/客房.csv")
    assert "faq/前台.csv · 第 2 行" in problem.message


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ({"标准问题": "几点退房"}, {"标准问题": "请问几点退房呀?"}, "duplicate-question"),
        (
            {"标准问题": "几点退房", "适用城市": "杭州"},
            {"标准问题": "几点退房", "适用城市": "杭州、苏州"},
            "duplicate-question",
        ),
        ({"标准问题": "几点退房"}, {"标准问题": "最晚几点走", "相似问题": "几点退房"}, "similar-is-standard"),
    ],
)
def test_two_entries_for_one_question_are_refused(first: dict[str, str], second: dict[str, str], code: str) -> None:
    loaded = load_rows(first, second)
    assert codes(loaded) == [code]
    assert "第 2 行(Q-1 几点退房)" in errors(loaded)[0].message


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"适用门店": "T001"}, {"适用门店": "T002"}),
        ({"适用城市": "杭州"}, {"适用门店": "T003"}),
        ({"失效日期": "2026-06-30"}, {"生效日期": "2026-07-01"}),
        ({}, {"状态": "停用"}),
        ({}, {"客户版答案": "", "员工版答案": "问店长"}),
    ],
)
def test_the_same_question_elsewhere_or_later_is_fine(first: dict[str, str], second: dict[str, str]) -> None:
    assert codes(load_rows({"标准问题": "几点退房", **first}, {"标准问题": "几点退房", **second})) == []


def test_an_empty_variable_is_a_warning_that_names_the_stores() -> None:
    loaded = load_rows(
        {"客户版答案": "早餐 {{门店.早餐时间}}"}, {"客户版答案": "{{门店.早餐时间}}", "适用门店": "T001"}
    )
    (problem,) = loaded.problems
    assert (problem.code, problem.row, problem.is_error) == ("empty-variable", 2, False)
    assert "望江店" in problem.message
    assert "西塘路店" not in problem.message


def test_without_stores_names_are_taken_as_written() -> None:
    loaded = load({"faq/a.csv": questions({"适用门店": "甲店、乙店", "客户版答案": "{{门店.随便}}"})})
    assert content_of(loaded).entries["Q-1"].stores == {"甲店", "乙店"}
    assert {found.code for found in loaded.problems} == {"no-stores", "no-staff"}


def test_a_row_may_have_several_problems_and_each_is_told() -> None:
    rows = csv_bytes([["标准问题", "客户版答案", "受众", "状态"], ["", "", "谁", "啥"]])
    assert sorted(codes(load(folder(rows)))) == ["bad-choice", "bad-choice", "no-answer", "no-question"]
