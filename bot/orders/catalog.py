"""What can be had now: HQ's files, less what our database says is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncSession

from bot.orders.pricing import NIGHTS_MOST
from bot.orders.stock import Cell, taken_in
from bot.trade import ItemOffer, Night, Option, RoomOffer, RoomQuery
from knowledge.content import Content
from knowledge.products import Product
from knowledge.stock import Stand

_Stands = tuple[tuple[date, Stand], ...]


async def find_rooms(session: AsyncSession, content: Content, query: RoomQuery) -> tuple[RoomOffer, ...]:
    """See `trade.Catalog.rooms`. Nothing for dates that are no stay."""
    nights = (query.check_out - query.check_in).days
    if not 0 < nights <= NIGHTS_MOST:
        return ()
    days = [query.check_in + timedelta(days=step) for step in range(nights)]
    known: list[tuple[Product, _Stands]] = []
    for product in content.products.values():
        if product.is_room and query.product in (None, product.number) and product.sold_in(query.store):
            stands = tuple((day, content.sales.stock.stand(product, query.store, day)) for day in days)
            if all(stand.is_listed and stand.price is not None for _, stand in stands):
                known.append((product, stands))
    taken = await _taken(session, query.store, known)
    return tuple(_room(content, query, product, stands, taken) for product, stands in known)


async def find_items(session: AsyncSession, content: Content, store: str, on: date) -> tuple[ItemOffer, ...]:
    """See `trade.Catalog.items`."""
    known: list[tuple[Product, _Stands]] = []
    for product in content.products.values():
        if not product.is_room and product.sold_in(store):
            stand = content.sales.stock.stand(product, store, on)
            if stand.price is not None:
                known.append((product, ((on, stand),)))
    taken = await _taken(session, store, known)
    return tuple(_item(content, store, product, stands[0], taken) for product, stands in known)


async def _taken(session: AsyncSession, store: str, known: Iterable[tuple[Product, _Stands]]) -> Mapping[Cell, int]:
    cells = [
        Cell(store, product.number, day)
        for product, stands in known
        for day, stand in stands
        if stand.quantity is not None
    ]
    return await taken_in(session, cells)


def _left(stand: Stand, cell: Cell, taken: Mapping[Cell, int]) -> int | None:
    return None if stand.quantity is None else max(0, stand.quantity - taken.get(cell, 0))


def _room(
    content: Content, query: RoomQuery, product: Product, stands: _Stands, taken: Mapping[Cell, int]
) -> RoomOffer:
    nights = []
    for day, stand in stands:
        left = _left(stand, Cell(query.store, product.number, day), taken)
        nights.append(Night(day, stand.price or Decimal(0), query.rooms if left is None else left))
    return RoomOffer(
        product=product.number,
        name=product.name,
        nights=tuple(nights),
        left=min(night.left for night in nights),
        total=sum((night.price for night in nights), Decimal("0.00")) * query.rooms,
        tags=product.tags,
        guests=product.guests,
        bed=product.bed,
        facts=MappingProxyType(product.facts),
        version=content.version,
    )


def _item(
    content: Content, store: str, product: Product, stand: tuple[date, Stand], taken: Mapping[Cell, int]
) -> ItemOffer:
    day, supply = stand
    return ItemOffer(
        product=product.number,
        name=product.name,
        category=product.category,
        price=supply.price or Decimal(0),
        left=_left(supply, Cell(store, product.number, day), taken),
        options=MappingProxyType(
            {
                group.name: tuple(Option(choice.name, choice.extra) for choice in group.choices)
                for group in product.options
            }
        ),
        extras=frozenset(group.name for group in product.options if group.is_free),
        tags=product.tags,
        facts=MappingProxyType(product.facts),
        version=content.version,
    )
