"""Which rooms or drinks to put first, and why: a sum of plain reasons, so that everyone can see how it came about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from bot.replies.frame import Frame, Source
from bot.replies.heard import Facts, Weather
from bot.replies.readback import say_money
from bot.trade import ItemOffer, RoomOffer

T = TypeVar("T", RoomOffer, ItemOffer)

_FEW = 3  #: so many left, and it is said
_COLD, _HOT = 12.0, 26.0  #: °C
_WARM_WORDS = re.compile(r"热|暖|姜")
_COOL_WORDS = re.compile(r"冰|冷|冻|凉")
_LIKED = ("招牌", "热卖", "新品", "人气", "推荐")
_KEPT = "无障碍"
_SOFT_END = re.compile(r"(?:一点|点|一些|些|的)+$")
_SPLIT = re.compile(r"[、,，;；/ ]+")


@dataclass(frozen=True, slots=True)
class Ranked(Generic[T]):
    """An offer with what speaks for it."""

    offer: T
    score: int
    reasons: tuple[str, ...]

    @property
    def why(self) -> str:
        """The two weightiest reasons at most."""
        return ",".join(self.reasons[:2])


# --- rooms -----------------------------------------------------------------------------------------------------------
def rank_rooms(offers: Iterable[RoomOffer], frame: Frame, facts: Facts) -> list[Ranked[RoomOffer]]:
    """Those that are free and large enough, the fittest first; of equals the cheaper."""
    rooms = frame.number("rooms") or 1
    free = [one for one in offers if one.left >= rooms and fits_people(one, frame) and is_for_all(one, frame)]
    cheapest = min(free, key=lambda one: one.total, default=None)
    ranked = [_rank_room(one, frame, facts, one is cheapest and len(free) > 1) for one in free]
    return sorted(ranked, key=lambda one: (-one.score, one.offer.total, one.offer.product))


def is_for_all(offer: RoomOffer, frame: Frame) -> bool:
    """A room kept for those who need it is offered to them alone."""
    wanted = f"{frame.text('room_type')}{frame.text('preference')}"
    return (
        not any(_KEPT in word for word in (offer.name, *offer.tags))
        or _KEPT in wanted
        or wanted.startswith(offer.product)
    )


def fits_people(offer: RoomOffer, frame: Frame) -> bool:
    """Whether all find a bed; a child needs none of its own."""
    people = frame.number("people")
    return people is None or offer.guests is None or people <= offer.guests * (frame.number("rooms") or 1)


def _rank_room(offer: RoomOffer, frame: Frame, facts: Facts, is_cheapest: bool) -> Ranked[RoomOffer]:
    found: list[tuple[int, str]] = []
    usual = facts.profile.get("room_type")
    if usual and names_room(offer, usual):
        found.append((40, "您常住的"))
    wishes = [*_wishes(frame.value("preference")), *_wishes(facts.profile.get("preference"))]
    found.extend((30, f"{wish}") for wish in dict.fromkeys(wishes) if any(_suits(wish, tag) for tag in _words(offer)))
    people = frame.number("people")
    if people and offer.guests and people > 1:
        found.append((20 - abs(offer.guests * (frame.number("rooms") or 1) - people), f"可住{offer.guests}人"))
    if frame.number("children") and any("亲子" in tag or "家庭" in tag for tag in _words(offer)):
        found.append((25, "带小朋友方便"))
    budget = frame.amount("budget")
    if budget is not None:
        within = all(night.price <= budget for night in offer.nights)
        found.append((50, f"每晚{say_money(budget)}以内") if within else (-60, "比预算高一些"))
    if is_cheapest:
        found.append((5, "价格实惠"))
    found.extend((0, tag) for tag in offer.tags[:2] if tag not in offer.name)
    found.append((0, f"还剩{offer.left}间" if offer.left <= _FEW else offer.bed or "有房"))
    return _ranked(offer, found)


def names_room(offer: RoomOffer, wanted: str) -> bool:
    """Whether 大床, a number or a whole name means this room."""
    return wanted == offer.product or wanted == offer.name or any(wanted in word for word in _words(offer))


def _words(offer: RoomOffer) -> tuple[str, ...]:
    return (offer.name, offer.bed, *offer.tags)


# --- drinks and other things -----------------------------------------------------------------------------------------
def rank_items(
    offers: Iterable[ItemOffer], frame: Frame, facts: Facts, *, category: str = ""
) -> list[Ranked[ItemOffer]]:
    """Those that are there, the fittest first; of equals in HQ's order."""
    there = [one for one in offers if one.left is None or one.left > 0]
    ranked = [_rank_item(one, frame, facts, category) for one in there]
    order = {one.product: n for n, one in enumerate(there)}
    return sorted(ranked, key=lambda one: (-one.score, order[one.offer.product]))


