"""How sure a match is and why: measures what was ranked, looks for vetoes, asks the calibration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from knowledge import confidence
from knowledge.confidence import Calibration, Measures
from knowledge.entry import Entry
from knowledge.features import characters, word_of
from knowledge.question import Question
from knowledge.ranking import Candidate, LeftOut, Ranked
from knowledge.vetoes import Veto, find_vetoes
from knowledge.views import Views

_COMMON_WORDS = 4  #: shown to people
_TELLING = 0.35  #: of the most that a word can say
_NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that may answer the question."""

    entry: Entry
    confidence: float  #: 0–1, the estimate that it is the right one
    wording: str  #: the wording of HQ's that matched
    words: tuple[str, ...] = ()  #: what matched, for people
    is_own_wording: bool = False  #: the question equals one of the entry's wordings
    vetoes: tuple[str, ...] = ()  #: Chinese: why the confidence was lowered
    parts: tuple[tuple[str, float], ...] = ()  #: each view (Chinese) and its part of the score


@dataclass(frozen=True)
class Judge:
    """Judges what was ranked for one question."""

    views: Views
    entries: Sequence[Entry]
    question: Question
    ranked: Ranked
    left_out: LeftOut | None = None

    @cached_property
    def familiar(self) -> float:
        """0–1, how much of the question is known at all."""
        besides = self.left_out.features if self.left_out else _NOTHING
        return self.views.characters.familiarity(self.question.letters, besides)

    def hits(self, own: Sequence[int], calibration: Calibration, most: int) -> list[Hit]:
        """The best candidates as hits, best first. `own`: entries that HQ worded just so."""
        vetoes = {candidate.at: self._vetoes(candidate) for candidate in self.ranked.candidates}
        refused = {at for at, found in vetoes.items() if any(veto.is_final for veto in found)}
        ordered = sorted(self.ranked.candidates, key=lambda candidate: candidate.at in refused)
        hits: list[Hit] = []
        highest = 1.0
        for candidate in ordered[:most]:
            hit = self._hit(candidate, vetoes[candidate.at], refused, own, calibration)
            # What fits less well is not surer, whatever speaks against the better one.
            highest = min(highest, hit.confidence)
            hits.append(replace(hit, confidence=highest))
        return hits

    def _hit(
        self,
        candidate: Candidate,
        vetoes: Sequence[Veto],
        refused: set[int],
        own: Sequence[int],
        calibration: Calibration,
    ) -> Hit:
        entry, wording = self.entries[candidate.at], self.views.wordings[candidate.wording]
        common, parts = self._common(candidate), candidate.parts
        if candidate.at in own:
            sure = confidence.OWN_WORDING if len(own) == 1 else confidence.AMBIGUOUS
            return Hit(entry, sure, wording, common, is_own_wording=True, parts=parts)
        penalty = sum(veto.penalty for veto in vetoes) + self._penalty_of_hidden(candidate)
        sure = calibration.estimate(self.measure(candidate, refused), penalty)
        reasons = tuple(veto.reason for veto in vetoes)
        sure = min(sure, confidence.PART_MOST) if reasons else sure
        return Hit(entry, sure, wording, common, vetoes=reasons, parts=parts)

    def measure(self, candidate: Candidate, refused: Iterable[int] = ()) -> Measures:
        """What the confidence stands on. `refused`: candidates that are no rivals, for HQ says that they are wrong."""
        others = [rival for rival in self.ranked.candidates if rival.at != candidate.at and rival.at not in refused]
        besides = self.left_out.features if self.left_out else _NOTHING
        # An entry as a whole was compared with what is known of the question only; the rest counts too.
        familiar = self.familiar
        score = candidate.score - (1 - familiar) * candidate.whole
        rival = max((rival.score - (1 - familiar) * rival.whole for rival in others), default=None)
        whole_rival = max((rival.whole for rival in others), default=0.0)
        wording, wording_words = self.views.keys[candidate.wording], self.views.word_features[candidate.wording]
        lead, gap = confidence.lead_and_gap(score, rival)
        of_words = self.views.words
        known = [word for word in self.question.words if self._knows(candidate, word)]
        unknown = [word for word in self.question.words if word not in known]
        return Measures(
            score=score,
            lead=lead,
            gap=gap,
            whole=familiar * candidate.whole,
            whole_lead=familiar * (candidate.whole - whole_rival),
            words_covered=confidence.covered(wording_words, self.question.words, of_words),
            characters_covered=confidence.covered(characters(wording), self.question.letters, self.views.characters),
            known=confidence.covered(self.question.words, known, of_words, besides),
            missing=confidence.missing(unknown, of_words, besides),
            length=confidence.length(self.question.key),
            share=confidence.share(candidate.score, (rival.score for rival in others)),
        )

    def _knows(self, candidate: Candidate, word: str) -> bool:
        left_out = self.left_out
        forgotten = left_out.wording if left_out and left_out.entry == candidate.at else None
        return self.views.knows(candidate.at, word, forgotten)

    def _vetoes(self, candidate: Candidate) -> list[Veto]:
        return find_vetoes(
            self.question.key, self.views.keys[candidate.wording], self.views.counterexamples(candidate.at)
        )

    def _penalty_of_hidden(self, candidate: Candidate) -> float:
        """When what fits better may not be shown, what is left is probably not the answer."""
        mine = self.entries[candidate.at]
        for hidden in self.ranked.hidden[:1]:
            other = self.entries[hidden.at]
            if hidden.score > candidate.score and other.number != mine.number and other.question != mine.question:
                return confidence.HIDDEN * (1 - candidate.score / hidden.score)
        return 0.0

    def _common(self, candidate: Candidate) -> tuple[str, ...]:
        """The words of the question that the entry knows and that say something."""
        of_words = self.views.words
        telling = [
            word_of(feature)
            for feature in self.question.words
            if self.views.knows(candidate.at, feature) and of_words.idf(feature) >= _TELLING * of_words.idf_most
        ]
        return tuple(telling[:_COMMON_WORDS])
