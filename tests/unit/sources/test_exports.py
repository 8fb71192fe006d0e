"""Offers and orders from what another system exports; nothing can be done there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import OrderGoneError, TradeSilentError
from bot.sources.exports import Exports
from bot.trade import Catalog, NewOrder, Orders, OrderState, PaidOutcome, RoomQuery

ROOMS = """门店编号,商品编号,名称,日期,价格,余量,标签,可住人数,床型
S1,R1,大床房,2026-11-23,300,4,湖景;高楼层,2,大床 1.8 米
S1,R1,大床房,2026/11/24,"1,360.50",2,,2,
S1,R2,双床房,2026-11-23,280,1,,,
S2,R1,大床房,2026-11-23,199,9,,,
"""
ITEMS = "门店编号,商品编号,名称,类别,价格,余量\nS1,D1,拿铁,饮品,¥26,\nS1,D2,蛋糕,甜品,38.00,0\n"
ORDERS = """订单号,门店编号,客人编号,状态,商品编号,名称,数量,单价,入住,离店,下单时间
A-1,S1,wm1,已付款,R1,大床房,2,300,2026-11-23,2026-11-24,2026-11-20 10:30
A-1,S1,wm1,已付款,D1,拿铁,1,26,,,2026-11-20 10:30
A-2,S1,wm1,待付款,D2,蛋糕,1,38,,,2026-11-21T09:00:00+08:00
A-3,S2,wm2,已取消,D2,蛋糕,1,38,,,2026-11-21 09:00
"""


@pytest.fixture
def exports(tmp_path: Path) -> Exports:
    (tmp_path / "rooms.csv").write_text(ROOMS, encoding="utf-8-sig")
    (tmp_path / "items.csv").write_text(ITEMS, encoding="gb18030")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    return Exports(tmp_path, ZoneInfo("Asia/Shanghai"))


async def test_rooms_are_offered_for_nights_that_are_all_there(exports: Exports) -> None:
    (both,) = await exports.rooms(RoomQuery("S1", date(2026, 11, 23), date(2026, 11, 25), 2))
    assert (both.product, both.left, both.total) == ("R1", 2, Decimal("3321.00"))
    assert (both.tags, both.guests, both.bed) == (("湖景", "高楼层"), 2, "大床 1.8 米")
    one = await exports.rooms(RoomQuery("S1", date(2026, 11, 23), date(2026, 11, 24)))
    assert [offer.product for offer in one] == ["R1", "R2"]
    assert await exports.rooms(RoomQuery("S1", date(2026, 11, 23), date(2026, 11, 23))) == ()


async def test_items_in_any_encoding(exports: Exports) -> None:
    assert [(item.name, item.price, item.left) for item in await exports.items("S1")] == [
        ("拿铁", Decimal("26.00"), None),
        ("蛋糕", Decimal("38.00"), 0),
    ]


async def test_orders_of_a_customer_newest_first(exports: Exports) -> None:
    newest, older = await exports.of_customer("wm1")
    assert (newest.number, newest.state, newest.placed_at) == (
        "A-2",
        OrderState.PLACED,
        datetime(2026, 11, 21, 1, tzinfo=UTC),
    )
    assert (older.total, older.check_out, len(older.lines)) == (Decimal("626.00"), date(2026, 11, 24), 2)
    assert await exports.of_customer("wm1", "S2") == () and await exports.of_customer("") == ()
    found = await exports.find("A-3")
    assert found is not None and found.state is OrderState.CANCELLED
    assert await exports.find("A-9") is None


async def test_nothing_is_done_there(exports: Exports) -> None:
    catalog: Catalog = exports
    orders: Orders = exports
    assert (catalog, orders) == (exports, exports)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    for act in (
        exports.hold("k", NewOrder("S1", "wm1", ()), until=now),
        exports.place("k", staff=None),
        exports.extend("k", "A-1", date(2026, 11, 26), until=now),
        exports.cancel("A-1", key="c", staff=None),
    ):
        with pytest.raises(OrderGoneError, match="只能看"):
            await act
    await exports.release("k")
    assert (await exports.paid("A-2", Decimal(38), now, "p")).outcome is PaidOutcome.UNKNOWN


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("rooms.csv", ROOMS.replace("2026-11-23,300", "2026-11-31,300"), "row 2: 日期"),
        ("rooms.csv", ROOMS.replace("300,4", "free,4"), "row 2: 价格"),
        ("rooms.csv", ROOMS.replace("300,4", "300,-4"), "row 2: 余量"),
        ("orders.csv", ORDERS.replace("待付款", "不知道"), "row 4: 状态"),
        ("orders.csv", ORDERS.replace("2026-11-20 10:30", "早上"), "row 2: 下单时间"),
    ],
)
async def test_what_is_wrong_names_the_row(exports: Exports, name: str, text: str, says: str) -> None:
    (exports.folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(TradeSilentError, match=says):
        await exports.rooms(RoomQuery("S1", date(2026, 11, 23), date(2026, 11, 24)))
        await exports.of_customer("wm1")


async def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    exports = Exports(tmp_path, ZoneInfo("Asia/Shanghai"))
    assert await exports.items("S1") == () and await exports.of_customer("wm1") == ()
