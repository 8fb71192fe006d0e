"""Which entries fit a question, best first. Looks at every wording once, in indexes; at few entries closely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from knowledge.permission import Mask
from knowledge.postings import Floats, Integers
from knowledge.question import Question
from knowledge.views import ABOUT, CHARACTERS, WHOLE, WHOLE_WORDS, WORDS, Views

_CANDIDATES = 200  #: wordings whose entries are looked at as a whole
_HIDDEN = 20
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
    by_letters, by_words = views.wording_scores(question, weights)
    about = views.about_scores(question, weights)
    scores = by_letters + by_words + about[views.owner]
    if left_out is not None:
        scores[views.span(left_out.entry) if left_out.is_whole else left_out.wording] = 0
    look = _Look(views, question, by_letters, by_words, about, scores, left_out)
    is_open = allowed.all()
    shown = scores if is_open else np.where(allowed[views.owner], scores, 0)
    hidden = [] if is_open else look.closely(np.where(shown > 0, 0, scores), _HIDDEN, 1)
    return Ranked(tuple(look.closely(shown, _CANDIDATES, most, own)), tuple(hidden))


@dataclass(frozen=True, slots=True)
class _Look:
    """One question, and what the indexes say to it."""

    views: Views
    question: Question
    by_letters: Floats  #: of each wording
    by_words: Floats
    about: Floats  #: of each entry
    scores: Floats  #: of each wording with its entry's `about`; 0 for what is left out
    left_out: LeftOut | None

    def closely(self, scores: Floats, width: int, most: int, own: Sequence[int] = ()) -> list[Candidate]:
        """The best entries by their full scores, those in `own` before all others. `width`: wordings looked at."""
        found = self._best(scores, width) | {at: self._nearest(at) for at in own}
        if not found:
            return []
        chosen = np.fromiter(found, dtype=np.int32, count=len(found))
        wordings = np.fromiter(found.values(), dtype=np.int32, count=len(found))
        whole, whole_words = self._whole(chosen)
        full = self.scores[wordings] + whole + whole_words
        is_other = np.array([at not in own for at in found])
        best = np.lexsort((chosen, -full, is_other))[:most]
        return [
            self._candidate(int(chosen[at]), int(wordings[at]), float(whole[at]), float(whole_words[at])) for at in best
        ]

    def _best(self, scores: Floats, width: int) -> dict[int, int]:
        """The entries of the best wordings, each with its best one."""
        width = min(width, len(scores))
        if not width:
            return {}
        top = np.argpartition(-scores, width - 1)[:width]
        top = top[np.argsort(-scores[top], kind="stable")]
        found: dict[int, int] = {}
        for wording in top.tolist():
            if scores[wording] > 0:
                found.setdefault(self.views.owners[wording], wording)
        return found

    def _nearest(self, at: int) -> int:
        """The wording of entry `at` that fits best."""
        span = self.views.span(at)
        return int(span.start) + int(self.scores[span].argmax())

    def _whole(self, chosen: Integers) -> tuple[Floats, Floats]:
        whole, whole_words = self.views.whole_scores(self.question, chosen)
        left_out = self.left_out
        if left_out is not None and not left_out.is_whole and left_out.entry in chosen:
            there = chosen == left_out.entry
            whole[there], whole_words[there] = self.views.whole_scores_without(
                self.question, left_out.entry, left_out.wording
            )
        return whole, whole_words

    def _candidate(self, at: int, wording: int, whole: float, whole_words: float) -> Candidate:
        parts = (
            (CHARACTERS, float(self.by_letters[wording])),
            (WORDS, float(self.by_words[wording])),
            (WHOLE, whole),
            (WHOLE_WORDS, whole_words),
            (ABOUT, float(self.about[at])),
        )
        return Candidate(at, wording, sum(part for _, part in parts), parts)


def features_of(views: Views, wordings: range) -> Mapping[str, int]:
    """In how many of `wordings` each feature stands."""
    return Counter(feature for at in wordings for feature in views.features(at))
