"""What share of a sale its clerk earns: rows of `commission`, by product, category and period.

The nearest row counts: one for the product before one for its category before one for all; then the one for the fewest
days; then the one further down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from knowledge.amounts import share
from knowledge.cells import Hints, code, is_everywhere, plain
from knowledge.problem import Problem, error
from knowledge.products import Product
from knowledge.stock import Span, read_span
from knowledge.tables import Columns, Row, Table

COLUMNS = Columns(
    known=("商品编号", "类别", "开始", "结束", "比例"),
    required=("比例",),
    synonyms=MappingProxyType(
        {
            "编号": "商品编号",
            "商品编码": "商品编号",
            "sku": "商品编号",
            "分类": "类别",
            "开始日期": "开始",
            "日期从": "开始",
            "生效日期": "开始",
            "结束日期": "结束",
            "日期到": "结束",
            "失效日期": "结束",
            "提成比例": "比例",
            "佣金比例": "比例",
            "提成": "比例",
        }
    ),
)


@dataclass(frozen=True, slots=True)
class Rate:
    """One row."""

    product: str | None  #: number; None: see the category
    category: str | None  #: as `plain` has it; None: every product
    span: Span
    share: Decimal  #: 0 to 1
    line: int = 0


@dataclass(frozen=True, slots=True)
class Commission:
    """Every row, the nearest first."""

    rates: Sequence[Rate] = ()

    def rate(self, product: str, category: str, on: date) -> Decimal:
        """The share of what is paid for it on that day, in the store's time; 0 where no row speaks of it."""
        kind = plain(category)
        for rate in self.rates:
            is_meant = rate.product == product or (rate.product is None and rate.category in (None, kind))
            if is_meant and on in rate.span:
                return rate.share
        return Decimal(0)


def read_commission(table: Table, products: Mapping[str, Product]) -> tuple[Commission, list[Problem]]:
    """A row with an error is left out."""
    rates: list[Rate] = []
    problems: list[Problem] = []
    categories = {plain(product.category): product.category for product in products.values() if product.category}
    like, like_category = Hints(products), Hints(categories.values())
    for line, row in enumerate(table.rows):
        found: list[Problem] = []
        rate = _rate(row, line, found)
        if rate.product is not None and rate.product not in products:
            message = f"商品表里没有「{rate.product}」。{like(rate.product)}请核对编号。"
            found.append(error(row.place.at("商品编号"), "unknown-product", message, rate.product))
        elif rate.product is None and rate.category is not None and rate.category not in categories:
            message = f"商品表里没有「{row['类别']}」这个类别。{like_category(row['类别'])}请核对类别。"
            found.append(error(row.place.at("类别"), "unknown-category", message, row["类别"]))
        problems += found
        if not any(problem.is_error for problem in found):
            rates.append(rate)
    problems += _repeated(table, rates)
    return Commission(tuple(sorted(rates, key=_rank))), problems


def _rank(rate: Rate) -> tuple[int, float, int]:
    narrow = 0 if rate.product is not None else 1 if rate.category is not None else 2
    return narrow, rate.span.width, -rate.line


def _rate(row: Row, line: int, problems: list[Problem]) -> Rate:
    part: Decimal | None = None
    try:
        part = share(row["比例"])
        if part is None:
            problems.append(error(row.place.at("比例"), "missing-value", "没有写比例。请写成 5% 这样;没有提成写 0%。"))
    except ValueError as failure:
        problems.append(error(row.place.at("比例"), "bad-share", str(failure), row["比例"]))
    number = "" if is_everywhere(row["商品编号"]) else code(row["商品编号"])
    category = "" if is_everywhere(row["类别"]) else plain(row["类别"])
    span = read_span(row, "开始", "结束", problems)
    return Rate(number or None, category or None, span, part or Decimal(0), line)


def _repeated(table: Table, rates: Sequence[Rate]) -> Iterator[Problem]:
    """Two rates for the same thing and the same days: nobody can tell which was meant."""
    first: dict[tuple[str | None, str | None, Span], Rate] = {}
    for rate in rates:
        other = first.setdefault((rate.product, rate.category if rate.product is None else None, rate.span), rate)
        if other is not rate:
            place = table.rows[rate.line].place
            message = f"和第 {table.rows[other.line].place.row} 行说的是同一段时间的同一样东西。请留一行。"
            yield error(place.at("比例"), "duplicate-rate", message)
