"""Who competes with whom: 门店 > 城市 > 总部 settles one question, times and channels may part two entries."""

from __future__ import annotations

import time
from datetime import datetime

import pytest

from knowledge.entry import Audience
from knowledge.lint import find_problems
from knowledge.rivals import Rivals
from tests.unit.knowledge.making import entry, store

STORES = [store("T001", "杭州"), store("T002", "杭州"), store("T003", "苏州")]
MORNING = {"ends_at": datetime(2026, 5, 1, 11, 59)}  # noqa: DTZ001 - in store time
AFTERNOON = {"starts_at": datetime(2026, 5, 1, 12, 0)}  # noqa: DTZ001


def places(*stores: str, cities: tuple[str, ...] = ()) -> dict[str, object]:
    return {"stores": frozenset(stores), "cities": frozenset(cities)}


@pytest.mark.parametrize(
    ("one", "other", "compete"),
    [
        ({}, {}, True),
        ({}, places("T001"), False),
        ({}, places(cities=("杭州",)), False),
        (places("T001"), places(cities=("杭州",)), False),
        (places("T001"), places("T001", "T002"), True),
        (places(cities=("杭州",)), places(cities=("杭州", "苏州")), True),
        (places(cities=("杭州",)), places(cities=("苏州",)), False),
        (places("T001", cities=("杭州",)), places("T003", cities=("杭州",)), True),  # both speak for T002
        (places("T001", "T002", cities=("杭州",)), places(cities=("杭州",)), False),  # nearer in every store
        (MORNING, AFTERNOON, False),
        (MORNING, {}, True),
        ({"channels": frozenset({"微信客服"})}, {"channels": frozenset({"员工助手"})}, False),
        ({"channels": frozenset({"微信客服"})}, {}, True),
        ({}, {"audience": Audience.STAFF}, False),
    ],
)
def test_two_entries_with_one_question(one: dict[str, object], other: dict[str, object], compete: bool) -> None:
    first, second = entry("Q-1", "几点退房", **one), entry("Q-2", "请问几点退房?", **other)
    assert Rivals(STORES).compete(first, second) is compete
    assert Rivals(STORES).compete(second, first) is compete


def test_nearness_settles_nothing_between_two_questions() -> None:
    assert Rivals(STORES).compete(entry("Q-1", "几点退房"), entry("Q-2", "有水吗", **places("T001")))
    assert not Rivals(STORES).compete(
        entry("Q-1", "几点退房", **places("T003")), entry("Q-2", "有水吗", **places("T001"))
    )


def test_without_stores_names_count() -> None:
    assert Rivals([]).compete(entry("Q-1", "有水吗", **places("A")), entry("Q-2", "有水吗", **places("A", "B")))
    assert not Rivals([]).compete(entry("Q-1", "有水吗", **places("A")), entry("Q-2", "有水吗", **places("B")))


def test_every_store_of_many_may_have_its_own() -> None:
    stores = [store(f"T{at:03}", f"城{at % 20}") for at in range(500)]
    entries = [
        entry(f"{at}-{one.number}", f"第{at}个问题怎么办", "换个问法", stores=frozenset({one.number}))
        for at in range(6)
        for one in stores
    ]
    began = time.perf_counter()
    found = find_problems(entries, entries, stores)
    assert time.perf_counter() - began < 10  # seconds; comparing all with all takes minutes
    assert {problem.code for problem in found} == {"similar-twice"}
    assert len(found) == 5 * len(stores)
