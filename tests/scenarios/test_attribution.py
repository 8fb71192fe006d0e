"""An order says through whom it came; and one that was made before its maker died is not made again."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.model import Draft, Order, OrderRequest
from tests.stage import ON_SQLITE, is_so
from tests.talks import open_shop

BOOKING = "订一间大床房,明天入住,住一晚"


async def test_an_order_carries_staff_draft_and_channel(database_url: str, tmp_path: Path, free_port: int) -> None:
    async with open_shop(database_url, tmp_path, free_port) as house:
        guest = house.play.customer("小满")
        await guest.says(BOOKING)
        card = await house.play.staff("anan").next_card()
        await card.press("发送")

        async def has_link() -> bool:
            return any("pay.example.com" in text for text in await guest.received())

        await is_so(house, has_link, "no pay link")
        await guest.pays()
        async with house.service.database.read() as session:
            order = (await session.scalars(select(Order))).one()
            draft = await session.get_one(Draft, order.draft_id)
        assert (order.staff, order.channel, order.customer) == ("anan", "微信客服", await guest.id())
        assert draft.order is not None and draft.order["key"] == order.key


@ON_SQLITE
async def test_what_was_placed_before_a_crash_is_placed_once(database_url: str, tmp_path: Path, free_port: int) -> None:
    async with open_shop(database_url, tmp_path, free_port) as house:
        guest = house.play.customer("小满")
        await guest.says(BOOKING)
        card = await house.play.staff("anan").next_card()
        async with house.service.database.read() as session:
            key = (await session.scalars(select(Order.key))).one()
        before = await house.service.orders.place(key, staff="anan")  # and then whoever did it died
        await card.press("发送")

        async def is_done() -> bool:
            async with house.service.database.read() as session:
                return (await session.scalar(select(OrderRequest.placed_number))) == before.number

        await is_so(house, is_done, "the request was not concluded")

        async def has_link() -> bool:
            return any(before.number in text for text in await guest.received())

        await is_so(house, has_link, "no pay link")
        async with house.service.database.read() as session:
            assert len(list(await session.scalars(select(Order)))) == 1
        assert sum(before.number in text for text in await guest.received()) == 1
