"""Two thousand things that happen to orders, drawn by lot: the books are right after all of them, on both databases."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.db.migrate import migrate
from bot.errors import RefusedError
from bot.model import Order
from bot.orders.money import divide, part_of, to_cents, to_yuan
from bot.trade import Line, NewOrder, OrderState, OrderView, RoomQuery
from tests.trading import BEANS, CAKE, LATTE, TEN, TODAY, TWO, Shop, StillClock, content_of, drinks, stay

STEPS = 2_000
CHECK_EVERY = 400
AT_ONCE = 40  #: steps of each


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    database = Database.connect(database_url)
    await migrate(database)
    yield Shop(database, StillClock(), content_of())
    await database.close()


class Life:
    """What customers, staff and time do, one thing after another; each returns what it was."""

    def __init__(self, shop: Shop, seed: int) -> None:
        self.shop, self.lot = shop, random.Random(seed)
        self.keys: list[str] = []
        self.numbers: list[str] = []
        self.happened: Counter[str] = Counter()

    async def step(self, name: str) -> None:
        acts = (self.hold, self.place, self.pay, self.cancel, self.refund, self.extend, self.wait, self.release)
        act = self.lot.choices(acts, weights=(30, 24, 20, 8, 6, 6, 4, 2))[0]
        try:
            await act(name)
        except RefusedError as refusal:
            self.happened[type(refusal).__name__] += 1
        else:
            self.happened[act.__name__] += 1

    async def hold(self, key: str) -> None:
        again = bool(self.keys) and self.lot.random() < 0.15
        key = self.lot.choice(self.keys[-20:]) if again else key
        customer = str(self.lot.randrange(40)) if not again else ""
        order = await self._something(customer or await self._customer_of(key))
        await self.shop.orders.hold(key, order, until=self.shop.soon)
        self.keys.append(key)

    async def place(self, _key: str) -> None:
        key = self.lot.choice(self.keys[-8:] or ["none"])
        staff = self.lot.choice(("anan", "beibei", None))
        self.numbers.append((await self.shop.orders.place(key, staff=staff)).number)

    async def pay(self, key: str) -> None:
        number = self._number()
        view = await self.shop.orders.find(number)
        amount = view.total if view and self.lot.random() < 0.93 else Decimal(self.lot.randrange(1, 900))
        for _ in range(self.lot.choice((1, 1, 2))):
            await self.shop.orders.paid(number, amount, self.shop.clock.now(), f"pay:{key}")

    async def cancel(self, key: str) -> None:
        for _ in range(self.lot.choice((1, 1, 2))):
            await self.shop.orders.cancel(self._number(), key=key, staff=None)

    async def refund(self, key: str) -> None:
        view = await self._view(OrderState.PAID)
        left = to_cents(view.total - view.refunded) if view else 0
        if view is not None and left:
            amount = to_yuan(self.lot.randint(1, left))
            for _ in range(2):
                await self.shop.orders.give_back(view.number, amount, key=key, staff="boss")

    async def extend(self, key: str) -> None:
        view = await self._view(OrderState.PAID, OrderState.PLACED)
        if view is not None and view.stay_until is not None:
            to = view.stay_until + timedelta(days=self.lot.randint(1, 3))
            await self.shop.orders.extend(key, view.number, to, until=self.shop.soon, staff="beibei")
            self.keys.append(key)

    async def wait(self, _key: str) -> None:
        self.shop.clock.move(timedelta(minutes=self.lot.choice((1, 10, 30, 300))))
        await self.shop.orders.release_due()

    async def release(self, _key: str) -> None:
        await self.shop.orders.release(self.lot.choice(self.keys[-8:] or ["none"]))

    def _number(self) -> str:
        return self.lot.choice(self.numbers[-30:] or ["none"])

    async def _view(self, *states: OrderState) -> OrderView | None:
        view = await self.shop.orders.find(self._number())
        return view if view and view.state in states else None

    async def _customer_of(self, key: str) -> str:
        async with self.shop.database.read() as session:
            return await session.scalar(select(Order.customer).where(Order.key == key)) or "0"

    async def _something(self, customer: str) -> NewOrder:
        if self.lot.random() < 0.35:
            return drinks(*self._cups(), customer=customer)
        first = max(self.shop.clock.now().date(), TODAY) + timedelta(days=self.lot.randrange(12))
        nights, product = self.lot.randint(1, 4), self.lot.choice((TEN, TEN, TWO))
        to = first + timedelta(days=nights)
        store = self.lot.choice(("S1", "S1", "S2"))
        (offer,) = await self.shop.catalog.rooms(RoomQuery(store, first, to, product=product))
        rooms = self.lot.randint(1, 3)
        return stay(first, nights, price=str(offer.price), rooms=rooms, product=product, store=store, customer=customer)

    def _cups(self) -> list[Line]:
        size, extra = self.lot.choice((("中杯", 0), ("大杯", 4)))
        lines = [Line(LATTE, self.lot.randint(1, 3), Decimal(26 + extra), options={"杯型": size})]
        if self.lot.random() < 0.5:
            lines.append(Line(CAKE, self.lot.randint(1, 2), Decimal(38)))
        if self.lot.random() < 0.3:
            lines.append(Line(BEANS, 1, Decimal(78)))
        return lines


@pytest.mark.parametrize("seed", [1])
async def test_the_books_are_right_whatever_happens(shop: Shop, seed: int) -> None:
    life = Life(shop, seed)
    for at in range(STEPS):
        await life.step(str(at))
        if at % CHECK_EVERY == 0:
            await shop.check_books()
    await shop.check_books()
    assert min(life.happened[name] for name in ("hold", "place", "pay", "cancel", "refund", "extend")) >= 20, (
        life.happened
    )
    assert life.happened["SoldOutError"] >= 20, life.happened


async def test_the_books_are_right_when_it_happens_at_once(shop: Shop) -> None:
    """Twelve lives over the same orders: nobody waits for ever, nothing is lost."""
    first = Life(shop, 99)

    async def live(seed: int) -> None:
        life = Life(shop, seed)
        life.keys, life.numbers = first.keys, first.numbers
        for at in range(AT_ONCE):
            await life.step(f"{seed}:{at}")

    async with asyncio.timeout(300):
        await asyncio.gather(*(live(seed) for seed in range(12)))
    await shop.check_books()


@pytest.mark.parametrize("seed", range(40))
def test_what_is_divided_adds_up(seed: int) -> None:
    lot = random.Random(seed)
    weights = [lot.randrange(0, 500) for _ in range(lot.randint(1, 6))]
    cents = lot.randint(0, sum(weights))
    parts = divide(cents, weights)
    assert sum(parts) == cents and all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))


def test_half_a_cent_is_rounded_up() -> None:
    assert [part_of(cents, Decimal("0.05")) for cents in (10, 30, 9, 0)] == [1, 2, 0, 0]
    with pytest.raises(ValueError):
        to_cents(Decimal("0.001"))
