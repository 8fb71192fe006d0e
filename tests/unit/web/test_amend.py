"""重新算 on the edit page: rows of an order are changed, and the draft, its order and its stock with them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date
from html import unescape

import pytest
from sqlalchemy import select

from bot.conversations import amending, lifecycle
from bot.conversations.order_sheet import card_rows
from bot.conversations.trading import Trade
from bot.errors import MatterClosedError, TradeSilentError
from bot.gate.links import EditPass
from bot.model import OrderRequest
from bot.replies.frame import Frame, Wanted
from bot.replies.suggestion import Kind, Suggestion
from bot.trade import ItemOffer, RoomOffer, RoomQuery
from tests.conftest import NewDatabase
from tests.unit.web.booked import (
    FAMILY,
    MONDAY,
    ROOM,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    book,
    booking_on,
    draft_of,
    held,
    propose,
)
from tests.unit.web.matter import PARKING, Matter, area, later

DAYS = (MONDAY, TUESDAY, WEDNESDAY, THURSDAY)


@pytest.fixture
async def matter(new_sqlite_database: NewDatabase) -> AsyncIterator[Matter]:
    async with booking_on(new_sqlite_database()) as made:
        yield made


def alert(page: str) -> str:
    found = re.search(r'role="alert">(.*?)</p>', page)
    return unescape(found[1]) if found else ""


async def amend(matter: Matter, page: str, text: str = "", **slots: str) -> tuple[int, str]:
    """重新算, as the form sends it: every row."""
    rows = {"slot:date": MONDAY.isoformat(), "slot:nights": "2", "slot:rooms": "1", "slot:room_type": "湖景大床房"}
    rows |= {f"slot:{name}": value for name, value in slots.items()}
    return await matter.post(page, action="amend", text=text or area(page), **rows)


def follow(matter: Matter, page: str) -> None:
    """From now on post where the page's form leads."""
    found = re.search(r'action="/cards/([^/]+)/edit"', page)
    assert found is not None
    matter.task_id = found[1]


async def test_page_shows_the_order_as_fields(matter: Matter) -> None:
    page = await matter.open()
    assert 'name="slot:date" type="date" value="2026-11-30" min="2026-11-24"' in page
    assert re.search(r'name="slot:nights" type="number"[^>]*value="2"', page)
    assert "<option selected>湖景大床房</option><option>家庭房</option>" in page
    assert "600元" in page and "留到 14:17" in page and "余房" in page


async def test_a_draft_without_an_order_has_no_sheet(matter: Matter) -> None:
    matter.task_id = await matter.suggest(Suggestion(Kind.FAQ, PARKING.text, "Q-1"))
    assert 'id="order"' not in await matter.open()


async def test_changed_rows_change_text_order_and_stock(matter: Matter) -> None:
    old_task = matter.task_id
    status, page = await amend(matter, await matter.open(), date=TUESDAY.isoformat(), rooms="2")
    assert status == 200
    assert "12月1日(周二)入住" in area(page) and "湖景大床房2间" in area(page) and "1200元" in area(page)
    assert await held(matter, ROOM, *DAYS) == [0, 2, 2, 0]
    draft = await draft_of(matter)
    assert draft.text == area(page) and draft.version == 3 and "订单改过:林小满" in draft.reasons
    old = next(card for card in await matter.cards() if card.task_id == old_task)
    assert old.closed_at is not None
    follow(matter, page)
    status, page = await matter.post(page, action="send", text=area(page), **{"slot:date": TUESDAY.isoformat()})
    assert status == 200 and await matter.sent() == [draft.text]
    async with matter.database.read() as session:
        (request,) = await session.scalars(select(OrderRequest))
    placed = await matter.trade.orders.place(request.hold_key, staff="xiaoman")
    order = await matter.trade.orders.find(placed.number)
    assert order is not None and order.check_in == TUESDAY and order.lines[0].quantity == 2


