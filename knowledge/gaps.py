"""Questions that no entry answered, near duplicates together; the same for the same questions in any order. Pure."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import fuzz

from knowledge.entry import Audience
from knowledge.features import canonical, characters, strength
from knowledge.text import key
from knowledge.vetoes import find_vetoes

NEAR = 85.0  #: rapidfuzz's ratio of two keys, 0–100, from which they ask the same
ALIKE = 0.68  #: cosine of what they say, 0–1, from which they ask the same unless a veto speaks against it
NOT_FAR = 0.5  #: the same, from the one that leads a group
_LONGEST_KEY = 120  #: characters that are compared
_PROBES = 6  #: rarest features by which a question looks for others
_CROWD = 400  #: questions with one feature; what more of them share says nothing
_KNOWN_BY = 6  #: questions of a group that others are compared with
_FAINT = 0.4  #: what a feature of common characters only counts, beside its strength
_EVEN = 8.0  #: the larger, the less rarity counts where there are few questions
_NUMBER = re.compile(r"\d+(?:[.:]\d+)*")
_NEGATION = re.compile(r"不|没|无|别|非")
_ASKS = re.compile(r"(.)[不没]\1|有没有|能不能|可不可以|是不是|要不要")  # a question, not a denial
_CONTRARY = re.findall("..", "开关早晚上下进出大小冷热前后左右男女加减新旧存取借还里外单双快慢高低买卖来去收退")

_Kind = tuple[tuple[str, ...], bool]


@dataclass(frozen=True, slots=True)
class Heard:
    """One question that no entry answered."""

    text: str = field(repr=False)
    on: date  #: in store time
    audience: Audience  #: who needs the answer
    store: str = ""  #: store number, "" when it is not known
    answer: str = field(default="", repr=False)  #: what a person answered
    is_official: bool = False  #: that person is at headquarters
    entry: str = ""  #: the entry that staff chose for it


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that ask the same."""

    number: str  #: the same for the same question, every week
    audience: Audience
    wordings: tuple[str, ...]  #: each once, the commonest first
    count: int
    stores: tuple[tuple[str, int], ...]  #: store numbers and how often, the commonest first
    first_on: date
    last_on: date
    answer: str  #: the best that a person gave; "" for none
    is_official: bool  #: headquarters gave it
    entries: tuple[tuple[str, int], ...]  #: entries that staff chose for it, and how often

    @property
    def question(self) -> str:
        return self.wordings[0]

    @property
    def chosen(self) -> str:
        """The entry that staff chose more often than not; "" when there is none."""
        return self.entries[0][0] if self.entries and 2 * self.entries[0][1] > self.count else ""


def group(heard: Iterable[Heard]) -> tuple[Gap, ...]:
    """The gaps, what is asked most often first."""
    by_key: dict[tuple[Audience, str], list[Heard]] = defaultdict(list)
    for one in sorted(heard, key=_order):
        if said := key(one.text)[:_LONGEST_KEY]:
            by_key[one.audience, said].append(one)
    gaps = [
        _gap(audience, members)
        for audience in Audience
        for members in _Groups({said: some for (who, said), some in by_key.items() if who is audience}).members()
    ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.count, gap.audience is not Audience.CUSTOMER, gap.number)))


