"""A clerk changes a row of the card, and the draft is made anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.replies.amend import amend, check
from bot.replies.proposal import Offers, Outcome, Proposal
from bot.replies.step import NeedRooms
from bot.trade import RoomQuery
from tests.unit.replies.counter import Counter


def _booked() -> Counter:
    counter = Counter()
    counter.take(counter.hear("后天大床一间住一晚", means=["stay.book"]))
    return counter


def _amend(counter: Counter, **changes: str) -> Proposal:
    """With the rooms looked up that the change needs."""
    assert counter.frame is not None
    outcome: Outcome = amend(counter.frame, changes, counter.offers, counter.facts())
    if isinstance(outcome, NeedRooms):
        offers = counter.offers.with_rooms(outcome.query, counter.rooms(outcome.query))
        outcome = amend(counter.frame, changes, offers, counter.facts())
    assert isinstance(outcome, Proposal)
    return outcome


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"date": "2026-11-27"}, "11月27日(周五)入住"),
        ({"date": "11月27日(周五)"}, "11月27日(周五)入住"),
        ({"nights": "2"}, "住2晚"),
        ({"nights": "3晚"}, "住3晚"),
        ({"rooms": "2"}, "高级大床房2间"),
        ({"room_type": "家庭房"}, "家庭房1间"),
        ({"room_type": "R4"}, "豪华大床房1间"),
        ({"date": "2026-11-28", "nights": "2", "rooms": "2", "room_type": "高级双床房"}, "高级双床房2间"),
    ],
)
def test_a_changed_row_changes_the_draft(changes: dict[str, str], words: str) -> None:
    proposal = _amend(_booked(), **changes)
    assert words in proposal.text
    assert proposal.problems == ()
    assert proposal.order is not None


@pytest.mark.parametrize(
    ("slot", "said", "words"),
    [
        ("date", "2026-02-30", "不是有效日期"),
        ("date", "下周", "不是有效日期"),
        ("date", "2026-11-01", "已经过去了"),
        ("nights", "0", "1 到 30"),
        ("nights", "很多", "1 到 30"),
        ("rooms", "99", "1 到 9"),
        ("room_type", "总统套房", "可以选的有:高级大床房"),
        ("phone", "12345", "不像电话号码"),
        ("name", "长" * 80, "最多 60 个字"),
        ("time", "25:00", "不是时间"),
        ("total", "1", "不能在这里改"),
        ("quantity:9", "1", "请刷新"),
    ],
)
def test_a_wrong_value_is_told_and_the_rest_stays(slot: str, said: str, words: str) -> None:
    counter = _booked()
    assert counter.frame is not None
    proposal = _amend(counter, **{slot: said})
    assert len(proposal.problems) == 1
    assert words in proposal.problems[0]
    assert "为您留高级大床房1间,11月24日(周二)入住" in proposal.text
    assert check(counter.frame, {slot: said}, counter.offers, counter.facts()) == proposal.problems


def test_other_days_have_to_be_looked_up() -> None:
    counter = _booked()
    assert counter.frame is not None
    needed = amend(counter.frame, {"nights": "2"}, counter.offers, counter.facts())
    assert isinstance(needed, NeedRooms)
    assert isinstance(needed.query, RoomQuery)
    assert (needed.query.check_out - needed.query.check_in).days == 2


def test_a_sold_out_type_is_not_promised() -> None:
    counter = _booked()
    counter.left[("R3", counter.facts().today.replace(day=24))] = 0
    counter.offers = Offers()
    proposal = _amend(counter, room_type="家庭房")
    assert proposal.order is None
    assert "订满了" in proposal.text


def test_goods_are_changed_by_row() -> None:
    counter = Counter()
    counter.take(counter.hear("两杯大杯拿铁,一杯美式", means=["order.place"]))
    proposal = _amend(counter, **{"quantity:2": "3", "option:1:杯型": "中杯"})
    assert proposal.problems == ()
    assert "共122元" in proposal.text
    wrong = _amend(counter, **{"option:1:杯型": "桶装"})
    assert "可以选的有:中杯、大杯" in wrong.problems[0]


def test_a_clerk_s_value_holds_against_the_next_message() -> None:
    counter = _booked()
    proposal = _amend(counter, room_type="家庭房")
    counter.frame = replace(proposal.frame)
    after = counter.take(counter.hear("住两晚"))
    assert isinstance(after, Proposal)
    assert "家庭房1间" in after.text
