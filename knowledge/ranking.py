"""Which entries fit a question, best first. Looks at every wording once, in indexes; at few entries closely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from knowledge.permission import Mask
from knowledge.postings import Floats
from knowledge.question import Question
from knowledge.views import ABOUT, CHARACTERS, WHOLE, WHOLE_WORDS, WORDS, Views

_CANDIDATES = 100  #: by their best wording
_HIDDEN = 5
_NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What an index is asked to forget for one question: a wording of an entry, or the whole entry."""

    entry: int
    wording: int
    is_whole: bool
    features: Mapping[str, int] = field(default_factory=dict)  #: in how many of the forgotten wordings each stands


@dataclass(frozen=True, slots=True)
class Candidate:
    at: int  #: of the entry
    wording: int  #: the nearest of its wordings
    score: float  #: about 0 to 1
    parts: tuple[tuple[str, float], ...]  #: each view and what it gave

    @property
    def whole(self) -> float:
        """What all its wordings together gave."""
        return sum(part for view, part in self.parts if view in (WHOLE, WHOLE_WORDS))


@dataclass(frozen=True, slots=True)
class Ranked:
    candidates: tuple[Candidate, ...]  #: what may be shown, best first
    hidden: tuple[Candidate, ...]  #: what may not, best first: known to fit, and never told


def rank(
    views: Views, question: Question, allowed: Mask, own: Sequence[int], most: int, left_out: LeftOut | None = None
) -> Ranked:
    """What has most in common with the question; before that whatever HQ worded just so (`own`)."""
    weights = views.weigh(question, left_out.features if left_out else _NOTHING)
    look = _Look(
        views, question, *views.wording_scores(question, weights), views.about_scores(question, weights), left_out
    )
    scores = look.scores()
    shown = look.closely((*own, *_best(np.where(allowed, scores, 0), _CANDIDATES)))
    hidden = [] if allowed.all() else look.closely(_best(np.where(allowed, 0, scores), _HIDDEN))
    return Ranked(
        tuple(sorted(shown, key=lambda one: (one.at not in own, -one.score, one.at))[:most]),
        tuple(sorted(hidden, key=lambda one: (-one.score, one.at))),
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """One question, and what the indexes say to it."""

    views: Views
    question: Question
    by_letters: Floats  #: of each wording
    by_words: Floats
    about: Floats  #: of each entry
    left_out: LeftOut | None

    def scores(self) -> Floats:
        """Of each entry, enough to choose candidates."""
        per_wording = self.by_letters + self.by_words
        scores = self.views.best_of_entries(per_wording) + self.about
        left_out = self.left_out
        if left_out is not None:
            kept = self._wordings(left_out.entry)
            rest = max((float(per_wording[at]) for at in kept), default=0.0)
            scores[left_out.entry] = rest + self.about[left_out.entry] if kept else 0
        return scores

    def closely(self, entries: Iterable[int]) -> list[Candidate]:
        """`entries` with their full scores, in no order."""
        chosen = np.array(list(dict.fromkeys(entries)), dtype=np.int32)
        if not len(chosen):
            return []
        whole, whole_words = self.views.whole_scores(self.question, chosen)
        left_out = self.left_out
        if left_out is not None and not left_out.is_whole:
            there = chosen == left_out.entry
            without = self.views.whole_scores_without(self.question, left_out.entry, left_out.wording)
            whole[there], whole_words[there] = without
        return [
            self._candidate(int(at), float(one), float(other))
            for at, one, other in zip(chosen, whole, whole_words, strict=True)
        ]

    def _candidate(self, at: int, whole: float, whole_words: float) -> Candidate:
        wording = max(self._wordings(at), key=lambda one: float(self.by_letters[one] + self.by_words[one]))
        parts = (
            (CHARACTERS, float(self.by_letters[wording])),
            (WORDS, float(self.by_words[wording])),
            (WHOLE, whole),
            (WHOLE_WORDS, whole_words),
            (ABOUT, float(self.about[at])),
        )
        return Candidate(at, wording, sum(part for _, part in parts), parts)

    def _wordings(self, at: int) -> Sequence[int]:
        span = self.views.span(at)
        left_out = self.left_out
        if left_out is None or left_out.entry != at:
            return range(span.start, span.stop)
        return () if left_out.is_whole else [one for one in range(span.start, span.stop) if one != left_out.wording]


def features_of(views: Views, wordings: range) -> Mapping[str, int]:
    """In how many of `wordings` each feature stands."""
    return Counter(feature for at in wordings for feature in views.features(at))


def _best(scores: Floats, most: int) -> list[int]:
    found = min(most, len(scores))
    return [int(at) for at in np.argpartition(-scores, found - 1)[:found] if scores[at] > 0] if found else []
