"""Finds the entry that answers a question, among those that this reader may have in this place on this day.

Inverted indexes (`views`) pick at most 50 candidates; those are compared letter by letter, and the best few are judged
(`confidence`, `vetoes`). What is not allowed (`permission`) is taken out before anything is ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz import fuzz

from knowledge import confidence
from knowledge.confidence import Calibration, Measures
from knowledge.entry import Entry, Status
from knowledge.features import Wordbook, characters
from knowledge.permission import Mask, Permissions, Scope
from knowledge.question import Names, Question, parts
from knowledge.text import words
from knowledge.vetoes import Veto, find_vetoes
from knowledge.views import Views

__all__ = ["Hit", "Index", "Scope"]

_LONGEST = 500  #: characters of a question that are looked at: what costs more than a moment answers nothing better
_CANDIDATES = 50
_JUDGED = 8  #: of these, how many are looked at closely
_RATIO = 0.1  #: what the comparison letter by letter weighs
_COMMON_WORDS = 4  #: shown to people
_TELLING = 0.35  #: of the most that a word can say
_SURE_PART = 0.85  #: confidence at which a sentence counts as a question of its own
_ELSEWHERE = "提到了「{}」,不是这家店"
_TWO_MATTERS = "一次问了几件事"


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that may answer the question."""

    entry: Entry
    confidence: float  #: 0–1, the estimate that it is the right one
    wording: str  #: the wording of HQ's that matched
    words: tuple[str, ...] = ()  #: what matched, for people
    is_own_wording: bool = False  #: the question equals one of the entry's wordings
    vetoes: tuple[str, ...] = ()  #: Chinese: why the confidence was lowered
    parts: tuple[tuple[str, float], ...] = ()  #: each view (Chinese) and what it gave, relative to what it could


@dataclass(frozen=True, slots=True)
class _Candidate:
    at: int  #: of the entry
    wording: int  #: the nearest of its wordings
    score: float  #: relative to what the question could score
    vetoes: tuple[Veto, ...]

    @property
    def is_refused(self) -> bool:
        return any(veto.is_final for veto in self.vetoes)


