"""Which entries a reader may have at all. The one place that keeps answers for staff away from customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from knowledge import template
from knowledge.chain import Store
from knowledge.entry import Audience, Entry

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, where and when."""

    audience: Audience
    store: Store | None  #: None when it is not known: only entries that hold everywhere
    on: date  #: the store's local date


class Permissions:
    """Worked out once for all entries, so that a question costs a few operations on arrays."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._starts = np.array([(entry.starts_on or date.min).toordinal() for entry in entries], dtype=np.int32)
        self._ends = np.array([(entry.ends_on or date.max).toordinal() for entry in entries], dtype=np.int32)
        self._everywhere = np.array([entry.is_everywhere for entry in entries], dtype=bool)
        self._by_store = _positions([entry.stores for entry in entries])
        self._by_city = _positions([entry.cities for entry in entries])
        self._answers = {audience: _Answers(entries, audience) for audience in Audience}

    def mask(self, scope: Scope) -> Mask:
        """True where an entry may be shown."""
        day = scope.on.toordinal()
        place = self._everywhere.copy()
        if scope.store is not None:
            for positions in (self._by_store.get(scope.store.number), self._by_city.get(scope.store.city)):
                if positions is not None:
                    place[positions] = True
        return place & (self._starts <= day) & (day <= self._ends) & self._answers[scope.audience].complete(scope.store)


class _Answers:
    """The answers of one audience, and which names of the store's they need."""

    def __init__(self, entries: Sequence[Entry], audience: Audience) -> None:
        answers = [entry.answer_for(audience) for entry in entries]
        self._exists: Mask = np.array([bool(answer) for answer in answers], dtype=bool)
        self._needing = _positions([frozenset(template.needs(answer)) for answer in answers])

    def complete(self, store: Store | None) -> Mask:
        """True where there is an answer that would have no hole in this store."""
        mask = self._exists.copy()
        for name, positions in self._needing.items():
            if not template.has_value(name, store):
                mask[positions] = False
        return mask


def _positions(names: Sequence[frozenset[str]]) -> dict[str, NDArray[np.int32]]:
    """For each name, who has it."""
    positions: dict[str, list[int]] = {}
    for at, some in enumerate(names):
        for name in some:
            positions.setdefault(name, []).append(at)
    return {name: np.array(found, dtype=np.int32) for name, found in positions.items()}
