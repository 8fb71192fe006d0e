"""Fits the view of vectors to one chain, as `calibration` fits the views of words: by HQ's own questions, left out.

A wording is asked of an index that forgot it, or the whole of its entry; its vector is known, so nobody is asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.index import Index
from knowledge.vectors import LEAST, Blend, Vector, Vectors, features

_SAMPLE = 150  #: of each kind
_FEWEST = 20  #: left-out wordings; with less nothing is fitted
_SHARE_LEFT_OUT = 0.62  #: of the questions that customers ask; the rest has no entry
_CANDIDATES = 3
_PRIOR = np.array([-1.2, 0.6, 0.1, 0.5])
_STIFF = np.array([0.1, 1.0, 1.0, 1.0])  #: how firmly each stands
_STEPS = 30
_SHORTEST_STEP = 1e-4
_LOGIT_MOST = 30.0

Matrix = NDArray[np.float64]


def texts_of(index: Index) -> tuple[str, ...]:
    """What has to be known of an index: each wording once, in order."""
    return tuple(dict.fromkeys(index.wordings))


def understood(index: Index, given: Mapping[str, Vector]) -> Index:
    """The index with the view of vectors, fitted. Raises ValueError when `given` makes none."""
    vectors = index.vectors_of(given)
    return index.with_vectors(vectors.blended(fit(index, vectors)))


def fit(index: Index, vectors: Vectors) -> Blend | None:
    """How far vectors can be trusted beside words here; None with too few questions to tell."""
    left_out, removed = _rehearse(index, vectors)
    if len(left_out) < _FEWEST:
        return None
    share = (1 - _SHARE_LEFT_OUT) / _SHARE_LEFT_OUT * len(left_out) / max(1, len(removed))
    asked = [(each, 1.0) for each in left_out] + [(each, share) for each in removed]
    every = [(row, heavy) for each, heavy in asked for row in each]
    weights = _logistic(*_columns(every), _PRIOR, _STIFF)
    # Whoever comes first was chosen for it: what that is worth, those tell that came first.
    first = [(max(each, key=lambda row: float(weights @ row[0])), heavy) for each, heavy in asked]
    table, is_right, heavy = _columns(first)
    scored = np.column_stack([np.ones(len(table)), table @ weights])
    base, slope = _logistic(scored, is_right, heavy, np.array([0.0, 1.0]), np.array([0.1, 1.0]))
    constant, *others = slope * weights
    lexical, height, lead = (max(0.0, float(weight)) for weight in others)
    return Blend((float(constant + base), lexical, height, lead), len(asked))


Row = tuple[Matrix, bool]  #: of one entry for one question: its features, and whether it is the right one


def _rehearse(index: Index, vectors: Vectors) -> tuple[list[list[Row]], list[list[Row]]]:
    """What comes up for wordings that are left out, and for those whose whole entry is; never nothing."""
    owners = index.owners
    counts = np.bincount(owners) if len(owners) else np.zeros(0, dtype=np.int64)
    alone = [at for at, owner in enumerate(owners) if vectors.is_one_of_a_kind(owner)]
    with_siblings = [at for at in alone if counts[owners[at]] > 1]
    starts = np.searchsorted(owners, np.arange(len(counts) + 1)).tolist()
    left_out = [_ask(index, vectors, at, range(at, at + 1), is_whole=False) for at in _sample(with_siblings)]
    removed = [
        _ask(index, vectors, at, range(starts[owners[at]], starts[owners[at] + 1]), is_whole=True)
        for at in _sample(alone)
    ]
    return [each for each in left_out if each], [each for each in removed if each]


def _ask(index: Index, vectors: Vectors, wording: int, forgotten: range, *, is_whole: bool) -> list[Row]:
    """Ask a wording of an index that has forgotten it, or all of its entry's."""
    owner = index.owners[wording]
    guess = index.guess(wording, is_whole=is_whole)
    near = {one.at: one for one in vectors.near(vectors.row(wording), None, forgotten)[:_CANDIDATES]}
    sure = {guess[0]: guess[1]} if guess else {}
    return [
        (np.array(features(sure.get(at, LEAST), near.get(at))), at == owner and not is_whole)
        for at in dict.fromkeys([*sure, *near])
    ]


def _sample(items: Sequence[int]) -> Iterable[int]:
    """Evenly spread, at most as many as needed."""
    step = max(1.0, len(items) / _SAMPLE)
    return (items[int(at * step)] for at in range(min(len(items), _SAMPLE)))


def _columns(rows: Sequence[tuple[Row, float]]) -> tuple[Matrix, Matrix, Matrix]:
    """Features, rightness and weight of each."""
    table = np.array([row[0] for row, _ in rows])
    return table, np.array([float(row[1]) for row, _ in rows]), np.array([heavy for _, heavy in rows])


def _logistic(table: Matrix, is_right: Matrix, heavy: Matrix, prior: Matrix, stiff: Matrix) -> Matrix:
    """Logistic regression around a prior, by Newton's method with halved steps."""

    def loss(weights: Matrix) -> float:
        logits = table @ weights
        return float(
            (heavy * (np.logaddexp(0, logits) - is_right * logits)).sum() + (stiff * (weights - prior) ** 2).sum()
        )

    weights = prior.copy()
    for _ in range(_STEPS):
        sure = 1 / (1 + np.exp(-np.clip(table @ weights, -_LOGIT_MOST, _LOGIT_MOST)))
        slope = table.T @ (heavy * (sure - is_right)) + 2 * stiff * (weights - prior)
        bend = (table * (heavy * sure * (1 - sure))[:, None]).T @ table + np.diag(2 * stiff)
        step, share = np.linalg.solve(bend, slope), 1.0
        while share > _SHORTEST_STEP and loss(weights - share * step) > loss(weights):
            share /= 2
        weights = weights - share * step
    return weights
