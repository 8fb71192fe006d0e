"""Days, money and counts as 店小二 says them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from bot.replies.frame import Frame
from bot.replies.heard import Facts

_WEEKDAYS = "一二三四五六日"
_NEAR = {0: "今天", 1: "明天", 2: "后天"}
_ASKS = re.compile(r"[?？]")
#: slot → what follows its value, in the order in which they are repeated
_AFTER = {"date": "入住", "until": "离店", "nights": "晚", "rooms": "间", "people": "人"}
_READ_BACK = (*_AFTER, "room_type", "time")
_CENT = Decimal("0.01")


def say_day(day: date, today: date) -> str:
    """Such as 11月24日(周二); with the year when it is another one."""
    year = f"{day.year}年" if day.year != today.year else ""
    return f"{year}{day.month}月{day.day}日(周{_WEEKDAYS[day.weekday()]})"


def say_moment(moment: datetime, now: datetime) -> str:
    """A local moment, such as 今天15:00; both in the store's zone."""
    days = (moment.date() - now.date()).days
    return f"{_NEAR.get(days) or say_day(moment.date(), now.date())}{moment:%H:%M}"


def say_money(amount: Decimal) -> str:
    """Yuan, such as 388元 or 28.5元."""
    rounded = amount.quantize(_CENT)
    text = f"{rounded:f}".rstrip("0").rstrip(".") if "." in f"{rounded:f}" else f"{rounded:f}"
    return f"{text}元"


def say_nights(prices: Sequence[tuple[date, Decimal]], today: date) -> str:
    """Each night's price when they differ: 11月26日388元、11月27日428元."""
    return "、".join(f"{say_day(day, today)}{say_money(price)}" for day, price in prices)


def quiet(text: str) -> str:
    """HQ's own words inside ours, without a question mark: a turn asks once at most."""
    return _ASKS.sub("", " ".join(text.split()))


def read_slots_back(frame: Frame, filled: Iterable[str], facts: Facts) -> str:
    """What was just heard in speech: 按您语音里说的,11月23日(周一)入住。 Empty when there is nothing to repeat."""
    parts = [_say_slot(name, frame, facts) for name in _READ_BACK if name in filled and frame.value(name)]
    parts += [f"{item.quantity}{item.unit or '份'}" for item in frame.items if "items" in filled and item.is_voice]
    return f"{facts.forms.say('语音')}{'、'.join(parts)}。" if parts else ""


def _say_slot(name: str, frame: Frame, facts: Facts) -> str:
    day = frame.day(name)
    if day is not None:
        return f"{say_day(day, facts.today)}{_AFTER.get(name, '')}"
    words = frame.slots[name].words
    return f"{frame.text(name)}{_AFTER[name]}" if name in _AFTER else quiet(words or frame.text(name))
