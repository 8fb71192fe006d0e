"""How one intent is said: a file of `sentences/`, ready to be compared with messages.

lists    alternatives with a name, for the templates below
heads    courtesies at the start of a clause; taken off, and what follows is read on
tails    the same at the end of a clause
alone    the whole message says this and not a word more
whole    the whole message says this, apart from what may stand `around` it
parts    found anywhere in the message
hints    the same, but less sure: it often means this
not      taken out before looking: what looks alike and means something else
examples plain sentences, from which the rest is guessed (intents/classifier.py)
kind     what it is about, for an intent that comes in several kinds
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from intents.message import Clause, clean
from intents.pattern import BORDER, GAP, BadTemplateError, Node, any_of, read_template

WHOLE = 1.0  #: the message says this and nothing else
PART = 0.9  #: it says this among other things
HINT = 0.6  #: it says what often means this
LONGEST_WHOLE = 40  #: characters; a longer message has more to say than one sentence
_TAKEN_OUT = "■"
_GAP_IN_CLAUSE = f"[^{BORDER}]{{0,6}}?"  #: a guard holds for its own clause: 别发了,太过分了 is two things
COLUMNS = ("heads", "tails", "alone", "whole", "parts", "hints", "around", "not")  #: those that hold templates
_KEYS = frozenset({"intent", "kind", "lists", "examples", *COLUMNS})


@dataclass(frozen=True, slots=True)
class Match:
    words: tuple[str, ...]  #: what was found
    confidence: float  #: WHOLE, PART or HINT
    clauses: frozenset[int]  #: positions of the clauses that are about nothing else; none for a hint
    reach: int = 0  #: characters of the longest thing found: who found more is more probably right


@dataclass(frozen=True, slots=True)
class Rule:
    """The sentences of one intent."""

    intent: str
    kind: str  #: "" for most
    examples: tuple[str, ...]
    heads: re.Pattern[str]
    tails: re.Pattern[str]
    whole: re.Pattern[str]  #: a message of nothing but forms and what may stand around
    parts: re.Pattern[str]
    hints: re.Pattern[str]
    guards: re.Pattern[str]

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Rule:
        """Read one sentence file. Raises BadTemplateError."""
        nodes = read_columns(data)
        found = {
            column: [node.expression(_GAP_IN_CLAUSE if column == "not" else GAP) for _, node in templates]
            for column, templates in nodes.items()
        }
        form = any_of([*found["heads"], *found["tails"], *found["whole"]])
        beside = any_of(found["around"])
        return cls(
            intent=str(data["intent"]),
            kind=str(data.get("kind", "")),
            examples=tuple(_sentences(data.get("examples", ()))),
            heads=re.compile(any_of(found["heads"])),
            tails=re.compile(f"{any_of(found['tails'])}$"),
            whole=re.compile(f"{any_of(found['alone'])}|{beside}{{0,5}}{form}(?:{form}|{beside}){{0,5}}"),
            parts=re.compile(any_of(found["parts"])),
            hints=re.compile(any_of(found["hints"])),
            guards=re.compile(any_of(found["not"])),
        )

    def find(self, clauses: Sequence[Clause], plain: Sequence[Clause]) -> Match | None:
        """Where the message says this, if it does; `plain` is the message without greetings and thanks."""
        if match := self._match_whole(clauses) or self._match_whole(plain):
            return Match((match.group(),), WHOLE, frozenset(range(len(clauses))), len(match.group()))
        return self._find_parts(BORDER.join(clause.text for clause in clauses))

    def find_beside(self, clauses: Sequence[Clause], served: frozenset[int]) -> Match | None:
        """Whether this is all that is said in the clauses that nothing else was found in."""
        left = [i for i in range(len(clauses)) if i not in served]
        match = self._match_whole([clauses[i] for i in left])
        return Match((match.group(),), PART, frozenset(left)) if match else None

    def refuses(self, text: str) -> bool:
        """Whether a clause looks like this and is known to mean something else."""
        return self.guards.search(text) is not None

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
                clauses = frozenset(_positions(text, found) if confidence > HINT else ())
                return Match(words, confidence, clauses, max(map(len, words)))
        return None


def _positions(text: str, found: Iterable[re.Match[str]]) -> Iterable[int]:
    """The clauses that the matches lie in. Masks may have hidden borders, so they are counted in the plain text."""
    for match in found:
        yield from range(text.count(BORDER, 0, match.start()), text.count(BORDER, 0, match.end()) + 1)


def read_columns(data: Mapping[str, object]) -> Mapping[str, list[tuple[str, Node]]]:
    """The templates of each column, as written and as read. Raises BadTemplateError."""
    if unknown := sorted(set(data) - _KEYS):
        raise BadTemplateError(f"unknown key {unknown[0]}")
    lists: dict[str, Node] = {}
    written = data.get("lists", {})
    for name, template in (written if isinstance(written, Mapping) else {}).items():
        lists[str(name)] = read_template(str(template), lists, clean)
    return {
        column: [(said, read_template(said, lists, clean)) for said in _sentences(data.get(column, ()))]
        for column in COLUMNS
    }


def _sentences(said: object) -> list[str]:
    if not isinstance(said, Iterable) or isinstance(said, str | Mapping):
        raise BadTemplateError(f"expected a list of templates, got {said!r}")
    return [str(one) for one in said]  # YAML reads 12315 as a number
