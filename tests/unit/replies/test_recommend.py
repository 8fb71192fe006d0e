"""What is put first, and why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bot.replies.frame import Filled, Frame
from bot.replies.heard import Weather
from bot.replies.proposal import Proposal
from bot.replies.recommend import rank_items, rank_rooms
from bot.trade import RoomQuery
from tests.unit.replies.counter import NOW, Counter

DAY = NOW.date().replace(day=24)
QUERY = RoomQuery("A1", DAY, DAY.replace(day=25))


def _frame(**slots: str) -> Frame:
    return Frame("room.recommend", NOW, slots={name: Filled(value) for name, value in slots.items()})


def test_cheapest_comes_first_when_nothing_is_known() -> None:
    counter = Counter()
    ranked = rank_rooms(counter.rooms(QUERY), _frame(), counter.facts())
    assert [one.offer.product for one in ranked] == ["R1", "R2", "R4", "R3"]
    assert all(one.why for one in ranked)


def test_what_is_sold_out_or_too_small_is_left_out() -> None:
    counter = Counter(left={("R3", DAY): 0})
    assert [one.offer.product for one in rank_rooms(counter.rooms(QUERY), _frame(people="3"), counter.facts())] == []
    counter.left.clear()
    ranked = rank_rooms(counter.rooms(QUERY), _frame(people="3"), counter.facts())
    assert [(one.offer.product, one.reasons[0]) for one in ranked] == [("R3", "可住4人")]


def test_habit_budget_and_wish_count_and_are_named() -> None:
    usual = Counter(profile={"room_type": "R4"})
    assert rank_rooms(usual.rooms(QUERY), _frame(), usual.facts())[0].reasons[0] == "您常住的"
    counter = Counter()
    high = rank_rooms(counter.rooms(QUERY), _frame(preference="高楼层"), counter.facts())[0]
    assert (high.offer.product, high.reasons[0]) == ("R4", "高楼层")
    cheap = rank_rooms(counter.rooms(QUERY), _frame(budget="390"), counter.facts())
    assert (cheap[0].offer.product, cheap[0].reasons[0]) == ("R1", "每晚390元以内")
    assert cheap[-1].reasons[0] == "比预算高一些" or "比预算高一些" in cheap[-1].reasons


def test_few_left_is_said_and_many_are_not() -> None:
    counter = Counter(left={("R1", DAY): 2})
    reasons = {one.offer.product: one.reasons for one in rank_rooms(counter.rooms(QUERY), _frame(), counter.facts())}
    assert "还剩2间" in reasons["R1"]
    assert not any("还剩" in why for why in reasons["R2"])


def test_weather_turns_the_order() -> None:
    cold, hot = Counter(weather=Weather(3.0)), Counter(weather=Weather(34.0))
    first = [rank_items(one.items(), _frame(), one.facts())[0] for one in (cold, hot)]
    assert [one.offer.product for one in first] == ["C3", "C4"]
    assert [one.reasons[0] for one in first] == ["天冷,喝点热的", "天热,喝点冰的"]


def test_same_facts_give_the_same_order() -> None:
    counter = Counter(weather=Weather(15.0))
    ranked = rank_items(reversed(counter.items()), _frame(), counter.facts())
    assert len({one.offer.product for one in ranked}) == len(ranked)
    assert ranked == rank_items(reversed(counter.items()), _frame(), counter.facts())


def test_every_sum_of_a_recommendation_is_an_offer_s() -> None:
    counter = Counter()
    outcome = counter.take(counter.hear("后天住两晚,推荐个房间", means=["room.recommend"]))
    assert isinstance(outcome, Proposal)
    assert len(outcome.choices) == 3
    assert [one.price for one in outcome.frame.offered] == [Decimal("776.00"), Decimal("796.00"), Decimal("976.00")]


def test_a_room_kept_for_those_who_need_it_is_offered_to_them_alone() -> None:
    counter = Counter()
    kept = replace(counter.rooms(QUERY)[0], product="R9", name="无障碍房", tags=("有扶手",))
    offers = (kept, *counter.rooms(QUERY))
    assert "R9" not in [one.offer.product for one in rank_rooms(offers, _frame(), counter.facts())]
    ranked = rank_rooms(offers, _frame(preference="无障碍"), counter.facts())
    assert ranked[0].offer.product == "R9"


def test_a_wish_is_met_by_what_it_is_short_for() -> None:
    counter = Counter()
    for wish, product in (("高层", "R4"), ("安静点", "R1"), ("湖景的", "R4")):
        ranked = rank_rooms(counter.rooms(QUERY), _frame(preference=wish), counter.facts())
        assert ranked[0].offer.product == product
