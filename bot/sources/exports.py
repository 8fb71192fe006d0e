"""Read-only: what a PMS or POS exports as CSV. Offers and orders can be told; nothing is held or placed here.

rooms.csv    门店编号 商品编号 名称 日期 价格 余量 (and 标签, 可住人数, 床型)       one row a night
items.csv    门店编号 商品编号 名称 类别 价格 余量                                 余量 empty: not counted
orders.csv   订单号 门店编号 客人编号 状态 商品编号 名称 数量 单价 入住 离店 下单时间   one row a line of the order;
             状态: 待付款 已付款 已取消 已过期
"""

from __future__ import annotations

import asyncio
import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NoReturn

from bot.errors import OrderGoneError, TradeSilentError
from bot.trade import (
    Cancelled,
    Held,
    ItemOffer,
    Line,
    NewOrder,
    Night,
    OrderState,
    OrderView,
    Paid,
    PaidOutcome,
    Placed,
    RoomOffer,
    RoomQuery,
)

FILE_MOST = 64 * 1024 * 1024  #: bytes
_RECENT = timedelta(days=60)  #: orders that are told, by when they were placed
_ELSEWHERE = "订单在门店自己的系统里,这里只能看。请在系统里办,再回复客人。"
_STATES = {
    "待付款": OrderState.PLACED,
    "已付款": OrderState.PAID,
    "已取消": OrderState.CANCELLED,
    "已过期": OrderState.LAPSED,
}

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Exports:
    """Both Protocols, from the files of one folder as they are now."""

    folder: Path
    zone: tzinfo  #: store time, of every day and time in the files

    # --- Catalog -----------------------------------------------------------------------------------------------------
    async def rooms(self, query: RoomQuery) -> tuple[RoomOffer, ...]:
        rows = await self._read("rooms.csv")
        return await asyncio.to_thread(_rooms, rows, query)

    async def items(self, store: str, on: date | None = None) -> tuple[ItemOffer, ...]:
        rows = await self._read("items.csv")
        return tuple(_item(number, row) for number, row in rows if _cell(row, "门店编号") == store)

    # --- Orders ------------------------------------------------------------------------------------------------------
    async def find(self, number: str) -> OrderView | None:
        rows = await self._read("orders.csv")
        return next(iter(_orders([row for row in rows if _cell(row[1], "订单号") == number], self.zone)), None)

    async def of_customer(self, customer: str, store: str | None = None) -> tuple[OrderView, ...]:
        rows = [row for row in await self._read("orders.csv") if _cell(row[1], "客人编号") == customer]
        found = [order for order in _orders(rows, self.zone) if store in (None, order.store)]
        newest = sorted(found, key=lambda order: order.placed_at, reverse=True)
        since = newest[0].placed_at - _RECENT if newest else None
        return tuple(order for order in newest if since is not None and order.placed_at >= since)

    async def hold(self, key: str, order: NewOrder, *, until: datetime) -> Held:
        _refuse()

    async def release(self, key: str) -> None:
        """Nothing was held."""

    async def place(self, key: str, *, staff: str | None, draft: int | None = None) -> Placed:
        _refuse()

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
        _refuse()

    async def cancel(self, number: str, *, key: str, staff: str | None) -> Cancelled:
        _refuse()

    async def paid(self, number: str, amount: Decimal, at: datetime, key: str) -> Paid:
        """Counted elsewhere: a person compares it."""
        return Paid(PaidOutcome.UNKNOWN, None, amount)

    async def _read(self, name: str) -> list[tuple[int, Row]]:
        """Rows with their numbers as Excel shows them. Raises TradeSilentError for what cannot be read."""
        return await asyncio.to_thread(_read, self.folder / name)


def _refuse() -> NoReturn:
    raise OrderGoneError(_ELSEWHERE)