def _rank_item(offer: ItemOffer, frame: Frame, facts: Facts, category: str) -> Ranked[ItemOffer]:
    found: list[tuple[int, str]] = []
    if category and offer.category == category:
        found.append((35, ""))
    if facts.profile.get("product") == offer.product:
        found.append((40, "您常点的"))
    words = (offer.name, *offer.tags)
    wishes = [*_wishes(frame.value("preference")), *_wishes(facts.profile.get("preference"))]
    found.extend((30, wish) for wish in dict.fromkeys(wishes) if any(_suits(wish, word) for word in words))
    if facts.weather is not None:
        found.extend(_for_weather(words, facts.weather))
    budget = frame.amount("budget")
    if budget is not None:
        within = offer.price <= budget
        found.append((50, f"{say_money(budget)}以内") if within else (-60, "比预算高一些"))
    found.extend((10, tag) for tag in offer.tags if tag in _LIKED)
    found.extend((0, tag) for tag in offer.tags[:2] if tag not in offer.name)
    found.append((0, f"还剩{offer.left}份" if offer.left is not None and offer.left <= _FEW else "现在有货"))
    return _ranked(offer, found)


def _for_weather(words: Sequence[str], weather: Weather) -> list[tuple[int, str]]:
    is_warm, is_cool = (any(pattern.search(word) for word in words) for pattern in (_WARM_WORDS, _COOL_WORDS))
    if weather.degrees <= _COLD and is_warm:
        return [(25, "天冷,喝点热的")]
    if weather.degrees >= _HOT and is_cool:
        return [(25, "天热,喝点冰的")]
    if (weather.degrees <= _COLD and is_cool and not is_warm) or (weather.degrees >= _HOT and is_warm and not is_cool):
        return [(-25, "")]
    return [(5, "雨天暖一暖")] if weather.is_wet and is_warm and weather.degrees < _HOT else []


# --- together --------------------------------------------------------------------------------------------------------
def _wishes(value: str | None) -> list[str]:
    return [wish for wish in _SPLIT.split(value or "") if wish]


def _suits(wish: str, word: str) -> bool:
    """高层 is 高楼层, and 安静点 is 安静: the wish's characters stand in the word, in order."""
    wanted = _SOFT_END.sub("", wish) or wish
    left = iter(word)
    return wanted in word or (len(wanted) > 1 and all(character in left for character in wanted))


def _ranked(offer: T, found: Sequence[tuple[int, str]]) -> Ranked[T]:
    reasons = [why for _, why in sorted(found, key=lambda one: -one[0]) if why]
    return Ranked(offer, sum(points for points, _ in found), tuple(dict.fromkeys(reasons)))


def nearest(offers: Sequence[RoomOffer], wanted: RoomOffer) -> list[RoomOffer]:
    """The others, the most alike first: same bed or tags, then nearest in price."""
    others = [one for one in offers if one.product != wanted.product]

    def distance(one: RoomOffer) -> tuple[int, Decimal, str]:
        shared = len({*one.tags} & {*wanted.tags}) + (2 if one.bed and one.bed == wanted.bed else 0)
        return -shared, abs(one.price - wanted.price), one.product

    return sorted(others, key=distance)


def is_said(frame: Frame, name: str) -> bool:
    """Whether the customer (or a clerk) said it, rather than the profile."""
    filled = frame.slots.get(name)
    return filled is not None and filled.source not in (Source.PROFILE, Source.DEFAULT)
