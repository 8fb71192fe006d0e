"""A question cut into the things it asks."""

from __future__ import annotations

import re

from knowledge.text import strip_courtesy

MOST_PIECES = 6  #: that are looked up; who asks more gets a person's eye anyway
_BORDER = re.compile(r"[,，。;；!！~～\n]+|(?<=[?？])|(?<=[吗嘛])(?=\w)|(?=另外|顺便|对了)")
_ASKS = re.compile(
    r"[吗嘛呢?？什啥怎几哪谁何帮请要想给送订退换换续]|多[少久大远长]|是否|可以|可不|能不|能否|有没|有无|好不|行不|麻烦|取消|发票|开票|需要"
)


def split(bubbles: tuple[str, ...]) -> tuple[str, ...]:
    """The pieces that say something, in order."""
    pieces = (piece.strip() for bubble in bubbles for piece in _BORDER.split(bubble))
    return tuple(dict.fromkeys(piece for piece in pieces if len(strip_courtesy(piece)) > 1))


def asks(piece: str) -> bool:
    """Whether a piece asks or wants something. Errs towards yes: then a person looks before anything goes out."""
    return _ASKS.search(piece) is not None


def shorten(question: str, most: int) -> str:
    """A question as a short name: without courtesies, at most so many characters."""
    return strip_courtesy(question)[:most]
