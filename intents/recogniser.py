"""What a message means: every intent that it carries, with the words that say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import yaml

from intents.catalogue import Intent, load_catalogue
from intents.message import Clause, read_clauses
from intents.rule import PART, WHOLE, Match, Rule
from knowledge.text import strip_courtesy

NONE = "none"
_COURTESIES_MOST = 4  #: in one clause


@dataclass(frozen=True, slots=True)
class Recognised:
    """One thing that a message means."""

    intent: str
    confidence: float  #: 0–1; 0 for "none"
    words: tuple[str, ...] = ()  #: the words that say so, normalised
    rest: str = ""  #: what else was said, without greetings and thanks; "" when nothing is left


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

    def __init__(self, rules: Iterable[Rule], catalogue: Mapping[str, Intent]) -> None:
        self._rules = tuple(rules)
        self._rank = {name: intent.rank for name, intent in catalogue.items()}

    @classmethod
    def load(cls) -> Recogniser:
        """The sentences that come with the package."""
        folder = files("intents") / "sentences"
        texts = (file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".yaml"))
        return cls((Rule.parse(yaml.safe_load(text)) for text in texts), load_catalogue())

    def recognise(self, text: str) -> tuple[Recognised, ...]:
        """Every intent that the text carries, the strongest first; "none" alone when there is no other."""
        clauses = read_clauses(text)
        plain = self._take_courtesies(clauses)
        matches = self._match(clauses, plain)
        found = [
            *(_from_match(rule, match, plain) for rule, match in matches),
            *_from_courtesies(plain, {rule.intent for rule, _ in matches}),
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


def _from_match(rule: Rule, match: Match, plain: _Plain) -> Recognised:
    return Recognised(rule.intent, match.confidence, match.words, plain.rest(match.clauses))


def _from_courtesies(plain: _Plain, known: set[str]) -> Iterable[Recognised]:
    rest = plain.rest()
    for intent, words in plain.courtesies.items():
        if intent not in known:
            yield Recognised(intent, PART if rest else WHOLE, words, rest)