def _read(path: Path) -> list[tuple[int, Row]]:
    try:
        with path.open("rb") as stream:
            data = stream.read(FILE_MOST + 1)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise TradeSilentError(f"{path.name}: {type(error).__name__}") from None
    if len(data) > FILE_MOST:
        raise TradeSilentError(f"{path.name}: over {FILE_MOST >> 20} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""))
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise TradeSilentError(f"{path.name}: {error}") from None


def _rooms(rows: Iterable[tuple[int, Row]], query: RoomQuery) -> tuple[RoomOffer, ...]:
    days = [query.check_in + timedelta(days=step) for step in range((query.check_out - query.check_in).days)]
    by_product: dict[str, dict[date, tuple[int, Row]]] = defaultdict(dict)
    for number, row in rows:
        product = _cell(row, "商品编号")
        if _cell(row, "门店编号") == query.store and query.product in (None, product):
            by_product[product][_day(number, row, "日期")] = (number, row)
    return tuple(_room(product, [known[day] for day in days], days, query.rooms)
        for product, known in by_product.items() if days and all(day in known for day in days))  # fmt: skip


def _room(product: str, rows: list[tuple[int, Row]], days: list[date], rooms: int) -> RoomOffer:
    nights = tuple(
        Night(day, _money(number, row, "价格"), _whole(number, row, "余量"))
        for day, (number, row) in zip(days, rows, strict=True)
    )
    first = rows[0][1]
    guests = _cell(first, "可住人数")
    return RoomOffer(
        product=product,
        name=_cell(first, "名称"),
        nights=nights,
        left=min(night.left for night in nights),
        total=sum((night.price for night in nights), Decimal(0)) * rooms,
        tags=tuple(filter(None, _cell(first, "标签").replace("、", ";").replace(";", ";").split(";"))),
        guests=int(guests) if guests.isascii() and guests.isdigit() else None,
        bed=_cell(first, "床型"),
    )


def _item(number: int, row: Row) -> ItemOffer:
    return ItemOffer(
        product=_cell(row, "商品编号"),
        name=_cell(row, "名称"),
        category=_cell(row, "类别"),
        price=_money(number, row, "价格"),
        left=_whole(number, row, "余量") if _cell(row, "余量") else None,
    )


def _orders(rows: Iterable[tuple[int, Row]], zone: tzinfo) -> list[OrderView]:
    """Several rows with one 订单号 are lines of one order."""
    by_number: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for number, row in rows:
        by_number[_cell(row, "订单号")].append((number, row))
    return [_order(order, lines, zone) for order, lines in by_number.items() if order]


def _order(order: str, rows: list[tuple[int, Row]], zone: tzinfo) -> OrderView:
    number, first = rows[0]
    state = _STATES.get(_cell(first, "状态"))
    if state is None:
        raise TradeSilentError(f"orders.csv row {number}: 状态 is none of {'、'.join(_STATES)}")
    lines = tuple(
        Line(_cell(row, "商品编号"), _whole(at, row, "数量"), _money(at, row, "单价"), name=_cell(row, "名称"))
        for at, row in rows
    )
    placed_at = _moment(number, first, "下单时间", zone)
    return OrderView(
        number=order,
        state=state,
        store=_cell(first, "门店编号"),
        customer=_cell(first, "客人编号"),
        lines=lines,
        check_in=_day(number, first, "入住") if _cell(first, "入住") else None,
        check_out=_day(number, first, "离店") if _cell(first, "离店") else None,
        pickup_at=None,
        total=sum((line.total for line in lines), Decimal(0)),
        placed_at=placed_at,
        paid_at=placed_at if state is OrderState.PAID else None,
        refunded=Decimal(0),
        may_cancel=False,
        refund_now=Decimal(0),
        rule="",
    )


def _cell(row: Row, column: str) -> str:
    value = row.get(column)
    return value.strip() if isinstance(value, str) else ""


def _day(number: int, row: Row, column: str) -> date:
    try:
        return date.fromisoformat(_cell(row, column).replace("/", "-"))
    except ValueError:
        raise TradeSilentError(f"row {number}: {column} is no date") from None


def _moment(number: int, row: Row, column: str, zone: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(_cell(row, column).replace("/", "-"))
    except ValueError:
        raise TradeSilentError(f"row {number}: {column} is no time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _money(number: int, row: Row, column: str) -> Decimal:
    try:
        amount = Decimal(_cell(row, column).removeprefix("¥").replace(",", ""))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise TradeSilentError(f"row {number}: {column} is no sum")
    return amount.quantize(Decimal("0.01"))


def _whole(number: int, row: Row, column: str) -> int:
    text = _cell(row, column)
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise TradeSilentError(f"row {number}: {column} is no whole number")
    return int(text)
