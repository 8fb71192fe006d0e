"""The embedded default of `trade`: HQ's files and our database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.clock import Clock
from bot.db import Database
from bot.orders import cancelling, catalog, extending, holding, paying, views
from bot.orders.money import to_yuan
from bot.trade import Cancelled, Held, ItemOffer, NewOrder, OrderView, Paid, Placed, RoomOffer, RoomQuery
from knowledge.content import Content


@dataclass(frozen=True, slots=True)
class House:
    """Each method is one transaction of its own. `content` gives the version in force."""

    database: Database
    content: Callable[[], Content]
    clock: Clock


class HouseCatalog:
    """`trade.Catalog`."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def rooms(self, query: RoomQuery) -> tuple[RoomOffer, ...]:
        async with self._house.database.read() as session:
            return await catalog.find_rooms(session, self._house.content(), query)

    async def items(self, store: str, on: date | None = None) -> tuple[ItemOffer, ...]:
        content = self._house.content()
        day = on or self._house.clock.now().astimezone(content.policy.zone).date()
        async with self._house.database.read() as session:
            return await catalog.find_items(session, content, store, day)


class HouseOrders:
    """`trade.Orders`."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def hold(self, key: str, order: NewOrder, *, until: datetime) -> Held:
        house = self._house
        async with house.database.begin() as session:
            return await holding.hold(session, house.content(), key, order, until=until, now=house.clock.now())

    async def release(self, key: str) -> None:
        async with self._house.database.begin() as session:
            await holding.release(session, key, self._house.clock.now())

    async def place(self, key: str, *, staff: str | None, draft: int | None = None) -> Placed:
        house = self._house
        async with house.database.begin() as session:
            return await holding.place(session, house.content(), key, staff=staff, draft=draft, now=house.clock.now())

    async def find(self, number: str) -> OrderView | None:
        house = self._house
        async with house.database.read() as session:
            return await views.find(session, house.content(), number, house.clock.now())

    async def of_customer(self, customer: str, store: str | None = None) -> tuple[OrderView, ...]:
        house = self._house
        async with house.database.read() as session:
            return await views.of_customer(session, house.content(), customer, store, house.clock.now())

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
        house, through = self._house, extending.Through(staff, draft, campaign, channel)
        async with house.database.begin() as session:
            return await extending.extend(
                session, house.content(), key, number, to, through=through, until=until, now=house.clock.now()
            )

    async def cancel(self, number: str, *, key: str, staff: str | None) -> Cancelled:
        house = self._house
        async with house.database.begin() as session:
            return await cancelling.cancel(
                session, house.content(), number, key=key, staff=staff, now=house.clock.now()
            )

    async def paid(self, number: str, amount: Decimal, at: datetime, key: str) -> Paid:
        house, now = self._house, self._house.clock.now()
        async with house.database.begin() as session:
            content = house.content()
            receipt = await paying.receive(session, content, number, amount, at=at, key=key, now=now)
            seen = await views.views(session, content, [receipt.order], now) if receipt.order else (None,)
            return Paid(receipt.outcome, seen[0], to_yuan(receipt.owed_cents))

    async def give_back(self, number: str, amount: Decimal, *, key: str, staff: str | None) -> None:
        """Part of the money goes back, decided by a person (not by HQ's rules): see `paying.give_back_money`."""
        house = self._house
        async with house.database.begin() as session:
            await paying.give_back_money(
                session, house.content(), number, amount, key=key, staff=staff, now=house.clock.now()
            )

    async def release_due(self, limit: int = 50) -> tuple[holding.Lapsed, ...]:
        """For a worker: see `holding.release_due`."""
        async with self._house.database.begin() as session:
            return await holding.release_due(session, self._house.clock.now(), limit)
