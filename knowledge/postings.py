"""Indexes in numpy: which documents hold a feature and how much that says (BM25), and what an entry says as a whole."""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]

_SATURATION = 2.0  #: BM25's k1: how little a repeated feature adds
_TINY = 1e-9
_LENGTH = 0.75  #: BM25's b: how much a long document pays for its length


class Vocabulary(dict[str, int]):
    """Numbers for features: a feature that is asked for with [] gets one. It grows while indexes are made."""

    def __init__(self, strength: Callable[[str], float] = lambda feature: 1.0) -> None:
        """`strength`: how much a feature counts beside its rarity."""
        super().__init__()
        self.strength = strength

    def __missing__(self, feature: str) -> int:
        number = self[feature] = len(self)
        return number

    def strengths(self) -> Floats:
        """Of all features, by number."""
        return np.fromiter(map(self.strength, self), dtype=np.float32, count=len(self))


@dataclass(frozen=True, slots=True)
class Counts:
    """Documents as numbers, feature by feature: which documents hold it, and how often."""

    terms: Integers  #: ascending
    holders: Integers  #: the document; ascending where the feature is the same
    counts: Floats
    lengths: Floats  #: of each document, with repetitions

    @classmethod
    def of(cls, documents: Iterable[Sequence[str]], vocabulary: Vocabulary) -> Counts:
        numbers, lengths = array("i"), array("i")
        number = vocabulary.__getitem__
        for features in documents:
            numbers.extend(map(number, features))
            lengths.append(len(features))
        said, sizes = np.frombuffer(numbers, dtype=np.int32), np.array(lengths, dtype=np.int32)
        order = _order(said)
        terms = said[order]
        holders = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[order]
        del order  # of many questions, as large as all that is kept
        firsts = _firsts(terms, holders)
        counts = np.diff(firsts, append=len(terms)).astype(np.float32)
        return cls(terms[firsts], holders[firsts], counts, sizes.astype(np.float32))

    @property
    def size(self) -> int:
        """How many documents."""
        return len(self.lengths)


class Postings:
    """Documents are numbered in the order given. Once made it never changes, so threads may share it."""

    def __init__(self, documents: Counts, vocabulary: Vocabulary) -> None:
        self.size = documents.size
        self._vocabulary = vocabulary
        self._terms = len(vocabulary)  #: features known when this was made
        self._holders = documents.holders
        self._starts = np.searchsorted(documents.terms, np.arange(self._terms + 1)).astype(np.int32)
        frequency = np.diff(self._starts)
        idf = np.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5)) * vocabulary.strengths()
        self._idf: array[float] = array("d", idf.tolist())
        self._frequency: array[int] = array("i", frequency.tolist())
        self.idf_most = self._rarity(0)  #: what a feature says that no document holds
        mean = float(documents.lengths.mean()) if self.size else 1.0
        norm = _SATURATION * (1 - _LENGTH + _LENGTH * documents.lengths / max(mean, 1.0))
        count = documents.counts
        weight = count * (_SATURATION + 1) / (count + norm[self._holders])
        self._weights = (weight * np.repeat(idf, frequency)).astype(np.float32)

    def scores(self, said: Mapping[str, float]) -> Floats:
        """How well each document fits: the sum over the features that it holds, each as heavy as it was said."""
        found = [(term, times) for feature, times in said.items() if (term := self._number(feature)) >= 0]
        if not found:
            return np.zeros(self.size, dtype=np.float32)
        slices = [slice(self._starts[term], self._starts[term + 1]) for term, _ in found]
        holders = np.concatenate([self._holders[piece] for piece in slices])
        weights = np.concatenate(
            [self._weights[piece] * np.float32(times) for piece, (_, times) in zip(slices, found, strict=True)]
        )
        return np.bincount(holders, weights=weights, minlength=self.size).astype(np.float32)

    def idf(self, feature: str, besides: int = 0) -> float:
        """How much the feature says; most when no document holds it, not counting `besides` of those that do."""
        term = self._number(feature)
        if term >= 0 and not besides:
            return self._idf[term]
        frequency = max(self._frequency[term] - besides, 0) if term >= 0 else 0
        return self._rarity(frequency) * self._vocabulary.strength(feature)

    def frequency(self, feature: str) -> int:
        """How many documents hold the feature."""
        term = self._number(feature)
        return self._frequency[term] if term >= 0 else 0

    def familiarity(self, said: Mapping[str, float], besides: Mapping[str, int]) -> float:
        """0–1, how much of what was said is held by any document, not counting `besides` of those that hold it."""
        whole = known = 0.0
        for feature, times in said.items():
            forgotten = besides.get(feature, 0)
            square = (times * self.idf(feature, forgotten)) ** 2
            whole += square
            known += square if self.frequency(feature) > forgotten else 0.0
        return math.sqrt(known / whole) if whole else 0.0

    def _rarity(self, frequency: int) -> float:
        return math.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))

    def _number(self, feature: str) -> int:
        term = self._vocabulary.get(feature, -1)
        return term if term < self._terms else -1


