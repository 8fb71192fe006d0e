"""A place that a customer sent: the chain's nearest store, how far it is, and what we would say to it. Pure.

Coordinates are those of Chinese maps on both sides (GCJ-02): WeChat's places and what HQ copies from a map agree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.replies.suggestion import Kind, Suggestion
from knowledge.chain import Store

NEAREST: Final = "最近的门店:"  #: how the reason begins
FAR: Final = 50_000.0  #: metres; whoever is farther away is not told the way unasked
_EARTH: Final = 6_371_008.8  #: metres, the mean radius
_ASKS: Final = frozenset({"store.find", "store.hours"})


@dataclass(frozen=True, slots=True)
class Near:
    """A store, and how far it is in a straight line."""

    store: Store
    metres: float

    @property
    def distance(self) -> str:
        """350 米, 1.2 公里, 87 公里."""
        if self.metres < 950:
            return f"{max(round(self.metres, -1), 10):.0f} 米"
        kilometres = self.metres / 1000
        return f"{kilometres:.1f} 公里" if kilometres < 9.95 else f"{kilometres:.0f} 公里"


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Along the great circle (haversine); both are (latitude, longitude) in degrees."""
    (south, west), (north, east) = ((math.radians(each) for each in place) for place in (one, other))
    half = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin((east - west) / 2) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(half)))


def find_nearest(stores: Iterable[Store], place: tuple[float, float]) -> Near | None:
    """Of the stores whose 经度 and 纬度 HQ's file gives; None when there is none."""
    near = [
        Near(store, metres_between(place, (store.latitude, store.longitude)))
        for store in stores
        if store.latitude is not None and store.longitude is not None
    ]
    return min(near, key=lambda one: (one.metres, one.store.number), default=None)


def place_in(body: Mapping[str, Any] | None) -> tuple[float, float] | None:
    """(latitude, longitude) of a message as it came; None when it holds no place on earth."""
    inner = (body or {}).get("location")
    given: list[Any] = [inner.get(name) for name in ("latitude", "longitude")] if isinstance(inner, dict) else []
    if len(given) != 2 or not all(type(each) in (int, float) and -180 <= each <= 180 for each in given):
        return None  # NaN is within no bounds
    latitude, longitude = float(given[0]), float(given[1])
    return (latitude, longitude) if abs(latitude) <= 90 else None


def with_place(suggestion: Suggestion, near: Near) -> Suggestion:
    """What we would say, knowing where the customer is. The way is told when nothing but the place came, or the way
    was asked for; whatever else is said, the clerk reads which store is nearest."""
    reason = f"{NEAREST}{near.store.name} {near.distance}"
    known = replace(suggestion, may_go_alone=False, reasons=(reason, *suggestion.reasons))
    is_asked = suggestion.kind is Kind.CHOICES and bool(_ASKS & set(suggestion.intents))
    if near.metres > FAR or suggestion.sensitive or not (suggestion.kind is Kind.MEDIA or is_asked):
        return known
    return replace(known, kind=Kind.FAQ, text=_tell(near), confidence=1.0, topic="最近的店", candidates=())


def _tell(near: Near) -> str:
    """Name, distance, and what HQ's file says of the store; a cell that is empty is not spoken of."""
    store = near.store
    cells = (("地址", store.address), ("营业时间", store.hours), ("电话", store.phone))
    known = "".join(f"{name}:{cell}。" for name, cell in cells if cell)
    return f"离您最近的是{store.name},直线距离约 {near.distance}。{known}"
