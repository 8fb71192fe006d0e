"""What came of questions put to an index: rows for machines, and the judgement that `knowledge.figures` counts."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.figures import Judged
from knowledge.index import Hit
from knowledge.jsonl import Query
from knowledge.policy import Outcome, Policy

OFFERED = 3  #: hits that are looked at


@dataclass(frozen=True, slots=True)
class Answered:
    """One question and what was found for it."""

    query: Query
    hits: tuple[Hit, ...]  #: at most three, best first
    outcome: Outcome

    @classmethod
    def of(cls, query: Query, hits: tuple[Hit, ...], policy: Policy) -> Answered:
        return cls(query, hits, policy.outcome(confidence_of(hits)))

    @property
    def as_json(self) -> dict[str, object]:
        """The hits come with it whatever the outcome; `confidence`: how probable it is that the first one is right."""
        return {
            "id": self.query.id,
            "hits": [{"id": hit.entry.number, "score": round(hit.confidence, 6)} for hit in self.hits],
            "confidence": round(confidence_of(self.hits), 6),
            "outcome": self.outcome.value,
        }

    @property
    def judged(self) -> Judged:
        """Whether it was right, as far as the question says what is."""
        rank = rank_of(self.query.gold, self.hits) if self.query.gold is not None else None
        return Judged(confidence_of(self.hits), rank, is_known=self.query.gold is not None)


def confidence_of(hits: tuple[Hit, ...]) -> float:
    """Of the first hit; 0 when there is none."""
    return hits[0].confidence if hits else 0.0


def rank_of(number: str, hits: tuple[Hit, ...]) -> int | None:
    """The place of an entry among the hits, from 1."""
    return next((at for at, hit in enumerate(hits, start=1) if hit.entry.number == number), None)
