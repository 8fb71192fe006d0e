"""Rows of `products` become what the chain sells, with every amount that its price names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from knowledge.amounts import CENT, YUAN_MOST, count
from knowledge.cells import code, is_everywhere, plain, split_list
from knowledge.options import GROUPS, MORE, BadOptionsError, Group, read_groups, sizes_in
from knowledge.places import Places
from knowledge.problem import Place, Problem, error, warning
from knowledge.tables import Columns, Row, Table

_NUMBER_MOST = 64  #: characters
_AMOUNT = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_PRICE_WITHOUT_AMOUNT = ("", "时价", "免费", "面议", "咨询门店", "-", "--", "/")
_FREE_PRICE = ("免费", "赠送")
_GUESTS_MOST = 50
_ROOM_CATEGORIES = ("客房", "房间", "房型", "住宿", "酒店客房")
_OFF_SALE = ("停售", "下架", "停用", "已下架", "已停售", "否", "off", "no", "false", "0")
_ON_SALE = ("", "在售", "上架", "启用", "已上架", "正常", "是", "on", "yes", "true", "1")

_OURS = ("商品编号", "名称", "别名", "类别", "价格", "标签", "可住人数", "床型", "适用门店", "状态", *GROUPS, MORE)
COLUMNS = Columns(
    known=_OURS,
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
            "房价": "价格",
            "门市价": "价格",
            "入住人数": "可住人数",
            "最多入住": "可住人数",
            "杯量": "杯型",
            "容量": "规格",
            "甜度": "糖度",
            "糖分": "糖度",
            "冷热": "温度",
            "冰量": "温度",
            "冰度": "温度",
            "小料": "加料",
            "加购": "加料",
        }
    ),
)


@dataclass(frozen=True, slots=True)
class Product:
    """One thing that the chain sells: a room type, a drink, goods."""

    number: str
    name: str
    aliases: tuple[str, ...] = ()
    category: str = ""
    prices: tuple[Decimal, ...] = ()  #: yuan, in the order written: 中杯 28 / 大杯 32 has two; empty when there is none
    tags: tuple[str, ...] = ()
    options: tuple[Group, ...] = ()  #: what may be chosen about it, in HQ's order
    guests: int | None = None  #: how many may sleep in the room
    bed: str = ""
    stores: frozenset[str] = frozenset()  #: numbers of those that sell it; empty: all
    is_on_sale: bool = True
    base: Decimal | None = None  #: yuan for one with the usual options; None: no single price is written
    cells: Mapping[str, str] = field(default_factory=dict, hash=False)  #: every column of the row, 价格 as written
    place: Place = field(default=Place(""), compare=False)

    @property
    def price(self) -> Decimal | None:
        """The price where there is exactly one."""
        return self.prices[0] if len(self.prices) == 1 else None

    @property
    def is_room(self) -> bool:
        """Whether it is sold by the night."""
        return plain(self.category) in _ROOM_CATEGORIES or self.guests is not None or bool(self.bed)

    @property
    def facts(self) -> dict[str, str]:
        """HQ's own columns, those with something in them."""
        return {name: cell for name, cell in self.cells.items() if cell and name not in _OURS}

    def sold_in(self, store: str) -> bool:
        """Whether HQ lets the store sell it, however many there are."""
        return self.is_on_sale and (not self.stores or store in self.stores)


def read_products(table: Table, places: Places | None = None) -> tuple[dict[str, Product], list[Problem]]:
    """By number; a row with an error is left out. `places` of the stores' table, where there is one."""
    products: dict[str, Product] = {}
    problems: list[Problem] = []
    names: dict[str, Product] = {}
    for row in table.rows:
        product, found = _product(row, places)
        found += _check(product, products)
        problems.extend(found)
        if any(problem.is_error for problem in found):
            continue
        products[product.number] = product
        problems.extend(_shared_names(product, names))
    return products, problems


def _product(row: Row, places: Places | None) -> tuple[Product, list[Problem]]:
    problems: list[Problem] = []
    base, options = _priced(row, problems)
    product = Product(
        number=code(row["商品编号"]),
        name=" ".join(row["名称"].split()),
        aliases=split_list(row["别名"]),
        category=row["类别"],
        prices=_amounts(row["价格"]),
        tags=split_list(row["标签"]),
        options=options,
        guests=_guests(row, problems),
        bed=row["床型"],
        stores=_stores(row, places, problems),
        is_on_sale=_is_on_sale(row, problems),
        base=base,
        cells=MappingProxyType(dict(row.cells)),
        place=row.place,
    )
    return product, problems


def _priced(row: Row, problems: list[Problem]) -> tuple[Decimal | None, tuple[Group, ...]]:
    """The price of one, and what may be chosen. 中杯 28 / 大杯 32 is both."""
    try:
        options = read_groups(row.cells)
    except BadOptionsError as failure:
        problems.append(error(row.place.at(failure.column), "bad-options", str(failure), failure.quoted))
        options = ()
    sizes = sizes_in(row["价格"])
    if sizes is not None and sizes[1].name not in {group.name for group in options}:
        return sizes[0], (sizes[1], *options)
    amounts = _amounts(row["价格"])
    if plain(row["价格"]) in _FREE_PRICE:
        return Decimal("0.00"), options
    is_one = len(amounts) == 1 and amounts[0] <= YUAN_MOST and "起" not in row["价格"]
    base = amounts[0].quantize(CENT) if is_one else None
    cheapest = min((choice.extra for group in options for choice in group.choices), default=Decimal(0))
    if base is not None and base + cheapest < 0:
        message = "选项减的钱比价格还多。请改小一点。"
        problems.append(error(row.place.at(MORE), "bad-options", message, row["价格"]))
    return base, options


def _guests(row: Row, problems: list[Problem]) -> int | None:
    try:
        guests = count(row["可住人数"].strip().removesuffix("人").removesuffix("位"))
    except ValueError:
        guests = 0
    if guests is not None and not 0 < guests <= _GUESTS_MOST:
        message = f"「{row['可住人数']}」不是可住人数。请写成 2 这样的数字,或者留空。"
        problems.append(error(row.place.at("可住人数"), "bad-number", message, row["可住人数"]))
        return None
    return guests


def _stores(row: Row, places: Places | None, problems: list[Problem]) -> frozenset[str]:
    stores = set()
    for name in split_list(row["适用门店"]):
        if is_everywhere(name):
            return frozenset()
        try:
            stores.add(places.resolve(name).number if places else code(name))
        except ValueError as failure:
            problems.append(error(row.place.at("适用门店"), "unknown-store", str(failure), name))
    return frozenset(stores)


def _is_on_sale(row: Row, problems: list[Problem]) -> bool:
    said = plain(row["状态"]).lower()
    if said not in _OFF_SALE and said not in _ON_SALE:
        message = f"「{row['状态']}」不能用在这里。请写 在售 或 停售,留空就是在售。"
        problems.append(error(row.place.at("状态"), "bad-choice", message, row["状态"]))
    return said not in _OFF_SALE


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