class _Groups:
    """Whoever is asked most leads; what is near one of a group, and not far from its leader, joins it."""

    def __init__(self, by_key: dict[str, list[Heard]]) -> None:
        self._by_key = by_key
        self._groups: list[list[_Said]] = []  #: the leader first
        self._placed: list[tuple[_Said, int]] = []  #: the first few of each group, by which others find it
        self._at: dict[str, list[int]] = defaultdict(list)  #: feature → those placed that have it
        self._features = {said: frozenset(characters(canonical(said))) for said in by_key}
        self._common = Counter(feature for features in self._features.values() for feature in features)

    def members(self) -> Iterator[list[Heard]]:
        for text in sorted(self._by_key, key=lambda one: (-len(self._by_key[one]), len(one), one)):
            self._place(self._weigh(text))
        for group in self._groups:
            yield [one for said in group for one in self._by_key[said.text]]

    def _place(self, said: _Said) -> None:
        at = self._nearest(said)
        if at is None:
            at = len(self._groups)
            self._groups.append([])
        self._groups[at].append(said)
        if len(self._groups[at]) <= _KNOWN_BY:
            for feature in said.weights:
                self._at[feature].append(len(self._placed))
            self._placed.append((said, at))

    def _weigh(self, text: str) -> _Said:
        """What is said by few counts most; in a small file, where nothing is known to be rare, all count alike."""
        features, count = self._features[text], len(self._features)
        weights = {one: math.log(_EVEN + count / self._common[one]) * _telling(one) for one in sorted(features)}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return _Said(text, _kind(text), {one: weight / length for one, weight in weights.items()})

    def _nearest(self, said: _Said) -> int | None:
        """The group that it belongs to."""
        probes = sorted(said.weights, key=lambda one: (self._common[one], one))[:_PROBES]
        found = {at for probe in probes if len(self._at[probe]) <= _CROWD for at in self._at[probe]}
        rated = [(said.likeness(self._placed[at][0]), at) for at in found]
        for likeness, at in sorted(rated, key=lambda one: (-one[0], one[1])):
            if likeness < ALIKE:
                break
            member, group = self._placed[at]
            leader = self._groups[group][0]
            if said.likeness(leader) >= NOT_FAR and not (said.differs(member) or said.differs(leader)):
                return group
        return None


@dataclass(frozen=True, slots=True)
class _Said:
    """A question to be compared."""

    text: str  #: its key
    kind: _Kind
    weights: dict[str, float]  #: of its features; their squares add up to 1

    def likeness(self, other: _Said) -> float:
        """0–1: the features that both have, or the letters where nearly all are the same."""
        if self.kind != other.kind:
            return 0.0
        letters = fuzz.ratio(self.text, other.text, score_cutoff=NEAR) / 100
        fewer, more = sorted((self.weights, other.weights), key=len)
        return max(letters, sum(weight * more[one] for one, weight in fewer.items() if one in more))

    def differs(self, other: _Said) -> bool:
        """Whether a word speaks against the two being the same question, however alike the rest is."""
        mine, theirs = set(self.text) - set(other.text), set(other.text) - set(self.text)
        is_contrary = any((one in mine and two in theirs) or (two in mine and one in theirs) for one, two in _CONTRARY)
        return is_contrary or bool(find_vetoes(self.text, other.text, ()))


def _telling(feature: str) -> float:
    """可以, 怎么, 一下 are said with everything: they count little."""
    known = strength(feature)
    return known if known >= 1 else known * _FAINT


def _kind(said: str) -> _Kind:
    """What must be equal in questions that ask the same: the numbers, and whether one says no."""
    return tuple(sorted(_NUMBER.findall(said))), bool(_NEGATION.search(_ASKS.sub("", said)))


def _gap(audience: Audience, members: list[Heard]) -> Gap:
    wordings = Counter(" ".join(one.text.split()) for one in members)
    stores = Counter(one.store for one in members if one.store)
    entries = Counter(one.entry for one in members if one.entry)
    best = _best_answer(members)
    ranked = tuple(sorted(wordings, key=lambda said: (-wordings[said], len(said), said)))
    return Gap(
        number=f"GAP-{hashlib.sha256(f'{audience}|{key(ranked[0])}'.encode()).hexdigest()[:8]}",
        audience=audience,
        wordings=ranked,
        count=len(members),
        stores=_ranked(stores),
        first_on=min(one.on for one in members),
        last_on=max(one.on for one in members),
        answer=best.answer.strip() if best else "",
        is_official=best is not None and best.is_official,
        entries=_ranked(entries),
    )


def _best_answer(members: list[Heard]) -> Heard | None:
    """Headquarters' newest; else what staff said most often, the newest of these, the longest of these."""
    answered = [one for one in members if one.answer.strip()]
    times = Counter(key(one.answer) for one in answered)
    return max(
        answered,
        key=lambda one: (
            one.is_official,
            0 if one.is_official else times[key(one.answer)],
            one.on,
            len(one.answer),
            one.answer,
        ),
        default=None,
    )


def _ranked(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _order(one: Heard) -> tuple[str, ...]:
    return (one.on.isoformat(), one.store, one.text, one.answer, one.entry, str(one.is_official), one.audience)
