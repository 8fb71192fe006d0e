"""Guesses what a sentence means from examples, where no template says so. Trained when it is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from intents.certainty import Certainty
from intents.least_squares import solve
from intents.sparse import Floats, Vocabulary
from intents.views import look


@dataclass(frozen=True, slots=True)
class Guess:
    intent: str
    confidence: float  #: 0–1: how probable it is that this is right


@dataclass(frozen=True, slots=True)
class Classifier:
    """Never changes after training, so threads may share it."""

    intents: tuple[str, ...]  #: in the order of the columns of `weights`
    vocabulary: Vocabulary
    weights: Floats  #: feature x intent
    bias: Floats
    certainty: Certainty

    @classmethod
    def train(cls, examples: Iterable[tuple[str, str]]) -> Classifier:
        """From sentences and their intents; the same examples in the same order give the same classifier.

        Raises ValueError without examples.
        """
        pairs = list(examples)
        if not pairs:
            raise ValueError("no examples to learn from")
        intents = tuple(sorted({intent for _, intent in pairs}))
        places = {intent: place for place, intent in enumerate(intents)}
        labels = np.array([places[intent] for _, intent in pairs], np.int32)
        views = [look(text) for text, _ in pairs]
        vocabulary = Vocabulary.of(views)
        rows = vocabulary.rows(views)
        solution = solve(rows, labels, len(intents))
        certainty = Certainty.fit(solution.unseen, labels, vocabulary.shared(rows))
        return cls(intents, vocabulary, solution.weights, solution.bias, certainty)

    def guess(self, text: str) -> Guess:
        """The most probable intent."""
        columns, values, known = self.vocabulary.row(look(text))
        scores = np.array(values, np.float32) @ self.weights[columns] + self.bias
        return Guess(self.intents[int(scores.argmax())], self.certainty.of(scores, known))
