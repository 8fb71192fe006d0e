"""Cuts a cell of similar questions into questions, however somebody has put them into one cell.

Line breaks and ## always divide, and so do ；and |. What also stands inside a question, such as 、 or a space, divides
only where nothing else does, and where every part asks something by itself: 有早餐、午餐吗 is one question,
几点入住、几点退房 are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_LINES = re.compile(r"##|[\n\r]+")
_ALWAYS = re.compile(r"[;；|｜]+")  # full-width marks are what people type
_EDGES = " \t\u3000;；|｜"
_MAYBE = (
    re.compile(r"(?<=[?？])(?=.)"),
    re.compile(r"\s*[、,，]+\s*"),
    re.compile(r"\s+/\s*|\s*/\s+|／"),
    re.compile(r"\s+"),
)
_BULLET = re.compile(
    r"\s*(?:[-*•·●○◆■▪►]\s+|[•·●○◆■▪►]|[①-⑳]|[(（]\d{1,2}[)）]\s*|\d{1,2}(?:[.．、)）]|\s*[.．]\s)\s*(?!\d))"
)
_NUMBERED = re.compile(r"\s*[①-⑳]\s*|(?:^|(?<=[\s。?？!！;；,，、]))(?:[(（]\d{1,2}[)）]|\d{1,2}[.．、)）](?!\d))\s*")
_ASKS = re.compile(
    r"[吗么呢?？]|几|多[少久大远长高]|怎|如何|哪|什么|啥|谁|何时|何处|有没有|有无|[能会要是可][否不]|可以|能|是否|为什么|需要"
)
_SHORTEST = 4  #: characters of a part that is a question by itself


def split_wordings(text: str) -> tuple[str, ...]:
    """The questions of a cell in order, each once, without the numbers before them."""
    is_divided = _LINES.search(text) is not None
    return tuple(dict.fromkeys(said for line in _LINES.split(text) for said in _pieces(line, is_divided)))


def join_wordings(wordings: Sequence[str]) -> str:
    """A cell that `split_wordings` reads back to the same."""
    cell = "\n".join(wordings)
    return f"{cell}##" if len(wordings) == 1 and split_wordings(cell) != tuple(wordings) else cell


def _pieces(line: str, is_divided: bool) -> Iterator[str]:
    """What is left cannot be divided any further, so that a table that we write reads back to the same."""
    said = line.strip(_EDGES)
    if len(_NUMBERED.findall(said)) > 1 and len(parts := _cut(_NUMBERED, said)) > 1:
        for part in parts:
            yield from _pieces(part, is_divided)
        return
    said = _without_bullet(said)
    parts = _parts(said, is_divided)
    if len(parts) < 2:
        yield from parts
        return
    for part in parts:
        yield from _pieces(part, is_divided)


def _without_bullet(said: str) -> str:
    match = _BULLET.match(said)
    while match and match.end() < len(said):
        said = said[match.end() :].strip(_EDGES)
        match = _BULLET.match(said)
    return said


def _parts(said: str, is_divided: bool) -> list[str]:
    parts = _cut(_ALWAYS, said)
    if len(parts) > 1 or is_divided:
        return parts
    for mark in _MAYBE:
        parts = _cut(mark, said)
        if len(parts) > 1 and all(len(part) >= _SHORTEST and _ASKS.search(part) for part in parts):
            return parts
    return [said] if said else []


def _cut(mark: re.Pattern[str], said: str) -> list[str]:
    return [part for raw in mark.split(said) if (part := raw.strip(_EDGES))]
