"""The products of an order while the customer makes up their mind: add, change, take away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.replies.forms import Form
from bot.replies.frame import Frame, Wanted
from bot.replies.heard import Facts, Heard
from intents.slots import Item, Slot, SlotName
from knowledge.text import normalise

_OPTIONS = (SlotName.SIZE, SlotName.SUGAR, SlotName.ICE)
_BORDER = re.compile(r"[,，。;；!！\n]+")
_TAKES_AWAY = re.compile(r"不要|去掉|取消|删掉|不点|不用|退掉|减掉")
_MOVES = re.compile(r"换成|换|改成|改为|改|不是")
_ADDS = re.compile(r"再|加|还要|另外|另|多来|多要|也要|还有")
_WORDS_MOST = 80  #: characters of a message that are kept with its only item: extras stand anywhere in it
_UNIT = re.compile(r"[杯份个盒瓶袋块只张套碗支件包]")


def merge(frame: Frame, form: Form, heard: Heard, facts: Facts) -> tuple[tuple[Wanted, ...], bool]:
    """The basket after a message, and whether the message says anything about it."""
    if "items" not in form.takes:
        return frame.items, False
    gone = _taken_away(frame, heard.text, facts)
    kept = [item for item in frame.items if item.product not in gone]
    new = [_wanted(item, heard) for item in heard.items if item.product not in gone and not item.ask]
    if new:
        return tuple(_put_in(kept, new, heard, facts)), True
    changed = _change_last(kept, heard)
    return tuple(changed or kept), bool(changed) or len(kept) < len(frame.items)


def products_in(text: str, names: Mapping[str, str]) -> list[str]:
    """The products that a text names, longest names first, each letter used once."""
    left, found = normalise(text), []
    for alias in sorted(names, key=len, reverse=True):
        name = normalise(alias)
        if name and name in left:
            left = left.replace(name, " " * len(name))
            found.append(names[alias])
    return list(dict.fromkeys(found))


def _taken_away(frame: Frame, text: str, facts: Facts) -> frozenset[str]:
    """The products of the basket that 美式不要了 or 去掉美式 names; 拿铁不要糖 names none."""
    if not frame.items:
        return frozenset()
    return frozenset(
        product
        for clause in _BORDER.split(text)
        for product in _named_as_gone(clause, facts.products)
        if any(item.product == product for item in frame.items)
    )


def _named_as_gone(clause: str, names: Mapping[str, str]) -> list[str]:
    found = _TAKES_AWAY.search(clause)
    if found is None:
        return []
    after, before = clause[found.end() :], clause[: found.start()]
    if re.fullmatch(r"[了吧啦的]*", after.strip()):
        return products_in(before, names)
    named = products_in(re.split(r"要|换|改|来", after)[0], names)
    return named if not before.strip() or not products_in(before, names) else []


def _wanted(item: Item, heard: Heard) -> Wanted:
    unit = _UNIT.search(item.words)
    options = {name.value: value for name, value in item.options.items()}
    return Wanted(
        product=item.product,
        quantity=max(item.quantity, 1),
        options=options,
        unit=unit[0] if unit else "",
        words=heard.text[:_WORDS_MOST] if len(heard.items) == 1 else item.words,
        is_voice=heard.is_voice,
        extras=item.extras,
    )


def _put_in(kept: list[Wanted], new: list[Wanted], heard: Heard, facts: Facts) -> Iterable[Wanted]:
    if kept and _MOVES.search(heard.text):
        return _exchange(kept, new, heard, facts)
    basket = list(kept)
    for item in new:
        # Two lines of one message stay two: one latte hot, one with ice.
        position = next((n for n, old in enumerate(kept) if old.product == item.product), None)
        if position is None:
            basket.append(item)
        else:
            basket[position] = _again(basket[position], item, heard)
    return basket


def _again(old: Wanted, new: Wanted, heard: Heard) -> Wanted:
    """The same product once more: 再来一杯 adds, other options make it another, and else the new words count."""
    if _ADDS.search(heard.text):
        return replace(old, quantity=old.quantity + new.quantity)
    quantity = new.quantity if _says_quantity(heard.slots) else old.quantity
    options = {**old.options, **new.options}
    return replace(old, quantity=quantity, options=options, unit=new.unit or old.unit, extras=new.extras or old.extras)


def _exchange(kept: list[Wanted], new: list[Wanted], heard: Heard, facts: Facts) -> list[Wanted]:
    """换成美式: the one named before 换, else the last; its quantity stays unless another is said."""
    moved = _MOVES.search(heard.text)
    named = products_in(heard.text[: moved.start()] if moved else "", facts.products)
    position = next((n for n, item in enumerate(kept) if item.product in named), len(kept) - 1)
    first = new[0]
    if not _says_quantity(heard.slots):
        first = replace(first, quantity=kept[position].quantity, unit=first.unit or kept[position].unit)
    if first.product == kept[position].product:
        first = replace(first, options={**kept[position].options, **first.options})
    others = [item for n, item in enumerate(kept) if n != position and item.product not in {one.product for one in new}]
    return [*others[:position], first, *others[position:], *new[1:]]


def _change_last(kept: list[Wanted], heard: Heard) -> list[Wanted]:
    """两杯 or 少冰 by itself is about what was ordered last; empty when nothing of the kind is said."""
    options = {slot.name.value: str(slot.value) for slot in heard.slots if slot.name in _OPTIONS}
    quantity = next(
        (slot.value for slot in heard.slots if slot.name is SlotName.QUANTITY and not _is_nth(slot, heard)), None
    )
    extras = tuple(str(slot.value) for slot in heard.slots if slot.name is SlotName.PREFERENCE)
    if not kept or (not options and not extras and not isinstance(quantity, int)):
        return []
    last = kept[-1]
    added = last.quantity if _ADDS.search(heard.text) and not options else 0
    count = quantity + added if isinstance(quantity, int) and quantity > 0 else last.quantity
    merged = {**last.options, **options}
    return [*kept[:-1], replace(last, quantity=count, options=merged, extras=(*last.extras, *extras))]


def _is_nth(slot: Slot, heard: Heard) -> bool:
    """第二个 is a position, and no two of anything."""
    return heard.text[: slot.start].endswith("第")


def _says_quantity(slots: Iterable[Slot]) -> bool:
    return any(slot.name is SlotName.QUANTITY for slot in slots)
