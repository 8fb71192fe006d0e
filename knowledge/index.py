"""Finds the entry that answers a question, among those that this reader may have in this place on this day.

Inverted indexes (`views`) pick the candidates (`ranking`), and the best few are judged (`judging`). What is not allowed
(`permission`) is taken out before anything is ranked; that it fits better is known, and only lowers the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace

import numpy as np

from knowledge import confidence
from knowledge.confidence import Calibration, Measures
from knowledge.entry import Entry, Status
from knowledge.features import Wordbook
from knowledge.judging import Hit, Judge
from knowledge.permission import Mask, Permissions, Scope
from knowledge.question import Names, Question, parts
from knowledge.ranking import LeftOut, features_of, rank
from knowledge.text import key
from knowledge.vectors import Floats, Vector, Vectors
from knowledge.views import Views

__all__ = ["Hit", "Index", "Scope"]

_LONGEST = 500  #: characters of a question that are looked at: what costs more than a moment answers nothing better
_JUDGED = 5  #: candidates, or as many as are asked for
_SURE_PART = 0.85  #: confidence at which a sentence counts as a question of its own
_ELSEWHERE = "提到了「{}」,不是这家店"
_BY_SOUND = "按读音当作「{}」"
_TWO_MATTERS = "一次问了几件事"


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
        self._names = Names(words, self._views.keys, self._wordbook, self._views.mend)
        self._calibration = calibration or Calibration()
        self._vectors: Vectors | None = None
        self._heard: Mapping[str, Floats] = {}

    @property
    def calibration(self) -> Calibration:
        """What turns measures into confidences; the prior when none was given."""
        return self._calibration

    def calibrated(self, calibration: Calibration) -> Index:
        """The same index with other confidences; cheap, everything else is shared."""
        other = copy(self)
        other._calibration = calibration
        return other

    @property
    def vectors(self) -> Vectors | None:
        """What its wordings mean, where somebody has said it."""
        return self._vectors

    def with_vectors(self, vectors: Vectors | None) -> Index:
        """The same index with a further view; cheap."""
        other = copy(self)
        other._vectors = vectors
        return other

    def vectors_of(self, given: Mapping[str, Vector]) -> Vectors:
        """The further view, from the vectors of its wordings. Raises ValueError when they make none."""
        return Vectors.of(self._views.wordings, self._entries, self.owners, given)

    def hearing(self, heard: Mapping[str, Vector]) -> Index:
        """The same index for one piece of work, which knows what a few texts mean. What makes no sense is left out."""
        other, vectors = copy(self), self._vectors
        other._heard = {key(said): row for said, row in vectors.fitting(heard).items()} if vectors else {}
        return other

    @property
    def wordings(self) -> Sequence[str]:
        """As HQ wrote them."""
        return self._views.wordings

    def search(self, text: str, scope: Scope, limit: int = 3) -> tuple[Hit, ...]:
        """The best entries for `text`, best first; none when nothing allowed has anything in common with it."""
        allowed = self._permissions.mask(scope)
        if not allowed.any():
            return ()
        text = text[:_LONGEST]
        question = self._names.ask(text, scope.store)
        hits = self._search(question, allowed, limit, key(text))
        if not (hits and hits[0].is_own_wording):
            by_part = [
                self._search(self._names.ask(part, scope.store), allowed, limit, key(part)) for part in parts(text)
            ]
            hits = _with_parts(hits, [part[0] for part in by_part if part])
        return tuple(_lowered(hit, question) for hit in hits[:limit])

    @property
    def owners(self) -> Sequence[int]:
        """The entry of each wording, as numbers; an entry's wordings stand in a row."""
        return self._views.owners

    def rehearse(self, wording: int, *, is_whole: bool, lead: str = "") -> tuple[Measures, bool] | None:
        """Ask one of HQ's own wordings of an index that does not know it, or nothing of its entry.

        `lead`: what somebody says first who tells more than is asked. Gives what the best match measures and whether
        it is right; None when nothing matches.
        """
        found = self._rehearse(wording, is_whole, lead)
        return (found[0], found[1] == self._views.owners[wording]) if found else None

    def guess(self, wording: int, *, is_whole: bool) -> tuple[int, float] | None:
        """The same question: the entry that words alone lead to, and how sure that is."""
        found = self._rehearse(wording, is_whole)
        return (found[1], self._calibration.estimate(found[0])) if found else None

    def _rehearse(self, wording: int, is_whole: bool, lead: str = "") -> tuple[Measures, int] | None:
        views, entry = self._views, self._views.owners[wording]
        span = views.span(entry)
        forgotten = features_of(views, range(span.start, span.stop) if is_whole else range(wording, wording + 1))
        left_out = LeftOut(entry, wording, is_whole, forgotten)
        return self._measure(self._names.ask(lead + views.wordings[wording], None), left_out)

    def measure(self, text: str) -> Measures | None:
        """What the best of all entries measures for `text`; None when nothing matches."""
        found = self._measure(self._names.ask(text, None), None)
        return found[0] if found else None

    def _measure(self, question: Question, left_out: LeftOut | None) -> tuple[Measures, int] | None:
        everything = np.ones(len(self._entries), dtype=bool)
        ranked = rank(self._views, question, everything, (), _JUDGED, left_out)
        if not ranked.candidates:
            return None
        best = ranked.candidates[0]
        return Judge(self._views, self._entries, question, ranked, left_out).measure(best), best.at

    def _search(self, question: Question, allowed: Mask, limit: int, said: str) -> list[Hit]:
        own = [at for at in self._views.by_key.get(question.key, ()) if allowed[at]]
        ranked = rank(self._views, question, allowed, own, max(_JUDGED, limit))
        judge = Judge(self._views, self._entries, question, ranked)
        if self._vectors is None or said not in self._heard or own:
            return judge.hits(own, self._calibration, limit)
        hits = judge.hits(own, self._calibration, max(_JUDGED, limit))
        return self._vectors.reorder(hits, said, self._vectors.near(self._heard[said], allowed), self.wordings)


def _with_parts(whole: list[Hit], by_part: Iterable[Hit]) -> list[Hit]:
    """Two sentences may ask for two things; one may be just as HQ worded it."""
    sure = {hit.entry.number: hit for hit in by_part if hit.confidence >= _SURE_PART}
    if not sure or (len(sure) == 1 and not any(hit.is_own_wording for hit in sure.values())):
        return whole
    most = confidence.TWO_MATTERS_MOST if len(sure) > 1 else confidence.PART_MOST
    reasons = (_TWO_MATTERS,) if len(sure) > 1 else ()
    first = [
        replace(hit, confidence=min(hit.confidence, most), is_own_wording=False, vetoes=(*hit.vetoes, *reasons))
        for hit in sure.values()
    ]
    rest = [replace(hit, confidence=min(hit.confidence, most)) for hit in whole if hit.entry.number not in sure]
    return first + rest


def _lowered(hit: Hit, question: Question) -> Hit:
    """Not sure enough to go alone when the question is about another store, or was only understood by its sound."""
    reasons = [_ELSEWHERE.format(name) for name in question.elsewhere[:1]]
    reasons += [_BY_SOUND.format(question.key)] if question.is_mended else []
    if not reasons:
        return hit
    sure = min(hit.confidence, confidence.PART_MOST)
    return replace(hit, confidence=sure, is_own_wording=False, vetoes=(*hit.vetoes, *reasons))
