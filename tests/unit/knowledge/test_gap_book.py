"""待补充问答: filled in by HQ and dropped into faq/, it loads without an error, whatever people had said."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from knowledge.content import Content, load
from knowledge.entry import Audience, Status
from knowledge.gap_book import Rewritten, gap_book
from knowledge.gaps import Gap, Heard, group
from knowledge.questions import COLUMNS

STORES = "门店编号,门店名称,城市\nS1,湖滨店,杭州\nS2,江边店,杭州\n"
FAQ = "编号,标准问题,相似问题,客户版答案\nQ-1,停车方便吗,有停车场吗,楼下就有。\nQ-2,早餐几点,,七点。\n"
FILES = {"stores.csv": STORES.encode(), "faq/a.csv": FAQ.encode()}
NASTY = [
    "=1+1",
    "+86",
    "-cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=2",
    "{{门店.没有}}",
    "{% if %}",
    "%}",
    "}}",
    "<script>",
    "停车方便吗",
    "_x0041_",
]


def content(more: dict[str, bytes] | None = None) -> Content:
    loaded = load(FILES | (more or {}))
    assert loaded.content is not None, [str(one) for one in loaded.problems]
    return loaded.content


def book(gaps: tuple[Gap, ...], *rewritten: Rewritten, now: Content | None = None) -> bytes:
    now = now or content()
    names = {number: store.name for number, store in now.stores.items()}
    days = {"since": date(2026, 11, 16), "until": date(2026, 11, 22)}
    return gap_book(gaps, rewritten, entries=now.entries, stores=names, **days)


def fill(data: bytes, answer: str = "补好的答案。") -> bytes:
    """As HQ would: an answer where none is, and 启用."""
    workbook = load_workbook(io.BytesIO(data))
    sheet = workbook["问答"]
    at = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        is_customers = sheet.cell(row, at["受众"]).value == "客户"
        cell = sheet.cell(row, at["客户版答案" if is_customers else "员工版答案"])
        if not cell.value:
            cell.value = answer
        sheet.cell(row, at["状态"]).value = "启用"
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def errors(data: bytes, *, more: dict[str, bytes] | None = None) -> list[str]:
    loaded = load(FILES | (more or {}) | {"faq/待补充问答-2026W47.xlsx": data})
    return [str(one) for one in loaded.problems if one.is_error]


TEXTS = st.one_of(
    st.text(max_size=40), st.lists(st.sampled_from([*NASTY, "能寄行李吗", "几点", "吗"]), max_size=4).map("".join)
)
HEARD = st.builds(
    Heard,
    text=TEXTS,
    on=st.dates(date(2026, 11, 16), date(2026, 11, 22)),
    audience=st.sampled_from(Audience),
    store=st.sampled_from(["", "S1", "S2", "S9"]),
    answer=TEXTS,
    is_official=st.booleans(),
    entry=st.sampled_from(["", "", "Q-1", "Q-gone"]),
)
REWRITTEN = st.builds(
    Rewritten,
    entry=st.sampled_from(["Q-1", "Q-gone"]),
    on=st.just(date(2026, 11, 17)),
    asked=TEXTS,
    drafted=TEXTS,
    sent=TEXTS,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(HEARD, max_size=8), st.lists(REWRITTEN, max_size=3))
def test_filled_in_and_dropped_it_loads_without_an_error(heard: list[Heard], rewritten: list[Rewritten]) -> None:
    data = book(group(heard), *rewritten)
    assert errors(data) == []
    assert errors(fill(data)) == []


def rows(data: bytes) -> list[dict[str, Any]]:
    sheet = load_workbook(io.BytesIO(data))["问答"]
    first, *rest = sheet.iter_rows(values_only=True)
    return [{str(name): value for name, value in zip(first, row, strict=True)} for row in rest]


def test_unfilled_it_is_drafts_that_answer_nobody() -> None:
    data = book(group([Heard("可以寄存行李吗", date(2026, 11, 17), Audience.CUSTOMER, "S1", answer="可以,找前台。")]))
    (row,) = rows(data)
    assert list(row) == list(COLUMNS.known)
    assert (row["标准问题"], row["客户版答案"], row["状态"]) == ("可以寄存行李吗", "可以,找前台。", "草稿")
    loaded = content({"faq/补.xlsx": data})
    assert loaded.entries[row["编号"]].status is Status.DRAFT


def test_a_gap_that_hq_has_in_an_earlier_file_comes_once() -> None:
    gaps = group([Heard("可以寄存行李吗", date(2026, 11, 17), Audience.CUSTOMER)])
    first = book(gaps)
    now = content({"faq/补.xlsx": first})
    assert rows(book(gaps, now=now)) == []


def test_cells_are_text_and_formulas_stay_words() -> None:
    heard = [Heard(f"{words} 能寄行李吗", date(2026, 11, 17), Audience.STAFF, answer=words) for words in NASTY]
    for sheet in load_workbook(io.BytesIO(book(group(heard)))):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n", "inlineStr") and not (cell.data_type == "n" and cell.value)
                if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix


def test_people_see_where_each_comes_from() -> None:
    day = date(2026, 11, 17)
    gaps = group(
        [
            Heard("可以寄存行李吗", day, Audience.CUSTOMER, "S1"),
            Heard("车子能停吗", day, Audience.CUSTOMER, "S2", entry="Q-1"),
        ]
    )
    data = book(gaps, Rewritten("Q-2", day, "S1", "早餐呢", "七点。", "七点到十点,二楼。"))
    assert [row["标准问题"] for row in rows(data)] == ["可以寄存行李吗"]
    notes = load_workbook(io.BytesIO(data))["说明"]
    said = [" ".join(str(value) for value in row if value) for row in notes.iter_rows(values_only=True)]
    text = "\n".join(said)
    assert "可以寄存行李吗 1 湖滨店 1 次 2026-11-17" in text
    assert "Q-2 早餐几点 1 湖滨店 1 次 2026-11-17 早餐呢 七点。 七点到十点,二楼。" in text
    assert "Q-1 停车方便吗 车子能停吗 1" in text
