"""HQ's 验收问题 are asked where and when they are meant, and what comes out wrong is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from knowledge.acceptance import Acceptance
from knowledge.content import Content
from knowledge.problem import Place
from knowledge.trial import run_acceptance, try_acceptance
from tests.unit.knowledge.making import content_of, load_rows

TODAY = date(2026, 11, 23)
ROWS: Sequence[Mapping[str, str]] = (
    {"编号": "P-1", "标准问题": "停车方便吗", "相似问题": "有停车场吗##车停哪里", "客户版答案": "{{门店.停车}}"},
    {"编号": "P-2", "标准问题": "早餐几点开始", "客户版答案": "七点", "适用门店": "T002"},
    {
        "编号": "P-3",
        "标准问题": "圣诞节有活动吗",
        "客户版答案": "有",
        "生效日期": "2026-12-20",
        "失效日期": "2026-12-26",
    },
    {"编号": "P-4", "标准问题": "中秋节送月饼吗", "客户版答案": "送", "失效日期": "2026-10-01"},
    {"编号": "E-1", "标准问题": "客人要赔偿怎么批", "客户版答案": "", "员工版答案": "店长批", "受众": "员工"},
    {"编号": "D-1", "标准问题": "可以滑雪吗", "客户版答案": "可以", "状态": "停用"},
)


def content(*asked: tuple[str, str | None] | tuple[str, str | None, str]) -> Content:
    acceptance = tuple(
        Acceptance(each[0], each[1], each[2] if len(each) > 2 else "", True, Place("faq/验收问题.csv", row=at))
        for at, each in enumerate(asked, start=2)
    )
    return replace(content_of(load_rows(*ROWS)), acceptance=acceptance)


def test_a_question_goes_where_its_entry_has_an_answer() -> None:
    tried = try_acceptance(
        content(("车停在哪里", "P-1"), ("早餐几点开始", "P-2"), ("车停在哪里", "P-1", "T003")), TODAY
    )
    stores = [each.scope.store.number for each in tried if each.scope.store]
    assert stores == ["T001", "T002", "T003"]
    assert [each.is_right for each in tried] == [True, True, False]  # T003 says nothing of parking


def test_a_question_is_asked_on_a_day_when_its_entry_holds() -> None:
    tried = try_acceptance(content(("圣诞节有活动吗", "P-3"), ("中秋节送月饼吗", "P-4"), ("停车方便吗", "P-1")), TODAY)
    assert [each.scope.on for each in tried] == [date(2026, 12, 20), date(2026, 10, 1), TODAY]
    assert all(each.is_right for each in tried)


def test_what_comes_out_wrong_is_said_in_a_sentence() -> None:
    asked = content(
        ("停车方便吗", "P-2"),
        ("停车方便吗", None),
        ("可以滑雪吗", "D-1"),
        ("量子力学怎么学", "P-1"),
        ("早餐几点开始", "P-9"),
        ("量子力学怎么学", None),
        ("停车方便吗", "P-1"),
    )
    failed = run_acceptance(asked, TODAY)
    assert [(each.acceptance.place.row, each.found) for each in failed] == [
        (2, "P-1"),
        (3, "P-1"),
        (4, ""),
        (5, ""),
        (6, failed[4].found),
    ]
    assert failed[0].reason == "期望 P-2「早餐几点开始」,现在是 P-1「停车方便吗」"
    assert failed[1].reason == "不该回答,却会回答 P-1「停车方便吗」"
    assert failed[2].reason == "期望的 D-1 没有启用,或者不是给客人看的"
    assert failed[3].reason == "期望 P-1「停车方便吗」,现在没有答案"


def test_what_is_for_staff_is_never_found() -> None:
    (tried,) = try_acceptance(content(("客人要赔偿怎么批", None)), TODAY)
    assert tried.is_right and not tried.leaked
    assert "E-1" not in [hit.entry.number for hit in tried.hits]
