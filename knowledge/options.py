"""What a customer may choose about a product: 中杯/大杯+4, from the cells of `products`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from knowledge.amounts import CENT, YUAN_MOST, money

GROUPS = ("杯型", "规格", "糖度", "温度", "加料")  #: columns that are options by their name
MORE = "选项"  #: the column for any other: 奶:牛奶/燕麦奶+4;杯子:纸杯/自带杯-3
_FREE = ("加料",)  #: may be left out, or taken several of
_FREE_MARK = re.compile(r"\s*\((?:可选|选填|可不选|多选|可多选)\)$")
_CHOICES = re.compile(r"\s*[/、,，;；|\n\r]+\s*")
_PARTS = re.compile(r"\s*[;；\n\r]+\s*")
_EXTRA = re.compile(
    r"^(?P<name>.*?\S)\s*\(?\s*(?:(?P<sign>[+-]|加|减)\s*[¥\u00a5]?\s*(?P<amount>\d+(?:\.\d+)?)\s*[元块]?)\s*\)?$"
)
_SIZED = re.compile(
    r"^(?P<name>[^\d¥\u00a5]*?[^\d¥\u00a5\s:])\s*:?\s*[¥\u00a5]?\s*(?P<amount>\d+(?:\.\d+)?)\s*[元块]?$"
)
_MOST = 40  #: choices of one option


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to have it."""

    name: str
    extra: Decimal = Decimal("0.00")  #: yuan; negative makes it cheaper


@dataclass(frozen=True, slots=True)
class Group:
    """One thing to choose, such as 杯型. The first choice is what one gets without asking."""

    name: str
    choices: tuple[Choice, ...]
    is_free: bool = False  #: may be left out, and several may be taken


def read_groups(cells: Mapping[str, str]) -> tuple[Group, ...]:
    """Of one row. Raises BadOptionsError, which names the column."""
    found: dict[str, Group] = {}
    for column, name, text in _written(cells):
        if name in found:
            raise BadOptionsError(column, f"「{name}」写了两次。请合在一起写。", text)
        found[name] = _group(column, name, text)
    return tuple(found.values())


class BadOptionsError(ValueError):
    """A cell cannot be understood; the text says in Chinese what to do."""

    def __init__(self, column: str, message: str, quoted: str) -> None:
        super().__init__(message)
        self.column = column
        self.quoted = quoted


def sizes_in(price: str) -> tuple[Decimal, Group] | None:
    """中杯 28 / 大杯 32 as a price and what is more; None when a price is written otherwise."""
    parts = [part for part in _CHOICES.split(unicodedata.normalize("NFKC", price).strip()) if part]
    matches = [_SIZED.match(part) for part in parts]
    if len(parts) < 2 or any(match is None for match in matches):
        return None
    amounts = [Decimal(match["amount"]) for match in matches if match]
    if max(amounts) > YUAN_MOST or len({match["name"] for match in matches if match}) < len(parts):
        return None
    named = [(match["name"], amount.quantize(CENT)) for match, amount in zip(matches, amounts, strict=True) if match]
    base = named[0][1]
    title = "杯型" if any("杯" in name for name, _ in named) else "规格"
    return base, Group(title, tuple(Choice(name, amount - base) for name, amount in named))


def _written(cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Column, name of the option, its choices as written."""
    for column, cell in cells.items():  # as HQ's columns stand
        if column in GROUPS and cell.strip():
            yield column, column, cell
    for part in _PARTS.split(cells.get(MORE, "").strip()):
        if not part:
            continue
        name, colon, text = unicodedata.normalize("NFKC", part).partition(":")
        if not colon or not name.strip() or not text.strip():
            raise BadOptionsError(
                MORE, f"「{part}」没看懂。请写成 奶:牛奶/燕麦奶+4 这样,几种选项之间用分号隔开。", part
            )
        yield MORE, name.strip(), text


def _group(column: str, name: str, text: str) -> Group:
    bare = _FREE_MARK.sub("", name)
    choices: dict[str, Choice] = {}
    for part in _CHOICES.split(unicodedata.normalize("NFKC", text).strip()):
        if not part:
            continue
        choice = _choice(column, part)
        if choice.name in choices:
            raise BadOptionsError(column, f"「{choice.name}」写了两次。请删掉一个。", text)
        choices[choice.name] = choice
    if not choices or len(choices) > _MOST:
        raise BadOptionsError(column, f"要写 1 到 {_MOST} 种,用 / 隔开,比如 中杯/大杯+4。", text)
    return Group(bare, tuple(choices.values()), bare != name or bare in _FREE)


def _choice(column: str, part: str) -> Choice:
    match = _EXTRA.match(part)
    if match is None:
        if re.search(r"[+]|\d\s*[元块]", part):
            raise BadOptionsError(column, f"「{part}」没看懂。请写成 大杯+4 这样。", part)
        return Choice(part)
    try:
        extra = money(match["amount"]) or Decimal("0.00")
    except ValueError as failure:
        raise BadOptionsError(column, str(failure), part) from failure
    return Choice(match["name"], -extra if match["sign"] in ("-", "减") else extra)
