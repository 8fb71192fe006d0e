"""The round trip from entries themselves: whatever text an entry may hold, a workbook gives it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from knowledge.cells import code
from knowledge.content import load
from knowledge.entry import Audience, Autonomy, Channel, Entry, Status
from knowledge.export import to_workbook
from knowledge.grid import LETTERS_MOST
from knowledge.places import city_name
from knowledge.problem import Place
from knowledge.reading import clean
from knowledge.text import key
from knowledge.wordings import split_wordings
from tests.unit.knowledge.making import STORES, content_of, csv_bytes

HERE = Place("faq/导出.xlsx")
LONG = "很长的答案,".ljust(LETTERS_MOST, "长")
ODD = (
    *("=1+1", "=cmd|' /C calc'!A0", "+86 571", "-3", "@SUM(A1)", "'单引号", "'=1", "#N/A", "#REF!", "TRUE", "是", "否"),
    *("0012", "1E+10", "1.0", "1001.0", "13800000000", "85%", "¥128", "2026-02-30", "46387.75", "长期", "无", "-"),
    *("_x0041_", "_x005F_x000D_", "<b>&amp;</b>", "]]>", "a\nb", "a\n\nb", "\t", "😀👨‍👩‍👧"),
    *("𠮷野家", "長", "Ａ１", "\u3000", "\xa0", "\u200d", "(清空)", "{门店.电话}", "【x】"),
    *("1. 一", "2、二", "①", "##", "；", "|", "、", "?", "编号", "标准问题", "必填", "(必填)", "合计"),
)
text = st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=10)), max_size=5).map("".join)


def plain(said: str) -> str:
    """As a cell may hold it: no statement, no variable, no character that no workbook holds."""
    for mark in ("{", "}", "<%", "%>"):
        said = said.replace(mark, "")
    return clean(said)


answer = text.map(plain)
YEARS = (datetime(2020, 1, 1), datetime(2035, 1, 1))  # noqa: DTZ001 - an entry's times are the store's own
minutes = st.one_of(st.none(), st.datetimes(*YEARS))


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    return [draw(_entry(at)) for at in range(draw(st.integers(1, 4)))]


def _number(said: str, other: str) -> str:
    """As the reader lets it through."""
    return said if len(said.split()) == 1 and len(said) <= 64 else other


@st.composite
def _entry(draw: st.DrawFn, at: int) -> Entry:
    question = " ".join(plain(f"第 {at} 问{draw(text)}").split())
    lines = plain("\n".join(draw(st.lists(text, max_size=4))))
    said = [one for one in split_wordings(lines) if key(one) != key(question)]
    audience = draw(st.sampled_from(Audience))
    starts = draw(minutes)
    length = draw(st.one_of(st.none(), st.integers(0, 10**6)))
    first = starts and starts.replace(second=0, microsecond=0)
    return Entry(
        number=_number(code(plain(f"{at}-{draw(text)}")), str(at)),
        question=question,
        place=HERE,
        category=plain(draw(text)),
        subcategory=plain(draw(text)),
        similar=tuple(dict.fromkeys(said)),
        counterexamples=split_wordings(plain(draw(text))),
        customer_answer=draw(answer) or "好的",
        staff_answer=draw(answer),
        stores=draw(st.frozensets(st.sampled_from(["T001", "T002", "T003"]))),
        cities=draw(st.frozensets(st.sampled_from(["杭州", "苏州"]).map(city_name))),
        audience=audience,
        channels=draw(st.frozensets(st.sampled_from([*Channel.__members__.values()]).map(str))),
        starts_at=first,
        ends_at=first + timedelta(minutes=length) if first and length is not None else None,
        autonomy=draw(st.sampled_from(Autonomy)),
        status=draw(st.sampled_from([Status.STOPPED, Status.DRAFT])),  # so that no two are in each other's way
    )


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(entries())
@example([Entry("0012", "=1+1 等于几", HERE, customer_answer=LONG, similar=("'=1",), status=Status.DRAFT)])
def test_entries_come_back(made: list[Entry]) -> None:
    unique = list({entry.number: entry for entry in made}.values())
    read = load({"stores.csv": csv_bytes(STORES), "faq/导出.xlsx": to_workbook(unique)})
    found = [replace(entry, place=HERE) for entry in content_of(read).entries.values()]
    assert found == unique
    assert [entry.version for entry in found] == [entry.version for entry in unique]
