"""A store's own cells, and which of several entries for one question holds where."""

from __future__ import annotations

from datetime import date, time

import pytest

from knowledge.cells import first_minute, last_minute
from knowledge.chain import Store
from knowledge.content import Content, load
from knowledge.entry import Audience, Channel, Status
from knowledge.index import Index, Scope
from tests.unit.knowledge.making import (
    codes,
    content_of,
    csv_bytes,
    entry,
    errors,
    folder,
    questions,
    store,
    xlsx_bytes,
)

TODAY = date(2026, 11, 23)
HQ = questions(
    {"编号": "F-1", "标准问题": "能停车吗", "相似问题": "有车位吗", "客户版答案": "可以停车。", "自主级别": "自动"},
    {"编号": "F-2", "标准问题": "几点退房", "客户版答案": "12 点前。", "适用城市": "苏州"},
)


def with_store(*rows: list[str], name: str = "faq/stores/T001.csv") -> dict[str, bytes]:
    return folder(HQ) | {name: csv_bytes(rows)}


def said_in(content: Content, number: str, question: str = "能停车吗") -> str | None:
    hits = content.index.search(question, Scope(Audience.CUSTOMER, content.stores[number], TODAY))
    return hits[0].entry.customer_answer if hits else None


def test_a_store_words_one_cell_its_own_way() -> None:
    content = content_of(load(with_store(["编号", "客户版答案"], ["F-1", "门口可停 2 小时。"])))
    assert (said_in(content, "T001"), said_in(content, "T002")) == ("门口可停 2 小时。", "可以停车。")
    mine, theirs = content.entry_for("F-1", content.stores["T001"]), content.entry_for("F-1", content.stores["T002"])
    assert mine is not None
    assert theirs is not None
    assert (mine.changed, mine.place.file) == (("客户版答案",), "faq/stores/T001.csv")
    assert (mine.similar, mine.autonomy) == (theirs.similar, theirs.autonomy), "what it leaves empty stays HQ's"
    assert mine.version != theirs.version
    assert theirs is content.entries["F-1"]
    assert len(content.entries) == 2
    assert content.entry_for("F-9", None) is None


def test_without_a_store_hq_is_heard() -> None:
    content = content_of(load(with_store(["编号", "客户版答案"], ["F-1", "门口可停 2 小时。"])))
    hits = content.index.search("能停车吗", Scope(Audience.CUSTOMER, None, TODAY))
    assert [hit.entry.customer_answer for hit in hits] == ["可以停车。"]


@pytest.mark.parametrize("name", ["faq/stores/T001.xlsx", "faq/stores/西塘路店.xlsx"])
def test_a_workbook_may_repeat_what_hq_wrote(name: str) -> None:
    rows = [["编号", "标准问题", "客户版答案"], ["F-1", "能停车吗", "可以停车。"]]
    loaded = load(folder(HQ) | {name: xlsx_bytes(("改动", rows))})
    assert codes(loaded) == []
    assert not content_of(loaded).entries["F-1"].overlaid


def test_a_store_may_leave_an_entry_out_and_empty_a_cell() -> None:
    content = content_of(load(with_store(["编号", "状态", "相似问题"], ["F-1", "停用", "(清空)"])))
    assert said_in(content, "T001") is None
    assert said_in(content, "T002") == "可以停车。"
    own = content.entries["F-1"].overlaid["T001"]
    assert (own.status, own.similar) == (Status.STOPPED, ())


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ({"编号": "F-9", "客户版答案": "好"}, "unknown-entry", "编号"),
        ({"编号": "", "客户版答案": "好"}, "no-number", "编号"),
        ({"编号": "F-1", "标准问题": "能骑车吗"}, "not-for-stores-to-change", "标准问题"),
        ({"编号": "F-1", "受众": "员工"}, "not-for-stores-to-change", "受众"),
        ({"编号": "F-1", "适用门店": "T002"}, "not-for-stores-to-change", "适用门店"),
        ({"编号": "F-1", "失效日期": "2026-02-30"}, "bad-date", "失效日期"),
        ({"编号": "F-1", "客户版答案": "{{门店.没有}}"}, "bad-template", "客户版答案"),
        ({"编号": "F-1", "自主级别": "随便"}, "bad-choice", "自主级别"),
        ({"编号": "F-2", "客户版答案": "11 点前。"}, "not-for-store", "编号"),
    ],
)
def test_what_a_store_cannot_change_is_refused(row: dict[str, str], code: str, column: str) -> None:
    loaded = load(with_store(list(row), list(row.values())))
    (problem,) = errors(loaded)
    assert (problem.code, problem.file, problem.row, problem.column) == (code, "faq/stores/T001.csv", 2, column)
    assert loaded.content is None


