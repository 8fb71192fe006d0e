"""What the chain sells, and orders: two Protocols and the plain values that cross the border (see also `ports`).

Three implementations: HQ's files with our database (`bot/orders`, the default), a PMS or POS over HTTP, and read-only
exports of one. Each method opens its own transaction or makes its own request: never call one inside a transaction.

Money is Decimal yuan with two places. A `date` is a day in the store's time, a `datetime` is aware, in UTC. Options and
categories have the names that HQ wrote, such as 杯型 or 客房.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

_NONE: Mapping[str, str] = MappingProxyType({})


# --- what is for sale ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class RoomQuery:
    """Which rooms are free in these nights?"""

    store: str  #: number
    check_in: date
    check_out: date  #: the day of leaving, which is no night
    rooms: int = 1
    product: str | None = None  #: number; None asks about every type


@dataclass(frozen=True, slots=True)
class Night:
    """The night that begins on `day`."""

    day: date
    price: Decimal  #: of one room
    left: int  #: rooms still free; where HQ does not count them, as many as were asked for


@dataclass(frozen=True, slots=True)
class RoomOffer:
    """One room type for all the nights asked for. Sold out types are told too, with `left` 0 (or too few)."""

    product: str  #: number
    name: str
    nights: tuple[Night, ...]
    left: int  #: in the night that has the fewest
    total: Decimal  #: of all rooms and nights asked for
    tags: tuple[str, ...] = ()
    guests: int | None = None  #: how many may sleep in one room; None when HQ does not say
    bed: str = ""  #: such as 大床 1.8 米
    facts: Mapping[str, str] = field(
        default_factory=lambda: _NONE, hash=False
    )  #: HQ's other columns, such as 早餐, 面积, 窗户
    version: str = ""  #: of what it was read from

    @property
    def price(self) -> Decimal:
        """One room for all the nights: what `Line.unit_price` has to be."""
        return sum((night.price for night in self.nights), Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of an option, such as 大杯."""

    name: str
    extra: Decimal = Decimal("0.00")  #: yuan on top of the price


@dataclass(frozen=True, slots=True)
class ItemOffer:
    """One thing that is not a room, as the store sells it on the day asked about."""

    product: str  #: number
    name: str
    category: str  #: such as 饮品
    price: Decimal  #: without options
    left: int | None  #: None: not counted
    options: Mapping[str, tuple[Option, ...]] = field(
        default_factory=dict, hash=False
    )  #: 杯型 → 中杯, 大杯; first: usual
    extras: frozenset[str] = (
        frozenset()
    )  #: options that may be left out, and of which several may be taken, such as 加料
    tags: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=lambda: _NONE, hash=False)  #: HQ's other columns
    version: str = ""

    def price_with(self, chosen: Mapping[str, str]) -> Decimal:
        """Of one, with these options (what `Line.unit_price` has to be). Raises KeyError for one that it has not."""
        price = self.price
        for name, choice in chosen.items():
            by_name = {option.name: option.extra for option in self.options[name]}
            choices = choice.split("、") if name in self.extras else [choice]
            price += sum((by_name[each] for each in choices), Decimal("0.00"))
        return price


class Catalog(Protocol):
    """What can be had, at what price, now."""

    async def rooms(self, query: RoomQuery) -> tuple[RoomOffer, ...]:
        """In HQ's order; those that are sold out too. A type that the store does not have is not among them."""

    async def items(self, store: str, on: date | None = None) -> tuple[ItemOffer, ...]:
        """What else the store sells on that day (today), in HQ's order; with `left` 0 what is sold out."""


