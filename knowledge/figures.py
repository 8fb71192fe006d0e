"""How good a search is, in figures; and the curve by which HQ chooses the lines of `policy.yaml`.

top-1, recall@3 and MRR ask only about questions that have a right entry; all that concerns confidence asks about every
question, for one that nothing answers is answered wrongly whatever comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

_BINS = 10
_LINES = tuple(at / 100 for at in range(5, 100, 5))
_AUTO, _ANSWER, _OFFER = 0.95, 0.75, 0.5  #: how often it must be right to go alone, to be the draft, to be among three


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one question."""

    confidence: float  #: 0–1, of the first hit; 0 when there is none
    rank: int | None  #: 1 for the first hit; None when the right entry is not among the hits
    is_known: bool = True  #: there is a right entry

    @property
    def is_right(self) -> bool:
        return self.rank == 1


@dataclass(frozen=True, slots=True)
class Figures:
    """All that `faq eval` says about one set of questions. None where there is nothing to measure."""

    asked: int
    known: int  #: of these, questions that have a right entry
    top1: float | None
    recall3: float | None
    mrr: float | None
    auroc: float | None
    coverage90: float | None
    coverage95: float | None
    calibration_error: float | None

    @classmethod
    def of(cls, judged: Sequence[Judged]) -> Figures:
        known = [each for each in judged if each.is_known]
        return cls(
            asked=len(judged),
            known=len(known),
            top1=_share(each.is_right for each in known),
            recall3=_share(each.rank is not None and each.rank <= 3 for each in known),
            mrr=_mean([1 / each.rank if each.rank else 0.0 for each in known]),
            auroc=auroc(judged),
            coverage90=coverage(judged, 0.90),
            coverage95=coverage(judged, 0.95),
            calibration_error=calibration_error(judged),
        )


@dataclass(frozen=True, slots=True)
class Point:
    """What a line at this confidence would do."""

    line: float
    above: float  #: share of all questions that reach it
    right: float | None  #: of those, the share whose first hit is right; None when none reaches it
    among: float | None  #: of those, the share with the right entry among the first three


def auroc(judged: Sequence[Judged]) -> float | None:
    """How often a right answer is surer than a wrong one, a tie counting half; None unless there are both."""
    right = sum(each.is_right for each in judged)
    wrong = len(judged) - right
    if not right or not wrong:
        return None
    wins, below = 0.0, 0
    for _, tied in groupby(sorted(judged, key=_confidence), key=_confidence):
        same = list(tied)
        right_here = sum(each.is_right for each in same)
        wrong_here = len(same) - right_here
        wins += right_here * (below + wrong_here / 2)
        below += wrong_here
    return wins / (right * wrong)


def coverage(judged: Sequence[Judged], precision: float) -> float | None:
    """The largest share of all questions that some line lets through with so many of them right; 0 when none does."""
    most, seen, right = 0, 0, 0
    for _, tied in groupby(sorted(judged, key=_confidence, reverse=True), key=_confidence):
        same = list(tied)
        seen += len(same)
        right += sum(each.is_right for each in same)
        if right >= precision * seen:
            most = seen
    return most / len(judged) if judged else None


def calibration_error(judged: Sequence[Judged]) -> float | None:
    """The expected calibration error: how far confidence is from the share that is right, on average.

    Ten bins of equal width over 0–1, 1.0 in the last. Of each, the distance between its mean confidence and the share
    of its questions whose first hit is right; the mean of these, weighed by how many questions are in the bin.
    Questions that nothing answers count as wrong; one without a hit has confidence 0.
    """
    bins: dict[int, list[Judged]] = {}
    for each in judged:
        bins.setdefault(min(_BINS - 1, int(each.confidence * _BINS)), []).append(each)
    off = sum(abs(sum(e.confidence for e in each) - sum(e.is_right for e in each)) for each in bins.values())
    return off / len(judged) if judged else None


def curve(judged: Sequence[Judged]) -> tuple[Point, ...]:
    """What each line from 0.05 to 0.95 would do."""
    points = []
    for line in _LINES:
        above = [each for each in judged if each.confidence >= line]
        points.append(
            Point(
                line=line,
                above=len(above) / len(judged) if judged else 0.0,
                right=_share(each.is_right for each in above),
                among=_share(each.rank is not None and each.rank <= 3 for each in above),
            )
        )
    return tuple(points)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lowest lines that keep to what they promise; None when no line does."""

    auto: float | None  #: 自动回复线: 95 % of what reaches it is right
    answer: float | None  #: 作答线: three quarters are
    offer: float | None  #: 备选线: of what lies between it and the 作答线, half has the right entry among three


def advise(judged: Sequence[Judged]) -> Lines:
    """Lines that these questions speak for; with few questions, take them with a grain of salt."""
    points = curve(judged)
    answer = _lowest(points, _ANSWER)
    return Lines(_lowest(points, _AUTO), answer, _offer_line(judged, answer))


def _lowest(points: Sequence[Point], right: float) -> float | None:
    return min((point.line for point in points if _reaches(point.right, right)), default=None)


def _offer_line(judged: Sequence[Judged], answer: float | None) -> float | None:
    """Of a choice, only that counts which is not answered anyway."""
    below = curve([each for each in judged if answer is None or each.confidence < answer])
    return min((point.line for point in below if _reaches(point.among, _OFFER)), default=answer)


def _reaches(share: float | None, wanted: float) -> bool:
    return share is not None and share >= wanted


def _share(answers: Iterable[bool]) -> float | None:
    return _mean([float(answer) for answer in answers])


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _confidence(each: Judged) -> float:
    return each.confidence
