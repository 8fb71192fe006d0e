"""Which entries a reader may have at all. The one place that keeps answers for staff away from customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
from numpy.typing import NDArray

from knowledge import template
from knowledge.chain import Store
from knowledge.entry import Audience, Channel, Entry
from knowledge.text import key

Mask = NDArray[np.bool_]
Positions = NDArray[np.int32]

_DAY_MINUTES = 24 * 60
_NEVER = date.max.toordinal() * _DAY_MINUTES * 2


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, where, when and by which way."""

    audience: Audience
    store: Store | None  #: None when it is not known: only entries that hold everywhere
    on: date  #: the store's local date
    at: time | None = None  #: the store's local time; None asks for the day: what holds at some time of it
    channel: str = Channel.KF  #: an entry with other channels only is left out


class Permissions:
    """Worked out once for all entries, so that a question costs a few operations on arrays."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._starts = np.array(
            [_minute(entry.starts_at) if entry.starts_at else 0 for entry in entries], dtype=np.int64
        )
        self._ends = np.array(
            [_minute(entry.ends_at) if entry.ends_at else _NEVER for entry in entries], dtype=np.int64
        )
        self._everywhere = np.array([entry.is_everywhere for entry in entries], dtype=bool)
        self._any_channel = np.array([not entry.channels for entry in entries], dtype=bool)
        self._by_channel = _positions([entry.channels for entry in entries])
        self._by_store = _positions([entry.stores for entry in entries])
        self._by_city = _positions([entry.cities for entry in entries])
        self._overlaid = _positions([frozenset(entry.overlaid) for entry in entries])
        self._nearer = _Nearer(entries)
        self._answers = {audience: _Answers(entries, audience) for audience in Audience}

    def mask(self, scope: Scope) -> Mask:
        """True where an entry may be shown."""
        mask = self._places(scope.store) & self._times(scope) & self._channels(scope.channel)
        mask &= self._answers[scope.audience].complete(scope.store)
        if scope.store is not None:
            self._nearer.give_way(mask, scope.store)
        return mask

    def _places(self, store: Store | None) -> Mask:
        mask = self._everywhere.copy()
        if store is None:
            return mask
        _set(mask, self._by_city.get(store.city), True)
        _set(mask, self._by_store.get(store.number), True)
        _set(mask, self._overlaid.get(store.number), False)  # what the store has its own way is an entry of its own
        return mask

    def _times(self, scope: Scope) -> Mask:
        first = _minute(datetime.combine(scope.on, scope.at or time.min))
        last = first if scope.at is not None else first + _DAY_MINUTES - 1
        return (self._starts <= last) & (first <= self._ends)

    def _channels(self, channel: str) -> Mask:
        mask = self._any_channel.copy()
        _set(mask, self._by_channel.get(channel), True)
        return mask


class _Nearer:
    """Of entries with one standard question, a store's own stands before its city's, and that before HQ's."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        same: dict[tuple[str, Audience], list[int]] = defaultdict(list)
        is_one_for_all = all(entry.is_everywhere for entry in entries)
        for at, entry in enumerate(() if is_one_for_all else entries):
            same[key(entry.question), entry.audience].append(at)
        self._in_store: dict[str, _Pairs] = defaultdict(_Pairs)
        self._in_city: dict[str, _Pairs] = defaultdict(_Pairs)
        for group in same.values():
            if len(group) > 1:
                self._add(entries, group)
        for pairs in (*self._in_store.values(), *self._in_city.values()):
            pairs.freeze()

    def give_way(self, mask: Mask, store: Store) -> None:
        """Take out of `mask` what a nearer entry in it says as well."""
        allowed = mask.copy()
        for pairs in (self._in_store.get(store.number), self._in_city.get(store.city)):
            if pairs is not None:
                mask[pairs.farther[allowed[pairs.nearer]]] = False

    def _add(self, entries: Sequence[Entry], group: Sequence[int]) -> None:
        everywhere = [at for at in group if entries[at].is_everywhere]
        wide = [at for at in group if entries[at].cities] + everywhere
        for nearer in group:
            for store in entries[nearer].stores:
                self._in_store[store].add(nearer, [at for at in wide if store not in entries[at].stores])
            for city in entries[nearer].cities:
                self._in_city[city].add(nearer, everywhere)


class _Pairs:
    """Positions of entries: each of `nearer` stands before the one of `farther` beside it."""

    def __init__(self) -> None:
        self._pairs: list[tuple[int, int]] = []
        self.nearer: Positions = np.empty(0, dtype=np.int32)
        self.farther: Positions = np.empty(0, dtype=np.int32)

    def add(self, nearer: int, farther: Sequence[int]) -> None:
        self._pairs.extend((nearer, other) for other in farther)

    def freeze(self) -> None:
        both = np.array(self._pairs, dtype=np.int32).reshape(-1, 2)
        self.nearer, self.farther, self._pairs = both[:, 0], both[:, 1], []


class _Answers:
    """The answers of one audience, and which names of the store's they need."""

    def __init__(self, entries: Sequence[Entry], audience: Audience) -> None:
        answers = [entry.answer_for(audience) for entry in entries]
        self._exists: Mask = np.array([bool(answer) for answer in answers], dtype=bool)
        # Most answers need nothing: looking for the braces first saves a second at 100,000.
        needs = [template.needs(answer) if "{{" in answer else () for answer in answers]
        self._needing = _positions([frozenset(names) for names in needs])

    def complete(self, store: Store | None) -> Mask:
        """True where there is an answer that would have no hole in this store."""
        mask = self._exists.copy()
        for name, positions in self._needing.items():
            if not template.has_value(name, store):
                mask[positions] = False
        return mask


def _set(mask: Mask, positions: Positions | None, value: bool) -> None:
    if positions is not None:
        mask[positions] = value


def _minute(moment: datetime) -> int:
    """Minutes since the first day there is."""
    return moment.toordinal() * _DAY_MINUTES + moment.hour * 60 + moment.minute


def _positions(names: Sequence[frozenset[str]]) -> dict[str, Positions]:
    """For each name, who has it."""
    positions: dict[str, list[int]] = {}
    for at, some in enumerate(names):
        for name in some:
            positions.setdefault(name, []).append(at)
    return {name: np.array(found, dtype=np.int32) for name, found in positions.items()}
