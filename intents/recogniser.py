"""What a message means: every intent that it carries, with the words that say so.

Courtesy, anger, 别发了 and 转人工 are found by templates alone and come first; `intents.hearing` looks at the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from intents.catalogue import Intent, load_catalogue
from intents.hearing import NONE, Heard, Memory, examples, hear
from intents.learned import learn
from intents.library import load_rules
from intents.message import Clause, read_clauses
from intents.rule import PART, WHOLE, Match, Rule
from knowledge.text import strip_courtesy

__all__ = ["EXAMPLE", "NONE", "TEMPLATE", "Recognised", "Recogniser"]

TEMPLATE, EXAMPLE = "template", "example"  #: how an intent was found
_COURTESIES_MOST = 4  #: in one clause


@dataclass(frozen=True, slots=True)
class Recognised:
    """One thing that a message means."""

    intent: str
    confidence: float  #: 0–1; 0 for "none"
    words: tuple[str, ...] = ()  #: the words that say so, normalised
    #: what else was said, without greetings and thanks; "" when nothing is left. What is asked or wanted stays in it,
    #: for an answer of HQ's may serve that too.
    rest: str = ""
    kind: str = ""  #: what it is about, for an intent that comes in several kinds
    source: str = TEMPLATE
    clauses: tuple[int, ...] = ()  #: positions of the clauses that say it; () for courtesies
    said: str = ""  #: these clauses as written


@dataclass(frozen=True, slots=True)
class _Plain:
    """A message whose greetings and thanks were taken off."""

    clauses: tuple[Clause, ...]  #: what is left; an emptied clause keeps its place
    courtesies: Mapping[str, tuple[str, ...]]  #: intent → words

    def rest(self, served: frozenset[int] = frozenset()) -> str:
        left = (clause.said for i, clause in enumerate(self.clauses) if i not in served and clause.text)
        return ",".join(left)


class Recogniser:
    """Compares messages with the sentences of every intent. Never changes, so threads may share it."""

    def __init__(self, rules: Iterable[Rule], catalogue: Mapping[str, Intent], memory: Memory | None = None) -> None:
        every = tuple(rules)
        self._rules = tuple(rule for rule in every if not catalogue[rule.intent].is_learned)
        self._wants = tuple(rule for rule in every if catalogue[rule.intent].is_learned)
        self._rank = {name: intent.rank for name, intent in catalogue.items()}
        self._memory = memory

    @classmethod
    def load(cls, extra: Mapping[str, bytes] | None = None, cache: Path | None = None) -> Recogniser:
        """The sentences that come with the package, and HQ's.

        `extra`: HQ's `intents/*.yaml`, by path; what is wrong in them is left out (`intents.hq.parse` says what).
        `cache`: a folder to keep in what was learned from the examples, which takes a second to learn again.
        """
        rules = load_rules(extra or {})
        known = examples(rules)
        classifier = learn(known, cache)
        return cls(rules, load_catalogue(), Memory(known, classifier) if classifier else None)

    def recognise(self, text: str) -> tuple[Recognised, ...]:
        """Every intent that the text carries, the strongest first; "none" alone when there is no other."""
        clauses = read_clauses(text)
        plain = self._take_courtesies(clauses)
        matches = self._match(clauses, plain)
        served = frozenset(position for _, match in matches for position in match.clauses)
        said = plain.clauses if plain.courtesies or any(clause.text for clause in plain.clauses) else clauses
        left = {i: clause for i, clause in enumerate(said) if clause.text and i not in served}
        found = [
            *(_from_match(rule, match, clauses, plain) for rule, match in matches),
            *_from_courtesies(plain, {rule.intent for rule, _ in matches}),
            *(_from_heard(heard, clauses, plain) for heard in hear(left, self._wants, self._memory)),
        ]
        if not found:
            return (Recognised(NONE, 0.0, (), plain.rest()),)
        return tuple(sorted(found, key=lambda one: (-one.confidence, self._rank[one.intent])))

    def _match(self, clauses: Sequence[Clause], plain: _Plain) -> list[tuple[Rule, Match]]:
        """Every rule that holds; 别发了 beside 太过分了 is still the whole of what is left of that message."""
        matches = [(rule, match) for rule in self._rules if (match := rule.find(clauses, plain.clauses))]
        served = frozenset(position for _, match in matches for position in match.clauses)
        found = {rule.intent for rule, _ in matches}
        if not found or len(served) == len(clauses):
            return matches
        others = [rule for rule in self._rules if rule.intent not in found]
        return matches + [(rule, match) for rule in others if (match := rule.find_beside(plain.clauses, served))]

    def _take_courtesies(self, clauses: Sequence[Clause]) -> _Plain:
        words: dict[str, list[str]] = {}
        left = tuple(self._take_from(clause, words) for clause in clauses)
        return _Plain(left, {intent: tuple(found) for intent, found in words.items()})

    def _take_from(self, clause: Clause, words: dict[str, list[str]]) -> Clause:
        text = clause.text
        for _ in range(_COURTESIES_MOST):
            before = text
            for rule in self._rules:
                text, taken = rule.take_courtesies(text)
                if taken:
                    words.setdefault(rule.intent, []).append(taken)
            if text == before:
                break
        if not strip_courtesy(text):
            text = ""
        return clause if text == clause.text else Clause(text, text)


def _from_match(rule: Rule, match: Match, clauses: Sequence[Clause], plain: _Plain) -> Recognised:
    positions = tuple(sorted(match.clauses))
    rest = plain.rest(match.clauses)
    return Recognised(
        rule.intent, match.confidence, match.words, rest, clauses=positions, said=_said(clauses, positions)
    )


def _from_heard(heard: Heard, clauses: Sequence[Clause], plain: _Plain) -> Recognised:
    positions = tuple(sorted(heard.clauses))
    source = EXAMPLE if heard.is_guess else TEMPLATE
    said = _said(clauses, positions)
    return Recognised(heard.intent, heard.confidence, heard.words, plain.rest(), heard.kind, source, positions, said)


def _said(clauses: Sequence[Clause], positions: Iterable[int]) -> str:
    return ",".join(clauses[position].said for position in positions)


def _from_courtesies(plain: _Plain, known: set[str]) -> Iterable[Recognised]:
    rest = plain.rest()
    for intent, words in plain.courtesies.items():
        if intent not in known:
            yield Recognised(intent, PART if rest else WHOLE, words, rest)
