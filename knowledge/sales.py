"""What HQ's files say about selling, together: stock, commission, the rules for orders; and what does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from knowledge.cells import did_you_mean, plain
from knowledge.commission import Commission
from knowledge.problem import Place, Problem, warning
from knowledge.products import Product
from knowledge.stock import Stock
from knowledge.terms import DEFAULT, Terms


@dataclass(frozen=True)
class Sales:
    """One version of it; empty for a chain that sells nothing in the chat."""

    stock: Stock = field(default_factory=Stock)
    commission: Commission = field(default_factory=Commission)
    terms: Terms = field(default_factory=Terms)


def find_sales_problems(
    sales: Sales, products: Mapping[str, Product], *, stock: str | None, terms: str | None
) -> Iterator[Problem]:
    """What is wrong between the files. `stock`, `terms`: their paths; None where HQ has none, and sells nothing yet."""
    if stock is not None:
        yield from _unsellable(sales, products)
    if terms is not None:
        yield from _unknown_categories(sales.terms, products, terms)


def _unsellable(sales: Sales, products: Mapping[str, Product]) -> Iterator[Problem]:
    listed = {row.product for row in sales.stock.rows if row.quantity is not None or row.is_uncounted}
    priced = {row.product for row in sales.stock.rows if row.price is not None}
    for product in products.values():
        if not product.is_on_sale:
            continue
        if product.is_room and product.number not in listed:
            message = f"库存表里没有 {product.number} {product.name} 的数量,这种房订不了。请在 stock 里加一行。"
            yield warning(product.place.at("商品编号"), "room-without-stock", message, product.number)
        elif product.base is None and product.number not in priced and (product.is_room or product.number in listed):
            message = f"{product.number} {product.name} 没有一个确定的价格,下不了单。请写上价格,或在 stock 里写。"
            yield warning(product.place.at("价格"), "no-sale-price", message, product.number)


def _unknown_categories(terms: Terms, products: Mapping[str, Product], path: str) -> Iterator[Problem]:
    known = {plain(product.category): product.category for product in products.values() if product.category}
    for name in terms.refunds:
        if name != DEFAULT and name not in known:
            hint = did_you_mean(name, known.values())
            message = f"商品表里没有「{name}」这个类别,这条退订规则用不上。{hint}请写商品表里的类别,或者写「默认」。"
            yield warning(Place(path, column=name), "unknown-category", message, name)