async def test_it_can_be_changed_again_and_again(matter: Matter) -> None:
    page = await matter.open()
    for nights, total in (("3", "900元"), ("1", "300元")):
        status, page = await amend(matter, page, nights=nights)
        assert status == 200 and total in area(page)
        follow(matter, page)
    assert await held(matter, ROOM, *DAYS) == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        ({"date": "2026-11-01"}, "已经过去了"),
        ({"date": "2026-02-30"}, "不是有效日期"),
        ({"date": ""}, "不是有效日期"),
        ({"rooms": "0"}, "1 到 9 之间"),
        ({"nights": "x"}, "1 到 30 之间"),
        ({"room_type": "总统套房"}, "没有「总统套房」这种房型"),
        ({"date": "2026-12-25", "nights": "1"}, "湖景大床房订不到。还订得到:家庭房剩 2 间"),
        ({"room_type": "家庭房", "rooms": "3"}, "家庭房订不到"),
        ({}, "订单没有改动"),
    ],
)
async def test_what_cannot_be_had_is_said_and_nothing_changes(
    matter: Matter, slots: dict[str, str], words: str
) -> None:
    page = await matter.open()
    before, draft = await matter.rows(), await draft_of(matter)
    status, after = await amend(matter, page, "我自己写的话", **slots)
    assert status == 409 and words in alert(after)
    assert area(after) == "我自己写的话"
    for slot, value in slots.items():
        assert slot == "room_type" or re.search(rf'name="slot:{slot}"[^>]*value="{value}"', after)
    assert await matter.rows() == before and (await draft_of(matter)).id == draft.id
    assert await held(matter, ROOM, *DAYS) == [1, 1, 0, 0]


async def test_one_wrong_row_keeps_the_others_from_being_applied(matter: Matter) -> None:
    status, page = await amend(matter, await matter.open(), nights="3", rooms="0")
    assert status == 409 and "1 到 9" in alert(page)
    assert await held(matter, ROOM, *DAYS) == [1, 1, 0, 0]


async def test_the_last_rooms_are_its_own(matter: Matter) -> None:
    await book(matter, FAMILY, rooms=2)
    slots = {"room_type": "家庭房", "rooms": "2", "nights": "3"}
    status, page = await amend(matter, await matter.open(), **slots)
    assert status == 200 and "住3晚" in area(page)
    assert await held(matter, FAMILY, *DAYS) == [2, 2, 2, 0]


async def test_a_text_of_ones_own_is_kept_beside_the_new_one(matter: Matter) -> None:
    _, page = await amend(matter, await matter.open(), "亲,给您留好啦 <b>", nights="3")
    assert "住3晚" in area(page)
    assert "亲,给您留好啦 &lt;b&gt;" in page and "您刚才改过的话" in page
    follow(matter, page)
    for nights, status in (("0", 409), ("1", 200)):  # and stays there
        form = {"action": "amend", "text": area(page), "own": "亲,给您留好啦 <b>", "slot:nights": nights}
        code, page = await matter.post(page, **form)
        assert code == status and 'name="own" value="亲,给您留好啦 &lt;b&gt;"' in page


async def test_changed_rows_must_be_worked_out_before_sending(matter: Matter) -> None:
    page = await matter.open()
    status, page = await matter.post(page, action="send", text="好的", **{"slot:nights": "5"})
    assert status == 409 and "请先点「重新算」" in alert(page)
    assert await matter.sent() == [] and re.search(r'name="slot:nights"[^>]*value="5"', page)


async def test_the_customer_wrote_meanwhile(matter: Matter) -> None:
    page = await matter.open()
    await matter.say(["算了,住三晚"])
    async with matter.database.begin() as session:
        for card in await lifecycle.open_cards(session, matter.question_id):
            await lifecycle.close_card(session, card, "已过期", now=matter.clock.now())
    newer = await matter.suggest(Suggestion(Kind.FAQ, PARKING.text, "Q-1"))
    status, after = await amend(matter, page, nights="3")
    assert status == 409 and "没有改:客人又说话了" in alert(after)
    assert f'action="/cards/{newer}/edit"' in after and area(after) == PARKING.text
    assert await held(matter, ROOM, *DAYS) == [1, 1, 0, 0]


async def test_a_colleague_is_led_to_the_changed_order(matter: Matter) -> None:
    other = await matter.card_for("wangjie")
    hers = await matter.open(matter.link(other, "wangjie"))
    mine = await matter.open()
    assert (await amend(matter, mine, nights="3"))[0] == 200
    matter.task_id = other
    status, page = await amend(matter, hers, nights="1")
    assert status == 409 and "没有改:同事改了订单" in alert(page)
    assert "住3晚" in area(page) and await held(matter, ROOM, *DAYS) == [1, 1, 1, 0]
    follow(matter, page)
    assert (await matter.post(page, action="send", text=area(page)))[0] == 200
    assert len(await matter.sent()) == 1