def test_a_file_of_no_store_is_refused() -> None:
    loaded = load(with_store(["编号", "客户版答案"], ["F-1", "好"], name="faq/stores/T009.csv"))
    assert codes(loaded) == ["unknown-store"]


def test_an_entry_without_a_number_of_its_own_may_be_changed_too() -> None:
    hq = questions({"编号": "", "标准问题": "能停车吗"})
    (number,) = content_of(load(folder(hq))).entries
    content = content_of(
        load(folder(hq) | {"faq/stores/T001.csv": csv_bytes([["编号", "客户版答案"], [number, "可以"]])})
    )
    assert said_in(content, "T001") == "可以"


def test_one_entry_stands_once_for_a_store() -> None:
    loaded = load(with_store(["编号", "客户版答案"], ["F-1", "好"], ["F-1", "不好"]))
    assert [(found.code, found.row) for found in errors(loaded)] == [("duplicate-number", 3)]


# --- 门店 > 城市 > 总部 ----------------------------------------------------------------------------------------------
HANGZHOU, ELSEWHERE, SUZHOU = store("T001", "杭州"), store("T002", "杭州"), store("T003", "苏州")
LEVELS = Index(
    [
        entry("总部", "能停车吗"),
        entry("城市", "能停车吗?", cities=frozenset({"杭州"})),
        entry("门店", "请问能停车吗", stores=frozenset({"T001"})),
        entry("同事", "能停车吗", stores=frozenset({"T003"}), audience=Audience.STAFF, staff_answer="有"),
        entry("别的", "能带狗吗"),
    ]
)


@pytest.mark.parametrize(
    ("where", "number"), [(HANGZHOU, "门店"), (ELSEWHERE, "城市"), (SUZHOU, "总部"), (None, "总部")]
)
def test_the_nearest_entry_answers_alone(where: Store | None, number: str) -> None:
    hits = LEVELS.search("能停车吗", Scope(Audience.CUSTOMER, where, TODAY), limit=9)
    assert [hit.entry.number for hit in hits if "停车" in hit.entry.question] == [number]


def test_a_nearer_entry_for_other_readers_takes_nobodys_place() -> None:
    hits = LEVELS.search("能停车吗", Scope(Audience.STAFF, SUZHOU, TODAY), limit=9)
    assert {hit.entry.number for hit in hits} >= {"总部", "同事"}


def test_a_nearer_entry_that_is_over_gives_way() -> None:
    over = entry("门店", "能停车吗", stores=frozenset({"T001"}), ends_at=last_minute("2026-11-22"))
    index = Index([entry("总部", "能停车吗"), over])
    hits = index.search("能停车吗", Scope(Audience.CUSTOMER, HANGZHOU, TODAY))
    assert [hit.entry.number for hit in hits] == ["总部"]


# --- minutes and channels --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("on", "at", "is_served"),
    [
        ("2026-11-23", time(8, 29, 59), False),
        ("2026-11-23", time(8, 30), True),
        ("2026-11-24", time(18, 0, 59), True),
        ("2026-11-24", time(18, 1), False),
        ("2026-11-23", None, True),
        ("2026-11-24", None, True),
        ("2026-11-22", None, False),
        ("2026-11-25", None, False),
    ],
)
def test_dates_hold_to_the_minute(on: str, at: time | None, is_served: bool) -> None:
    starts, ends = first_minute("2026年11月23日 8点半"), last_minute("2026-11-24 18:00")
    index = Index([entry("1", "能停车吗", starts_at=starts, ends_at=ends)])
    scope = Scope(Audience.CUSTOMER, None, date.fromisoformat(on), at)
    assert bool(index.search("能停车吗", scope)) is is_served


@pytest.mark.parametrize(
    ("channels", "channel", "is_served"),
    [
        (frozenset(), Channel.KF, True),
        (frozenset(), Channel.ASSISTANT, True),
        (frozenset({Channel.KF.value}), Channel.KF, True),
        (frozenset({Channel.KF.value}), Channel.ASSISTANT, False),
        (frozenset({"官网"}), Channel.KF, False),
    ],
)
def test_an_entry_is_for_its_channels(channels: frozenset[str], channel: str, is_served: bool) -> None:
    index = Index([entry("1", "能停车吗", channels=channels)])
    scope = Scope(Audience.CUSTOMER, None, TODAY, channel=channel)
    assert bool(index.search("能停车吗", scope)) is is_served
