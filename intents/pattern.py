"""Sentence templates, turned into regular expressions.

    (a|b)   one of these              [a|b]   one of these, or nothing
    <name>  a list of the same file   #       a number, in digits or in Chinese
    …       up to six characters that do not matter
    ,       the border between two clauses

Everything else is literal and is brought to the same form as a message is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

_TOKEN = re.compile(r"[()\[\]|…#,]|<[^<>]*>|[^()\[\]|…#,<>]+")
BORDER = ","  #: between clauses; no literal holds it
GAP = ".{0,6}?"  #: what … stands for; it may reach into the next clause
_LATIN = re.compile(r"[a-z0-9]")
_OR = "|"
_NUMBER = "[0-9一二两三四五六七八九十百几半]{1,4}"

Clean = Callable[[str], str]


class BadTemplateError(ValueError):
    """A template in a sentence file cannot be read; the text says which and why."""


def compile_template(template: str, lists: Mapping[str, str], clean: Clean, gap: str = GAP) -> str:
    """The regular expression of one template.

    `lists` holds the expressions of the lists defined so far; `clean` is what messages go through.
    Raises BadTemplateError.
    """
    reader = _Reader(template, lists, clean, gap)
    expression = reader.alternatives()
    if reader.token is not None:
        raise BadTemplateError(f"{template}: unexpected {reader.token}")
    return expression


def any_of(expressions: Iterable[str]) -> str:
    """One expression for all, the first that fits counts; matches nothing when there are none."""
    options = "|".join(expressions)
    return f"(?:{options})" if options else "(?!)"


class _Reader:
    """Recursive descent over the tokens of one template."""

    def __init__(self, template: str, lists: Mapping[str, str], clean: Clean, gap: str) -> None:
        self._template = template
        self._lists = lists
        self._clean = clean
        self._gap = gap
        self._tokens = iter(_TOKEN.findall(template))
        self.token: str | None = next(self._tokens, None)

    def alternatives(self) -> str:
        options = [self._sequence()]
        while self.token == _OR:
            self._advance()
            options.append(self._sequence())
        return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"

    def _sequence(self) -> str:
        parts = []
        while self.token is not None and self.token not in (_OR, ")", "]"):
            parts.append(self._item(self.token))
        if not parts:
            raise BadTemplateError(f"{self._template}: an empty alternative; use [ ] for what may be left out")
        return "".join(parts)

    def _item(self, token: str) -> str:
        self._advance()
        match token:
            case "(":
                return f"(?:{self._group(')')})"
            case "[":
                return f"(?:{self._group(']')})?"
            case "…":
                return self._gap
            case ",":
                return BORDER
            case "#":
                return _NUMBER
            case _ if token.startswith("<"):
                return self._list(token[1:-1])
            case _:
                return self._literal(token)

    def _group(self, closing: str) -> str:
        inside = self.alternatives()
        if self.token != closing:
            raise BadTemplateError(f"{self._template}: {closing} is missing")
        self._advance()
        return inside

    def _list(self, name: str) -> str:
        if name not in self._lists:
            raise BadTemplateError(f"{self._template}: no list <{name}> above it")
        return self._lists[name]

    def _literal(self, token: str) -> str:
        literal = self._clean(token)
        if not literal:
            raise BadTemplateError(f"{self._template}: nothing is left of {token!r} in a message")
        # "hi" is not in "history", nor "T" in "T恤12"; Chinese has no such borders.
        before = "(?<![a-z0-9])" if _LATIN.match(literal[0]) else ""
        after = "(?![a-z0-9])" if _LATIN.match(literal[-1]) else ""
        return f"{before}{re.escape(literal)}{after}"

    def _advance(self) -> None:
        self.token = next(self._tokens, None)
