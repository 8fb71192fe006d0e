"""HQ's names of rooms, products, stores and cities, found in messages: the longest first, misheard ones too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from intents.said import Said, read_plainly
from intents.slot import SlotName
from knowledge.pinyin import sound

_ROOM_ENDS = ("房间", "房型", "房", "间")
#: What is left of 家庭房 without 房 says too little.
_TOO_LITTLE = frozenset(
    ("家庭", "庭院", "院子", "标准", "高级", "豪华", "商务", "小", "大", "单", "客", "无障碍", "精品", "特惠")
)
#: Before a name of one character, or one that was cut short: something that counts or asks for it.
_BEFORE_SHORT = frozenset("间套个杯瓶份盒包条块双罐张件要来订住换送拿点加的是和,一二两三四五六七八九十0123456789")
_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"))


@dataclass(frozen=True)
class Names:
    """Alias as HQ writes it → number; of cities → the city's name."""

    rooms: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)
    stores: Mapping[str, str] = field(default_factory=dict)
    cities: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def index(self) -> NameIndex:
        """Built when first needed; a few milliseconds for a thousand names."""
        return NameIndex(self)


@dataclass(frozen=True, slots=True)
class Named:
    """A name found in a message; positions in the text of `read_plainly`."""

    slot: SlotName
    number: str
    start: int
    end: int
    is_sure: bool  #: as HQ writes it


class NameIndex:
    """All names, by how they are written and by how they sound."""

    def __init__(self, names: Names) -> None:
        kinds = (
            (SlotName.STORE, names.stores),
            (SlotName.ROOM_TYPE, names.rooms),
            (SlotName.PRODUCT, names.products),
            (SlotName.CITY, names.cities),
        )
        self._known = [(_folded(alias), kind, number) for kind, given in kinds for alias, number in given.items()]
        self._written: dict[str, tuple[SlotName, str]] = {}
        for alias, kind, number in self._known:
            if alias:
                self._written.setdefault(alias, (kind, number))
        self._short = {alias: found for alias, found in self._cut_short() if alias not in self._written}
        self._heard: dict[str, list[str]] = {}
        for alias in self._written:
            if len(alias) >= 2 and (heard := _sounds(alias)):
                self._heard.setdefault(heard, []).append(alias)
        lengths = {len(alias) for alias in (*self._written, *self._short)}
        self._lengths = sorted(lengths, reverse=True)

    def find(self, said: Said) -> tuple[Named, ...]:
        """From left to right; at each place the longest name, written right before misheard."""
        text = said.text
        near = [_near(one) for one in text]
        found: list[Named] = []
        at = 0
        while at < len(text):
            named = self._at(text, near, at)
            if named is not None:
                found.append(named)
            at = named.end if named else at + 1
        return tuple(found)

    def _at(self, text: str, near: list[str], at: int) -> Named | None:
        for length in self._lengths:
            part = text[at : at + length]
            if len(part) < length:
                continue
            if (known := self._written.get(part)) and self._fits(text, at, length):
                return Named(*known, at, at + length, True)
            if (known := self._short.get(part)) and text[at - 1 : at] in _BEFORE_SHORT | {""}:
                return Named(*known, at, at + length, True)
            if length > 1 and (alias := self._misheard(part, near[at : at + length])):
                return Named(*self._written[alias], at, at + length, False)
        return None

    def _fits(self, text: str, at: int, length: int) -> bool:
        """Latin names and numbers not inside longer ones; a name of one character only where something is ordered."""
        before, after = text[at - 1 : at] if at else "", text[at + length : at + length + 1]
        if _is_latin(text[at]) and _is_latin(before):
            return False
        if _is_latin(text[at + length - 1]) and _is_latin(after):
            return False
        return length > 1 or before in _BEFORE_SHORT or (not before and not after)

    def _misheard(self, part: str, near: list[str]) -> str:
        """The name that sounds the same and differs in one character, or in two of five."""
        if not all(near):
            return ""
        for alias in self._heard.get(" ".join(near), ()):
            unlike = [(one, other) for one, other in zip(part, alias, strict=True) if one != other]
            is_near = all(sound(one) == sound(other) for one, other in unlike)
            if len(unlike) <= (2 if len(part) >= 5 else 1) and (is_near or len(part) >= 3):
                return alias
        return ""

    def _cut_short(self) -> Iterator[tuple[str, tuple[SlotName, str]]]:
        """大床 for 大床房."""
        for alias, kind, number in self._known:
            end = next((end for end in _ROOM_ENDS if alias.endswith(end)), "")
            rest = alias.removesuffix(end)
            if kind is SlotName.ROOM_TYPE and end and len(rest) >= 2 and rest not in _TOO_LITTLE:
                yield rest, (kind, number)

    def holding(self, words: str, kind: SlotName) -> Iterable[str]:
        """The numbers of all that have a name in which these words stand."""
        return dict.fromkeys(number for alias, slot, number in self._known if slot is kind and words in alias)


def _folded(alias: str) -> str:
    return read_plainly(alias).text.strip(" ,")


def _is_latin(character: str) -> bool:
    return bool(character) and character.isascii() and character.isalnum()


def _sounds(alias: str) -> str:
    near = [_near(one) for one in alias]
    return " ".join(near) if all(near) else ""


def _near(character: str) -> str:
    """How it sounds to those who do not tell zh from z and ing from in apart; "" for what is no Chinese character."""
    heard = sound(character)
    for clear, plain in _NEAR:
        if heard.startswith(clear):
            heard = plain + heard[2:]
    return heard[:-1] if heard.endswith("ng") else heard
