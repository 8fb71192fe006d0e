"""`faq eval` asks on the chain's day, wherever the machine stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.content.evaluation import measure
from knowledge.entry import Entry
from knowledge.jsonl import Query
from knowledge.policy import CHINA, Policy
from knowledge.problem import Place

EVENING = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # 01:00 on the 23rd in the stores


@pytest.mark.parametrize(
    ("zone", "found"), [(CHINA, "K-2"), (ZoneInfo("UTC"), "K-1")], ids=["the 23rd", "still the 22nd"]
)
def test_an_entry_holds_by_the_chains_own_day(zone: ZoneInfo, found: str) -> None:
    until = datetime.combine(date(2026, 11, 22), time(23, 59))
    since = datetime.combine(date(2026, 11, 23), time())
    entries = [
        Entry("K-1", "几点退房", Place("kb"), customer_answer="十二点", ends_at=until),
        Entry("K-2", "几点退房", Place("kb"), customer_answer="十四点", starts_at=since),
    ]
    answered, _ = measure(entries, [Query("a", "几点退房")], Policy(zone=zone), EVENING)
    assert [hit.entry.number for hit in answered[0].hits] == [found]
