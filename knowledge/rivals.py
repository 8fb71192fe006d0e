"""Which entries compete for the same customer: same reader, same place, same time, same channel.

Two entries with the same question do not compete when one is nearer to the store: 门店 > 城市 > 总部.
"""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.chain import Store
from knowledge.entry import Entry
from knowledge.text import key


class Rivals:
    """Knows the chain's stores; without any, the names of stores and cities are compared as written."""

    def __init__(self, stores: Iterable[Store]) -> None:
        self._stores = tuple(stores)
        self._reaches: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]] = {}
        self._numbers_in: dict[str, set[str]] = {}
        for store in self._stores:
            self._numbers_in.setdefault(store.city, set()).add(store.number)

    def compete(self, one: Entry, other: Entry) -> bool:
        """Whether somebody could ask and both would answer."""
        if one.audience is not other.audience or not _are_together(one, other):
            return False
        if key(one.question) == key(other.question):
            return self._meet_on_one_level(one, other)
        return one.is_everywhere or other.is_everywhere or bool(self.reach(one) & self.reach(other))

    def _meet_on_one_level(self, one: Entry, other: Entry) -> bool:
        if one.is_everywhere or other.is_everywhere:
            return one.is_everywhere and other.is_everywhere
        if one.stores & other.stores:
            return True
        cities = one.cities & other.cities
        if not self._stores:
            return bool(cities)
        by_city = {number for city in cities for number in self._numbers_in.get(city, ())}
        return bool(by_city - one.stores - other.stores)

    def reach(self, entry: Entry) -> frozenset[str]:
        """The stores in question; where the folder has none, the names as written."""
        scope = (entry.stores, entry.cities)
        if scope not in self._reaches:
            numbers = frozenset(store.number for store in self._stores if entry.holds_in(store))
            self._reaches[scope] = numbers if self._stores else entry.stores | entry.cities
        return self._reaches[scope]


class Askers:
    """Entries that share one wording, found by where they hold: each of 800 stores may have its own."""

    def __init__(self, rivals: Rivals) -> None:
        self._rivals = rivals
        self._all: list[Entry] = []
        self._everywhere: list[int] = []
        self._by_place: dict[str, list[int]] = {}

    def add(self, entry: Entry) -> None:
        at = len(self._all)
        self._all.append(entry)
        if entry.is_everywhere:
            self._everywhere.append(at)
        for place in self._rivals.reach(entry) if not entry.is_everywhere else ():
            self._by_place.setdefault(place, []).append(at)

    def first_rival(self, entry: Entry) -> Entry | None:
        """The first of them that competes with `entry`."""
        for at in self._near(entry):
            other = self._all[at]
            if other is not entry and self._rivals.compete(entry, other):
                return other
        return None

    def _near(self, entry: Entry) -> Iterable[int]:
        if entry.is_everywhere:
            return range(len(self._all))
        near = [self._by_place[place] for place in self._rivals.reach(entry) if place in self._by_place]
        return sorted({at for found in (self._everywhere, *near) for at in found})


def _are_together(one: Entry, other: Entry) -> bool:
    """Whether some channel and some minute are common to both."""
    starts = [moment for moment in (one.starts_at, other.starts_at) if moment]
    ends = [moment for moment in (one.ends_at, other.ends_at) if moment]
    is_in_time = not starts or not ends or max(starts) <= min(ends)
    return is_in_time and (not one.channels or not other.channels or bool(one.channels & other.channels))
