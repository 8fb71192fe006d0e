"""重新算, from outside: a clerk changes the dates on the edit page and sends, and that is what is ordered."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import aiohttp
from sqlalchemy import select

from bot.model import Order, Stage, StockDay
from tests.house import House
from tests.stage import is_so


class Page:
    """The edit page in a browser without scripts."""

    def __init__(self, http: aiohttp.ClientSession, base: str) -> None:
        self.http, self.base, self.text, self.status = http, base, "", 0

    async def open(self, link: str) -> None:
        async with self.http.get(link) as response:
            self.status, self.text = response.status, await response.text()

    async def press(self, action: str, **slots: str) -> None:
        """Submit every field as it stands, but for `slots`."""
        address = re.search(r'action="(/cards/[^"]+/edit)"', self.text)
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', self.text)
        assert address is not None and token is not None
        fields = {"csrf": token[1], "text": self.area, "action": action}
        fields |= dict(re.findall(r'<input[^>]*name="(slot:[^"]+)"[^>]*?\svalue="([^"]*)"', self.text))
        chosen = re.findall(r'<select[^>]*name="(slot:[^"]+)".*?<option selected>([^<]*)<', self.text, re.DOTALL)
        fields |= {name: unescape(choice) for name, choice in chosen}
        fields |= {f"slot:{name}": value for name, value in slots.items()}
        async with self.http.post(self.base + address[1], data=fields) as response:
            self.status, self.text = response.status, await response.text()

    @property
    def area(self) -> str:
        found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", self.text, re.DOTALL)
        return unescape(found[1]) if found else ""


async def _booked(house: House) -> str:
    """A room is booked by one sentence; where 修改 on its card leads."""
    await house.play.customer("小林").says("后天订一间高级大床房,住两晚")
    people = [person.account for person in house.service.library.content.staff.values()]

    async def found() -> str | None:
        for person in people:
            for card in await house.play.staff(person).open_cards():
                return await card.press("修改")
        return None

    return await house.play.until(found, None, "没有人收到卡片")


async def test_changed_dates_are_what_is_ordered(house: House) -> None:
    link = await _booked(house)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        page = Page(http, house.base)
        await page.open(link)
        assert page.status == 200 and "住2晚" in page.area
        day = house.service.desk().local(house.clock.now()).date() + timedelta(days=5)
        await page.press("amend", date="2020-01-01")
        assert page.status == 409 and "已经过去了" in page.text
        await page.press("amend", date=day.isoformat(), nights="1")
        assert page.status == 200 and "住1晚" in page.area
        text = page.area
        await page.press("send")
        assert page.status == 200 and "已发送" in page.text
    assert text in await _received(house)

    async def placed() -> bool:
        return len(await _orders(house)) == 1

    await is_so(house, placed, "没有下单")
    (order,) = await _orders(house)
    assert (order.check_in, order.check_out) == (day, day + timedelta(days=1))
    async with house.service.database.read() as session:
        cells = list(await session.scalars(select(StockDay)))
        held = list(await session.scalars(select(Order).where(Order.stage == Stage.HELD)))
    assert {cell.day for cell in cells if cell.held or cell.sold} == {day} and held == []


async def _received(house: House) -> list[str]:
    customer = house.play.customer("小林")
    await customer.next_reply()
    return await customer.received()


async def _orders(house: House) -> list[Order]:
    async with house.service.database.read() as session:
        return list(await session.scalars(select(Order).where(Order.number.is_not(None))))
