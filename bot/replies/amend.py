"""A clerk changes a row of the card: the frame with it, and the draft anew; or what is wrong with it, in Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time

from bot.replies.frame import Filled, Frame, Source, Wanted
from bot.replies.heard import Facts
from bot.replies.offering import offer
from bot.replies.proposal import Offers, Outcome, Proposal
from bot.trade import ItemOffer

_DAY = re.compile(r"(?:(\d{4})[-年/.])?(\d{1,2})[-月/.](\d{1,2})[日号]?(?:\(.*\))?")
_CLOCK = re.compile(r"(?:今天|明天|后天)?(\d{1,2})[::点](\d{2})?分?")
_NUMBER = re.compile(r"(\d{1,4})(?:晚|间|人|位|份|杯|个)?(?:\(.*\))?")
_TEXT_MOST = 60
_DAYS = frozenset({"date", "until"})
_NUMBERS = frozenset({"nights", "rooms", "people", "children"})
_TEXTS = frozenset({"name", "phone", "room_number", "errand", "detail", "title", "tax_number", "email", "preference"})
_PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}")


def amend(frame: Frame, changes: Mapping[str, str], offers: Offers, facts: Facts) -> Outcome:
    """The proposal with a clerk's changes, by slot. `problems` say which could not be taken: these stay as they were.

    A change of dates needs rooms that `offers` may not hold: then what is needed comes back, with the changed frame.
    """
    problems: list[str] = []
    changed = frame
    for slot, said in changes.items():
        changed = _change(changed, slot, unicodedata.normalize("NFKC", said).strip(), offers, facts, problems)
    after = offer(changed, offers, facts)
    return replace(after, problems=tuple(problems)) if isinstance(after, Proposal) else after


def check(frame: Frame, changes: Mapping[str, str], offers: Offers, facts: Facts) -> tuple[str, ...]:
    """Only what is wrong, for the page, before anything is looked up."""
    problems: list[str] = []
    for slot, said in changes.items():
        _change(frame, slot, unicodedata.normalize("NFKC", said).strip(), offers, facts, problems)
    return tuple(problems)


def _change(frame: Frame, slot: str, said: str, offers: Offers, facts: Facts, problems: list[str]) -> Frame:
    label = facts.forms.label(slot)
    if slot in _DAYS:
        return _with_day(frame, slot, said, facts, problems)
    if slot in _NUMBERS:
        number = _number(said, label, facts.forms.limits.get(slot, 99), problems)
        return frame if number is None else _put(frame, slot, str(number))
    if slot == "room_type":
        return _with_room(frame, said, offers, facts, problems)
    if slot == "time":
        return _with_time(frame, said, problems)
    if slot.startswith(("quantity:", "option:")):
        return _with_item(frame, slot, said, offers, facts, problems)
    if slot not in _TEXTS:
        problems.append(f"「{label}」不能在这里改。")
        return frame
    return _with_text(frame, slot, said, label, problems)


def _put(frame: Frame, slot: str, value: str) -> Frame:
    put = frame.with_slots(**{slot: Filled(value, "", Source.CLERK)})
    return put.with_slots(until=None) if slot == "nights" else put


def _with_day(frame: Frame, slot: str, said: str, facts: Facts, problems: list[str]) -> Frame:
    day = _day(said, facts)
    if day is None:
        problems.append(f"「{said[:20]}」不是有效日期。请写成 {facts.today.isoformat()} 这样的日期。")
    elif day < facts.today:
        problems.append(f"「{said[:20]}」已经过去了。请写今天或以后的日期。")
    else:
        return _put(frame, slot, day.isoformat())
    return frame


def _day(said: str, facts: Facts) -> date | None:
    """A day as 2026-11-24 or 11月24日; without a year the next such day."""
    match = _DAY.fullmatch(said)
    if match is None:
        return None
    month, number = int(match[2]), int(match[3])
    for year in [int(match[1])] if match[1] else [facts.today.year, facts.today.year + 1]:
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if match[1] or day >= facts.today:
            return day
    return None


def _number(said: str, label: str, most: int, problems: list[str]) -> int | None:
    match = _NUMBER.fullmatch(said)
    number = int(match[1]) if match else 0
    if not 1 <= number <= most:
        problems.append(f"{label}「{said[:20]}」不行,要写 1 到 {most} 之间的整数。")
        return None
    return number


def _with_room(frame: Frame, said: str, offers: Offers, facts: Facts, problems: list[str]) -> Frame:
    rooms = {one.name: one.product for found in offers.rooms.values() for one in found}
    number = rooms.get(said) or facts.rooms.get(said) or (said if said in rooms.values() else None)
    if number is None:
        known = "、".join(rooms) or "先查房态再选"
        problems.append(f"没有「{said[:20]}」这种房型。可以选的有:{known}。")
        return frame
    return _put(frame, "room_type", number)


def _with_time(frame: Frame, said: str, problems: list[str]) -> Frame:
    if said in ("", "尽快"):
        return frame.with_slots(time=None)
    match = _CLOCK.fullmatch(said)
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
    if hour > 23 or minute > 59:
        problems.append(f"「{said[:20]}」不是时间。请写成 15:00 这样。")
        return frame
    return _put(frame, "time", f"{time(hour, minute):%H:%M}")


def _with_text(frame: Frame, slot: str, said: str, label: str, problems: list[str]) -> Frame:
    if not said:
        return frame.with_slots(**{slot: None})
    if len(said) > _TEXT_MOST:
        problems.append(f"{label}太长了,最多 {_TEXT_MOST} 个字。")
    elif slot == "phone" and not _PHONE.fullmatch(said):
        problems.append(f"「{said[:20]}」不像电话号码。请写 11 位手机号,或者带区号的座机。")
    else:
        return _put(frame, slot, said)
    return frame


# --- goods -----------------------------------------------------------------------------------------------------------
def _with_item(frame: Frame, slot: str, said: str, offers: Offers, facts: Facts, problems: list[str]) -> Frame:
    """`quantity:1` and `option:1:杯型` are rows of the first product."""
    what, _, rest = slot.partition(":")
    position, _, name = rest.partition(":")
    n = int(position) - 1 if position.isascii() and position.isdigit() and len(position) < 4 else -1
    if not 0 <= n < len(frame.items):
        problems.append("这一样商品已经不在单子里了,请刷新再改。")
        return frame
    item = frame.items[n]
    if what == "quantity":
        number = _number(said, "数量", facts.forms.limits["quantity"], problems)
        return frame if number is None else _with_wanted(frame, n, replace(item, quantity=number))
    offered = next((one for one in offers.items or () if one.product == item.product), None)
    choices = _choices(offered, name)
    if said not in choices:
        problems.append(f"{name}没有「{said[:20]}」。可以选的有:{'、'.join(choices) or '无'}。")
        return frame
    return _with_wanted(frame, n, replace(item, options={**item.options, name: said}))


def _choices(offered: ItemOffer | None, name: str) -> list[str]:
    return [option.name for option in offered.options.get(name, ())] if offered is not None else []


def _with_wanted(frame: Frame, n: int, item: Wanted) -> Frame:
    return replace(frame, items=(*frame.items[:n], item, *frame.items[n + 1 :]))
