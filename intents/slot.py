"""The values that a message gives, each with the words it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import StrEnum

from intents.dates import When


class SlotName(StrEnum):
    DATE = "date"  #: a When
    TIME = "time"  #: a time of day
    NIGHTS = "nights"
    PEOPLE = "people"  #: adults, where children are told apart
    CHILDREN = "children"
    ROOMS = "rooms"
    ROOM_TYPE = "room_type"  #: HQ's number; with `ask` the words, when several or none of HQ's rooms are called so
    PRODUCT = "product"  #: HQ's number
    QUANTITY = "quantity"
    SIZE = "size"
    SUGAR = "sugar"
    ICE = "ice"  #: and 热, 温, 常温
    STORE = "store"  #: HQ's number
    CITY = "city"
    PHONE = "phone"  #: digits alone
    ORDER_NUMBER = "order_number"
    BUDGET = "budget"  #: yuan, Decimal; of a range the upper end
    NAME = "name"
    BREAKFAST = "breakfast"  #: 含早餐, 不含早餐, 单早, 双早, 三早
    PLATE = "plate"
    ROOM_NUMBER = "room_number"
    PREFERENCE = "preference"


Value = str | int | Decimal | date | time | When


@dataclass(frozen=True, slots=True)
class Slot:
    name: SlotName
    value: Value
    words: str
    start: int  #: in the message as written
    end: int
    ask: bool = False  #: a person or the customer must say: vague, or it contradicts itself
    reason: str = ""  #: Chinese


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order, as said."""

    product: str  #: HQ's number
    quantity: int
    options: Mapping[SlotName, str]  #: SIZE, SUGAR, ICE as said: 大杯, 半糖, 去冰
    words: str
    start: int = 0
    end: int = 0
    ask: bool = False
    reason: str = ""
    extras: tuple[str, ...] = field(default=())  #: 燕麦奶, 加浓
