"""Rows of `products` become what the chain sells, with every amount that its price names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from knowledge.cells import code, split_list
from knowledge.problem import Place, Problem, error, warning
from knowledge.tables import Columns, Row, Table

_NUMBER_MOST = 64  #: characters
_AMOUNT = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_PRICE_WITHOUT_AMOUNT = ("", "时价", "免费", "面议", "咨询门店", "-", "--", "/")

COLUMNS = Columns(
    known=("商品编号", "名称", "别名", "类别", "价格", "标签"),
    required=("商品编号", "名称"),
    keeps_others=True,
    synonyms=MappingProxyType(
        {
            "编号": "商品编号",
            "商品编码": "商品编号",
            "sku": "商品编号",
            "商品名称": "名称",
            "品名": "名称",
            "商品": "名称",
            "分类": "类别",
            "单价": "价格",
            "售价": "价格",
        }
    ),
)


@dataclass(frozen=True, slots=True)
class Product:
    """One thing that the chain sells."""

    number: str
    name: str
    aliases: tuple[str, ...] = ()
    category: str = ""
    prices: tuple[Decimal, ...] = ()  #: yuan, in the order written: 中杯 28 / 大杯 32 has two; empty when there is none
    tags: tuple[str, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict, hash=False)  #: every column of the row, 价格 as written
    place: Place = field(default=Place(""), compare=False)

    @property
    def price(self) -> Decimal | None:
        """The price where there is exactly one."""
        return self.prices[0] if len(self.prices) == 1 else None


def read_products(table: Table) -> tuple[dict[str, Product], list[Problem]]:
    """By number; a row with an error is left out."""
    products: dict[str, Product] = {}
    problems: list[Problem] = []
    names: dict[str, Product] = {}
    for row in table.rows:
        product = _product(row)
        found = _check(product, products)
        problems.extend(found)
        if any(problem.is_error for problem in found):
            continue
        products[product.number] = product
        problems.extend(_shared_names(product, names))
    return products, problems


def _product(row: Row) -> Product:
    return Product(
        number=code(row["商品编号"]),
        name=" ".join(row["名称"].split()),
        aliases=split_list(row["别名"]),
        category=row["类别"],
        prices=_amounts(row["价格"]),
        tags=split_list(row["标签"]),
        cells=MappingProxyType(dict(row.cells)),
        place=row.place,
    )


def _amounts(text: str) -> tuple[Decimal, ...]:
    said = unicodedata.normalize("NFKC", text)
    return tuple(dict.fromkeys(Decimal(amount.replace(",", "")) for amount in _AMOUNT.findall(said)))


def _check(product: Product, others: Mapping[str, Product]) -> list[Problem]:
    problems = []
    for column, value in (("商品编号", product.number), ("名称", product.name)):
        if not value:
            message = f"没有写{column},这个商品没法用。请补上。"
            problems.append(error(product.place.at(column), "missing-value", message))
    if len(product.number) > _NUMBER_MOST:
        message = f"商品编号最多 {_NUMBER_MOST} 个字。请改短一点。"
        problems.append(error(product.place.at("商品编号"), "bad-number", message, product.number))
    if product.number and (other := others.get(product.number)):
        message = f"「{product.number}」和第 {other.place.row} 行({other.name})的商品编号相同。请改掉其中一个。"
        problems.append(error(product.place.at("商品编号"), "duplicate-product", message, product.number))
    price = product.cells.get("价格", "")
    if not product.prices and price.strip() not in _PRICE_WITHOUT_AMOUNT:
        message = f"「{price}」里没有金额,没法用它核对答案里的价格。请写成 28 或 28.5 这样。"
        problems.append(warning(product.place.at("价格"), "no-price", message, price))
    return problems


def _shared_names(product: Product, names: dict[str, Product]) -> list[Problem]:
    """Allowed, but the name then leads to no single product."""
    problems = []
    for name in dict.fromkeys((product.name, *product.aliases)):
        other = names.setdefault(name, product)
        if other is not product:
            column = "名称" if name == product.name else "别名"
            message = f"「{name}」也是 {other.number} {other.name} 的名字,客人这样说时分不清是哪个。请各用各的名字。"
            problems.append(warning(product.place.at(column), "shared-name", message, name))
    return problems
