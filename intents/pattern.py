"""Sentence templates, turned into regular expressions, or into sentences that they match.

    (a|b)   one of these              [a|b]   one of these, or nothing
    <name>  a list of the same file   #       a number, in digits or in Chinese
    …       up to six characters that do not matter
    ,       the border between two clauses

Everything else is literal and is brought to the same form as a message is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random

_TOKEN = re.compile(r"[()\[\]|…#,]|<[^<>]*>|[^()\[\]|…#,<>]+")
BORDER = ","  #: between clauses; no literal holds it
GAP = ".{0,6}?"  #: what … stands for; it may reach into the next clause
_LATIN = re.compile(r"[a-z0-9]")
_OR = "|"
_NUMBER = "[0-9一二两三四五六七八九十百几半]{1,4}"
_NUMBERS = ("1", "2", "3", "一", "两", "三", "10", "半")

Clean = Callable[[str], str]


class BadTemplateError(ValueError):
    """A template in a sentence file cannot be read; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Literal:
    said: str  #: as written
    text: str  #: in the form of messages

    def expression(self, gap: str) -> str:
        # "hi" is not in "history", nor "T" in "T恤12"; Chinese has no such borders.
        before = "(?<![a-z0-9])" if _LATIN.match(self.text[0]) else ""
        after = "(?![a-z0-9])" if _LATIN.match(self.text[-1]) else ""
        return f"{before}{re.escape(self.text)}{after}"

    def say(self, random: Random) -> str:
        return self.said


@dataclass(frozen=True, slots=True)
class Sign:
    """A number, a gap or a border."""

    token: str

    def expression(self, gap: str) -> str:
        return {"#": _NUMBER, "…": gap, ",": BORDER}[self.token]

    def say(self, random: Random) -> str:
        return {"#": random.choice(_NUMBERS), "…": "", ",": ","}[self.token]


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[Node, ...]
    is_needed: bool = True

    def expression(self, gap: str) -> str:
        return any_of(option.expression(gap) for option in self.options) + ("" if self.is_needed else "?")

    def say(self, random: Random) -> str:
        return random.choice(self.options).say(random) if self.is_needed or random.random() < 0.5 else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other."""

    parts: tuple[Node, ...]

    def expression(self, gap: str) -> str:
        return "".join(part.expression(gap) for part in self.parts)

    def say(self, random: Random) -> str:
        return "".join(part.say(random) for part in self.parts)


Node = Literal | Sign | Choice | Row


def read_template(template: str, lists: Mapping[str, Node], clean: Clean) -> Node:
    """What the template says. `lists`: those defined so far; `clean` is what messages go through.

    Raises BadTemplateError.
    """
    reader = _Reader(template, lists, clean)
    node = reader.alternatives()
    if reader.token is not None:
        raise BadTemplateError(f"{template}: unexpected {reader.token}")
    return node


def any_of(expressions: Iterable[str]) -> str:
    """One expression for all, the first that fits counts; matches nothing when there are none."""
    options = "|".join(expressions)
    return f"(?:{options})" if options else "(?!)"


class _Reader:
    """Recursive descent over the tokens of one template."""

    def __init__(self, template: str, lists: Mapping[str, Node], clean: Clean) -> None:
        self._template = template
        self._lists = lists
        self._clean = clean
        self._tokens = iter(_TOKEN.findall(template))
        self.token: str | None = next(self._tokens, None)

    def alternatives(self) -> Node:
        options = [self._sequence()]
        while self.token == _OR:
            self._advance()
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Node:
        parts = []
        while self.token is not None and self.token not in (_OR, ")", "]"):
            parts.append(self._item(self.token))
        if not parts:
            raise BadTemplateError(f"{self._template}: an empty alternative; use [ ] for what may be left out")
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def _item(self, token: str) -> Node:
        self._advance()
        match token:
            case "(":
                return self._group(")")
            case "[":
                inside = self._group("]")
                return Choice(inside.options if isinstance(inside, Choice) else (inside,), is_needed=False)
            case "…" | "," | "#":
                return Sign(token)
            case _ if token.startswith("<"):
                return self._list(token[1:-1])
            case _:
                return self._literal(token)

    def _group(self, closing: str) -> Node:
        inside = self.alternatives()
        if self.token != closing:
            raise BadTemplateError(f"{self._template}: {closing} is missing")
        self._advance()
        return inside

    def _list(self, name: str) -> Node:
        if name not in self._lists:
            raise BadTemplateError(f"{self._template}: no list <{name}> above it")
        return self._lists[name]

    def _literal(self, token: str) -> Node:
        literal = self._clean(token)
        if not literal:
            raise BadTemplateError(f"{self._template}: nothing is left of {token!r} in a message")
        return Literal(token.strip(), literal)

    def _advance(self) -> None:
        self.token = next(self._tokens, None)
