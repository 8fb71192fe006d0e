"""Everything a message says that an order needs, each value with the words it came from.

HQ's names are resolved first and deterministically; then numbers that are no days (phones, orders, rooms); then days;
then counts and wishes. What was taken by one is not read by the next.
"""

from __future__ import annotations

import re
from datetime import datetime

from intents.calendar import Calendar
from intents.counts import find_counts
from intents.dates import When, read_stays, when_of
from intents.details import find_details
from intents.expected import read_expected
from intents.items import read_lines
from intents.joints import is_denied, is_fix
from intents.names import Names
from intents.options import find_options
from intents.said import Said, read_said
from intents.slot import Item, Slot, SlotName
from intents.taking import Taken, Taking, take_names

__all__ = ["Item", "Names", "Slot", "SlotName", "When", "is_correction", "read_items", "read_slots"]

_CORRECTION = re.compile(
    r"^(?:不对|不不|不是(?!吗|么)|[哦啊噢哎]不|等等|等下|说错|搞错|弄错|错了|改一?下)|不对,|不对$|说错了|搞错了|打错了|写错了|口误|"
    r"应该是|而是|改成|改到|改为|换成|换到|更正|不是.{1,8}是|[,吧]不[,是]"
)
#: Several of these may be meant at once; of the others the first counts that nothing corrects.
_MANY = frozenset(
    (
        SlotName.PREFERENCE, SlotName.DATE, SlotName.TIME, SlotName.PRODUCT, SlotName.QUANTITY, SlotName.SIZE,
        SlotName.SUGAR, SlotName.ICE, SlotName.ROOM_TYPE, SlotName.ROOMS,
    )
)  # fmt: skip


def read_slots(
    text: str, now: datetime, names: Names, calendar: Calendar, *, expects: SlotName | None = None
) -> tuple[Slot, ...]:
    """In order of appearance. `now` is aware, the store's local time. `expects`: what was just asked for."""
    said = read_said(text)
    taking = Taking(said.text)
    take_names(taking, said, names)
    taking.take(find_details(said.text))
    _take_stays(taking, now, calendar)
    taking.take(find_options(taking.text))
    taking.take(find_counts(taking.text))
    taken = _settled(taking)
    if expects is not None and all(one.name is not expects for one in taken):
        taken += read_expected(taking, expects, now, names, calendar)
    slots = (_slot(said, one) for one in taken)
    return tuple(sorted(slots, key=lambda slot: (slot.start, slot.end, slot.name)))


def read_items(text: str, names: Names) -> tuple[Item, ...]:
    """两杯大杯拿铁一杯美式少冰 as two lines; without a number one is meant."""
    said = read_said(text)
    taking = Taking(said.text)
    take_names(taking, said, names)
    taking.take(find_details(said.text))
    return read_lines(said, taking)


def is_correction(text: str) -> bool:
    """Whether the message corrects what was said before."""
    return bool(_CORRECTION.search(read_said(text).text))


def _slot(said: Said, taken: Taken) -> Slot:
    start, end = said.where(taken.start, taken.end)
    return Slot(taken.name, taken.value, said.source[start:end], start, end, taken.ask, taken.reason)


def _take_stays(taking: Taking, now: datetime, calendar: Calendar) -> None:
    for stay in read_stays(taking.text, now, calendar):
        day, nights = stay.day, stay.nights
        if day is not None and not stay.is_only_time:
            when = when_of(day, stay)
            taking.add(Taken(SlotName.DATE, when, stay.at, stay.upto, when.ask, when.reason))
        if day is not None and stay.time is not None:
            is_unsure = day.ask and stay.is_only_time
            reason = day.reason if is_unsure else ""
            taking.add(Taken(SlotName.TIME, stay.time, stay.time_at, stay.time_upto, is_unsure, reason))
        if nights is not None:
            taking.add(Taken(SlotName.NIGHTS, nights.nights, nights.at, nights.upto, nights.ask, nights.reason))
            taking.hide(nights.at, nights.upto)
        if day is not None:
            taking.hide(day.at, day.upto)
        if stay.time is not None:
            taking.hide(stay.time_at, stay.time_upto)


def _settled(taking: Taking) -> list[Taken]:
    """Without what was denied, corrected, or said twice."""
    kept: list[Taken] = []
    for one in sorted(taking.taken, key=lambda taken: (taken.start, taken.end)):
        before, after = taking.said[max(0, one.start - 8) : one.start], taking.said[one.end : one.end + 8]
        if one.name not in (SlotName.DATE, SlotName.PREFERENCE, SlotName.BREAKFAST) and is_denied(before, after):
            continue
        last = next((other for other in reversed(kept) if other.name is one.name), None)
        if last is not None and one.name is not SlotName.DATE and is_fix(taking.said[last.end : one.start]):
            kept.remove(last)
        elif last is not None and (last.value == one.value or one.name not in _MANY):
            if last.value == one.value and one.name in (SlotName.QUANTITY, SlotName.ROOMS, SlotName.SIZE, SlotName.ICE):
                kept.append(one)
            continue
        kept.append(one)
    return _without_total(kept)


def _without_total(kept: list[Taken]) -> list[Taken]:
    """订三间,一间大床两间双床: the first is what the others add up to."""
    rooms = [one for one in kept if one.name is SlotName.ROOMS]
    counts = [one.value for one in rooms if isinstance(one.value, int)]
    return [one for one in kept if one is not rooms[0]] if len(counts) > 2 and counts[0] == sum(counts[1:]) else kept
