"""What was read from a message so far, and which of its characters are used up by it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from intents.counts import MEASURE, Counted
from intents.names import Named, NameIndex, Names
from intents.numerals import COUNT
from intents.said import Said, read_plainly
from intents.slot import SlotName, Value

#: What stands where a name was taken, so that what follows still sees what kind of thing it was.
HIDDEN = {SlotName.ROOM_TYPE: "▣", SlotName.PRODUCT: "◇"}
_HIDDEN = "□"
_BED = re.compile(
    r"(?:大床|双床|标间|标准间|单人间|单间|双人间|三人间|四人间|亲子|家庭|套房|套间|豪华|商务|行政|榻榻米|圆床|loft|复式|特价|钟点)(?:大床|双床)?(?:房间?|间|型)?"
)
_NOT_BED = re.compile(r"(?:酒廊|活动|中心|区|聚会|聚餐|票|套餐|早餐|楼层)")
_ORDERED = re.compile(
    rf"(?:{COUNT}{MEASURE}|[来点喝要换加拿订](?:成|个|一?杯|一?份)?)(?:大杯|中杯|小杯|超大杯|[热冰]的?)?(?=[\u4e00-\u9fff]{{2}})"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """Positions in the text of Said."""

    name: SlotName
    value: Value
    start: int
    end: int
    ask: bool = False
    reason: str = ""


class Taking:
    def __init__(self, said: str) -> None:
        self.said = said
        self.text = said  #: with signs where something was taken; as long as `said`
        self.taken: list[Taken] = []

    def add(self, taken: Taken) -> None:
        self.taken.append(taken)

    def hide(self, start: int, end: int, sign: str = _HIDDEN) -> None:
        self.text = self.text[:start] + sign * (end - start) + self.text[end:]

    def is_free(self, start: int, end: int) -> bool:
        return self.text[start:end] == self.said[start:end]

    def take(self, found: Iterable[Counted]) -> None:
        """Each that shares no character with what was taken before."""
        for one in found:
            if self.is_free(one.start, one.end):
                self.add(Taken(one.name, one.value, one.start, one.end, one.ask, one.reason))
                self.hide(one.start, one.end)


#: Before a name of HQ's they make it another, unknown one: 豪华大床房, 生椰拿铁.
_OTHER = {
    SlotName.ROOM_TYPE: re.compile(
        r"(?:豪华|高级|行政|商务|[海江湖山园河街城]景|观景|景观|家庭|亲子|复式|尊享|至尊|雅致|精品|智能|电竞|影音|总统|圆床)$"
    ),
    SlotName.PRODUCT: re.compile(
        r"(?:生椰|椰云|燕麦|厚乳|抹茶|香草|焦糖|榛果|桂花|丝绒|陨石|黑糖|海盐|茉莉|橙c|芋泥|酱香|玫瑰|薄荷|摩卡|巧克力|草莓|芒果|榴莲|冰博克|脏脏|低因|栗子)$"
    ),
}


def take_names(taking: Taking, said: Said, names: Names) -> None:
    """HQ's names first; then words for beds and goods that are only a part of one."""
    plain = read_plainly(said.source)
    at_place = {place: at for at, place in reversed(list(enumerate(said.places)))}
    for named in names.index.find(plain):
        first, last = plain.where(named.start, named.end)
        places = [at_place[place] for place in range(first, last) if place in at_place]
        if places:
            _take_name(taking, named, min(places), max(places) + 1)
    if names.rooms:
        _take_beds(taking, names.index)
    if names.products:
        _take_parts(taking, names.index)


def _take_name(taking: Taking, named: Named, start: int, end: int) -> None:
    other = _OTHER[named.slot].search(taking.said, max(0, start - 4), start) if named.slot in _OTHER else None
    if other is None:
        _add(taking, named.slot, named.number, start, end)
        return
    words = taking.said[other.start() : end]
    reason = f"没有叫「{words}」的,要「{taking.said[start:end]}」吗"
    _add(taking, named.slot, named.number, other.start(), end, reason)


def _add(taking: Taking, slot: SlotName, value: str, start: int, end: int, reason: str = "") -> None:
    taking.add(Taken(slot, value, start, end, bool(reason), reason))
    taking.hide(start, end, HIDDEN.get(slot, _HIDDEN))


def _take_beds(taking: Taking, index: NameIndex) -> None:
    for match in _BED.finditer(taking.said):
        if taking.is_free(*match.span()) and not _NOT_BED.match(taking.said, match.end()):
            words = match.group()
            _add_part(
                taking, index, SlotName.ROOM_TYPE, words, words.removesuffix("间").removesuffix("房"), match.start()
            )


def _take_parts(taking: Taking, index: NameIndex) -> None:
    """两杯拿铁 where HQ sells 生椰拿铁 and 燕麦拿铁."""
    for match in _ORDERED.finditer(taking.text):
        for length in range(6, 1, -1):
            words = taking.text[match.end() : match.end() + length]
            if len(words) == length and not words.startswith("早餐") and any(index.holding(words, SlotName.PRODUCT)):
                _add_part(taking, index, SlotName.PRODUCT, words, words, match.end())
                break


def _add_part(taking: Taking, index: NameIndex, slot: SlotName, words: str, core: str, start: int) -> None:
    numbers = list(index.holding(core, slot))
    if len(numbers) == 1:
        _add(taking, slot, numbers[0], start, start + len(words))
    else:
        reason = f"「{words}」有 {len(numbers)} 种,要问是哪一种" if numbers else f"没有叫「{words}」的,要问是哪一种"
        _add(taking, slot, words, start, start + len(words), reason)
