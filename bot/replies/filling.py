"""Takes what a message says into a frame: later words replace earlier ones, and what is vague is asked instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType

from bot.replies import basket, particulars
from bot.replies.forms import Form
from bot.replies.frame import Filled, Frame, Source
from bot.replies.heard import Facts, Heard
from bot.replies.readback import say_day
from intents.dates import When
from intents.slots import Item, Slot, SlotName

#: digits that a listener easily gets wrong, and that nobody can guess: from speech they are never filled in
_UNSAFE_SPOKEN = frozenset({SlotName.PHONE, SlotName.ORDER_NUMBER, SlotName.ROOM_NUMBER, SlotName.PLATE})
_BEFORE_UNTIL = re.compile(r"(?<![改换迟前挪移调期])(?:到|至)$")
_AFTER_UNTIL = re.compile(r"^\s*(?:早上|上午|中午|下午|晚上)?\s*(?:就)?(?:走|离店|离开|退房|退$|回去|返程)")
_MORE = re.compile(r"(?:再|多|加)(?:住|续|待|玩|订|要|来|开)?$")
_MORE_INSIDE = re.compile(r"再|多")
_ONE_NIGHT = re.compile(r"[今明后当]晚|晚上")
_NAMES_DAY = re.compile(r"[今明后昨前当]|天|号|日|周|星期|礼拜|月|\d[./-]\d|节")
_SAYS_LATER = re.compile(r"下午|晚|夜|午|1[3-9]|2\d")
_ASKS = re.compile(r"[?？吗]|区别|哪个|哪种")
_OR = re.compile(r"或|还是|要么|要不")
NO_GUESS: Mapping[str, str] = MappingProxyType({})
_COUNTS = ("nights", "rooms", "people", "children")


@dataclass(frozen=True, slots=True)
class Vague:
    """A value that cannot be taken as it was said."""

    slot: str
    reason: str  #: Chinese; it may itself be a question, such as 是今天,还是下个周末
    words: str = ""  #: of the customer's
    guess: Mapping[str, str] = field(default_factory=dict)  #: slots as they would be, if 是说下周吗 is answered by yes


@dataclass(frozen=True, slots=True)
class Filling:
    """A frame after a message."""

    frame: Frame
    filled: frozenset[str] = frozenset()  #: slots that the message says something about
    vague: Vague | None = None
    unsafe: tuple[str, ...] = ()  #: slots heard in speech that have to be typed
    too_many: str = ""  #: Chinese: more than is dealt with without a person


@dataclass(slots=True)
class _Sheet:
    """A frame while a message is read into it."""

    frame: Frame
    form: Form
    heard: Heard
    facts: Facts
    values: dict[str, Filled] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    vague: Vague | None = None
    unsafe: list[str] = field(default_factory=list)
    open_slots: set[SlotName] = field(default_factory=set)  #: said in two ways, with 或者 between

    def put(self, name: str, value: str, words: str = "", *, is_sure: bool = True) -> None:
        source = Source.VOICE if self.heard.is_voice else Source.SAID
        self.values[name] = Filled(value, words, source, is_sure and not self.heard.is_voice)
        self.gone.discard(name)

    def drop(self, name: str) -> None:
        self.values.pop(name, None)
        self.gone.add(name)

    def doubt(self, slot: str, reason: str, words: str = "", guess: Mapping[str, str] = NO_GUESS) -> None:
        self.vague = self.vague or Vague(slot, reason, words, guess)

    def known(self, name: str) -> str | None:
        if name in self.gone:
            return None
        filled = self.values.get(name) or self.frame.slots.get(name)
        return filled.value if filled else None

    def day(self, name: str) -> date | None:
        return replace(self.frame, slots={**self.frame.slots, **self.values}).day(name) if self.known(name) else None

    def said(self, name: str) -> bool:
        """Whether this very message says it."""
        return name in self.values


def fill(frame: Frame, form: Form, heard: Heard, facts: Facts) -> Filling:
    """The frame with what the message says; slots that the form does not take are left alone."""
    sheet = _Sheet(frame, form, heard, facts)
    slots = _own_slots(heard)
    _check_alternatives(sheet, slots)
    for slot in slots:
        if slot.name not in (SlotName.DATE, SlotName.TIME):
            _take(sheet, slot)
    for slot in slots:
        if slot.name is SlotName.DATE:
            _take_when(sheet, slot)
    for slot in slots:
        if slot.name is SlotName.TIME and isinstance(slot.value, time) and "time" in form.takes:
            sheet.put("time", f"{slot.value:%H:%M}", slot.words)
    particulars.read(form, heard, frame, sheet.put)
    _wake_in_the_morning(sheet)
    _settle_until(sheet)
    items, has_items = basket.merge(frame, form, heard, facts)
    unclear = next((item for item in heard.items if item.ask), None)
    if unclear is not None and "items" in form.takes:
        sheet.put("wish", _name_of(unclear), unclear.words)
        sheet.put("quantity", str(max(unclear.quantity, 1)), unclear.words)
    return _filled(sheet, replace(frame, items=items), has_items)


def _name_of(item: Item) -> str:
    """What they call it, such as 咖啡: which of those there are is shown, with its price, not asked."""
    return item.product or item.words


def _filled(sheet: _Sheet, frame: Frame, has_items: bool) -> Filling:
    kept = {name: filled for name, filled in frame.slots.items() if name not in sheet.gone}
    after = replace(frame, slots={**kept, **sheet.values})
    filled = frozenset(sheet.values) | ({"items"} if has_items else frozenset())
    store = sheet.known("store")
    if store and store != after.store:
        after = replace(after, store=store)
    too_many = _room_types(sheet) or _too_many(after, sheet.facts)
    if has_items and "其中" in sheet.heard.text:
        too_many = "一样商品里有几份做法不同,请您来下单"
    return Filling(after, filled, sheet.vague, tuple(dict.fromkeys(sheet.unsafe)), too_many)


def _own_slots(heard: Heard) -> tuple[Slot, ...]:
    """Without those of a question aside: in 订一间大床,明天能停车吗 the day belongs to the parking."""
    spans = [(start, start + len(piece)) for piece in heard.asides if piece and (start := heard.text.find(piece)) >= 0]
    return tuple(
        slot
        for slot in heard.slots
        if not any(start <= slot.start < end for start, end in spans) and not _is_ordinal(slot, heard.text)
    )


def _is_ordinal(slot: Slot, text: str) -> bool:
    """第二个 is a position, and no two of anything."""
    return slot.words.startswith("第") or text[: slot.start].endswith("第")


def _check_alternatives(sheet: _Sheet, slots: tuple[Slot, ...]) -> None:
    """明天或者后天 and 大床还是双床 leave open which, and nobody guesses."""
    for name in (SlotName.DATE, SlotName.ROOM_TYPE, SlotName.NIGHTS, SlotName.ROOMS):
        said = [slot for slot in slots if slot.name is name]
        for one, other in pairwise(said):
            if one.value != other.value and _OR.search(sheet.heard.text[one.end : other.start]):
                sheet.open_slots.add(name)
                if name.value in sheet.form.takes:
                    sheet.doubt(name.value, "", sheet.heard.text[one.start : other.end])


# --- one value -------------------------------------------------------------------------------------------------------
def _take(sheet: _Sheet, slot: Slot) -> None:
    name = slot.name.value
    if slot.name in sheet.open_slots:
        return
    if name not in sheet.form.takes and slot.name is not SlotName.STORE:
        return
    if sheet.heard.is_voice and slot.name in _UNSAFE_SPOKEN:
        sheet.unsafe.append(name)
        return
    if slot.name is SlotName.ROOM_TYPE and slot.ask:
        sheet.put(name, str(slot.value), slot.words, is_sure=False)  # which of them is shown, with its price, not asked
        return
    if slot.ask:
        sheet.doubt(name, slot.reason, slot.words)
        return
    value = _as_text(slot.value)
    if name in _COUNTS and not _is_count(value):
        return
    if name == "nights":
        _take_nights(sheet, slot, int(value))
        return
    if name == "rooms" and _is_more(sheet, slot):
        value = str(int(value) + (sheet.frame.number("rooms") or 0))
    sheet.put(name, value, slot.words)


def _take_nights(sheet: _Sheet, slot: Slot, nights: int) -> None:
    """再多住一晚 lengthens what was booked so far; while extending, all nights are added ones."""
    known = sheet.frame.number("nights") or 0
    sheet.put("nights", str(nights + known if _is_more(sheet, slot) else nights), slot.words)
    sheet.drop("until")


def _is_more(sheet: _Sheet, slot: Slot) -> bool:
    """再多住一晚 and 再加一间 come on top of what was proposed."""
    before = sheet.heard.text[: slot.start].rstrip()
    return (
        sheet.form.family == "stay"
        and sheet.frame.turns > 0
        and bool(_MORE.search(before) or _MORE_INSIDE.match(slot.words))
    )


def _as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _is_count(value: str) -> bool:
    return value.isascii() and value.isdigit() and 0 < int(value[:9]) < 10_000


# --- days ------------------------------------------------------------------------------------------------------------
def _take_when(sheet: _Sheet, slot: Slot) -> None:
    when = slot.value
    if not isinstance(when, When) or slot.name in sheet.open_slots:
        return
    if when.time is not None and "time" in sheet.form.takes:
        sheet.put("time", f"{when.time:%H:%M}", slot.words)
    if when.time is not None and not _NAMES_DAY.search(slot.words):
        return  # 下午三点 says nothing of the day
    if "date" not in sheet.form.takes and "until" not in sheet.form.takes:
        return
    if slot.ask or when.ask:
        name = "date" if "date" in sheet.form.takes else "until"
        sheet.doubt(name, slot.reason or when.reason, slot.words, _guess(name, when))
        return
    if sheet.form.family == "extend":
        _take_new_end(sheet, slot, when)
    elif sheet.form.family in ("stay", "change"):
        _take_stay(sheet, slot, when)
    elif when.start is not None:
        _take_day(sheet, slot, when.start)


def _guess(name: str, when: When) -> dict[str, str]:
    """The slots that a vague day most likely means; none for a festival of several days."""
    if name == "until" or when.start is None:
        last = when.end or when.start
        return {"until": last.isoformat()} if last is not None else {}
    until = {"until": when.end.isoformat()} if when.end is not None and when.end > when.start else {}
    return {"date": when.start.isoformat(), **until}


def _take_day(sheet: _Sheet, slot: Slot, day: date) -> None:
    if day < sheet.facts.today and sheet.form.family in ("stay", "change", "order", "errand"):
        sheet.doubt("date", f"{say_day(day, sheet.facts.today)}已经过去了")
        return
    sheet.put("date", day.isoformat(), slot.words)


def _take_stay(sheet: _Sheet, slot: Slot, when: When) -> None:
    """Arrival, and departure where it was said: 5号到7号, 住到周日, 周日走."""
    start, end = when.start, when.end
    if start is not None and (end is None or end == start) and _is_departure(sheet, slot, start):
        start, end = None, start
    if start is not None:
        _take_day(sheet, slot, start)
        _assume_one_night(sheet, slot)
    if end is not None and end != start:
        if start is not None and _contradicts(sheet, start, end):
            return
        sheet.put("until", end.isoformat(), slot.words)


def _is_departure(sheet: _Sheet, slot: Slot, day: date) -> bool:
    before, after = sheet.heard.text[: slot.start].rstrip(), sheet.heard.text[slot.end :]
    if _BEFORE_UNTIL.search(before) or _AFTER_UNTIL.match(after):
        return True
    arrival = sheet.frame.day("date")
    return sheet.frame.asked in ("nights", "until") and arrival is not None and day > arrival


def _assume_one_night(sheet: _Sheet, slot: Slot) -> None:
    """今晚 and 明晚 speak of one night, unless more are said."""
    if _ONE_NIGHT.search(slot.words) and not sheet.known("nights") and not sheet.known("until"):
        sheet.values["nights"] = Filled("1", slot.words, Source.DEFAULT, is_sure=False)


def _contradicts(sheet: _Sheet, start: date, end: date) -> bool:
    if not sheet.said("nights") or sheet.values["nights"].source is Source.DEFAULT:
        return False
    nights, said = (end - start).days, int(sheet.values["nights"].value)
    if nights == said:
        return False
    sheet.drop("nights")
    sheet.doubt(
        "nights", f"{say_day(start, sheet.facts.today)}到{say_day(end, sheet.facts.today)}是{nights}晚,和{said}晚对不上"
    )
    return True


def _take_new_end(sheet: _Sheet, slot: Slot, when: When) -> None:
    """续到周日 says the new end; 明天续一晚 says when, and the nights say how long."""
    day = when.end or when.start
    is_end = bool(_BEFORE_UNTIL.search(sheet.heard.text[: slot.start].rstrip())) or when.end is not None
    if day is None or (sheet.said("nights") and not is_end):
        return
    if not is_end and _ONE_NIGHT.search(slot.words):
        return
    sheet.put("until", day.isoformat(), slot.words)


def _settle_until(sheet: _Sheet) -> None:
    """With arrival and departure known, the nights follow."""
    until, arrival = sheet.day("until"), sheet.day("date")
    if sheet.form.family not in ("stay", "change") or until is None or arrival is None:
        return
    if until <= arrival:
        sheet.drop("until")
        sheet.doubt("nights", f"{say_day(until, sheet.facts.today)}离店不晚于入住那天")
        return
    said = sheet.values.get("until") or sheet.frame.slots["until"]
    sheet.drop("until")
    sheet.put("nights", str((until - arrival) // timedelta(days=1)), said.words)


def _wake_in_the_morning(sheet: _Sheet) -> None:
    """七点 by itself is the next seven o'clock; nobody is woken at seven in the evening without saying so."""
    said = sheet.values.get("time")
    if said is None or sheet.known("errand") != particulars.WAKE_UP or _SAYS_LATER.search(said.words):
        return
    clock = time.fromisoformat(said.value)
    if clock.hour > 12:
        sheet.put("time", f"{clock.replace(hour=clock.hour - 12):%H:%M}", said.words)


