"""Which of the things offered a message means: by tap, by position, by price, by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.replies.frame import Filled, Frame, Offered, Source
from bot.replies.heard import Heard
from bot.replies.short_reply import Meaning, ShortReply
from intents.message import clean
from intents.slots import SlotName

INTENT = "intent"  #: a change that turns the frame into another one
_SHORT = 12  #: characters of a message that may name one of those offered by a part of its label
_PRICE = re.compile(r"(?<![\d.])(\d{1,5}(?:\.\d{1,2})?)(?:元|块钱?)?的?(?:那|这)?(?:个|种|款|间)")


def choose(offered: Sequence[Offered], heard: Heard, reply: ShortReply | None, *, is_filled: bool) -> Offered | None:
    """The one that is meant; None when none is, or when it is not clear which. `is_filled`: it says something else."""
    if heard.tapped is not None:
        return offered[heard.tapped] if heard.tapped < len(offered) else None
    if not offered:
        return None
    found = _by_reply(offered, reply) if reply is not None else None
    if found is None and reply is None and not is_filled:
        found = _by_price(offered, heard.text) or _by_words(offered, heard.text)
    return found


def by_product(offered: Sequence[Offered], heard: Heard) -> Offered | None:
    """The one whose room or product the message names, if it names one of them and nothing else."""
    rooms = {slot.value for slot in heard.slots if slot.name is SlotName.ROOM_TYPE and not slot.ask}
    named = {item.product for item in heard.items} | rooms
    found = [one for one in offered if {one.changes.get("product"), one.changes.get("room_type")} & named]
    if len(found) == 1 and len(named) == 1:
        return found[0]
    return offered[0] if len(offered) == 1 and not named and _says_how_many(heard) else None


def _says_how_many(heard: Heard) -> bool:
    """两个 to 要帮您留一份吗 is a yes to two of them."""
    return bool(heard.slots) and all(slot.name in (SlotName.QUANTITY, SlotName.ROOMS) for slot in heard.slots)


def is_guess(frame: Frame) -> bool:
    """Whether the one thing that waits for a yes is the day that a vague word may mean."""
    changes = set(frame.offered[0].changes) if len(frame.offered) == 1 else set()
    return bool(changes) and changes <= {"date", "until"} and frame.offered[0].price is None


def take(frame: Frame, chosen: Offered, source: Source) -> Frame:
    """The frame with what was chosen, and no longer waiting for an answer."""
    slots = {name: Filled(value, chosen.label, source) for name, value in chosen.changes.items() if name != INTENT}
    taken = replace(frame, intent=chosen.changes.get(INTENT, frame.intent)).with_slots(**slots)
    return taken.awaits(None)


def _by_reply(offered: Sequence[Offered], reply: ShortReply) -> Offered | None:
    match reply.meaning:
        case Meaning.NTH:
            return offered[reply.position] if reply.position < len(offered) else None
        case Meaning.LAST:
            return offered[-1]
        case Meaning.CHEAPEST:
            return min(offered, key=_price)
        case Meaning.DEAREST:
            return max(offered, key=_price)
        case Meaning.ANY:
            return offered[0]
        case Meaning.YES:
            return offered[0] if len(offered) == 1 else None
    return None


def _price(one: Offered) -> Decimal:
    return one.price if one.price is not None else Decimal(0)


def _by_price(offered: Sequence[Offered], text: str) -> Offered | None:
    """388的那个."""
    said = {Decimal(found) for found in _PRICE.findall(text)}
    found = [one for one in offered if one.price in said]
    return found[0] if len(found) == 1 else None


def _by_words(offered: Sequence[Offered], text: str) -> Offered | None:
    """The one whose label alone shares words with a short message: 家庭的那个; None when it is not one."""
    words = clean(text)
    if len(words) > _SHORT:
        return None
    pairs = {words[n : n + 2] for n in range(len(words) - 1)}
    shared = [[one for one in offered if pair in clean(one.label)] for pair in pairs]
    named = [found[0] for found in shared if len(found) == 1]
    return named[0] if named and all(one == named[0] for one in named) else None