# --- orders ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Line:
    """One product of an order."""

    product: str  #: number
    quantity: int  #: rooms, cups, pieces
    unit_price: Decimal  #: of one: a room for all its `days` together, an item with its options
    days: tuple[date, ...] = ()  #: the nights; empty for goods
    options: Mapping[str, str] = field(
        default_factory=lambda: _NONE, hash=False
    )  #: 杯型 → 大杯, 加料 → 珍珠、椰果; else the usual
    name: str = ""  #: filled in by whoever keeps the order

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What a customer wants to order, and through whom the order came."""

    store: str
    customer: str  #: our customer's id, as text
    lines: tuple[Line, ...]
    check_in: date | None = None
    check_out: date | None = None
    pickup_at: datetime | None = None
    name: str = ""  #: whom it is for
    phone: str = field(default="", repr=False)
    note: str = ""
    staff: str | None = None  #: account of whoever earns the commission
    draft: int | None = None
    campaign: str | None = None
    channel: str = ""
    extends: str | None = None  #: number of the order whose stay these nights lengthen


class OrderState(StrEnum):
    PLACED = "placed"  #: waits to be paid
    PAID = "paid"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"  #: was not paid in time


@dataclass(frozen=True, slots=True)
class Held:
    """Stock is kept, and these are the prices, until then."""

    key: str
    total: Decimal
    until: datetime
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """An order was made (or had been)."""

    number: str  #: what everyone calls it; letters, digits and hyphens
    total: Decimal
    pay_url: str | None  #: None: paid in the store
    pay_until: datetime | None = None  #: after that it lapses; None: never


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as it is now."""

    number: str
    state: OrderState
    store: str
    customer: str
    lines: tuple[Line, ...]
    check_in: date | None
    check_out: date | None
    pickup_at: datetime | None
    total: Decimal
    placed_at: datetime
    paid_at: datetime | None
    refunded: Decimal  #: so far
    may_cancel: bool  #: by HQ's rules and by itself; else a person decides
    refund_now: Decimal  #: what comes back if it is cancelled now, with all that lengthens this stay
    rule: str  #: HQ's words on cancelling; empty when it has none
    pay_url: str | None = None
    pay_until: datetime | None = None
    name: str = ""
    staff: str | None = None
    draft: int | None = None
    extends: str | None = None  #: number of the order whose stay this one lengthens
    stay_until: date | None = None  #: the last day of leaving, with all that lengthens this stay


@dataclass(frozen=True, slots=True)
class Cancelled:
    """It is cancelled (or was before: then what was said at that time)."""

    number: str
    refund: Decimal  #: goes back to the customer
    rule: str


class PaidOutcome(StrEnum):
    FIRST = "first"  #: the order is paid now; also one that had lapsed and whose stock could be taken again
    AGAIN = "again"  #: it was paid already, by another payment
    LATE = "late"  #: the order is cancelled, or had lapsed and is sold out by now
    WRONG_AMOUNT = "wrong_amount"
    UNKNOWN = "unknown"  #: no order has this number


@dataclass(frozen=True, slots=True)
class Paid:
    """What a payment did."""

    outcome: PaidOutcome
    order: OrderView | None  #: None for UNKNOWN
    owed: Decimal = Decimal("0.00")  #: came in for nothing: a person has to look and give it back


class Orders(Protocol):
    """Keeps stock and orders. Raises the TradeError family of `errors` for what cannot be done."""

    async def hold(self, key: str, order: NewOrder, *, until: datetime) -> Held:
        """Keep the stock, all of it or none. The same key again: the same hold, or moved when the order differs.

        With `extends` the lines are the added nights, next to the stay's last. Raises NotForSaleError, SoldOutError,
        PriceChangedError, OrderGoneError (nothing to extend, or the key has been placed with another order).
        """

    async def release(self, key: str) -> None:
        """Give the stock back, if the key is held and not placed; else nothing."""

    async def place(self, key: str, *, staff: str | None, draft: int | None = None) -> Placed:
        """Make the order that is held; the same key again: the same order. `staff` (when given) is who placed it, and
        `draft` what they confirmed.

        A hold that ran out is taken again while there is stock at its prices. Raises HoldLostError.
        """

    async def find(self, number: str) -> OrderView | None: ...

    async def of_customer(self, customer: str, store: str | None = None) -> tuple[OrderView, ...]:
        """Newest first: those that are open, and those of the last days."""

    async def extend(
        self,
        key: str,
        number: str,
        to: date,
        *,
        until: datetime,
        staff: str | None = None,
        draft: int | None = None,
        campaign: str | None = None,
        channel: str = "",
    ) -> Held:
        """Hold the nights from the stay's last day to the new day of leaving `to`, at each night's price; `place(key)`
        then lengthens the stay, by an order of its own (number-2, …) that is paid for by itself.

        Raises as `hold` does.
        """

    async def cancel(self, number: str, *, key: str, staff: str | None) -> Cancelled:
        """Cancel by HQ's rules, and what lengthens the stay with it. Raises OrderGoneError, CancelRefusedError."""

    async def paid(self, number: str, amount: Decimal, at: datetime, key: str) -> Paid:
        """A payment came in; `key` is the payment's own number.

        The same key again: the same answer, and nothing changes. Whoever acts on the answer does so once a key.
        """
