"""A frame survives a restart and another version of the program."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from bot.replies.frame import CHOICE, Filled, Frame, Offered, Source, Wanted
from tests.unit.replies.counter import NOW

FRAME = Frame(
    "stay.book",
    NOW,
    slots={"date": Filled("2026-11-24", "后天"), "nights": Filled("2", "", Source.DEFAULT, is_sure=False)},
    items=(Wanted("C1", 2, {"size": "大杯"}, "杯", "两杯拿铁", is_voice=True),),
    offered=(Offered("高级大床房 共776元", {"room_type": "R1"}, Decimal("776.00")),),
    asked=CHOICE,
    has_asked=frozenset({"date", "nights"}),
    misses=1,
    turns=3,
    store="A1",
    order_key="draft:7",
)


def test_frame_is_the_same_after_json() -> None:
    again = Frame.load(json.loads(json.dumps(FRAME.dump())))
    assert again == FRAME
    assert again is not None
    assert (again.slots, again.items[0].options, again.offered[0].changes) == (
        FRAME.slots,
        {"size": "大杯"},
        {"room_type": "R1"},
    )


def test_what_another_version_wrote_is_left_out() -> None:
    newer = FRAME.dump() | {"mood": "good", "slots": {"date": {"value": "2026-11-24", "source": "telepathy", "x": 1}}}
    again = Frame.load(newer)
    assert again is not None
    assert again.slots == {"date": Filled("2026-11-24", "", Source.DEFAULT)}


def test_an_older_version_had_less() -> None:
    again = Frame.load({"intent": "stay.book", "touched_at": NOW.isoformat()})
    assert again is not None
    assert (again.asked, again.turns, dict(again.slots)) == (None, 0, {})


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "x",
        {},
        {"intent": "stay.book"},
        {"intent": 3, "touched_at": NOW.isoformat()},
        {"intent": "stay.book", "touched_at": "2026-11-22T10:00:00"},
        {"intent": "stay.book", "touched_at": "soon"},
    ],
)
def test_what_cannot_be_read_is_no_frame(data: object) -> None:
    assert Frame.load(data) is None


def test_values_are_read_by_kind() -> None:
    frame = FRAME.with_slots(time=Filled("15:00"), budget=Filled("400.50"), rooms=Filled("two"))
    assert (frame.number("nights"), frame.number("rooms"), frame.amount("budget")) == (2, None, Decimal("400.50"))
    assert (str(frame.day("date")), str(frame.clock("time")), frame.day("time")) == ("2026-11-24", "15:00:00", None)
    assert frame.with_slots(time=None).value("time") is None