# --- too much --------------------------------------------------------------------------------------------------------
def _room_types(sheet: _Sheet) -> str:
    """One booking is of one type; 一间大床一间双床 is a clerk's."""
    said = [slot for slot in _own_slots(sheet.heard) if slot.name is SlotName.ROOM_TYPE and not slot.ask]
    if _adds_another(sheet):
        return f"还要再加{said[-1].words},请您来订"
    several = len({slot.value for slot in said}) > 1 and SlotName.ROOM_TYPE not in sheet.open_slots
    is_booking = sheet.form.family in ("stay", "change") and not _ASKS.search(sheet.heard.text)
    return f"一次要{'、'.join(slot.words for slot in said)},请您来订" if several and is_booking else ""


def _adds_another(sheet: _Sheet) -> bool:
    """再加一间大床房 beside another type."""
    known, said = sheet.frame.value("room_type"), sheet.values.get("room_type")
    is_other = known is not None and said is not None and said.value != known and sheet.frame.slots["room_type"].is_said
    return is_other and any(slot.name is SlotName.ROOMS and _is_more(sheet, slot) for slot in sheet.heard.slots)


def _too_many(frame: Frame, facts: Facts) -> str:
    limits: Mapping[str, int] = facts.forms.limits
    for name in _COUNTS:
        number = frame.number(name)
        if number is not None and number > limits[name]:
            return f"{facts.forms.label(name)}说的是 {number},超过 {limits[name]},请您来谈"
    if any(item.quantity > limits["quantity"] for item in frame.items):
        return f"有商品一次要 {max(item.quantity for item in frame.items)} 份,请您来谈"
    return ""
