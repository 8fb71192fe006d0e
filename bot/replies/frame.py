"""The state of getting one thing done in a chat: what is known so far, and what was asked last.

A frame is kept as JSON between two messages, so it survives a restart; fields that a later version added are left out
by an earlier one, and a frame that cannot be read any more is no frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType

CHOICE = "choice"  #: what `asked` holds when one of `offered` is to be chosen, or the only one agreed to
_NO_SLOTS: Mapping[str, Filled] = MappingProxyType({})
_NO_WORDS: Mapping[str, str] = MappingProxyType({})


class Source(StrEnum):
    """Where a value comes from; a value that was said is never replaced by one that was not."""

    SAID = "said"
    VOICE = "voice"  #: said in a voice message: always read back
    PROFILE = "profile"  #: what this customer usually has
    DEFAULT = "default"  #: what holds when nobody says otherwise
    CLERK = "clerk"  #: set by staff


@dataclass(frozen=True, slots=True)
class Filled:
    """A value, as text: 2026-11-24, 15:00, 2, R-01."""

    value: str
    words: str = ""  #: of the customer's, that it was read from
    source: Source = Source.SAID
    is_sure: bool = True

    @property
    def is_said(self) -> bool:
        return self.source in (Source.SAID, Source.VOICE, Source.CLERK)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One product of an order, as the customer said it."""

    product: str  #: number
    quantity: int = 1
    options: Mapping[str, str] = field(
        default_factory=lambda: _NO_WORDS, hash=False
    )  #: size → 大杯, by the slot's name
    unit: str = ""  #: their own word: 杯, 份
    words: str = ""
    is_voice: bool = False
    extras: tuple[str, ...] = ()  #: as said: 燕麦奶, 加浓


@dataclass(frozen=True, slots=True)
class Offered:
    """One thing that was offered to the customer to choose or to agree to."""

    label: str
    changes: Mapping[str, str] = field(default_factory=lambda: _NO_WORDS, hash=False)  #: slots that choosing it sets
    price: Decimal | None = None  #: yuan in all; None when it has none


@dataclass(frozen=True, slots=True)
class Frame:
    """What is known of one thing to be done. Frozen: every message makes another frame."""

    intent: str
    touched_at: datetime  #: aware, UTC: when it last got on
    slots: Mapping[str, Filled] = field(default_factory=lambda: _NO_SLOTS, hash=False)
    items: tuple[Wanted, ...] = ()
    offered: tuple[Offered, ...] = ()  #: at most three; in the order in which they were shown
    asked: str | None = None  #: the slot that was asked, or CHOICE; None when no answer is awaited
    has_asked: frozenset[str] = frozenset()  #: every slot that was asked so far
    misses: int = 0  #: answers in a row that nothing could be made of
    turns: int = 0  #: messages that were about this
    store: str | None = None  #: number
    order_key: str | None = None  #: the hold that belongs to it

    def value(self, name: str) -> str | None:
        filled = self.slots.get(name)
        return filled.value if filled else None

    def text(self, name: str) -> str:
        return self.value(name) or ""

    def number(self, name: str) -> int | None:
        """A whole number; None when there is none that can be read."""
        value = self.value(name)
        return int(value) if value is not None and value.isascii() and value.isdigit() and len(value) < 10 else None

    def amount(self, name: str) -> Decimal | None:
        """Yuan."""
        return _decimal(self.value(name))

    def day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.value(name) or "")
        except ValueError:
            return None

    def clock(self, name: str) -> time | None:
        try:
            return time.fromisoformat(self.value(name) or "")
        except ValueError:
            return None

    def with_slots(self, **changes: Filled | None) -> Frame:
        """These values; None takes one away."""
        slots = {**self.slots, **changes}
        return replace(self, slots={name: filled for name, filled in slots.items() if filled is not None})

    def awaits(self, asked: str | None, offered: tuple[Offered, ...] = ()) -> Frame:
        """The same, with this asked."""
        has_asked = self.has_asked | {asked} if asked else self.has_asked
        return replace(self, asked=asked, offered=offered, has_asked=has_asked)

    # --- JSON --------------------------------------------------------------------------------------------------------
    def dump(self) -> dict[str, object]:
        """As JSON holds it."""
        return {
            "intent": self.intent,
            "touched_at": self.touched_at.astimezone(UTC).isoformat(),
            "slots": {name: _dump_filled(filled) for name, filled in self.slots.items()},
            "items": [_dump_wanted(item) for item in self.items],
            "offered": [_dump_offered(one) for one in self.offered],
            "asked": self.asked,
            "has_asked": sorted(self.has_asked),
            "misses": self.misses,
            "turns": self.turns,
            "store": self.store,
            "order_key": self.order_key,
        }

    @classmethod
    def load(cls, data: object) -> Frame | None:
        """A frame from JSON, also of another version; None when it cannot be read."""
        rows = _mapping(data)
        intent, touched_at = rows.get("intent"), _moment(rows.get("touched_at"))
        if not isinstance(intent, str) or touched_at is None:
            return None
        return cls(
            intent=intent,
            touched_at=touched_at,
            slots={name: filled for name, row in _mapping(rows.get("slots")).items() if (filled := _filled(row))},
            items=tuple(item for row in _rows(rows.get("items")) if (item := _wanted(row))),
            offered=tuple(_offered(row) for row in _rows(rows.get("offered"))),
            asked=_text(rows.get("asked")),
            has_asked=frozenset(name for name in _list(rows.get("has_asked")) if isinstance(name, str)),
            misses=_whole(rows.get("misses")),
            turns=_whole(rows.get("turns")),
            store=_text(rows.get("store")),
            order_key=_text(rows.get("order_key")),
        )


