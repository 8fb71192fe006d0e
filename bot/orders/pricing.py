"""What an order costs by HQ's files at this moment, and how much of everything there is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.errors import NotForSaleError, PriceChangedError
from bot.trade import Line, NewOrder
from knowledge.content import Content
from knowledge.options import Group
from knowledge.products import Product

QUANTITY_MOST = 99  #: of one line; more is a matter for a person
NIGHTS_MOST = 90
SEVERAL = "、"  #: between the choices of an option that several may be taken of
_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class PricedDay:
    """One day of one line."""

    day: date
    price: Decimal  #: yuan of one, options included
    quantity: int | None  #: HQ's; None: not counted


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line as it is booked."""

    product: Product
    line: Line  #: with the name, its options complete
    days: tuple[PricedDay, ...]


def price_order(
    content: Content, order: NewOrder, now: datetime, *, checks_prices: bool = True
) -> tuple[PricedLine, ...]:
    """Every line at HQ's prices; looks at no stock. Raises NotForSaleError; and, when the order names prices that hold
    somebody to his word, PriceChangedError."""
    today = now.astimezone(content.policy.zone).date()
    if not order.lines:
        raise NotForSaleError("订单里还没有商品。", product="")
    priced = tuple(_price(content, order, line, today, checks_prices) for line in order.lines)
    _check_stay(order, priced)
    return priced


def option_price(product: Product, chosen: Mapping[str, str]) -> tuple[Decimal, dict[str, str]]:
    """What these options add, and all options with the usual ones filled in. Raises NotForSaleError."""
    unknown = [name for name in chosen if name not in {group.name for group in product.options}]
    if unknown:
        raise NotForSaleError(f"{product.name}没有「{unknown[0]}」可以选。", product=product.number)
    extra, complete = _ZERO, dict[str, str]()
    for group in product.options:
        picked = chosen.get(group.name, "") or ("" if group.is_free else group.choices[0].name)
        for name in _picked(group, picked):
            found = next((choice for choice in group.choices if choice.name == name), None)
            if found is None:
                options = "、".join(choice.name for choice in group.choices)
                message = f"{product.name}的{group.name}没有「{name}」,可以选:{options}。"
                raise NotForSaleError(message, product=product.number)
            extra += found.extra
        if picked:
            complete[group.name] = picked
    return extra, complete


def _picked(group: Group, text: str) -> list[str]:
    if not group.is_free:
        return [text]
    return list(dict.fromkeys(part.strip() for part in text.split(SEVERAL) if part.strip()))


def _price(content: Content, order: NewOrder, line: Line, today: date, checks_prices: bool) -> PricedLine:
    product = content.products.get(line.product)
    if product is None or not product.sold_in(order.store):
        raise NotForSaleError(f"这家店现在不卖「{line.name or line.product}」。", product=line.product)
    if not 0 < line.quantity <= QUANTITY_MOST:
        raise NotForSaleError(f"{product.name}一次要 1 到 {QUANTITY_MOST} 份,多了请当面说。", product=line.product)
    extra, options = option_price(product, line.options)
    days = tuple(_days(content, order, line, product, extra, today))
    price = sum((day.price for day in days), _ZERO)
    if price < 0:
        raise NotForSaleError(f"{product.name}的价格不对,请总部看一下。", product=line.product)
    if checks_prices and price != line.unit_price:
        message = f"{product.name}现在是 {price} 元,不是 {line.unit_price} 元。请先跟客人说一声新价格。"
        raise PriceChangedError(message, product=line.product, said=line.unit_price, now=price)
    return PricedLine(product, replace(line, name=product.name, options=options, unit_price=price), days)


def _days(
    content: Content, order: NewOrder, line: Line, product: Product, extra: Decimal, today: date
) -> Iterator[PricedDay]:
    """Every night of a room; of anything else the day on which it is fetched, or today."""
    for day in _which(content, order, line, product, today):
        stand = content.sales.stock.stand(product, order.store, day)
        if stand.price is None or (product.is_room and not stand.is_listed):
            message = f"{product.name}在 {day.month} 月 {day.day} 日没有价格或房量,订不了。"
            raise NotForSaleError(message, product=product.number)
        yield PricedDay(day, stand.price + extra, stand.quantity)


def _which(content: Content, order: NewOrder, line: Line, product: Product, today: date) -> tuple[date, ...]:
    if not product.is_room:
        if line.days:
            raise NotForSaleError(f"{product.name}不是按晚卖的。", product=product.number)
        when = order.pickup_at.astimezone(content.policy.zone).date() if order.pickup_at else today
        _check_day(product, when, today)
        return (when,)
    nights = tuple(sorted(set(line.days)))
    if not nights or len(nights) > NIGHTS_MOST or nights != line.days:
        message = f"{product.name}要写清住哪几晚(1 到 {NIGHTS_MOST} 晚)。"
        raise NotForSaleError(message, product=product.number)
    _check_day(product, nights[0], today - timedelta(days=1))  # after midnight the night of yesterday can still be had
    return nights


def _check_day(product: Product, day: date, earliest: date) -> None:
    if day < earliest:
        message = f"{day.month} 月 {day.day} 日已经过去了,{product.name}订不了。"
        raise NotForSaleError(message, product=product.number)


def _check_stay(order: NewOrder, priced: tuple[PricedLine, ...]) -> None:
    """Nights lie between arriving and leaving."""
    for each in priced:
        if not each.product.is_room:
            continue
        first, last = each.days[0].day, each.days[-1].day
        if order.check_in is None or order.check_out is None or first < order.check_in or last >= order.check_out:
            message = f"{each.product.name}的日期和入住、离店日期对不上。"
            raise NotForSaleError(message, product=each.product.number)
