"""One contract, on SQLite and on PostgreSQL: stock that cannot be sold twice, orders, payments, refunds, the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.db.migrate import migrate
from bot.errors import (
    CancelRefusedError,
    HoldLostError,
    NotForSaleError,
    OrderGoneError,
    PriceChangedError,
    RefusedError,
    SoldOutError,
)
from bot.model import Order, OrderLine
from bot.trade import Line, Night, OrderState, Paid, PaidOutcome, RoomQuery
from bot.workers.schedule import purge
from tests.trading import CAKE, DEAR, LATTE, NOW, TEN, TODAY, TWO, Shop, StillClock, content_of, drinks, stay

MONDAY = date(2026, 11, 23)


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    database = Database.connect(database_url)
    await migrate(database)
    yield Shop(database, StillClock(), content_of())
    await database.close()


# --- the last ten rooms ----------------------------------------------------------------------------------------------
async def test_of_a_hundred_who_want_the_last_ten_rooms_ten_get_one(shop: Shop) -> None:
    async def want(guest: int) -> bool:
        order = stay(MONDAY, 2, price="600", customer=str(guest))
        try:
            await shop.orders.hold(f"guest:{guest}", order, until=shop.soon)
        except SoldOutError as refusal:
            assert (refusal.product, refusal.day, refusal.left) == (TEN, MONDAY, 0)
            return False
        return True

    assert sum(await asyncio.gather(*(want(guest) for guest in range(100)))) == 10
    assert await shop.taken(TEN, MONDAY) == (10, 0)
    assert await shop.taken(TEN, MONDAY + timedelta(days=1)) == (10, 0)
    await shop.check_books()


async def test_stays_that_overlap_never_wait_for_each_other_for_ever_and_are_whole_or_not_at_all(shop: Shop) -> None:
    async def want(guest: int) -> int:
        first, nights = MONDAY + timedelta(days=guest % 4), 1 + guest % 3
        offer = (await shop.catalog.rooms(RoomQuery("S1", first, first + timedelta(days=nights), product=TEN)))[0]
        order = stay(first, nights, price=str(offer.price), rooms=1 + guest % 2, customer=str(guest))
        try:
            await shop.orders.hold(f"guest:{guest}", order, until=shop.soon)
        except SoldOutError:
            return 0
        if guest % 3 == 0:
            await shop.orders.release(f"guest:{guest}")
        return 1

    async with asyncio.timeout(60):
        assert 10 <= sum(await asyncio.gather(*(want(guest) for guest in range(60)))) < 60
    await shop.check_books()


# --- holding ---------------------------------------------------------------------------------------------------------
async def test_the_same_key_twice_holds_once_and_a_changed_order_moves_it_whole_or_not_at_all(shop: Shop) -> None:
    order = stay(MONDAY, price="300", rooms=2)
    held = await shop.orders.hold("k", order, until=shop.soon)
    assert (held.total, held.lines[0].name) == (Decimal("600.00"), "湖景大床房")
    assert await shop.orders.hold("k", order, until=shop.soon) == held
    assert await shop.taken(TEN, MONDAY) == (2, 0)
    later = stay(MONDAY + timedelta(days=1), 2, price="600", rooms=2)
    await shop.orders.hold("k", later, until=shop.soon)
    assert [await shop.taken(TEN, MONDAY + timedelta(days=step)) for step in range(3)] == [(0, 0), (2, 0), (2, 0)]
    with pytest.raises(SoldOutError):
        await shop.orders.hold("k", stay(DEAR, price="600", rooms=11), until=shop.soon)
    assert await shop.taken(TEN, MONDAY + timedelta(days=1)) == (2, 0)
    await shop.check_books()


async def test_the_same_key_at_once_holds_once(shop: Shop) -> None:
    order = stay(MONDAY, price="300", rooms=3)
    held = await asyncio.gather(*(shop.orders.hold("k", order, until=shop.soon) for _ in range(8)))
    assert len(set(held)) == 1 and await shop.taken(TEN, MONDAY) == (3, 0)
    numbers = {
        placed.number for placed in await asyncio.gather(*(shop.orders.place("k", staff=None) for _ in range(8)))
    }
    assert len(numbers) == 1 and await shop.taken(TEN, MONDAY) == (0, 3)


async def test_several_nights_are_held_whole_or_not_at_all(shop: Shop) -> None:
    first = date(2026, 12, 23)  # the 25th has none
    with pytest.raises(SoldOutError) as refusal:
        await shop.orders.hold("k", stay(first, 3, price="960"), until=shop.soon)
    assert (refusal.value.day, refusal.value.left) == (date(2026, 12, 25), 0)
    assert await shop.taken(TEN, first) == (0, 0)


async def test_a_price_that_changed_is_said_and_one_that_was_held_stays(shop: Shop) -> None:
    with pytest.raises(PriceChangedError) as refusal:
        await shop.orders.hold("k", stay(DEAR, price="300"), until=shop.soon)
    assert refusal.value.said == 300 and refusal.value.now == 600
    await shop.orders.hold("k", stay(MONDAY, price="300"), until=shop.soon)
    shop.content = content_of(stock_csv="商品编号,数量,价格\nR1,10,999\nR2,1,\n")
    assert (await shop.orders.place("k", staff=None)).total == Decimal("300.00")
    offer = (await shop.catalog.rooms(RoomQuery("S1", MONDAY, DEAR, product=TEN)))[0]
    assert offer.nights[0].price == 999


async def test_what_the_store_does_not_sell_is_refused(shop: Shop) -> None:
    for order in (
        drinks(Line("nothing", 1, Decimal(1))),
        drinks(Line("G2", 1, Decimal(20))),  # no longer on sale
        drinks(Line(CAKE, 1, Decimal(38)), store="S2"),  # in the other store only
        drinks(Line(LATTE, 1, Decimal(26), options={"糖度": "少糖"})),
        drinks(Line(LATTE, 1, Decimal(26), options={"杯型": "桶"})),
        drinks(Line(LATTE, 0, Decimal(26))),
        stay(TODAY - timedelta(days=2), price="300"),
        replace(stay(MONDAY, price="300"), check_out=MONDAY),
        replace(stay(MONDAY, price="300"), lines=()),
    ):
        with pytest.raises(NotForSaleError):
            await shop.orders.hold("k", order, until=shop.soon)


async def test_a_hold_that_ran_out_is_given_back_and_taken_again_while_there_is_stock(shop: Shop) -> None:
    await shop.orders.hold("a", stay(MONDAY, price="500", product=TWO, rooms=2), until=shop.soon)
    await shop.orders.hold("b", stay(MONDAY, price="300"), until=shop.soon + timedelta(hours=1))
    assert await shop.orders.release_due() == ()
    shop.clock.move(timedelta(minutes=15))
    (lapsed,) = await shop.orders.release_due()
    assert (lapsed.key, lapsed.number, lapsed.customer, lapsed.draft) == ("a", None, "1", 7)
    assert await shop.taken(TWO, MONDAY) == (0, 0) and await shop.taken(TEN, MONDAY) == (1, 0)
    await shop.orders.hold("c", stay(MONDAY, price="500", product=TWO, customer="2"), until=shop.soon)
    with pytest.raises(HoldLostError):
        await shop.orders.place("a", staff=None)
    await shop.orders.release("c")
    assert (await shop.orders.place("a", staff="beibei")).total == 1000
    assert await shop.taken(TWO, MONDAY) == (0, 2)
    with pytest.raises(HoldLostError):
        await shop.orders.place("never held", staff=None)
    await shop.check_books()


async def test_a_hold_that_came_to_nothing_is_forgotten_and_an_order_is_not(shop: Shop) -> None:
    await shop.orders.hold("a", stay(MONDAY, price="300"), until=shop.soon)
    number = await _placed(shop, "b")
    shop.clock.move(timedelta(days=1))
    assert len(await shop.orders.release_due()) == 2
    shop.clock.move(timedelta(days=31))
    await purge(shop.database, shop.clock)
    async with shop.database.read() as session:
        assert list(await session.scalars(select(Order.number))) == [number]
        assert len(list(await session.scalars(select(OrderLine)))) == 1
    await shop.check_books()


# --- goods -----------------------------------------------------------------------------------------------------------
async def test_drinks_with_options_are_priced_and_goods_are_counted_by_day(shop: Shop) -> None:
    latte = Line(LATTE, 2, Decimal("35"), options={"杯型": "大杯", "温度": "冰", "加料": "珍珠、椰果"})
    held = await shop.orders.hold("k", drinks(latte, Line(CAKE, 5, Decimal(38))), until=shop.soon)
    assert held.total == Decimal("260.00")
    assert await shop.taken(CAKE, TODAY) == (5, 0) and await shop.taken(LATTE, TODAY) == (0, 0)
    by_number = {offer.product: offer for offer in await shop.catalog.items("S1")}
    assert (by_number[CAKE].left, by_number[LATTE].left) == (0, None)
    assert by_number[LATTE].price_with(latte.options) == 35 and by_number[LATTE].extras == {"加料"}
    assert {offer.product for offer in await shop.catalog.items("S2")} == {LATTE, "G1"}
    with pytest.raises(SoldOutError) as refusal:
        await shop.orders.hold("o", drinks(Line(CAKE, 1, Decimal(38)), customer="2"), until=shop.soon)
    assert refusal.value.left == 0
    tomorrow = replace(drinks(Line(CAKE, 1, Decimal(38))), pickup_at=NOW + timedelta(days=1))
    await shop.orders.hold("t", tomorrow, until=shop.soon)
    assert await shop.taken(CAKE, MONDAY) == (1, 0)


# --- the catalogue ---------------------------------------------------------------------------------------------------
async def test_offers_tell_each_nights_price_and_what_is_left(shop: Shop) -> None:
    friday = date(2026, 11, 27)
    await shop.orders.hold("k", stay(friday, price="360", rooms=4), until=shop.soon)
    ten, two = await shop.catalog.rooms(
        RoomQuery("S1", friday - timedelta(days=1), friday + timedelta(days=1), rooms=2)
    )
    assert ten.nights == (Night(friday - timedelta(days=1), Decimal(300), 10), Night(friday, Decimal(360), 6))
    assert (ten.left, ten.guests, ten.bed) == (6, 2, "大床 1.8 米") and ten.total == 1320 and ten.price == 660
    assert (two.product, two.left) == (TWO, 2)
    (sold_out,) = await shop.catalog.rooms(RoomQuery("S1", date(2026, 12, 25), date(2026, 12, 26), product=TEN))
    assert sold_out.left == 0
    assert await shop.catalog.rooms(RoomQuery("S1", friday, friday)) == ()
    assert await shop.catalog.rooms(RoomQuery("S1", friday, friday + timedelta(days=400))) == ()


# --- payments --------------------------------------------------------------------------------------------------------
async def _placed(shop: Shop, key: str = "k", *, price: str = "300", first: date = MONDAY, staff: str = "anan") -> str:
    await shop.orders.hold(key, stay(first, price=price, staff=staff), until=shop.soon)
    return (await shop.orders.place(key, staff=None)).number


def _said(paid: Paid) -> tuple[PaidOutcome, int]:
    return paid.outcome, int(paid.owed)


async def test_an_order_is_paid_once(shop: Shop) -> None:
    number = await _placed(shop)
    view = await shop.orders.find(number)
    assert view is not None
    assert view.pay_url == f"https://pay.example.com/o/{number}?sum=300.00" and view.pay_until == NOW + timedelta(
        minutes=20
    )
    wrong = await shop.orders.paid(number, Decimal(299), NOW, "p0")
    assert _said(wrong) == (PaidOutcome.WRONG_AMOUNT, 299)
    first = await shop.orders.paid(number, Decimal("300.00"), NOW, "p1")
    assert _said(first) == (PaidOutcome.FIRST, 0)
    assert first.order is not None and first.order.state is OrderState.PAID and first.order.pay_url is None
    told_again = await shop.orders.paid(number, Decimal(300), NOW, "p1")
    assert told_again == first  # nothing changes, and whoever did not hear it the first time hears it now
    paid_again = await shop.orders.paid(number, Decimal(300), NOW, "p2")
    assert _said(paid_again) == (PaidOutcome.AGAIN, 300)
    unknown = await shop.orders.paid("999", Decimal(5), NOW, "p3")
    assert _said(unknown) == (PaidOutcome.UNKNOWN, 5) and unknown.order is None
    await shop.check_books()


async def test_of_many_notices_of_one_payment_one_counts(shop: Shop) -> None:
    number = await _placed(shop)
    told = await asyncio.gather(*(shop.orders.paid(number, Decimal(300), NOW, f"p{at % 3}") for at in range(9)))
    assert sorted((each.outcome, int(each.owed)) for each in told) == [("again", 300)] * 6 + [("first", 0)] * 3
    await shop.check_books()


async def test_a_late_payment_is_taken_while_there_is_stock_and_else_owed(shop: Shop) -> None:
    numbers = [await _placed(shop, key) for key in "ab"]
    shop.clock.move(timedelta(minutes=21))
    assert [lapsed.number for lapsed in await shop.orders.release_due()] == numbers
    view = await shop.orders.find(numbers[0])
    assert view is not None and view.state is OrderState.LAPSED
    assert (await shop.orders.paid(numbers[0], Decimal(300), NOW, "p1")).outcome is PaidOutcome.FIRST
    assert await shop.taken(TEN, MONDAY) == (0, 1)
    await shop.orders.hold("rest", stay(MONDAY, price="300", rooms=9, customer="2"), until=shop.soon)
    late = await shop.orders.paid(numbers[1], Decimal(300), NOW, "p2")
    assert _said(late) == (PaidOutcome.LATE, 300)
    assert late.order is not None and late.order.state is OrderState.LAPSED
    assert await shop.orders.paid(numbers[1], Decimal(300), NOW, "p2") == late
    await shop.check_books()


# --- cancelling ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("before", "refund"), [(timedelta(days=2), "300.00"), (timedelta(hours=5), "150.00"), (timedelta(seconds=-1), "")]
)
async def test_what_comes_back_follows_hqs_rule(shop: Shop, before: timedelta, refund: str) -> None:
    friday = date(2026, 12, 3)
    number = await _placed(shop, first=friday)
    await shop.orders.paid(number, Decimal(300), NOW, "p")
    shop.clock.time = NOW.replace(month=12, day=3, hour=7) - before  # the store's rooms are ready at 15:00
    view = await shop.orders.find(number)
    assert view is not None and view.may_cancel == bool(refund) and view.rule.startswith("入住前 24 小时")
    if not refund:
        with pytest.raises(CancelRefusedError):
            await shop.orders.cancel(number, key="c", staff=None)
        return
    assert view.refund_now == Decimal(refund)
    done = await shop.orders.cancel(number, key="c", staff=None)
    assert (done.refund, done.rule) == (Decimal(refund), view.rule)
    assert await shop.orders.cancel(number, key="c", staff=None) == done
    assert await shop.orders.cancel(number, key="another", staff=None) == done
    assert await shop.taken(TEN, friday) == (0, 0)
    late = await shop.orders.paid(number, Decimal(300), NOW, "p9")
    assert _said(late) == (PaidOutcome.LATE, 300)
    await shop.check_books()


async def test_what_hq_has_no_rule_for_a_person_cancels(shop: Shop) -> None:
    await shop.orders.hold("k", drinks(Line(CAKE, 1, Decimal(38))), until=shop.soon)
    number = (await shop.orders.place("k", staff=None)).number
    view = await shop.orders.find(number)
    assert view is not None and view.may_cancel and view.rule == ""  # nothing is paid yet
    await shop.orders.paid(number, Decimal(38), NOW, "p")
    with pytest.raises(CancelRefusedError):
        await shop.orders.cancel(number, key="c", staff=None)
    with pytest.raises(OrderGoneError):
        await shop.orders.cancel("999", key="c", staff=None)


async def test_part_of_the_money_goes_back_once(shop: Shop) -> None:
    number = await _placed(shop)
    with pytest.raises(OrderGoneError):
        await shop.orders.give_back(number, Decimal(10), key="g", staff="boss")
    await shop.orders.paid(number, Decimal(300), NOW, "p")
    for _ in range(2):
        await shop.orders.give_back(number, Decimal("33.33"), key="g", staff="boss")
    with pytest.raises(RefusedError):
        await shop.orders.give_back(number, Decimal("266.68"), key="h", staff="boss")
    view = await shop.orders.find(number)
    assert view is not None and (view.refunded, view.state) == (Decimal("33.33"), OrderState.PAID)
    await shop.check_books()
    shop.clock.time = NOW - timedelta(days=1)
    assert (await shop.orders.cancel(number, key="c", staff=None)).refund == Decimal("266.67")
    await shop.check_books()


# --- more nights -----------------------------------------------------------------------------------------------------
async def test_a_stay_is_lengthened_night_by_night_at_each_nights_price(shop: Shop) -> None:
    number = await _placed(shop, first=DEAR - timedelta(days=1))
    assert (await shop.orders.paid(number, Decimal(300), NOW, "p")).outcome is PaidOutcome.FIRST
    to = DEAR + timedelta(days=2)
    held = await shop.orders.extend("x", number, to, until=shop.soon, staff="beibei", draft=9)
    assert held.total == 960 and held.lines[0].days == (DEAR, DEAR + timedelta(days=1))  # 600, and a Friday
    assert await shop.orders.extend("x", number, to, until=shop.soon) == held
    placed = await shop.orders.place("x", staff=None)
    assert placed.number == f"{number}-2" and placed.total == 960 and placed.pay_url
    assert (await shop.orders.extend("x", number, to, until=shop.soon)).lines == held.lines
    added, first = await shop.orders.of_customer("1")
    assert (first.number, first.check_out, first.stay_until) == (number, DEAR, to)
    assert (added.extends, added.check_in, added.check_out, added.staff, added.draft) == (number, DEAR, to, "beibei", 9)
    assert (await shop.orders.paid(placed.number, Decimal(960), NOW, "q")).outcome is PaidOutcome.FIRST
    await shop.check_books()
    views = await shop.orders.of_customer("1")
    assert [int(view.refund_now) for view in views] == [960, 1260] and all(view.may_cancel for view in views)
    assert (await shop.orders.cancel(number, key="c", staff=None)).refund == 1260
    assert (await shop.orders.cancel(number, key="c", staff=None)).refund == 1260
    assert [each.state for each in await shop.orders.of_customer("1")] == [OrderState.CANCELLED] * 2
    await shop.check_books()


async def test_a_stay_is_not_lengthened_over_a_night_that_is_sold_out(shop: Shop) -> None:
    number = await _placed(shop, first=date(2026, 12, 23))
    with pytest.raises(SoldOutError) as refusal:
        await shop.orders.extend("x", number, date(2026, 12, 27), until=shop.soon)
    assert refusal.value.day == date(2026, 12, 25)
    assert await shop.taken(TEN, date(2026, 12, 24)) == (0, 0)
    with pytest.raises(OrderGoneError):
        await shop.orders.extend("x", number, date(2026, 12, 24), until=shop.soon)
    with pytest.raises(OrderGoneError):
        await shop.orders.extend("x", "999", date(2026, 12, 27), until=shop.soon)


async def test_more_nights_lapse_with_the_stay_that_nobody_paid(shop: Shop) -> None:
    number = await _placed(shop)
    shop.clock.move(timedelta(minutes=10))
    await shop.orders.extend("x", number, MONDAY + timedelta(days=3), until=shop.soon)
    more = (await shop.orders.place("x", staff=None)).number
    shop.clock.move(timedelta(minutes=11))
    assert [lapsed.number for lapsed in await shop.orders.release_due()] == [number, more]
    assert await shop.taken(TEN, MONDAY + timedelta(days=1)) == (0, 0)
    assert _said(await shop.orders.paid(more, Decimal(600), NOW, "p")) == (PaidOutcome.LATE, 600)
    await shop.check_books()


async def test_two_who_lengthen_one_stay_do_it_once(shop: Shop) -> None:
    number = await _placed(shop)
    to = MONDAY + timedelta(days=2)
    for key in "xy":
        await shop.orders.extend(key, number, to, until=shop.soon)
    await shop.orders.place("x", staff=None)
    with pytest.raises(HoldLostError):
        await shop.orders.place("y", staff=None)
    await shop.orders.release("y")
    await shop.orders.hold("z", stay(to, price="300", customer="1"), until=shop.soon)
    await shop.orders.cancel(number, key="c", staff=None)
    await shop.check_books()
    assert await shop.taken(TEN, MONDAY + timedelta(days=1)) == (0, 0)
