"""Questions that no entry answered, near duplicates together; the same for the same questions in any order. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from rapidfuzz import fuzz

from knowledge.entry import Audience
from knowledge.text import key

NEAR = 78.0  #: rapidfuzz's ratio of two keys, 0–100, from which they ask the same
_LONGEST_KEY = 120  #: characters that are compared
_PROBES = 6  #: rarest pairs of characters by which a question looks for others
_CROWD = 200  #: groups with one pair; what more groups share says nothing
_NUMBER = re.compile(r"\d+(?:[.:]\d+)*")
_NEGATION = re.compile(r"不|没|无|别|非")

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
    """Whoever is asked most leads; what is near a leader joins the nearest."""

    def __init__(self, by_key: dict[str, list[Heard]]) -> None:
        self._by_key = by_key
        self._leaders: list[str] = []
        self._kinds: list[_Kind] = []  #: of each leader
        self._of: dict[str, list[str]] = {}
        self._at: dict[str, list[int]] = defaultdict(list)  #: pair of characters → leaders that have it
        self._common = Counter(pair for said in by_key for pair in _pairs(said))

    def members(self) -> Iterator[list[Heard]]:
        for said in sorted(self._by_key, key=lambda one: (-len(self._by_key[one]), len(one), one)):
            pairs, kind = _pairs(said), _kind(said)
            leader = self._nearest(said, pairs, kind)
            if leader is None:
                self._lead(said, pairs, kind)
            else:
                self._of[leader].append(said)
        for leader in self._leaders:
            yield [one for said in self._of[leader] for one in self._by_key[said]]

    def _lead(self, said: str, pairs: frozenset[str], kind: _Kind) -> None:
        self._of[said] = [said]
        for pair in pairs:
            self._at[pair].append(len(self._leaders))
        self._leaders.append(said)
        self._kinds.append(kind)

    def _nearest(self, said: str, pairs: frozenset[str], kind: _Kind) -> str | None:
        probes = sorted(pairs, key=lambda pair: (self._common[pair], pair))[:_PROBES]
        found = {at for pair in probes if len(self._at[pair]) <= _CROWD for at in self._at[pair]}
        best, nearest = NEAR, None
        for at in sorted(found):
            if self._kinds[at] == kind:
                rated = fuzz.ratio(said, self._leaders[at], score_cutoff=best)
                if rated > best or (rated == best and nearest is None):
                    best, nearest = rated, self._leaders[at]
        return nearest


def _pairs(said: str) -> frozenset[str]:
    return frozenset("".join(pair) for pair in pairwise(f"^{said}$"))


def _kind(said: str) -> _Kind:
    """What must be equal in questions that ask the same: the numbers, and whether one says no."""
    return tuple(sorted(_NUMBER.findall(said))), bool(_NEGATION.search(said))


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
