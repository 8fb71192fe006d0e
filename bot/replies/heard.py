"""What goes into a dialogue: a message as it was understood, and what is known about customer, store and chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.replies.forms import Forms
from bot.replies.frame import CHOICE, Frame
from intents.recogniser import Recognised
from intents.slots import Item, Slot, SlotName
from knowledge.persona import Persona
from knowledge.policy import CHINA

CHOICE_ITEM = "choice:"  #: menu id of something offered; the position from 1 follows
_NOTHING: Mapping[str, str] = MappingProxyType({})
_EXPECTED = {
    "date": SlotName.DATE,
    "nights": SlotName.NIGHTS,
    "until": SlotName.DATE,
    "rooms": SlotName.ROOMS,
    "room_type": SlotName.ROOM_TYPE,
    "people": SlotName.PEOPLE,
    "items": SlotName.PRODUCT,
    "time": SlotName.TIME,
    "store": SlotName.STORE,
    "order_number": SlotName.ORDER_NUMBER,
    "room_number": SlotName.ROOM_NUMBER,
    "phone": SlotName.PHONE,
    "name": SlotName.NAME,
    "budget": SlotName.BUDGET,
}


@dataclass(frozen=True, slots=True)
class Heard:
    """One message (or several bubbles, joined by newlines), understood."""

    text: str
    recognised: tuple[Recognised, ...] = ()
    slots: tuple[Slot, ...] = ()
    items: tuple[Item, ...] = ()
    is_voice: bool = False  #: `text` is a transcript
    asides: tuple[str, ...] = ()  #: pieces of it, as written, that an entry of HQ's answers
    menu_id: str | None = None  #: of the line that was tapped

    @property
    def tapped(self) -> int | None:
        """Which of the things offered was tapped, from 0; None when none was."""
        number = (self.menu_id or "").removeprefix(CHOICE_ITEM)
        is_choice = self.menu_id is not None and self.menu_id != number
        return (
            int(number) - 1 if is_choice and number.isascii() and number.isdigit() and 0 < int(number) < 100 else None
        )


@dataclass(frozen=True, slots=True)
class Weather:
    """At the store, on the day in question."""

    degrees: float  #: °C, as it feels in the daytime
    is_wet: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known beside the message."""

    now: datetime  #: aware, UTC
    forms: Forms
    persona: Persona
    customer: str  #: our customer's id, as text
    store: str | None  #: number; None when it is not known
    store_name: str = ""
    zone: ZoneInfo = CHINA
    profile: Mapping[str, str] = field(default_factory=lambda: _NOTHING)  #: slot → what this customer usually has
    weather: Weather | None = None
    ask_store: str = ""  #: HQ's own sentence (policy.yaml, 问门店)
    channel: str = ""
    products: Mapping[str, str] = field(default_factory=dict)  #: alias → number, as HQ writes them
    rooms: Mapping[str, str] = field(default_factory=dict)  #: the same of room types

    @property
    def today(self) -> date:
        """The store's local day."""
        return self.local.date()

    @property
    def local(self) -> datetime:
        return self.now.astimezone(self.zone)


def expects(frame: Frame | None) -> SlotName | None:
    """What a bare 两个 or 18号 would fill: `read_slots` is told."""
    if frame is None or frame.asked is None:
        return None
    if frame.asked == CHOICE:
        return SlotName.QUANTITY if any("product" in one.changes for one in frame.offered) else None
    return _EXPECTED.get(frame.asked)
