"""What is exported reads back to the same: every entry but for where it stands, and what belongs to it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.content import Content, load
from knowledge.entry import Audience, Autonomy, Channel, Entry, Status
from knowledge.export import to_workbook
from knowledge.problem import Place
from tests.unit.knowledge.making import STORES, content_of, csv_bytes, questions, xlsx_bytes

NOWHERE = Place("")
STORES_FILE = {"stores.csv": csv_bytes(STORES)}


def placeless(entries: Iterable[Entry]) -> list[Entry]:
    return [
        replace(
            entry,
            place=NOWHERE,
            overlaid={store: replace(version, place=NOWHERE) for store, version in entry.overlaid.items()},
        )
        for entry in entries
    ]


def again(content: Content) -> Content:
    """Exported and read back."""
    data = to_workbook(content.entries.values(), content.acceptance, content.lexicon.synonyms)
    return content_of(load({**STORES_FILE, "faq/导出.xlsx": data}))


def same(one: Content, other: Content) -> None:
    assert placeless(other.entries.values()) == placeless(one.entries.values())
    assert [entry.version for entry in other.entries.values()] == [entry.version for entry in one.entries.values()]


# --- any text at all -------------------------------------------------------------------------------------------------
ODD = (
    *("=1+1", "+86", "-3", "@a", "_x0041_", "_x005F_", "0012", "1e5", "TRUE", "#N/A", "##", "a##b", "<a&b>"),
    *("\r\n", "\t", " ", "'", '"', "，", "2026-02-30", "\x0b", "\ufffe", "😀", "長"),
)
text = st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=8)), max_size=4).map("".join)
cell = text.map(lambda said: f"好{said}")
YEARS = (datetime(2020, 1, 1), datetime(2035, 1, 1))  # noqa: DTZ001 - an entry's times are the store's own
moment = st.datetimes(*YEARS).map(lambda at: at.strftime("%Y-%m-%d %H:%M"))
rows = st.fixed_dictionaries(
    {
        "一级分类": text,
        "相似问题": text,
        "反例问题": text,
        "客户版答案": cell,
        "员工版答案": text,
        "适用门店": st.sampled_from(["", "T001", "T001、T002", "西塘路店"]),
        "适用城市": st.sampled_from(["", "苏州", "杭州市，苏州"]),
        "渠道": st.sampled_from(["", *Channel, "抖音"]),
        "受众": st.sampled_from(["", *Audience]),
        "失效日期": st.one_of(st.sampled_from(["", "长期", "2031-02-03"]), moment),
        "自主级别": st.sampled_from(["", *Autonomy]),
        "状态": st.sampled_from(["", *Status]),
    }
)


def a_table(made: list[dict[str, str]], asked: list[str]) -> bytes:
    """Every cell as a text file may hold it; an answer that the loader refuses is made harmless."""
    full = [
        {
            name: said.replace("{", "").replace("}", "").replace("\0", "").replace("<%", "").replace("%>", "")
            for name, said in row.items()
        }
        | {"编号": f"{at:04}", "标准问题": f"第 {at} 问{said.replace(chr(0), '')}"}
        for at, (row, said) in enumerate(zip(made, asked, strict=True))
    ]
    return questions(*full)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(rows, text), min_size=1, max_size=4))
def test_any_entries_come_back(made: list[tuple[dict[str, str], str]]) -> None:
    table = a_table([row for row, _ in made], [said for _, said in made])
    loaded = load({**STORES_FILE, "faq/问答.csv": table})
    if loaded.content is not None:  # two rows may say the same
        same(loaded.content, again(loaded.content))


# --- what belongs to an entry ----------------------------------------------------------------------------------------
def test_what_stores_changed_comes_back() -> None:
    hq = questions(
        {"编号": "0012", "标准问题": "早餐几点", "客户版答案": "七点", "失效日期": "2030-01-01"},
        {"编号": "0013", "标准问题": "有水吗", "客户版答案": "有", "员工版答案": "在仓库", "渠道": "微信客服"},
    )
    store = csv_bytes(
        [
            ["编号", "客户版答案", "失效日期", "员工版答案"],
            ["0012", "=八点", "2029-05-06 18:30", ""],
            ["0013", "", "", "(清空)"],
        ]
    )
    content = content_of(load({**STORES_FILE, "faq/问答.csv": hq, "faq/stores/T001.csv": store}))
    assert content.entries["0012"].overlaid["T001"].changed == ("客户版答案", "失效日期")
    same(content, again(content))
    assert again(content).entries["0013"].overlaid["T001"].staff_answer == ""


def test_a_store_that_nobody_knows_among_the_changes_is_told() -> None:
    data = xlsx_bytes(
        ("问答", [["编号", "标准问题", "客户版答案"], ["Q-1", "有水吗", "有"]]),
        ("门店改动", [["门店编号", "编号", "客户版答案"], ["火星店", "Q-1", "没有"], ["T001", "Q-1", "有热水"]]),
    )
    loaded = load({**STORES_FILE, "faq/问答.xlsx": data})
    (problem,) = [problem for problem in loaded.problems if problem.is_error]
    assert (problem.sheet, problem.row, problem.column, problem.code) == ("门店改动", 2, "门店编号", "unknown-store")


def test_acceptance_and_synonyms_come_back() -> None:
    data = xlsx_bytes(
        ("问答", [["编号", "标准问题", "客户版答案"], ["Q-1", "有水吗", "有"]]),
        (
            "验收问题",
            [["客户原话", "期望编号", "门店", "是否锁定"], ["渴了", "Q-1", "T001", "是"], ["天气", "不应回答", "", ""]],
        ),
        ("同义词", [["标准词", "别名"], ["无线网", "WiFi、网络"], ["停车", "泊车"]]),
    )
    content = content_of(load({**STORES_FILE, "faq/问答.xlsx": data}))
    back = again(content)
    assert [replace(one, place=NOWHERE) for one in back.acceptance] == [
        replace(one, place=NOWHERE) for one in content.acceptance
    ]
    assert back.lexicon.synonyms == content.lexicon.synonyms
    assert len(back.acceptance) == 2


def test_more_questions_than_a_cell_holds() -> None:
    similar = "\n".join(f"第 {at} 种很长很长的问法{'啊' * 80}" for at in range(600))
    halves = similar[:30_000], similar[30_000:]
    rows = [["编号", "标准问题", "客户版答案", "相似问题", "相似问题"], ["Q-1", "有水吗", "有", *halves]]
    content = content_of(load({**STORES_FILE, "faq/问答.xlsx": xlsx_bytes(("问答", rows))}))
    assert len(content.entries["Q-1"].similar) >= 600
    same(content, again(content))


def test_cells_stay_text() -> None:
    content = content_of(
        load({"faq/问答.csv": questions({"编号": "0012", "标准问题": "=1+1 等于几", "客户版答案": "-2"})})
    )
    sheet: Any = openpyxl.load_workbook(io.BytesIO(to_workbook(content.entries.values()))).worksheets[0]
    assert {one.data_type for row in sheet.iter_rows() for one in row} <= {"s", "n"}
    assert (sheet["A2"].value, sheet["A2"].number_format, sheet["D2"].value) == ("0012", "@", "=1+1 等于几")


@pytest.mark.parametrize("said", ["C##语言怎么学", "a##b"])
def test_a_question_may_hold_the_mark_between_questions(said: str) -> None:
    content = content_of(load({"faq/问答.csv": questions({"标准问题": said})}))
    assert [entry.question for entry in again(content).entries.values()] == [said]
