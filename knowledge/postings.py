"""An inverted index in numpy: which documents hold a feature, and how much that says (BM25)."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]

_SATURATION = 1.2  #: BM25's k1: how little a repeated feature adds
_LENGTH = 0.6  #: BM25's b: how much a long document pays for its length


class Postings:
    """Documents are numbered in the order given. Once made it never changes, so threads may share it."""

    def __init__(self, documents: Iterable[Sequence[str]], vocabulary: dict[str, int] | None = None) -> None:
        """`vocabulary` may be shared by several indexes of the same kind of feature; it grows while they are made."""
        self._ids = {} if vocabulary is None else vocabulary
        terms, counts, lengths, sizes = _numbered(documents, self._ids)
        self.size = len(lengths)  #: documents
        self._terms = len(self._ids)  #: features known when this was made
        holders = np.repeat(np.arange(self.size, dtype=np.int32), sizes)
        order = np.argsort(terms, kind="stable")
        self._holders = holders[order]
        self._starts = np.searchsorted(terms[order], np.arange(self._terms + 1)).astype(np.int32)
        frequency = np.diff(self._starts)
        idf = np.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))
        self._idf = array("d", idf.tolist())
        self.idf_most = float(np.log(1 + (self.size + 0.5) / 0.5))  #: what a feature says that no document holds
        mean = float(lengths.mean()) if self.size else 1.0
        norm = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / max(mean, 1.0))
        count = counts[order].astype(np.float32)
        weight = count * (_SATURATION + 1) / (count + norm[self._holders])
        self._weights = (weight * np.repeat(idf, frequency)).astype(np.float32)

    def scores(self, features: Iterable[str]) -> Floats:
        """How well each document fits: the sum over the features that it holds."""
        terms = [term for feature in features if 0 <= (term := self._ids.get(feature, -1)) < self._terms]
        if not terms:
            return np.zeros(self.size, dtype=np.float32)
        slices = [slice(self._starts[term], self._starts[term + 1]) for term in terms]
        holders = np.concatenate([self._holders[piece] for piece in slices])
        weights = np.concatenate([self._weights[piece] for piece in slices])
        return np.bincount(holders, weights=weights, minlength=self.size).astype(np.float32)

    def idf(self, feature: str) -> float:
        """How much the feature says; most when no document holds it."""
        term = self._ids.get(feature, -1)
        return self._idf[term] if 0 <= term < self._terms else self.idf_most


def _numbered(documents: Iterable[Sequence[str]], ids: dict[str, int]) -> tuple[Integers, Integers, Floats, Integers]:
    """All features as numbers: (feature, count) of each document in turn; and the documents' lengths and sizes."""
    terms, counts = array("i"), array("i")
    lengths, sizes = array("i"), array("i")
    for features in documents:
        counted = Counter(features)
        terms.extend([ids.setdefault(feature, len(ids)) for feature in counted])
        counts.extend(counted.values())
        lengths.append(len(features))
        sizes.append(len(counted))
    return (
        np.array(terms, dtype=np.int32),
        np.array(counts, dtype=np.int32),
        np.array(lengths, dtype=np.float32),
        np.array(sizes, dtype=np.int32),
    )
