"""An inverted index in numpy: which documents hold a feature, and how much that says (BM25)."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_SATURATION = 1.2  #: BM25's k1: how little a repeated feature adds
_LENGTH = 0.6  #: BM25's b: how much a long document pays for its length


class Postings:
    """Documents are numbered in the order given. Immutable, so threads may share it."""

    def __init__(self, documents: Iterable[Sequence[str]]) -> None:
        self._ids: dict[str, int] = {}
        terms, counts, lengths, sizes = self._number(documents)
        self.size = len(lengths)  #: documents
        holders = np.repeat(np.arange(self.size, dtype=np.int32), sizes)
        order = np.argsort(terms, kind="stable")
        self._holders = holders[order]
        self._starts = np.searchsorted(terms[order], np.arange(len(self._ids) + 1)).astype(np.int64)
        frequency = np.diff(self._starts)
        #: of each known feature; one that no document holds says as much as the rarest
        idf = np.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))
        self._idf: list[float] = idf.tolist()
        self.idf_most = float(np.log(1 + (self.size + 0.5) / 0.5))
        mean = float(lengths.mean()) if self.size else 1.0
        norm = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / max(mean, 1.0))
        count = counts[order].astype(np.float32)
        weight = count * (_SATURATION + 1) / (count + norm[self._holders])
        self._weights = (weight * np.repeat(idf, frequency)).astype(np.float32)

    def _number(
        self, documents: Iterable[Sequence[str]]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats, NDArray[np.int32]]:
        """All features as numbers: (feature, count) of each document in turn; and the documents' lengths and sizes."""
        terms: list[int] = []
        counts: list[int] = []
        lengths: list[int] = []
        sizes: list[int] = []
        for features in documents:
            counted = Counter(features)
            terms.extend(self._ids.setdefault(sys.intern(feature), len(self._ids)) for feature in counted)
            counts.extend(counted.values())
            lengths.append(len(features))
            sizes.append(len(counted))
        return (
            np.array(terms, dtype=np.int32),
            np.array(counts, dtype=np.int32),
            np.array(lengths, dtype=np.float32),
            np.array(sizes, dtype=np.int32),
        )

    def scores(self, features: Iterable[str]) -> Floats:
        """How well each document fits: the sum over the features that it holds."""
        known = [self._ids[feature] for feature in features if feature in self._ids]
        if not known:
            return np.zeros(self.size, dtype=np.float32)
        slices = [slice(self._starts[term], self._starts[term + 1]) for term in known]
        holders = np.concatenate([self._holders[piece] for piece in slices])
        weights = np.concatenate([self._weights[piece] for piece in slices])
        return np.bincount(holders, weights=weights, minlength=self.size).astype(np.float32)

    def idf(self, feature: str) -> float:
        """How much the feature says; most when no document holds it."""
        term = self._ids.get(feature)
        return self.idf_most if term is None else self._idf[term]
