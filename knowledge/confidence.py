"""How sure a match is, from 0 to 1: a few readable measures, and weights that are fitted to each chain (`calibration`).

The prior's weights come from the sample chains' own wordings. Unfitted, they tell right answers from wrong ones on five
sets of real questions with an AUROC of 0.80 to 0.90 and are off by 0.10 on average; fitted, 0.78 to 0.91 and 0.05.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from knowledge.postings import Postings

OWN_WORDING = 0.98  #: the question is one that HQ wrote
AMBIGUOUS = 0.6  #: it is, but for two entries
PART_MOST = 0.8  #: something else was said too: somebody should read it
TWO_MATTERS_MOST = 0.75  #: two entries answer two parts of the message

HIDDEN = 6.0  #: taken from the log-odds for each share by which an entry fits better that may not be shown here

_MOST = 0.96  #: what no estimate reaches
_HIGH = 0.9  #: from here on estimates are pressed together under it, so that they stay in order
_NEAR = 0.05  #: how far a rival is behind to count a third
_RIVALS = 4  #: that are counted
_ALONE = 0.2  #: the lead of an entry that has no rival
_LONG = 30  #: characters; longer makes no difference
_NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Measures:
    """What the estimate stands on."""

    score: float  #: how well the entry fits, relative to what the question could score
    lead: float  #: how far that is above the best rival; negative when it is below
    gap: float  #: the same as a share of the entry's own score; not under -1
    whole: float  #: how well all its wordings together fit
    whole_lead: float  #: how far that is above the best rival's
    words_covered: float  #: 0–1, how much of the wording's words was said
    characters_covered: float  #: 0–1, how much of its characters
    known: float  #: 0–1, how much of the question's words the entry knows
    missing: float  #: 0–1, how telling the most telling word is that was said and that the entry does not know
    length: float  #: 0–1, of the question
    share: float  #: 0–1, how clearly it stands out among all that come near

    def values(self) -> tuple[float, ...]:
        """All of them, in order."""
        return tuple(getattr(self, name) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How measures become a probability in one chain's content: log-odds = base + Σ weight × measure."""

    base: float = -3.7
    #: of each measure, in order
    weights: tuple[float, ...] = (0.8, 1.8, 1.0, 1.4, 7.0, -0.8, 1.1, 2.7, -0.1, 1.1, 0.0)
    questions: int = 0  #: how many it was fitted on; 0 for the prior

    def estimate(self, measures: Measures, penalty: float = 0.0) -> float:
        """The probability that this is the right entry; `penalty` comes from vetoes."""
        values = measures.values()
        logit = self.base + sum(weight * value for weight, value in zip(self.weights, values, strict=True)) - penalty
        sure = 1 / (1 + math.exp(-logit))
        return min(sure, _HIGH + (sure - _HIGH) * (_MOST - _HIGH) / (1 - _HIGH))

    def to_json(self) -> dict[str, Any]:
        """Plain values for `json.dumps`."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Calibration:
        """What `to_json` gave. Raises ValueError for anything else, such as that of another version of the program."""
        weights = values.get("weights")
        if set(values) != set(asdict(cls())) or not isinstance(weights, list) or len(weights) != len(cls().weights):
            raise ValueError("not a calibration of this version")
        return cls(float(values["base"]), tuple(map(float, weights)), int(values["questions"]))


def lead_and_gap(score: float, rival: float | None) -> tuple[float, float]:
    """`rival` is the best score of any other entry; None when there is no other."""
    if rival is None:
        return _ALONE, _ALONE
    return score - rival, max(-1.0, 1 - rival / score) if score > 0 else -1.0


def share(score: float, rivals: Iterable[float]) -> float:
    """0–1, 1 without rivals. `rivals`: scores of others, best first; of many near ones, one may well be right."""
    near = sum(math.exp((rival - score) / _NEAR) for rival in itertools.islice(rivals, _RIVALS))
    return 1 / (1 + near)


def covered(
    features: Iterable[str], said: Collection[str], postings: Postings, besides: Mapping[str, int] = _NOTHING
) -> float:
    """The share of what `features` say that was said. `besides`: how many documents with a feature do not count."""
    says = {feature: postings.idf(feature, besides.get(feature, 0)) for feature in features}
    whole = sum(says.values())
    return sum(weight for feature, weight in says.items() if feature in said) / whole if whole else 0.0


def missing(unknown: Iterable[str], postings: Postings, besides: Mapping[str, int] = _NOTHING) -> float:
    """How telling the most telling of the words is that were said and that the entry does not know; 0 for none."""
    most = max((postings.idf(word, besides.get(word, 0)) for word in unknown), default=0.0)
    return most / postings.idf_most if postings.idf_most else 0.0


def length(key: str) -> float:
    """How long a question is, from 0 to 1."""
    return min(len(key), _LONG) / _LONG