class Centroids:
    """Each entry as one direction: the mean of its wordings, by TF-IDF. Answers for a few entries at a time."""

    def __init__(self, wordings: Counts, owners: Integers, entries: int, vocabulary: Vocabulary) -> None:
        """`owners`: the entry of each wording, in ascending order."""
        self._vocabulary = vocabulary
        self._terms = len(vocabulary)
        frequency = np.bincount(wordings.terms, minlength=self._terms)
        rarity = np.log((1 + wordings.size) / (1 + frequency)) + 1
        self._rarity = (rarity * vocabulary.strengths()).astype(np.float32)
        self._rarity_most = float(np.log(1 + wordings.size) + 1)
        terms, holders = wordings.terms, wordings.holders
        said = np.log1p(wordings.counts) * self._rarity[terms]
        norms = np.sqrt(np.bincount(holders, weights=said * said, minlength=wordings.size)).astype(np.float32)
        said /= np.maximum(norms, _TINY)[holders]
        owner = owners[holders]
        order = _order(owner)  # by entry; within it by feature, as they were
        terms, owner, said = terms[order], owner[order], said[order]
        firsts = _firsts(terms, owner)
        summed = np.add.reduceat(said, firsts) if len(firsts) else said
        self._features, owner = terms[firsts], owner[firsts]
        lengths = np.sqrt(np.bincount(owner, weights=summed * summed, minlength=entries))
        self._weights = (summed / np.maximum(lengths, _TINY)[owner]).astype(np.float32)
        self._starts = np.searchsorted(owner, np.arange(entries + 1)).astype(np.int32)

    def cosines(self, said: Mapping[str, float], entries: Integers) -> Floats:
        """Between what was said, as far as it is known, and each of `entries`, from 0 to 1."""
        known = {feature: times for feature, times in said.items() if self._number(feature) >= 0}
        weighed = self._weighed(known)
        length = _length(weighed)
        if not length or not len(entries):
            return np.zeros(len(entries), dtype=np.float32)
        direction = np.zeros(self._terms, dtype=np.float32)
        for feature, weight in weighed.items():
            direction[self._vocabulary[feature]] = weight
        first, sizes = self._starts[entries], np.diff(self._starts)[entries]
        ends = np.cumsum(sizes)
        where = np.arange(ends[-1]) + np.repeat(first - (ends - sizes), sizes)
        products = self._weights[where] * direction[self._features[where]]
        holders = np.repeat(np.arange(len(entries)), sizes)
        cosines: Floats = (np.bincount(holders, weights=products, minlength=len(entries)) / length).astype(np.float32)
        return cosines

    def cosine_with(self, said: Mapping[str, float], wordings: Iterable[Sequence[str]]) -> float:
        """The same with an entry of these wordings, in the index or not."""
        summed: defaultdict[str, float] = defaultdict(float)
        for wording in wordings:
            vector = self._weighed(Counter(wording))
            for feature, weight in vector.items():
                summed[feature] += weight / (_length(vector) or 1.0)
        asked = self._weighed({feature: times for feature, times in said.items() if self._number(feature) >= 0})
        product = sum(weight * summed.get(feature, 0.0) for feature, weight in asked.items())
        return product / (_length(summed) * _length(asked)) if product else 0.0

    def _weighed(self, said: Mapping[str, float]) -> dict[str, float]:
        return {feature: math.log1p(times) * self._rarity_of(feature) for feature, times in said.items()}

    def _rarity_of(self, feature: str) -> float:
        term = self._number(feature)
        return float(self._rarity[term]) if term >= 0 else self._rarity_most * self._vocabulary.strength(feature)

    def _number(self, feature: str) -> int:
        term = self._vocabulary.get(feature, -1)
        return term if term < self._terms else -1


def _order(numbers: Integers) -> NDArray[np.int64]:
    """What sorts `numbers`, none negative; equal ones stay in order. Sixteen bits at a time, for these numpy sorts at
    once by digits, not by comparing: five times as fast."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    if not len(numbers) or numbers.max() <= np.iinfo(np.uint16).max:
        return order
    return order[np.argsort((numbers[order] >> 16).astype(np.uint16), kind="stable")]


def _firsts(one: Integers, other: Integers) -> NDArray[np.int64]:
    """Where a pair of numbers begins that is not the pair before."""
    is_first = np.ones(len(one), dtype=bool)
    is_first[1:] = (one[1:] != one[:-1]) | (other[1:] != other[:-1])
    return np.flatnonzero(is_first)


def _length(vector: Mapping[str, float]) -> float:
    return math.sqrt(sum(weight * weight for weight in vector.values()))
