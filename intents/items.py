"""The lines of an order: each product with its number and its options."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from intents.counts import MEASURE, number_of
from intents.numerals import COUNT
from intents.options import find_options
from intents.said import Said
from intents.slot import Item, SlotName
from intents.taking import Taken, Taking

_NUMBER = re.compile(
    rf"(?<![第\d.])(?:再|各)?(?P<n>{COUNT}){MEASURE}(?![点号])|[x*×](?P<x>\d{{1,2}})(?!\d)|(?P<e>各)(?:要|来)?(?P<m>{COUNT}){MEASURE}"
)
_BORDER = re.compile(r",|、|和|跟|再(?:要|来|加)?|还要|还有|另外|以及|然后|外加|加上|\+")
_OF_THESE = "其中"
_ALL = re.compile(r"(?:都|全部|统一|一律|均)(?:要|做|给我|是|来|改|换)*$")


class _Is(StrEnum):
    PRODUCT = "product"
    NUMBER = "number"
    OPTION = "option"
    BORDER = "border"


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: _Is
    start: int
    end: int
    name: SlotName | None = None
    value: str = ""
    number: int = 1


@dataclass(slots=True)
class _Part:
    """Some of a line that are wanted alike."""

    number: int
    options: dict[SlotName, str]
    extras: list[str]
    is_of_these: bool = False


@dataclass(slots=True)
class _Line:
    product: Taken
    number: int = 0
    options: dict[SlotName, str] = field(default_factory=dict)
    extras: list[str] = field(default_factory=list)
    start: int = 0
    end: int = 0


def read_lines(said: Said, taking: Taking) -> tuple[Item, ...]:
    """`taking` holds the products and the wishes already."""
    products = [one for one in sorted(taking.taken, key=lambda taken: taken.start) if one.name is SlotName.PRODUCT]
    if not products:
        return ()
    pieces = _pieces(taking, products)
    lines = [_Line(product, start=product.start, end=product.end) for product in products]
    for at, zone in enumerate(_zones(pieces, products)):
        _deal(taking.text, zone, lines, at)
    return tuple(item for line in lines for item in _items(said, line, pieces, lines))


def _pieces(taking: Taking, products: Sequence[Taken]) -> list[_Piece]:
    found = [_Piece(_Is.PRODUCT, one.start, one.end) for one in products]
    for match in _NUMBER.finditer(taking.text):
        number = number_of(match["n"] or match["x"] or match["m"])
        if number is not None and number[0]:
            of_these = _OF_THESE if taking.text[: match.start()].endswith(_OF_THESE) else ""
            value = "各" if "各" in match.group() else of_these
            found.append(_Piece(_Is.NUMBER, *match.span(), number=number[0], value=value))
    wishes = [one for one in taking.taken if one.name is SlotName.PREFERENCE]
    found += [_Piece(_Is.OPTION, one.start, one.end, one.name, str(one.value)) for one in find_options(taking.text)]
    found += [_Piece(_Is.OPTION, one.start, one.end, one.name, str(one.value)) for one in wishes]
    borders = [_Piece(_Is.BORDER, *match.span()) for match in _BORDER.finditer(taking.text)]
    found += [one for one in borders if not any(piece.start <= one.start < piece.end for piece in found)]
    return sorted(found, key=lambda piece: (piece.start, -piece.end))


def _zones(pieces: Sequence[_Piece], products: Sequence[Taken]) -> list[list[_Piece]]:
    """What stands before the first product, between each two, and behind the last."""
    zones: list[list[_Piece]] = [[]]
    for piece in pieces:
        if piece.kind is _Is.PRODUCT:
            zones.append([])
        else:
            zones[-1].append(piece)
    return zones


def _deal(text: str, zone: list[_Piece], lines: list[_Line], at: int) -> None:
    """Give each piece between two products to one of them."""
    before = lines[at - 1] if at else None
    after = lines[at] if at < len(lines) else None
    cut = _cut(zone, before, after)
    for number, piece in enumerate(zone):
        if piece.kind is _Is.BORDER:
            continue
        is_for_all = piece.value == "各" or bool(_ALL.search(text[max(0, piece.start - 6) : piece.start]))
        owner = before if number < cut else after
        for line in lines if is_for_all else [owner]:
            if line is not None:
                _give(line, piece, is_own=line is owner)


def _cut(zone: list[_Piece], before: _Line | None, after: _Line | None) -> int:
    """How many of the pieces belong to the product before them."""
    if before is None or after is None:
        return 0 if before is None else len(zone)
    numbers = [at for at, piece in enumerate(zone) if piece.kind is _Is.NUMBER]
    borders = [at for at, piece in enumerate(zone) if piece.kind is _Is.BORDER]
    if numbers and before.number:
        return numbers[0]
    if len(numbers) > 1:
        return numbers[-1]
    if borders:
        return borders[-1]
    return len(zone)


def _give(line: _Line, piece: _Piece, *, is_own: bool) -> None:
    if piece.kind is _Is.NUMBER:
        line.number = line.number or piece.number
    elif piece.name is SlotName.PREFERENCE:
        line.extras.append(piece.value)
    elif piece.name is not None and piece.name not in line.options:
        line.options[piece.name] = piece.value
    if is_own:
        line.start, line.end = min(line.start, piece.start), max(line.end, piece.end)


def _items(said: Said, line: _Line, pieces: Sequence[_Piece], lines: Sequence[_Line]) -> list[Item]:
    whole = _Part(line.number or 1, line.options, line.extras)
    parts = _parts(line, pieces) if len(lines) == 1 else []
    start, end = said.where(line.start, line.end)
    product, words = line.product, said.source[start:end]
    return [
        Item(
            str(product.value), part.number, dict(part.options), words, start, end,
            product.ask, product.reason, tuple(part.extras),
        )
        for part in parts or [whole]
    ]  # fmt: skip


def _parts(line: _Line, pieces: Sequence[_Piece]) -> list[_Part]:
    """两杯拿铁,一杯热的一杯冰的: what is counted again after the product, when it adds up; 其中一杯 leaves a rest."""
    behind = [piece for piece in pieces if piece.start >= line.product.end and piece.kind is not _Is.BORDER]
    parts: list[_Part] = []
    for piece in behind:
        if piece.kind is _Is.NUMBER:
            parts.append(_Part(piece.number, {}, [], piece.value == _OF_THESE))
        elif parts and piece.name is SlotName.PREFERENCE:
            parts[-1].extras.append(piece.value)
        elif parts and piece.name is not None:
            parts[-1].options[piece.name] = piece.value
    if parts and parts[0].number == line.number and not parts[0].options:
        parts = parts[1:]  # 拿铁两杯,一杯热的一杯冰的: the first says how many in all
    rest = line.number - sum(part.number for part in parts)
    if rest > 0 and any(part.is_of_these for part in parts):
        parts.append(_Part(rest, {}, []))
        rest = 0
    if rest or len(parts) < 2:
        return []
    ahead = [piece for piece in pieces if piece.end <= line.product.start and piece.kind is _Is.OPTION]
    for part in parts:
        for piece in ahead:
            if piece.name is not None and piece.name is not SlotName.PREFERENCE:
                part.options.setdefault(piece.name, piece.value)
    return parts
