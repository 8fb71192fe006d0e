"""How probable it is that the best guess is right, learned from what each example gets when it is left out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.sparse import Floats, Integers

_PRIOR = (-0.5, 2.0, 3.0, 1.0)  #: a constant, the best score, its lead, the share of known features
_HOLD = 2.0  #: how hard the prior holds on; in examples
_STEPS = 25  #: of Newton's method, which is done after ten
_LOGIT_MOST = 12.0


@dataclass(frozen=True, slots=True)
class Certainty:
    """A logistic curve over the best score, its lead on the second, and how much of the sentence is known."""

    weights: tuple[float, ...] = _PRIOR

    @classmethod
    def fit(cls, unseen: Floats, labels: Integers, known: Floats) -> Certainty:
        """`unseen`: scores of each example left out; `known`: the share of it that the others have as well."""
        best, lead = _best_and_lead(unseen)
        table = np.column_stack((np.ones(len(best)), best, lead, known)).astype(np.float64)
        right = (unseen.argmax(axis=1) == labels).astype(np.float64)
        return cls(tuple(float(weight) for weight in _climb(table, right)))

    def of(self, scores: Floats, known: float) -> float:
        """0–1. `scores`: one for each intent."""
        best, lead = _best_and_lead(scores[None, :])
        logit = np.dot(self.weights, (1.0, float(best[0]), float(lead[0]), known))
        return 1 / (1 + math.exp(-max(-_LOGIT_MOST, min(_LOGIT_MOST, float(logit)))))


def _best_and_lead(scores: Floats) -> tuple[Floats, Floats]:
    if scores.shape[1] == 1:
        return scores[:, 0], np.ones(len(scores), np.float32)
    two = np.sort(np.partition(scores, -2, axis=1)[:, -2:], axis=1)
    return two[:, 1], two[:, 1] - two[:, 0]


def _climb(table: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    prior = np.array(_PRIOR)
    weights = prior.copy()
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(table @ weights, -_LOGIT_MOST, _LOGIT_MOST)))
        slope = table.T @ (right - chance) - _HOLD * (weights - prior)
        bend = (table * (chance * (1 - chance))[:, None]).T @ table + _HOLD * np.eye(len(prior))
        step = np.linalg.solve(bend, slope)
        weights += step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-6:
            break
    return weights
