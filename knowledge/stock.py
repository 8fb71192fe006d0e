"""How many of a product a store has on a day, and at what price: rows of `stock`.

Several rows may speak of one day; each cell is taken from the nearest row that fills it. Nearest is the row for the
fewest days, then the one that names its store, then the one further down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from knowledge.amounts import count, is_uncounted, money
from knowledge.cells import Hints, code, day, is_everywhere, split_list
from knowledge.places import Places
from knowledge.problem import Problem, error
from knowledge.products import Product
from knowledge.shifts import weekdays
from knowledge.tables import Columns, Row, Table

_EVER = 36_500  #: days that a row without an end counts for
_Where = tuple[str, str | None]  #: product, store
_WEEK = frozenset(range(7))

COLUMNS = Columns(
    known=("商品编号", "门店编号", "日期从", "日期到", "星期", "数量", "价格"),
    required=("商品编号",),
    synonyms=MappingProxyType(
        {
            "编号": "商品编号",
            "商品编码": "商品编号",
            "房型编号": "商品编号",
            "sku": "商品编号",
            "门店": "门店编号",
            "开始日期": "日期从",
            "开始": "日期从",
            "起始日期": "日期从",
            "结束日期": "日期到",
            "结束": "日期到",
            "截止日期": "日期到",
            "周几": "星期",
            "适用星期": "星期",
            "库存": "数量",
            "房量": "数量",
            "间数": "数量",
            "可售数量": "数量",
            "房价": "价格",
            "单价": "价格",
            "售价": "价格",
        }
    ),
)


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a row speaks of."""

    first: date | None = None
    last: date | None = None  #: inclusive
    weekdays: frozenset[int] = _WEEK  #: 0 is Monday

    def __contains__(self, on: date) -> bool:
        return (
            (self.first is None or self.first <= on)
            and (self.last is None or on <= self.last)
            and on.weekday() in self.weekdays
        )

    @property
    def width(self) -> float:
        """How many days these are: what decides who is nearer."""
        if self.first is None or self.last is None:
            return (_EVER - (self.first is not self.last)) * len(self.weekdays) / 7
        weeks, rest = divmod((self.last - self.first).days + 1, 7)
        return weeks * len(self.weekdays) + sum(
            (self.first.weekday() + day) % 7 in self.weekdays for day in range(rest)
        )


@dataclass(frozen=True, slots=True)
class Supply:
    """One row: what it says of some days in one store, or in all."""

    product: str
    store: str | None  #: None: every store
    span: Span
    quantity: int | None  #: None: the row does not say
    is_uncounted: bool  #: 数量 is 不限
    price: Decimal | None  #: yuan; None: the row does not say
    line: int = 0  #: where it stands, to tell later from earlier


@dataclass(frozen=True, slots=True)
class Stand:
    """How it stands with a product in a store on a day, before anything is sold."""

    is_listed: bool  #: some row says how many, or 不限
    quantity: int | None  #: None: not counted (or not listed)
    price: Decimal | None  #: yuan for one with the usual options; None: HQ says none


