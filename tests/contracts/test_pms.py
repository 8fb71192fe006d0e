"""The contract of orders once more, through HTTP; and a PMS that is down, slow or talks rubbish."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.db import Database
from bot.db.migrate import migrate
from bot.errors import SoldOutError, TradeSilentError
from bot.sources.pms import Pms
from bot.trade import Catalog, Orders, PaidOutcome, RoomQuery
from tests.contracts import test_orders as contract
from tests.contracts.test_orders import *  # noqa: F403  # each of them, with this file's `shop`
from tests.pretend_pms import TOKEN, PretendPms
from tests.trading import LATTE, TEN, Shop, StillClock, content_of, stay

MONDAY = date(2026, 11, 23)


class Remote:
    """The client; what no PMS does for us (giving back what lapsed) is asked of the shop behind it."""

    def __init__(self, pms: Pms, behind: Any) -> None:
        self._pms, self._behind = pms, behind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pms if hasattr(self._pms, name) else self._behind, name)


@pytest.fixture(params=["sqlite"])
def database_url(new_sqlite_database: Any) -> str:
    """What lies behind a PMS is not ours: one kind is enough."""
    return str(new_sqlite_database())


@pytest.fixture
async def pretend(database_url: str) -> AsyncIterator[tuple[Shop, PretendPms]]:
    database = Database.connect(database_url)
    await migrate(database)
    shop = Shop(database, StillClock(), content_of())
    yield shop, PretendPms(shop.catalog, shop.orders)
    await database.close()


@pytest.fixture
async def client(pretend: tuple[Shop, PretendPms]) -> AsyncIterator[Pms]:
    async with TestServer(pretend[1].app()) as server, aiohttp.ClientSession() as http:
        yield Pms(http, str(server.make_url("/pms")), TOKEN)


@pytest.fixture  # type: ignore[no-redef]  # in place of the contract's
def shop(pretend: tuple[Shop, PretendPms], client: Pms) -> Shop:
    remote: Any = Remote(client, pretend[0].orders)
    pretend[0].orders, pretend[0].catalog = remote, remote
    return pretend[0]


def test_it_is_both_protocols(client: Pms) -> None:
    catalog: Catalog = client
    orders: Orders = client
    assert (catalog, orders) == (client, client)
    assert contract.MONDAY == MONDAY


async def test_offers_come_through_whole(pretend: tuple[Shop, PretendPms], client: Pms) -> None:
    shop, _ = pretend
    query = RoomQuery("S1", MONDAY, MONDAY + timedelta(days=3), 2)
    assert await client.rooms(query) == await shop.catalog.rooms(query)
    assert await client.items("S1", MONDAY) == await shop.catalog.items("S1", MONDAY)
    latte = next(item for item in await client.items("S1") if item.product == LATTE)
    assert latte.price_with({"杯型": "大杯", "加料": "珍珠、椰果"}) == Decimal(35)


@pytest.mark.parametrize(
    "fault",
    [
        web.Response(status=500),
        web.Response(status=401),
        web.Response(status=302, headers={"Location": "/elsewhere"}),
        web.Response(text="<html>"),
        web.Response(body=b"[" * 5000),
        web.Response(text='[{"product": "R1"}]'),
        web.Response(text='[{"product":"R1","name":"x","nights":[],"left":1,"total":"NaN"}]'),
        web.Response(status=409, text="no"),
        web.Response(status=409, text='{"error": "tired"}'),
        web.Response(body=b" " * (5 << 20)),
    ],
)
async def test_rubbish_is_no_answer(pretend: tuple[Shop, PretendPms], client: Pms, fault: web.Response) -> None:
    pretend[1].faults.append(fault)
    with pytest.raises(TradeSilentError) as failure:
        await client.rooms(RoomQuery("S1", MONDAY, MONDAY + timedelta(days=1)))
    assert TOKEN not in str(failure.value)
    assert await client.rooms(RoomQuery("S1", MONDAY, MONDAY + timedelta(days=1)))


async def test_nobody_there_is_no_answer() -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(TradeSilentError):
            await Pms(http, "http://127.0.0.1:9", TOKEN).of_customer("1")


async def test_an_answer_that_was_lost_makes_no_second_order(pretend: tuple[Shop, PretendPms], client: Pms) -> None:
    shop, pms = pretend
    await client.hold("a/b c", stay(MONDAY, price="300"), until=shop.soon)
    placed = await client.place("a/b c", staff="anan")
    pms.faults.append(web.Response(status=502))
    with pytest.raises(TradeSilentError):
        await client.place("a/b c", staff="anan")
    assert await client.place("a/b c", staff="anan") == placed
    assert await shop.taken(TEN, MONDAY) == (0, 1)


async def test_what_is_refused_is_refused_alike(pretend: tuple[Shop, PretendPms], client: Pms) -> None:
    shop, _ = pretend
    with pytest.raises(SoldOutError) as refusal:
        await client.hold("k", stay(date(2026, 12, 25), price="360"), until=shop.soon)
    assert (refusal.value.product, refusal.value.day, refusal.value.left) == (TEN, date(2026, 12, 25), 0)
    assert await client.find("nothing") is None
    paid = await client.paid("nothing", Decimal(1), shop.clock.now(), "p1")
    assert (paid.outcome, paid.order) == (PaidOutcome.UNKNOWN, None)
