"""One weight for each feature and intent: a support vector machine with squared hinge loss.

Solved as least squares over and over: an example that is surer than it must be is then asked for no more than it has.
What has to be inverted stays the same, so all rounds together cost little; and what would be said of an example had it
not been seen comes out on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.sparse import Floats, Integers, Rows

SMOOTHNESS = 0.2  #: more makes it trust single examples less
_FAIRNESS = 0.75  #: 1: every intent counts alike; 0: every example does
_ROUNDS = 8  #: after which hardly anything changes
_SMALL = 128  #: rows that are inverted outright
MOST = 4000  #: examples solved together: 64 MB a table, 2 s


@dataclass(frozen=True, slots=True)
class Solution:
    weights: Floats  #: feature x intent
    bias: Floats  #: of each intent
    unseen: Floats  #: example x intent: the score that it has when it is left out


def solve(rows: Rows, labels: Integers, count: int) -> Solution:
    """`labels`: the intent of each row, below `count`. More than MOST rows are solved apart and their mean is taken."""
    if len(rows) > MOST:
        return _solve_apart(rows, labels, count)
    table = rows.products() + np.float32(1)
    slack = (SMOOTHNESS / _importance(labels, count)).astype(np.float32)
    table[np.diag_indices(len(rows))] += slack
    root = _inverse_root(table)
    del table
    wanted, shares = _fit(root, slack, np.where(labels[:, None] == np.arange(count), np.float32(1), np.float32(-1)))
    unseen = wanted - shares / np.square(root).sum(axis=0)[:, None]
    return Solution(rows.combine(shares), shares.sum(axis=0), unseen)


def _fit(root: Floats, slack: Floats, signs: Floats) -> tuple[Floats, Floats]:
    """What each example is asked for at last, and its share in the weights of each intent."""
    wanted = signs
    for _ in range(_ROUNDS):
        shares = root.T @ (root @ wanted)
        scores = wanted - slack[:, None] * shares
        wanted = np.where(signs * scores > 1, scores, signs)
    return wanted, root.T @ (root @ wanted)


def _importance(labels: Integers, count: int) -> NDArray[np.float64]:
    """Of each example, so that an intent with few of them is heard nearly as loudly as one with many."""
    rare = np.maximum(np.bincount(labels, minlength=count), 1)[labels] ** -_FAIRNESS
    return np.asarray(rare / rare.mean())


def _inverse_root(table: Floats) -> Floats:
    """Of a positive definite table the lower triangle R with RᵀR its inverse; nearly all of it is multiplication."""
    size = len(table)
    if size <= _SMALL:
        return np.asarray(np.linalg.inv(np.linalg.cholesky(table)))
    half = size // 2
    found = np.zeros_like(table)
    first = found[:half, :half] = _inverse_root(table[:half, :half])
    across = table[half:, :half] @ first.T
    second = found[half:, half:] = _inverse_root(table[half:, half:] - across @ across.T)
    found[half:, :half] = -(second @ (across @ first))
    return found


def _solve_apart(rows: Rows, labels: Integers, count: int) -> Solution:
    """Parts of equal size with the intents spread evenly; the mean of their answers is nearly that of all at once."""
    parts = -(-len(rows) // MOST)
    order = np.argsort(labels, kind="stable")
    solutions = []
    unseen = np.zeros((len(rows), count), np.float32)
    for part in range(parts):
        chosen = np.sort(order[part::parts])
        solution = solve(rows.pick(chosen), labels[chosen], count)
        unseen[chosen] = solution.unseen
        solutions.append(solution)
    weights = sum(solution.weights for solution in solutions) / np.float32(parts)
    bias = sum(solution.bias for solution in solutions) / np.float32(parts)
    return Solution(np.asarray(weights), np.asarray(bias), unseen)
