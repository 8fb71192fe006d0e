"""A further view of entries, where somebody gives us vectors: what a question means, whatever its words.

Off unless an index is given `Vectors` of its wordings and the vector of a question (`Index.hearing`). A model's cosines
lie where they like, so each is looked at among all of its question's: how many standard deviations above their mean,
and how far above the best other entry. What that says of being right is fitted to the chain (`meaning.fit`); a chain
with too few questions for that gets more choices, and no other confidences.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knowledge import confidence
from knowledge.entry import Entry
from knowledge.judging import Hit
from knowledge.permission import Mask
from knowledge.text import key
from knowledge.vetoes import find_vetoes

MEANING = "向量"  #: the view's name, for people
DIMENSIONS_MOST = 8192
NEAREST = 8  #: entries that are looked at for a question
LEAST = 0.02  #: confidence that stands for an entry that no word led to

_UNFITTED = 0.2  #: confidence of what only an unfitted view found: a choice, never an answer
_HEIGHT_LEAST = 1.0  #: standard deviations above the mean; lower is no likeness
_MOST = 0.9  #: what only vectors say is never surer
_RUNNERS = 40  #: entries among which the best other one is looked for
_HEIGHT_CLIP, _LEAD_CLIP = 8.0, 4.0

Vector = Sequence[float]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Near:
    """One entry, and how near it is to a question."""

    at: int  #: of the entry
    wording: int  #: the nearest of its wordings
    height: float  #: of its cosine above the mean of all, in standard deviations
    lead: float  #: of its height above the best other entry's; negative when that is nearer


@dataclass(frozen=True, slots=True)
class Blend:
    """How words and vectors together become a probability: log-odds = Σ weight × (1, words' log-odds, height, lead)."""

    weights: tuple[float, float, float, float]
    questions: int  #: how many it was fitted on

    def estimate(self, sure: float, near: Near | None) -> float:
        """`sure`: by words alone. `near`: None for an entry that is not among the nearest."""
        return 1 / (1 + math.exp(-float(np.dot(self.weights, features(sure, near)))))


def features(sure: float, near: Near | None) -> tuple[float, float, float, float]:
    """What a blend weighs."""
    sure = min(max(sure, LEAST), 1 - LEAST)
    height = min(max(near.height, 0.0), _HEIGHT_CLIP) if near else 0.0
    lead = min(max(near.lead, -_LEAD_CLIP), _LEAD_CLIP) if near else -_LEAD_CLIP
    return 1.0, math.log(sure / (1 - sure)), height, lead


class Vectors:
    """A unit vector for each wording of one index, which are numbered as there. Immutable."""

    def __init__(
        self, rows: Floats, entries: Sequence[Entry], owners: Sequence[int], blend: Blend | None = None
    ) -> None:
        self._rows = rows
        self._entries = entries
        self._first = np.searchsorted(np.asarray(owners), np.arange(len(entries)))
        self._kin = _kin(entries)
        self._kinship = Counter(self._kin)
        self.blend: Blend | None = None  #: how words and vectors are weighed; None: not known yet

    @classmethod
    def of(
        cls, wordings: Sequence[str], entries: Sequence[Entry], owners: Sequence[int], given: Mapping[str, Vector]
    ) -> Vectors:
        """From the vectors of texts. Raises ValueError when one is missing, or is not like the others."""
        sizes = {len(given[wording]) for wording in wordings if wording in given}
        if len(sizes) != 1 or any(wording not in given for wording in wordings):
            raise ValueError(f"vectors of {sorted(sizes)[:3]} numbers for {len(wordings)} wordings")
        rows = np.empty((len(wordings), sizes.pop()), dtype=np.float32)
        for at, wording in enumerate(wordings):
            rows[at] = unit(given[wording])
        return cls(rows, entries, owners)

    @property
    def dimensions(self) -> int:
        return int(self._rows.shape[1])

    def blended(self, blend: Blend | None) -> Vectors:
        """The same vectors, weighed differently; cheap."""
        other = object.__new__(Vectors)
        other.__dict__.update(self.__dict__, blend=blend)
        return other

    def is_one_of_a_kind(self, at: int) -> bool:
        """Whether no other entry has the number or the question of entry `at`."""
        return self._kinship[self._kin[at]] == 1

    def row(self, wording: int) -> Floats:
        """The vector of a wording."""
        found: Floats = self._rows[wording]
        return found

    def fitting(self, heard: Mapping[str, Vector]) -> dict[str, Floats]:
        """The vectors of questions that can be held against these; others are left out."""
        found = {}
        for said, vector in heard.items():
            with suppress(ValueError):
                if len(vector) == self.dimensions:
                    found[said] = unit(vector)
        return found

    def near(self, vector: Floats, allowed: Mask | None = None, left_out: range | None = None) -> list[Near]:
        """The nearest entries among those `allowed`, nearest first. `left_out`: wordings that do not count."""
        cosines = self._rows @ vector
        counted = cosines if left_out is None else np.delete(cosines, np.s_[left_out.start : left_out.stop])
        spread = float(counted.std()) if len(counted) else 0.0
        if spread <= 0 or not math.isfinite(spread):
            return []
        heights = (cosines - counted.mean()) / spread
        if left_out is not None:
            heights[left_out.start : left_out.stop] = -np.inf
        by_entry = np.maximum.reduceat(heights, self._first)
        order = _largest(by_entry, _RUNNERS)
        mine = order if allowed is None else _largest(np.where(allowed, by_entry, -np.inf), NEAREST)
        found = []
        for at in mine[:NEAREST]:
            height = float(by_entry[at])
            if height < _HEIGHT_LEAST:
                break
            rival = next((float(by_entry[other]) for other in order if self._kin[other] != self._kin[at]), 0.0)
            found.append(Near(int(at), self._nearest(heights, int(at)), height, height - max(rival, 0.0)))
        return found

    def reorder(self, hits: Sequence[Hit], said: str, near: Sequence[Near], wordings: Sequence[str]) -> list[Hit]:
        """What words found and what vectors found, as one row; surest first. `said`: the question's key."""
        by_number = {id(self._entries[one.at]): one for one in near}
        known = {id(hit.entry) for hit in hits}
        blended = [self._weigh(hit, by_number.get(id(hit.entry))) for hit in hits]
        for one in near:
            entry = self._entries[one.at]
            if id(entry) not in known and (hit := self._found(entry, one, said, wordings[one.wording])):
                blended.append(hit)
        return sorted(blended, key=lambda hit: -hit.confidence)

    def _weigh(self, hit: Hit, near: Near | None) -> Hit:
        """A hit of words'. What speaks against it goes on speaking against it."""
        parts = (*hit.parts, (MEANING, near.height if near else 0.0))
        if self.blend is None or hit.is_own_wording:
            return replace(hit, parts=parts)
        sure = min(self.blend.estimate(hit.confidence, near), max(_MOST, hit.confidence))
        return replace(hit, confidence=min(sure, hit.confidence) if hit.vetoes else sure, parts=parts)

    def _found(self, entry: Entry, near: Near, said: str, wording: str) -> Hit | None:
        """A hit that only vectors found."""
        vetoes = find_vetoes(said, key(wording), tuple(map(key, entry.counterexamples)))
        if any(veto.is_final for veto in vetoes) or (self.blend is None and near.lead <= 0):
            return None
        sure = min(self.blend.estimate(LEAST, near), _MOST) if self.blend else _UNFITTED
        logit = math.log(sure / (1 - sure)) - sum(veto.penalty for veto in vetoes)
        sure = 1 / (1 + math.exp(-logit))
        reasons = tuple(veto.reason for veto in vetoes)
        sure = min(sure, confidence.PART_MOST) if reasons else sure
        return Hit(entry, sure, wording, vetoes=reasons, parts=((MEANING, near.height),))

    def _nearest(self, heights: Floats, at: int) -> int:
        start = int(self._first[at])
        stop = int(self._first[at + 1]) if at + 1 < len(self._first) else len(heights)
        return start + int(heights[start:stop].argmax())


def unit(vector: Vector) -> Floats:
    """Of length one. Raises ValueError for what has no direction, or is no list of numbers."""
    row = np.asarray(vector, dtype=np.float64)
    length = float(np.linalg.norm(row)) if row.ndim == 1 else 0.0
    if not math.isfinite(length) or length <= 0 or not len(row) <= DIMENSIONS_MOST:
        raise ValueError("a vector without a direction")
    return (row / length).astype(np.float32)


def _largest(values: NDArray[np.floating], most: int) -> list[int]:
    """Places of the largest, largest first; of equals the first."""
    most = min(most, len(values))
    top = np.argpartition(-values, most - 1)[:most]
    return [int(at) for at in top[np.lexsort((top, -values[top]))]]


def _kin(entries: Iterable[Entry]) -> list[int]:
    """Entries that are one to a customer, such as HQ's and a store's own: same number, or same question."""
    groups: dict[str, int] = {}
    kin = []
    for at, entry in enumerate(entries):
        names = (f"number:{entry.number}", f"question:{key(entry.question)}")
        group = next((groups[name] for name in names if name in groups), at)
        for name in names:
            groups.setdefault(name, group)
        kin.append(group)
    return kin
