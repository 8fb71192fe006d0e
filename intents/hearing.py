"""What is wanted beside courtesy and anger: templates first, and for clauses that none fits a guess from examples."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from intents.classifier import Classifier, Guess
from intents.message import Clause, clean
from intents.rule import Match, Rule
from knowledge.pinyin import Homophones

NONE = "none"
LINE = 0.6  #: confidence from which a guess about all that is said counts
_CLAUSE_LINE = 0.7  #: the same of one clause among several, which may only be a part of what is said
_SHORTEST = 3  #: characters of such a clause
_MOST = 0.89  #: a guess is never as sure as a template
_KIND = ":"  #: between an intent and its kind, in the names that the classifier learns


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that is wanted."""

    intent: str
    kind: str
    confidence: float
    words: tuple[str, ...]
    clauses: frozenset[int]  #: positions of the clauses that say it
    is_guess: bool

    @property
    def name(self) -> str:
        """What the classifier calls it."""
        return f"{self.intent}{_KIND}{self.kind}" if self.kind else self.intent


def examples(rules: Iterable[Rule]) -> list[tuple[str, str]]:
    """What there is to learn from: sentences, and the names of what they mean."""
    return [(said, _name(rule)) for rule in rules for said in rule.examples]


class Memory:
    """The examples: those that are said again word for word, and what the others teach."""

    def __init__(self, known: Iterable[tuple[str, str]], classifier: Classifier) -> None:
        self._known = {clean(said): name for said, name in known}
        self._classifier = classifier
        pairs = Counter(pair for said in self._known for pair in itertools.pairwise(said))
        letters = {letter for said in self._known for letter in said}
        self._homophones = Homophones(letters, lambda pair: pairs[pair[0], pair[1]])

    def mend(self, text: str) -> str:
        """`text` with what no example writes so replaced by what sounds the same and some do write so."""
        return self._homophones.mend(text)

    def guess(self, text: str) -> Guess:
        """The most probable name."""
        known = self._known.get(clean(text))
        return Guess(known, 1.0) if known else self._classifier.guess(text)


def hear(clauses: Mapping[int, Clause], rules: Sequence[Rule], memory: Memory | None) -> tuple[Heard, ...]:
    """Everything that is wanted in these clauses, by position; each intent and kind once.

    When that is nothing, a character may have been misheard or mistyped: 推房 for 退房.
    """
    found = _hear(clauses, rules, memory)
    if found or memory is None:
        return found
    mended = {position: Clause(clause.said, memory.mend(clause.text)) for position, clause in clauses.items()}
    return _hear(mended, rules, memory) if mended != clauses else ()


def _hear(clauses: Mapping[int, Clause], rules: Sequence[Rule], memory: Memory | None) -> tuple[Heard, ...]:
    if not clauses:
        return ()
    told = _from_templates(clauses, rules, memory)
    taken = {position for heard in told for position in heard.clauses}
    guessed = _from_examples(clauses, taken, memory) if memory else ()
    found: dict[tuple[str, str], Heard] = {}
    for heard in (*told, *(heard for heard in guessed if not _is_refused(heard, clauses, rules))):
        found.setdefault((heard.intent, heard.kind), heard)
    return tuple(found.values())


def _is_refused(heard: Heard, clauses: Mapping[int, Clause], rules: Sequence[Rule]) -> bool:
    own = (rule for rule in rules if _name(rule) == heard.name)
    return any(rule.refuses(clauses[position].text) for rule in own for position in heard.clauses)


def _from_templates(clauses: Mapping[int, Clause], rules: Sequence[Rule], memory: Memory | None) -> list[Heard]:
    positions, texts = list(clauses), list(clauses.values())
    matches = [(rule, match) for rule in rules if (match := rule.find(texts, texts))]
    found = [
        Heard(
            rule.intent, rule.kind, match.confidence, match.words, frozenset(positions[i] for i in match.clauses), False
        )
        for rule, match in _without_rivals(matches, texts, memory)
    ]
    return sorted(found, key=lambda heard: -heard.confidence)


def _without_rivals(
    matches: list[tuple[Rule, Match]], texts: Sequence[Clause], memory: Memory | None
) -> list[tuple[Rule, Match]]:
    """Of two that found the same words, one: the one that would be guessed, else the one that found more."""
    kept: list[tuple[Rule, Match]] = []
    for rule, match in sorted(matches, key=lambda found: _weight(found[0], found[1], texts, memory), reverse=True):
        if not any(_overlap(match, other) for _, other in kept):
            kept.append((rule, match))
    return kept


def _weight(rule: Rule, match: Match, texts: Sequence[Clause], memory: Memory | None) -> float:
    said = "".join(texts[position].text for position in sorted(match.clauses))
    guess = memory.guess(said) if memory and match.clauses else None
    is_guessed = guess is not None and guess.intent == _name(rule)
    return match.reach + (100 * guess.confidence if guess and is_guessed else 0)


def _overlap(match: Match, other: Match) -> bool:
    """In the same clause, and the words of one lie in those of the other or share an end with them."""
    if not match.clauses & other.clauses:
        return False
    return any(_share(one, another) for one in match.words for another in other.words)


def _share(one: str, other: str) -> bool:
    if one in other or other in one:
        return True
    ends = range(1, min(len(one), len(other)))
    return any(one[-length:] == other[:length] or other[-length:] == one[:length] for length in ends)


def _from_examples(clauses: Mapping[int, Clause], taken: set[int], memory: Memory) -> Iterable[Heard]:
    """What the clauses that no template took mean, together or one by one."""
    left = {position: clause for position, clause in clauses.items() if position not in taken}
    if not left:
        return []
    single = [
        _heard(guess, clause.text, {position})
        for position, clause in left.items()
        if len(clauses) > 1 and len(clause.text) >= _SHORTEST
        for guess in (memory.guess(clause.text),)
        if guess.intent != NONE and guess.confidence >= _CLAUSE_LINE
    ]
    if taken:
        return single
    together = memory.guess(",".join(clause.text for clause in left.values()))
    if together.intent == NONE or together.confidence < (_CLAUSE_LINE if single else LINE):
        return single
    return [*single, _heard(together, "".join(clause.text for clause in left.values()), set(left))]


def _heard(guess: Guess, text: str, positions: set[int]) -> Heard:
    intent, _, kind = guess.intent.partition(_KIND)
    return Heard(intent, kind, min(_MOST, guess.confidence), (text,), frozenset(positions), True)


def _name(rule: Rule) -> str:
    return f"{rule.intent}{_KIND}{rule.kind}" if rule.kind else rule.intent
