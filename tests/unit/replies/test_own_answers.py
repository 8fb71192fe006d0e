"""A reply is the store's own version of an entry, and only while it holds: to the minute."""

from __future__ import annotations

from datetime import date, time

import pytest

from bot.replies.router import suggest
from bot.replies.suggestion import Asked, Kind
from intents.recogniser import Recogniser
from knowledge.content import load
from tests.unit.knowledge.making import content_of, csv_bytes, folder, questions

FAQ = questions(
    {"编号": "F-1", "标准问题": "能停车吗", "客户版答案": "可以停车。", "自主级别": "自动"},
    {"编号": "F-2", "标准问题": "今晚有烟花吗", "客户版答案": "有,八点开始。", "失效日期": "2026-11-23 20:30"},
    {"编号": "F-3", "标准问题": "员工餐几点", "客户版答案": "十一点。", "渠道": "员工助手"},
)
OWN = csv_bytes([["编号", "客户版答案", "自主级别"], ["F-1", "门口可停 2 小时。", "确认"]])
CONTENT = content_of(load(folder(FAQ) | {"faq/stores/T001.csv": OWN}))


def asked(text: str, store: str, at: time = time(12)) -> Asked:
    return Asked(text, (text,), (), None, CONTENT.stores[store], date(2026, 11, 23), is_first_today=False, at=at)


@pytest.mark.parametrize(
    ("store", "answer", "may_go_alone"), [("T001", "门口可停 2 小时。", False), ("T002", "可以停车。", True)]
)
def test_a_store_answers_its_own_way(recogniser: Recogniser, store: str, answer: str, may_go_alone: bool) -> None:
    suggestion = suggest(asked("能停车吗", store), CONTENT, recogniser)
    entry = CONTENT.entry_for("F-1", CONTENT.stores[store])
    assert entry is not None
    assert answer in suggestion.text
    assert suggestion.may_go_alone is may_go_alone
    assert suggestion.entry_version == entry.version


@pytest.mark.parametrize(("at", "kind"), [(time(20, 30), Kind.FAQ), (time(20, 31), Kind.CHOICES)])
def test_an_answer_ends_with_its_minute(recogniser: Recogniser, at: time, kind: Kind) -> None:
    assert suggest(asked("今晚有烟花吗", "T002", at), CONTENT, recogniser).kind is kind


def test_what_is_for_the_assistant_reaches_no_customer(recogniser: Recogniser) -> None:
    suggestion = suggest(asked("员工餐几点", "T002"), CONTENT, recogniser)
    assert suggestion.entry_number is None
    assert all(candidate.entry_number != "F-3" for candidate in suggestion.candidates)
