"""A small chain that sells rooms and drinks, and what tests of orders do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from bot.db import Database
from bot.model import Commission, Order, OrderLine, StockDay
from bot.orders.house import House, HouseCatalog, HouseOrders
from bot.orders.money import part_of, to_yuan
from bot.orders.reports import read_ledger
from bot.trade import Line, NewOrder
from knowledge.content import Content, load

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)  #: Sunday, 10:00 in the store
TODAY = date(2026, 11, 22)
TEN, TWO, LATTE, CAKE, BEANS = "R1", "R2", "D1", "D2", "G1"
DEAR = date(2026, 12, 31)  #: a night with its own price

FILES: Mapping[str, str] = {
    "stores.csv": "门店编号,门店名称,入住时间\nS1,湖边店,15:00\nS2,山上店,\n",
    "faq/问答.csv": "编号,标准问题,客户版答案\nQ-1,能停车吗,可以停车。\n",
    "products.csv": """商品编号,名称,类别,价格,可住人数,床型,杯型,温度,加料,适用门店,状态
R1,湖景大床房,客房,300,2,大床 1.8 米,,,,,
R2,家庭房,客房,500,4,大床加小床,,,,,
D1,拿铁,饮品,26,,,中杯/大杯+4,热/冰,珍珠+3/椰果+2,,
D2,蛋糕,甜品,38,,,,,,S1,
G1,豆子,商品,78,,,,,,,
G2,旧杯子,商品,20,,,,,,,停售
""",
    "stock.csv": """商品编号,门店编号,日期从,日期到,星期,数量,价格
R1,,,,,10,
R1,S1,,,周五、周六,,360
R1,,2026-12-31,2026-12-31,,,600
R1,,2026-12-25,2026-12-25,,0,
R2,S1,,,,2,
R2,S2,,,,1,450
D2,S1,,,,5,
""",
    "commission.csv": """商品编号,类别,开始,结束,比例
,,,,1%
,客房,,,3%
R1,,2026-11-01,2026-11-30,5%
D2,,,,12.5%
""",
    "orders.yaml": """留房分钟: 15
付款分钟: 20
付款链接: https://pay.example.com/o/{订单号}?sum={金额}
入住时间: "14:00"
退订规则:
  客房:
    说明: 入住前 24 小时以上全退,之后退一半,入住以后不退。
    规则:
      - 入住前小时: 24
        退款: 100%
      - 入住前小时: 0
        退款: 50%
  饮品:
    说明: 下单 5 分钟内可以全退。
    规则:
      - 下单后分钟: 5
        退款: 全退
""",
}


def content_of(**changed: str) -> Content:
    """HQ's files; `stock_csv="…"` writes one anew."""
    files = {**FILES, **{name.replace("_", ".", 1): text for name, text in changed.items()}}
    loaded = load({name: text.encode() for name, text in files.items()})
    assert loaded.content is not None, [str(problem) for problem in loaded.problems]
    return loaded.content


class StillClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time

    def move(self, by: timedelta) -> None:
        self.time += by


@dataclass
class Shop:
    """The embedded default, over a database of its own."""

    database: Database
    clock: StillClock
    content: Content

    def __post_init__(self) -> None:
        house = House(self.database, lambda: self.content, self.clock)
        self.orders, self.catalog = HouseOrders(house), HouseCatalog(house)

    @property
    def soon(self) -> datetime:
        return self.clock.now() + timedelta(minutes=15)

    async def taken(self, product: str, day: date, store: str = "S1") -> tuple[int, int]:
        """Held and sold."""
        query = select(StockDay).where(StockDay.store == store, StockDay.product == product, StockDay.day == day)
        async with self.database.read() as session:
            row = await session.scalar(query)
        return (row.held, row.sold) if row else (0, 0)

    async def check_books(self) -> None:
        """Stock is the sum of what live orders take; the ledger is the sum of what was paid and kept."""
        async with self.database.read() as session:
            orders = list(await session.scalars(select(Order)))
            lines = list(await session.scalars(select(OrderLine)))
            cells = list(await session.scalars(select(StockDay)))
            ledger = list(await session.scalars(select(Commission)))
        in_stock = {(cell.store, cell.product, cell.day): (cell.held, cell.sold) for cell in cells}
        assert {cell: counts for cell, counts in in_stock.items() if any(counts)} == _taken(orders, lines)
        by_id = {order.id: order for order in orders}
        booked: dict[int, list[Commission]] = {}
        for row in ledger:
            booked.setdefault(row.line_id, []).append(row)
        for line in lines:
            rows = booked.get(line.id, [])
            left = line.cents - line.refunded_cents if by_id[line.order_id].paid_at else 0
            assert sum(row.sales_cents for row in rows) == left
            rates = {row.rate_millionths for row in rows}
            assert len(rates) == (by_id[line.order_id].paid_at is not None)
            assert sum(row.cents for row in rows) == sum(part_of(left, Decimal(rate) / 1_000_000) for rate in rates)
        kept = sum(order.total_cents - order.refunded_cents for order in orders if order.paid_at)
        async with self.database.read() as session:
            table = (await read_ledger(session, self.content, date(2026, 1, 1), date(2030, 1, 1))).lines
        assert table[-1][10] == to_yuan(kept) == sum((Decimal(row[10]) for row in table[1:-1]), Decimal(0))
        assert table[-1][12] == sum((Decimal(row[12]) for row in table[1:-1]), Decimal(0))
        of_order: dict[int, list[OrderLine]] = {}
        for line in lines:
            of_order.setdefault(line.order_id, []).append(line)
        for order in orders:
            own = of_order.get(order.id, [])
            assert order.total_cents == sum(line.cents for line in own)
            assert order.refunded_cents == sum(line.refunded_cents for line in own)


def _taken(orders: list[Order], lines: list[OrderLine]) -> dict[tuple[str, str, date], tuple[int, int]]:
    live = {order.id: order for order in orders if order.takes_stock}
    taken: dict[tuple[str, str, date], tuple[int, int]] = {}
    for line in lines:
        if (order := live.get(line.order_id)) is None:
            continue
        for day, _, is_counted in line.days:
            if is_counted:
                cell = order.store, line.product, date.fromisoformat(day)
                held, sold = taken.get(cell, (0, 0))
                is_held = order.stage == "held"
                taken[cell] = held + line.quantity * is_held, sold + line.quantity * (not is_held)
    return taken


def stay(
    first: date,
    nights: int = 1,
    *,
    price: str,
    rooms: int = 1,
    product: str = TEN,
    store: str = "S1",
    customer: str = "1",
    staff: str | None = "anan",
) -> NewOrder:
    """Rooms for some nights; `price` of one room for all of them."""
    days = tuple(first + timedelta(days=step) for step in range(nights))
    return NewOrder(
        store=store,
        customer=customer,
        lines=(Line(product, rooms, Decimal(price), days),),
        check_in=first,
        check_out=first + timedelta(days=nights),
        name="沈",
        phone="13800000000",
        staff=staff,
        draft=7,
        campaign="双旦",
        channel="kf",
    )


def drinks(*lines: Line, customer: str = "1", store: str = "S1", staff: str | None = "anan") -> NewOrder:
    return NewOrder(store=store, customer=customer, lines=lines, staff=staff, channel="kf")
