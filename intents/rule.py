"""How one intent is said: a file of `sentences/`, ready to be compared with messages.

lists    alternatives with a name, for the templates below
heads    courtesies at the start of a clause; taken off, and what follows is read on
tails    the same at the end of a clause
alone    the whole message says this and not a word more
whole    the whole message says this, apart from what may stand `around` it
parts    found anywhere in the message
hints    the same, but less sure: it often means this
not      taken out before looking: what looks alike and means something else
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from intents.message import Clause, clean
from intents.pattern import BORDER, GAP, BadTemplateError, any_of, compile_template

WHOLE = 1.0  #: the message says this and nothing else
PART = 0.9  #: it says this among other things
HINT = 0.6  #: it says what often means this
LONGEST_WHOLE = 40  #: characters; a longer message has more to say than one sentence
_TAKEN_OUT = "■"
_GAP_IN_CLAUSE = f"[^{BORDER}]{{0,6}}?"  #: a guard holds for its own clause: 别发了,太过分了 is two things
_KEYS = frozenset({"intent", "lists", "heads", "tails", "alone", "whole", "parts", "hints", "around", "not"})


@dataclass(frozen=True, slots=True)
class Match:
    words: tuple[str, ...]  #: what was found
    confidence: float  #: WHOLE, PART or HINT
    clauses: frozenset[int]  #: positions of the clauses that are about nothing else; none for a hint


@dataclass(frozen=True, slots=True)
class Rule:
    """The sentences of one intent."""

    intent: str
    heads: re.Pattern[str]
    tails: re.Pattern[str]
    whole: re.Pattern[str]  #: a message of nothing but forms and what may stand around
    parts: re.Pattern[str]
    hints: re.Pattern[str]
    guards: re.Pattern[str]

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Rule:
        """Read one sentence file. Raises BadTemplateError."""
        if unknown := sorted(set(data) - _KEYS):
            raise BadTemplateError(f"unknown key {unknown[0]}")
        lists = _compile_lists(data.get("lists", {}))
        heads, tails, alone, whole, parts, hints, around = (
            _compile_all(data.get(key, ()), lists)
            for key in ("heads", "tails", "alone", "whole", "parts", "hints", "around")
        )
        form = any_of([*heads, *tails, *whole])
        beside = any_of(around)
        return cls(
            intent=str(data["intent"]),
            heads=re.compile(any_of(heads)),
            tails=re.compile(f"{any_of(tails)}$"),
            whole=re.compile(f"{any_of(alone)}|{beside}{{0,5}}{form}(?:{form}|{beside}){{0,5}}"),
            parts=re.compile(any_of(parts)),
            hints=re.compile(any_of(hints)),
            guards=re.compile(any_of(_compile_all(data.get("not", ()), lists, _GAP_IN_CLAUSE))),
        )

    def find(self, clauses: Sequence[Clause], plain: Sequence[Clause]) -> Match | None:
        """Where the message says this, if it does; `plain` is the message without greetings and thanks."""
        if match := self._match_whole(clauses) or self._match_whole(plain):
            return Match((match.group(),), WHOLE, frozenset(range(len(clauses))))
        return self._find_parts(BORDER.join(clause.text for clause in clauses))

    def find_beside(self, clauses: Sequence[Clause], served: frozenset[int]) -> Match | None:
        """Whether this is all that is said in the clauses that nothing else was found in."""
        left = [i for i in range(len(clauses)) if i not in served]
        match = self._match_whole([clauses[i] for i in left])
        return Match((match.group(),), PART, frozenset(left)) if match else None

    def take_courtesies(self, text: str) -> tuple[str, str]:
        """What is left of a clause, and the courtesy that was taken off ("" when none)."""
        if self.guards.search(text):
            return text, ""
        if match := self.heads.match(text):
            return text[match.end() :], match.group()
        if match := self.tails.search(text):
            return text[: match.start()], match.group()
        return text, ""

    def _match_whole(self, clauses: Sequence[Clause]) -> re.Match[str] | None:
        together = "".join(clause.text for clause in clauses)
        if len(together) > LONGEST_WHOLE or any(self.guards.search(clause.text) for clause in clauses):
            return None
        return self.whole.fullmatch(together)

    def _find_parts(self, text: str) -> Match | None:
        open_text = self.guards.sub(lambda match: _TAKEN_OUT * len(match.group()), text)
        for pattern, confidence in ((self.parts, PART), (self.hints, HINT)):
            if found := list(pattern.finditer(open_text)):
                words = tuple(dict.fromkeys(match.group().replace(BORDER, " ") for match in found))
                return Match(words, confidence, frozenset(_positions(text, found) if confidence > HINT else ()))
        return None


def _positions(text: str, found: Iterable[re.Match[str]]) -> Iterable[int]:
    """The clauses that the matches lie in. Masks may have hidden borders, so they are counted in the plain text."""
    for match in found:
        yield from range(text.count(BORDER, 0, match.start()), text.count(BORDER, 0, match.end()) + 1)


def _compile_lists(lists: object) -> dict[str, str]:
    compiled: dict[str, str] = {}
    for name, template in (lists if isinstance(lists, Mapping) else {}).items():
        compiled[str(name)] = any_of(_compile_all([template], compiled))
    return compiled


def _compile_all(templates: object, lists: Mapping[str, str], gap: str = GAP) -> list[str]:
    if not isinstance(templates, Iterable) or isinstance(templates, str):
        raise BadTemplateError(f"expected a list of templates, got {templates!r}")
    # YAML reads 12315 as a number.
    return [compile_template(str(template), lists, clean, gap) for template in templates]