async def test_two_changes_at_once_leave_one_hold(matter: Matter) -> None:
    page = await matter.open()
    done = await asyncio.gather(amend(matter, page, nights="3"), amend(matter, page, nights="1"))
    assert sorted(status for status, _ in done) == [200, 409]
    draft = await draft_of(matter)
    assert sum(await held(matter, ROOM, *DAYS)) == (3 if "住3晚" in draft.text else 1)


async def test_sending_the_old_version_meanwhile_orders_what_it_says(matter: Matter) -> None:
    page, draft = await matter.open(), await draft_of(matter)
    status, _ = await matter.post(page, action="send", text=draft.text)
    assert status == 200
    status, after = await amend(matter, page, nights="3")
    assert status == 409 and "已发送" in after
    assert draft.order is not None
    placed = await matter.trade.orders.place(draft.order["key"], staff="xiaoman")
    order = await matter.trade.orders.find(placed.number)
    assert order is not None and order.check_out == WEDNESDAY


class Silent:
    """A catalogue that does not answer."""

    async def rooms(self, query: RoomQuery) -> tuple[RoomOffer, ...]:
        raise TradeSilentError("no answer")

    async def items(self, store: str, on: date | None = None) -> tuple[ItemOffer, ...]:
        raise TradeSilentError("no answer")


async def test_silence_is_said_and_nothing_changes(matter: Matter) -> None:
    now, allowed = matter.clock.now(), EditPass(matter.task_id, "xiaoman")
    async with matter.database.read() as session:
        change = await amending.load(session, matter.desk, allowed, {"slot:nights": "3"}, now)
    with pytest.raises(MatterClosedError, match="没有应答"):
        await amending.work_out(change, matter.desk, Trade(Silent(), matter.trade.orders), now)
    assert await held(matter, ROOM, *DAYS) == [1, 1, 0, 0]


async def test_an_order_whose_time_is_up_can_still_be_changed(matter: Matter) -> None:
    page = await matter.open()
    later(matter, minutes=16)
    status, after = await amend(matter, page, nights="1")
    assert status == 200 and "留到 14:33" in after


async def test_csrf_is_asked_for(matter: Matter) -> None:
    await matter.open()
    form = {"csrf": "0" * 64, "action": "amend", "slot:nights": "3"}
    async with matter.client.post(f"/cards/{matter.task_id}/edit", data=form) as response:
        assert response.status == 403
    assert await held(matter, ROOM, *DAYS) == [1, 1, 0, 0]


async def test_card_says_dates_room_and_sum_first(matter: Matter) -> None:
    rows = card_rows((await draft_of(matter)).order)
    assert rows[:4] == (
        ("入住", "11月30日(周一) · 2晚"),
        ("房型", "湖景大床房 · 1间"),
        ("合计", "600元"),
        ("余房", "10间"),
    )


def test_card_rows_of_a_longer_stay_and_of_goods() -> None:
    def fact(slot: str, label: str, value: str) -> dict[str, str]:
        return {"slot": slot, "label": label, "value": value}

    longer = [fact("until", "离店", "12月3日"), fact("nights", "晚数", "1晚"), fact("total", "加收", "300元")]
    assert card_rows({"facts": longer}) == (("离店", "12月3日 · 1晚"), ("加收", "300元"))
    goods = [fact("quantity:1", "拿铁", "2"), fact("option:1:杯型", "杯型", "大杯"), fact("total", "合计", "60元")]
    assert card_rows({"facts": goods}) == (("合计", "60元"), ("拿铁", "2"), ("杯型", "大杯"))
    assert card_rows({"facts": [fact("nights", "晚数", "1晚")]}) == (("晚数", "1晚"),)
    assert card_rows(None) == ()


async def test_drinks_are_changed_by_number_and_option(matter: Matter) -> None:
    wanted = (Wanted("D1", 2, {"size": "大杯"}), Wanted("D2", 1))
    await propose(matter, Frame("order.place", matter.clock.now(), items=wanted, store="T1"))
    page = await matter.open()
    assert "98元" in page and 'name="slot:quantity:1"' in page and 'name="slot:option:1:温度"' in page
    rows = {"slot:quantity:1": "1", "slot:option:1:杯型": "中杯", "slot:option:1:温度": "冰", "slot:quantity:2": "2"}
    status, after = await matter.post(page, action="amend", text=area(page), **rows)
    assert status == 200 and "102元" in area(after) and "冰" in area(after)
    follow(matter, after)
    status, after = await matter.post(after, action="amend", text=area(after), **{"slot:quantity:2": "6"})
    assert status == 409 and "没有改" in alert(after)
