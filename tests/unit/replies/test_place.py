"""Which store is nearest, how far it is, and when the way is told."""

from __future__ import annotations

import pytest

from bot.replies.place import FAR, NEAREST, Near, find_nearest, metres_between, place_in, with_place
from bot.replies.suggestion import Kind, Suggestion
from knowledge.chain import Store

LAKE = Store("S1", "湖滨店", longitude=120.16, latitude=30.25, address="湖滨路 1 号", hours="08:00-22:00")
EAST = Store("S2", "东站店", longitude=120.21, latitude=30.29)
NOWHERE = Store("S0", "筹备店", longitude=None, latitude=30.25)


def test_distances_on_the_globe() -> None:
    assert metres_between((0, 0), (0, 1)) == pytest.approx(111_195, abs=1)
    assert metres_between((39.9042, 116.4074), (31.2304, 121.4737)) == pytest.approx(1_067_000, rel=0.01)
    assert metres_between((0, 179.5), (0, -179.5)) == pytest.approx(111_195, abs=1)
    assert metres_between((90, 0), (-90, 0)) == pytest.approx(20_015_115, abs=1)
    assert metres_between((30, 120), (30, 120)) == 0


def test_the_nearest_of_those_that_have_a_place() -> None:
    near = find_nearest([NOWHERE, EAST, LAKE], (30.251, 120.161))
    assert near is not None and near.store is LAKE
    assert find_nearest([NOWHERE], (30.25, 120.16)) is None
    assert find_nearest([], (30.25, 120.16)) is None


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (0, "10 米"),
        (347, "350 米"),
        (949, "950 米"),
        (951, "1.0 公里"),
        (9_949, "9.9 公里"),
        (9_960, "10 公里"),
        (87_400, "87 公里"),
    ],
)
def test_distances_are_said_as_people_do(metres: float, said: str) -> None:
    assert Near(LAKE, metres).distance == said


@pytest.mark.parametrize(
    "location",
    [None, "杭州", {}, {"latitude": "30", "longitude": 120}, {"latitude": 91, "longitude": 0},
     {"latitude": True, "longitude": 1},
     {"latitude": float("nan"), "longitude": 1}, {"latitude": 10**400, "longitude": 1}],
)  # fmt: skip
def test_what_is_no_place_is_none(location: object) -> None:
    assert place_in({"location": location}) is None
    assert place_in(None) is None


def test_a_place_alone_or_with_the_way_asked_for_is_answered() -> None:
    near = Near(LAKE, 1234)
    for plain in (Suggestion(Kind.MEDIA), Suggestion(Kind.CHOICES, intents=("store.find",))):
        told = with_place(plain, near)
        assert told.text == "离您最近的是湖滨店,直线距离约 1.2 公里。地址:湖滨路 1 号。营业时间:08:00-22:00。"
        assert told.kind is Kind.FAQ and not told.may_go_alone
        assert told.reasons[0] == f"{NEAREST}湖滨店 1.2 公里"


@pytest.mark.parametrize(
    ("suggestion", "metres"),
    [(Suggestion(Kind.MEDIA), FAR + 1), (Suggestion(Kind.COMPLAINT), 10), (Suggestion(Kind.FAQ, text="七点。"), 10)],
)
def test_elsewhere_the_clerk_is_told_and_nothing_else_changes(suggestion: Suggestion, metres: float) -> None:
    told = with_place(suggestion, Near(LAKE, metres))
    assert (told.kind, told.text) == (suggestion.kind, suggestion.text)
    assert told.reasons[0].startswith(NEAREST)