@dataclass(frozen=True)
class Stock:
    """Every row."""

    rows: Sequence[Supply] = ()
    _long: Mapping[_Where, Sequence[Supply]] = field(init=False, repr=False, compare=False)
    _single: Mapping[tuple[_Where, date], Sequence[Supply]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        long: dict[_Where, list[Supply]] = {}
        single: dict[tuple[_Where, date], list[Supply]] = {}
        for row in self.rows:
            where = row.product, row.store
            if row.span.first is not None and row.span.first == row.span.last:
                single.setdefault((where, row.span.first), []).append(row)
            else:
                long.setdefault(where, []).append(row)
        object.__setattr__(self, "_long", long)
        object.__setattr__(self, "_single", single)

    def stand(self, product: Product, store: str, on: date) -> Stand:
        """What HQ's files say of that day; the price of `products` where no row has one."""
        rows = sorted((row for row in self._of(product.number, store, on) if on in row.span), key=_rank)
        counted = next((row for row in rows if row.quantity is not None or row.is_uncounted), None)
        price = next((row.price for row in rows if row.price is not None), product.base)
        return Stand(counted is not None, counted.quantity if counted else None, price)

    def _of(self, product: str, store: str, on: date) -> Iterator[Supply]:
        """The rows that may speak of that day: a chain may have one for each day of a year."""
        for where in ((product, store), (product, None)):
            yield from self._single.get((where, on), ())
            yield from self._long.get(where, ())


def _rank(row: Supply) -> tuple[float, bool, int]:
    return row.span.width, row.store is None, -row.line


def read_stock(table: Table, products: Mapping[str, Product], places: Places | None) -> tuple[Stock, list[Problem]]:
    """A row with an error is left out."""
    rows: list[Supply] = []
    problems: list[Problem] = []
    like = Hints(products)
    for line, row in enumerate(table.rows):
        found: list[Problem] = []
        supply = _supply(row, line, places, found)
        found += _check(row, supply, products, like)
        problems += found
        if not any(problem.is_error for problem in found):
            rows.append(supply)
    return Stock(tuple(rows)), problems


def read_span(row: Row, first: str, last: str, problems: list[Problem]) -> Span:
    """The days between two columns, on the weekdays of 星期. What is wrong goes to `problems`."""
    start, end = _day(row, first, problems), _day(row, last, problems)
    if start and end and end < start:
        message = f"「{last}」比「{first}」还早,这一行永远用不上。请改过来。"
        problems.append(error(row.place.at(last), "bad-span", message, row[last]))
    on = _WEEK
    if row["星期"] and not is_everywhere(row["星期"]):
        try:
            on = weekdays(row["星期"])
        except ValueError:
            message = f"「{row['星期']}」没看懂。请写成 周五、周六 或 周一至周四,留空就是每天。"
            problems.append(error(row.place.at("星期"), "bad-weekday", message, row["星期"]))
    return Span(start, end, on)


def _day(row: Row, column: str, problems: list[Problem]) -> date | None:
    try:
        return day(row[column])
    except ValueError as failure:
        problems.append(error(row.place.at(column), "bad-date", str(failure), row[column]))
        return None


def _supply(row: Row, line: int, places: Places | None, problems: list[Problem]) -> Supply:
    quantity: int | None = None
    price: Decimal | None = None
    try:
        quantity = None if is_uncounted(row["数量"]) else count(row["数量"])
    except ValueError as failure:
        problems.append(error(row.place.at("数量"), "bad-quantity", str(failure), row["数量"]))
    try:
        price = money(row["价格"])
    except ValueError as failure:
        problems.append(error(row.place.at("价格"), "bad-price", str(failure), row["价格"]))
    return Supply(
        product=code(row["商品编号"]),
        store=_store(row, places, problems),
        span=read_span(row, "日期从", "日期到", problems),
        quantity=quantity,
        is_uncounted=is_uncounted(row["数量"]),
        price=price,
        line=line,
    )


def _store(row: Row, places: Places | None, problems: list[Problem]) -> str | None:
    name = row["门店编号"]
    if not name or is_everywhere(name):
        return None
    if len(split_list(name)) > 1:
        message = "这里只能写一家店。几家店都一样,请一家一行;全部都一样,请留空。"
        problems.append(error(row.place.at("门店编号"), "several-stores", message, name))
        return None
    try:
        return places.resolve(name).number if places else code(name)
    except ValueError as failure:
        problems.append(error(row.place.at("门店编号"), "unknown-store", str(failure), name))
        return None


def _check(row: Row, supply: Supply, products: Mapping[str, Product], like: Hints) -> Iterator[Problem]:
    number = supply.product
    if not number:
        yield error(row.place.at("商品编号"), "missing-value", "没有写商品编号,不知道是哪个商品。请补上。")
    elif number not in products:
        message = f"商品表里没有「{number}」。{like(number)}请核对编号,或者先把它加进商品表(products)。"
        yield error(row.place.at("商品编号"), "unknown-product", message, number)
    if not row["数量"] and not row["价格"]:
        message = "数量和价格都没有写,这一行没有用。请补上一个,或者删掉这一行。"
        yield error(row.place.at("数量"), "missing-value", message)