# --- to JSON ---------------------------------------------------------------------------------------------------------
def _dump_filled(filled: Filled) -> dict[str, object]:
    return {
        "value": filled.value,
        "words": filled.words,
        "source": filled.source.value,
        "is_sure": filled.is_sure,
    }


def _dump_wanted(item: Wanted) -> dict[str, object]:
    return {
        "product": item.product,
        "quantity": item.quantity,
        "options": dict(item.options),
        "unit": item.unit,
        "words": item.words,
        "is_voice": item.is_voice,
        "extras": list(item.extras),
    }


def _dump_offered(one: Offered) -> dict[str, object]:
    price = None if one.price is None else str(one.price)
    return {"label": one.label, "changes": dict(one.changes), "price": price}


# --- from JSON -------------------------------------------------------------------------------------------------------
def _filled(row: object) -> Filled | None:
    cells = _mapping(row)
    value = cells.get("value")
    if not isinstance(value, str):
        return None
    source = cells.get("source")
    known = next((one for one in Source if one == source), Source.DEFAULT)
    return Filled(value, _text(cells.get("words")) or "", known, cells.get("is_sure") is not False)


def _wanted(cells: Mapping[str, object]) -> Wanted | None:
    product, quantity = _text(cells.get("product")), _whole(cells.get("quantity"))
    if not product or quantity < 1:
        return None
    unit, words = _text(cells.get("unit")) or "", _text(cells.get("words")) or ""
    extras = tuple(extra for extra in _list(cells.get("extras")) if isinstance(extra, str))
    return Wanted(product, quantity, _texts(cells.get("options")), unit, words, cells.get("is_voice") is True, extras)


def _offered(cells: Mapping[str, object]) -> Offered:
    price = cells.get("price")
    return Offered(
        _text(cells.get("label")) or "",
        _texts(cells.get("changes")),
        _decimal(price) if isinstance(price, str) else None,
    )


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _decimal(value: str | None) -> Decimal | None:
    try:
        amount = Decimal(value) if value else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()


def _rows(value: object) -> Iterable[Mapping[str, object]]:
    return (row for row in _list(value) if isinstance(row, Mapping))


def _texts(value: object) -> dict[str, str]:
    return {name: text for name, text in _mapping(value).items() if isinstance(text, str)}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