class Index:
    """Immutable, so threads may share it. Holds active entries only."""

    def __init__(
        self,
        entries: Iterable[Entry],
        *,
        words: Iterable[str] = (),
        synonyms: Mapping[str, str] | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        """`words` are names that HQ uses, such as stores': one that stands in no wording is not part of a question.

        `synonyms` are HQ's: alias → standard word. Without a `calibration` confidences are what fits most chains.
        """
        self._entries = tuple(entry for entry in entries if entry.status is Status.ACTIVE)
        self._permissions = Permissions(self._entries)
        self._wordbook = Wordbook(synonyms)
        self._views = Views(self._entries, self._wordbook)
        self._names = Names(words, self._views.keys, self._wordbook)
        self._calibration = calibration or Calibration()

    @property
    def calibration(self) -> Calibration:
        """What turns measures into confidences; the prior when none was given."""
        return self._calibration

    def calibrated(self, calibration: Calibration) -> Index:
        """The same index with other confidences; cheap, everything else is shared."""
        other = copy(self)
        other._calibration = calibration
        return other

    def search(self, text: str, scope: Scope, limit: int = 3) -> tuple[Hit, ...]:
        """The best entries for `text`, best first; none when nothing allowed has anything in common with it."""
        allowed = self._permissions.mask(scope)
        if not allowed.any():
            return ()
        text = text[:_LONGEST]
        question = self._names.ask(text, scope.store)
        hits = self._search(question, allowed, limit)
        if not (hits and hits[0].is_own_wording):
            by_part = [self._search(self._names.ask(part, scope.store), allowed, limit) for part in parts(text)]
            hits = _with_parts(hits, [part[0] for part in by_part if part])
        return tuple(_lowered_elsewhere(hit, question) for hit in hits[:limit])

    def _search(self, question: Question, allowed: Mask, limit: int) -> list[Hit]:
        own = [at for at in self._views.by_key.get(question.key, ()) if allowed[at]]
        candidates = self._candidates(question, allowed, own, max(_JUDGED, limit))
        hits = [self._judge(question, candidate, candidates, own) for candidate in candidates]
        return sorted(hits, key=lambda hit: -hit.confidence)

    def _candidates(self, question: Question, allowed: Mask, own: Sequence[int], most: int) -> list[_Candidate]:
        """What has most in common with the question, best first, and before that whatever HQ worded just so."""
        per_wording, scores = self._views.scores(question.letters, question.words)
        scores[~allowed] = 0
        found = min(_CANDIDATES, len(scores))
        best = [int(at) for at in np.argpartition(-scores, found - 1)[:found] if scores[at] > 0]
        weight = self._views.weight(question.letters, question.words) or 1.0
        ranked: list[tuple[bool, float, int, int]] = []
        for at in dict.fromkeys((*own, *best)):
            span = self._views.span(at)
            wording = span.start + int(per_wording[span].argmax())
            ratio = fuzz.ratio(question.key, self._views.keys[wording]) / 100
            ranked.append((at not in own, -(float(scores[at]) / weight + _RATIO * ratio), at, wording))
        ranked.sort()
        return [
            _Candidate(at, wording, -score, self._vetoes(question, at, wording))
            for _, score, at, wording in ranked[:most]
        ]

    def _vetoes(self, question: Question, at: int, wording: int) -> tuple[Veto, ...]:
        return tuple(find_vetoes(question.key, self._views.keys[wording], self._views.counterexamples(at)))

    def _judge(
        self, question: Question, candidate: _Candidate, rivals: Sequence[_Candidate], own: Sequence[int]
    ) -> Hit:
        entry, wording = self._entries[candidate.at], self._views.wordings[candidate.wording]
        if candidate.at in own:
            sure = confidence.OWN_WORDING if len(own) == 1 else confidence.AMBIGUOUS
            return Hit(entry, sure, wording, self._common(question, candidate), is_own_wording=True)
        reasons = tuple(veto.reason for veto in candidate.vetoes)
        penalty = sum(veto.penalty for veto in candidate.vetoes)
        sure = self._calibration.estimate(self._measure(question, candidate, rivals), penalty)
        sure = min(sure, confidence.PART_MOST) if reasons else sure
        return Hit(entry, sure, wording, self._common(question, candidate), vetoes=reasons)

    def _measure(self, question: Question, candidate: _Candidate, rivals: Sequence[_Candidate]) -> Measures:
        others = [rival.score for rival in rivals if rival is not candidate and not rival.is_refused]
        lead, gap = confidence.lead_and_gap(candidate.score, max(others, default=None))
        wording, wording_words = self._views.keys[candidate.wording], self._views.word_features[candidate.wording]
        unknown = [word for word in question.words if not self._views.knows(candidate.at, word)]
        return Measures(
            score=candidate.score,
            lead=lead,
            gap=gap,
            words_covered=confidence.covered(wording_words, question.words, self._views.words),
            characters_covered=confidence.covered(characters(wording), question.letters, self._views.characters),
            missing=confidence.missing(unknown, self._views.words),
        )

    def _common(self, question: Question, candidate: _Candidate) -> tuple[str, ...]:
        """The words of the question that the entry knows and that say something."""
        of_words = self._views.words
        telling = [
            word
            for word in dict.fromkeys(words(question.key))
            for feature in self._wordbook.word_features(word)[:1]
            if self._views.knows(candidate.at, feature) and of_words.idf(feature) >= _TELLING * of_words.idf_most
        ]
        return tuple(telling[:_COMMON_WORDS])


def _with_parts(whole: list[Hit], by_part: Iterable[Hit]) -> list[Hit]:
    """A sentence of the message may say it better than the whole message; two sentences may ask for two things."""
    sure = {hit.entry.number: hit for hit in by_part if hit.confidence >= _SURE_PART}
    estimates = {hit.entry.number: hit.confidence for hit in whole}
    if not sure or (len(sure) == 1 and all(estimates.get(number, 0) >= confidence.PART_MOST for number in sure)):
        return whole
    most = confidence.TWO_MATTERS_MOST if len(sure) > 1 else confidence.PART_MOST
    reasons = (_TWO_MATTERS,) if len(sure) > 1 else ()
    first = [
        replace(hit, confidence=min(hit.confidence, most), is_own_wording=False, vetoes=(*hit.vetoes, *reasons))
        for hit in sure.values()
    ]
    rest = [replace(hit, confidence=min(hit.confidence, most)) for hit in whole if hit.entry.number not in sure]
    return first + rest


def _lowered_elsewhere(hit: Hit, question: Question) -> Hit:
    if not question.elsewhere:
        return hit
    reason = _ELSEWHERE.format(question.elsewhere[0])
    sure = min(hit.confidence, confidence.PART_MOST)
    return replace(hit, confidence=sure, is_own_wording=False, vetoes=(*hit.vetoes, reason))
