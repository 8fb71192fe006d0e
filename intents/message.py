"""A message cut into clauses, in the form that templates are compared with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.text import normalise

LONGEST = 400  #: characters that are looked at; what somebody means stands at the start
#: A mark; or a word with which people go on to the next thing, which then begins the next clause.
_BORDER = re.compile(
    r"[,，、。!！?？;；:：~～…\n\r]+|(?<!\d)\.|\.(?!\d)"
    r"|(?=顺便|再问一?下|另外(?![一的收付加算要给])|还有就是|(?<![说做答反面针])对了(?=.{2}))"
)
_NOT_WORDS = re.compile(r"[\W_]+")
_SOUNDS = re.compile(r"[呃唔嗯]")


@dataclass(frozen=True, slots=True)
class Clause:
    said: str  #: as written
    text: str  #: normalised, without spaces and signs


def clean(text: str) -> str:
    """The form of messages and literals alike."""
    return _NOT_WORDS.sub("", normalise(text))


def read_clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a message, in order; those without a word in them are left out."""
    pieces = (piece.strip() for piece in _BORDER.split(text[:LONGEST]))
    return tuple(Clause(piece, cleaned) for piece in pieces if (cleaned := _without_sounds(clean(piece))))


def _without_sounds(text: str) -> str:
    """Speech turned into text holds 呃 and 嗯; a message that is nothing else keeps them."""
    return _SOUNDS.sub("", text) or text
