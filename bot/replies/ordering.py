"""Proposes an order of drinks and other goods: what was asked for, or up to three with a reason each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from bot.replies.forms import Form
from bot.replies.frame import Frame, Offered, Wanted
from bot.replies.heard import Facts
from bot.replies.phrasing import say
from bot.replies.proposal import MOST_CHOICES, Offers, Outcome, Proposal, ask_choice, propose, sum_fact, text_fact
from bot.replies.readback import quiet, say_moment, say_money
from bot.replies.recommend import Ranked, rank_items
from bot.replies.step import HandOver, NeedItems
from bot.replies.suggestion import OrderFact
from bot.trade import ItemOffer, Line, NewOrder

_PLACE = "order.place"
_DRINK = re.compile(r"饮|咖啡|茶|奶|果汁|酒")
_GROUPS = {
    "size": re.compile(r"杯|规格|大小|份量|尺寸"),
    "sugar": re.compile(r"糖|甜"),
    "ice": re.compile(r"冰|温度|冷热"),
}
#: how the same choice is said: HQ's option → the customer's words
_ALIKE = (
    ("去冰", "无冰", "不加冰", "走冰"),
    ("少冰", "微冰"),
    ("热", "热饮", "热的"),
    ("正常冰", "多冰", "冰", "冰的", "冰饮", "标准冰"),
    ("无糖", "不加糖", "零糖", "不另外加糖"),
    ("少糖", "三分糖", "微糖", "七分糖"),
    ("半糖", "五分糖"),
    ("全糖", "正常糖", "标准糖", "正常"),
)


@dataclass(frozen=True, slots=True)
class _Picked:
    """One thing wanted, as the store sells it."""

    wanted: Wanted
    offer: ItemOffer
    options: Mapping[str, str]  #: HQ's name → HQ's choice
    unclear: tuple[tuple[str, str], ...] = ()  #: option → what was said and is not among its choices
    ignored: tuple[str, ...] = ()  #: what was said, and the product has no such option at all

    @property
    def price(self) -> Decimal:
        return self.offer.price_with(self.options)


def offer_items(frame: Frame, form: Form, offers: Offers, facts: Facts) -> Outcome:
    """What to say about goods."""
    if offers.items is None:
        return NeedItems(frame, frame.store or facts.store or "", frame.day("date") or facts.today)
    if not offers.items:
        return HandOver("没有查到这家店的商品,请您看一眼", frame)
    if frame.value("product") is None and not frame.items:
        return _recommend(frame, form, offers.items, facts)
    frame = _with_chosen(frame)
    if not frame.items:
        return _recommend(frame, form, offers.items, facts)
    by_number = {one.product: one for one in offers.items}
    missing = next((item for item in frame.items if item.product not in by_number), None)
    if missing is not None:
        return _not_here(frame, form, missing, offers.items, facts)
    picked = [_pick(item, by_number[item.product], facts) for item in frame.items]
    short = next((one for one in picked if _is_short(one, picked)), None)
    if short is not None:
        return _sold_out(frame, form, short, offers.items, facts)
    unknown = next((one for one in picked if one.unclear), None)
    if unknown is not None:
        return _no_such_option(frame, form, unknown, facts)
    if form.intent == "product.stock" and len(picked) == 1:
        return _there_is(frame, form, picked[0], facts)
    return _confirm(frame, form, picked, facts)


def _is_short(one: _Picked, picked: Sequence[_Picked]) -> bool:
    """Whether all lines of this product together are more than is left."""
    wanted = sum(other.wanted.quantity for other in picked if other.offer.product == one.offer.product)
    return one.offer.left is not None and one.offer.left < wanted


def _with_chosen(frame: Frame) -> Frame:
    """A product (and an option) that was chosen of what was offered goes into the basket."""
    product, option, instead = frame.value("product"), frame.value("option"), frame.value("instead_of")
    items = list(frame.items)
    if product and instead is not None:
        items = [replace(one, product=product) if one.product == instead else one for one in items]
        items = items if any(one.product == product for one in items) else [*items, Wanted(product)]
    elif product and not any(one.product == product for one in items):
        items.append(Wanted(product))
    count = frame.number("quantity")
    if product and count:
        items = [replace(one, quantity=count) if one.product == product else one for one in items]
    if product and option:
        items = [_with_option(one, option) if one.product == product else one for one in items]
    taken = frame.with_slots(product=None, option=None, instead_of=None, quantity=None, wish=None)
    return replace(taken, items=tuple(items))


def _with_option(item: Wanted, option: str) -> Wanted:
    """`option` is 杯型=大杯; what was said and cannot be had goes."""
    name, _, choice = option.partition("=")
    return replace(item, options={**{key: said for key, said in item.options.items() if key != name}, name: choice})


# --- options ---------------------------------------------------------------------------------------------------------
def _pick(item: Wanted, offer: ItemOffer, facts: Facts) -> _Picked:
    """The customer's words as HQ's options; the profile's habits where they fit; the usual for the rest."""
    chosen: dict[str, str] = {}
    unclear, ignored = [], []
    for slot, said in item.options.items():
        found = (slot, said) if _has(offer, slot, said) else _find_option(said, offer)
        group = _group_of(slot, offer)
        if found is not None:
            chosen[found[0]] = found[1]
        elif group is not None:
            unclear.append((group, said))
        else:
            ignored.append(said)
    ignored += _add_extras(item, offer, chosen)
    for slot in ("size", "sugar", "ice"):
        habit = facts.profile.get(slot)
        found = _find_option(habit, offer) if habit and slot not in item.options else None
        if found is not None:
            chosen.setdefault(*found)
    for name, choices in offer.options.items():
        if name not in offer.extras and choices:
            chosen.setdefault(name, choices[0].name)
    return _Picked(item, offer, chosen, tuple(unclear), tuple(ignored))


def _add_extras(item: Wanted, offer: ItemOffer, chosen: dict[str, str]) -> list[str]:
    """燕麦奶 and 加浓, of which several may be taken; what the product has not comes back."""
    unknown = []
    choices = [one.name for group in sorted(offer.extras) for one in offer.options.get(group, ())]
    named = [name for name in choices if name in item.words]
    for said in dict.fromkeys((*item.extras, *named)):
        found = _find_option(said, offer) or _find_extra(said.removeprefix("加"), offer)
        if found is None:
            unknown.append(said)
        elif found[0] in offer.extras and found[0] in chosen:
            chosen[found[0]] = "、".join(dict.fromkeys((*chosen[found[0]].split("、"), found[1])))
        else:
            chosen[found[0]] = found[1]
    return unknown


def _find_extra(said: str, offer: ItemOffer) -> tuple[str, str] | None:
    """加浓 is 浓缩."""
    choices = [(group, one.name) for group in sorted(offer.extras) for one in offer.options.get(group, ())]
    return next(((group, name) for group, name in choices if said and said in name), None)


def _has(offer: ItemOffer, group: str, choice: str) -> bool:
    return any(option.name == choice for option in offer.options.get(group, ()))


def _group_of(slot: str, offer: ItemOffer) -> str | None:
    """HQ's option that a kind of words is about: 杯型 for the size."""
    names = _GROUPS.get(slot)
    return next((name for name in offer.options if name == slot or (names and names.search(name))), None)


def _find_option(said: str, offer: ItemOffer) -> tuple[str, str] | None:
    """The option that a word means: by its name, else by what people call it, else by a part of it."""
    groups = [(name, [option.name for option in choices]) for name, choices in offer.options.items()]
    alike = next((words for words in _ALIKE if said in words), ())
    for is_it in (
        lambda choice: choice == said,
        lambda choice: choice in alike,
        lambda choice: len(said) > 1 and said in choice,
    ):
        for name, choices in groups:
            for choice in choices:
                if is_it(choice):
                    return name, choice
    return None


def _no_such_option(frame: Frame, form: Form, picked: _Picked, facts: Facts) -> Proposal:
    """The product has no such size or the like: say which there are."""
    group, said = picked.unclear[0]
    name, number = quiet(picked.offer.name), picked.offer.product
    kept = {slot: value for slot, value in picked.wanted.options.items() if value != said}
    items = tuple(replace(one, options=kept) if one == picked.wanted else one for one in frame.items)
    options = []
    for option in picked.offer.options[group][:MOST_CHOICES]:
        price = picked.offer.price + option.extra
        changes = {"product": number, "option": f"{group}={option.name}"}
        options.append((Offered(f"{option.name} {say_money(price)}", changes, price), ""))
    head = (
        f"{name}没有{quiet(said)},有:" if len(options) > 1 else f"{name}没有{quiet(said)},只有{options[0][0].label}。"
    )
    return ask_choice(replace(frame, items=items), form, facts, head, options)


# --- what is proposed ------------------------------------------------------------------------------------------------
def _confirm(frame: Frame, form: Form, picked: Sequence[_Picked], facts: Facts) -> Outcome:
    """Everything read back, and ready to be placed."""
    pickup = _pickup(frame, facts)
    if pickup is not None and pickup <= facts.local:
        said = say(facts.persona, f"{say_moment(pickup, facts.local)}已经过了,想几点来取呢?")
        return Proposal(
            frame.with_slots(time=None).awaits("time"), said.text, reasons=("取货时间已经过了", *said.reasons)
        )
    lines = tuple(
        Line(one.offer.product, one.wanted.quantity, one.price, options=one.options, name=one.offer.name)
        for one in picked
    )
    total = sum((line.total for line in lines), Decimal("0.00"))
    order = NewOrder(
        frame.store or facts.store or "",
        facts.customer,
        lines,
        pickup_at=pickup.astimezone(UTC) if pickup is not None else None,
        name=frame.text("name"),
        phone=frame.text("phone"),
        channel=facts.channel,
    )
    when = f",{say_moment(pickup, facts.local)}来取" if pickup is not None else ""
    text = f"为您留{'、'.join(_say(one) for one in picked)},共{say_money(total)}{when}。"
    notes = [f"{quiet(one.offer.name)}没有{quiet(said)}可选,按平常的做。" for one in picked for said in one.ignored]
    rows = (*_rows(picked), sum_fact("合计", total), *_time_rows(pickup, facts))
    rows += tuple(row for name in ("name", "phone") for row in text_fact(frame, name, facts))
    return propose(frame, facts, text, *notes, facts.forms.say("收尾"), deed=order, rows=rows)


def _there_is(frame: Frame, form: Form, one: _Picked, facts: Facts) -> Proposal:
    few = f",还剩{one.offer.left}份" if one.offer.left is not None else ""
    head = f"有的,{_say_one(one)}{say_money(one.price)}{few}。"
    offered = Offered(one.offer.name, {"intent": _PLACE, "product": one.offer.product}, one.price)
    return ask_choice(frame, form, facts, head, [(offered, "")], rows=_rows([one]))


def _recommend(frame: Frame, form: Form, items: Sequence[ItemOffer], facts: Facts) -> Outcome:
    category = _category(items) if form.intent == "product.recommend" else ""
    wish = frame.text("wish")
    called_so = {number for alias, number in facts.products.items() if wish and wish in alias}
    meant = [one for one in items if one.product in called_so or (wish and wish in one.name)]
    ranked = rank_items(meant or items, frame, facts, category=category)[:MOST_CHOICES]
    if not ranked:
        return HandOver("这家店的商品都卖完了,请您看一眼", frame)
    options = [(_offered(one.offer), one.why) for one in ranked]
    reasons = tuple(f"{one.offer.name}:{'、'.join(one.reasons) or '有货'}" for one in ranked)
    head = "给您推荐:" if len(options) > 1 else f"给您推荐{options[0][0].label}。"
    return ask_choice(frame, form, facts, head, options, reasons=reasons)


def _category(items: Sequence[ItemOffer]) -> str:
    """推荐一杯 means a drink, where there are any."""
    return next((one.category for one in items if _DRINK.search(one.category)), "")


def _not_here(frame: Frame, form: Form, item: Wanted, items: Sequence[ItemOffer], facts: Facts) -> Outcome:
    name = next((alias for alias, number in facts.products.items() if number == item.product), "这一样")
    return _instead(frame, form, item, rank_items(items, frame, facts), f"{quiet(name)}这家店没有", facts)


def _sold_out(frame: Frame, form: Form, short: _Picked, items: Sequence[ItemOffer], facts: Facts) -> Outcome:
    """Too few: what is left of it, and what is nearest."""
    offer, left = short.offer, short.offer.left or 0
    others = [one for one in items if one.product != offer.product]
    ranked = rank_items(others, frame, facts, category=offer.category)
    head = f"{quiet(offer.name)}只剩{left}{short.wanted.unit or '份'}了" if left else f"{quiet(offer.name)}卖完了"
    return _instead(frame, form, short.wanted, ranked, head, facts, left=left, price=short.price)


def _instead(
    frame: Frame,
    form: Form,
    item: Wanted,
    ranked: Sequence[Ranked[ItemOffer]],
    head: str,
    facts: Facts,
    *,
    left: int = 0,
    price: Decimal = Decimal("0.00"),
) -> Outcome:
    options: list[tuple[Offered, str]] = []
    if left:
        changes = {"intent": _PLACE, "product": item.product, "quantity": str(left)}
        options.append((Offered(f"就要{left}{item.unit or '份'}", changes, price * left), ""))
    for one in ranked:
        if one.offer.left is None or one.offer.left >= item.quantity:
            changes = {"intent": _PLACE, "product": one.offer.product, "instead_of": item.product}
            options.append((Offered(_offered(one.offer).label, changes, one.offer.price), one.why))
    if not options:
        return HandOver(f"{head},也没有别的可换", frame)
    offered = ",可以这样:" if left else ",可以换成:"
    offered = offered if len(options) > 1 else f",可以{'' if left else '换成'}{quiet(options[0][0].label)}。"
    return ask_choice(frame, form, facts, head + offered, options, reasons=(head,))


# --- words -----------------------------------------------------------------------------------------------------------
def _offered(offer: ItemOffer) -> Offered:
    usual = offer.price_with(
        {name: choices[0].name for name, choices in offer.options.items() if choices and name not in offer.extras}
    )
    return Offered(f"{offer.name} {say_money(usual)}", {"intent": _PLACE, "product": offer.product}, usual)


def _say_one(one: _Picked) -> str:
    """Such as 拿铁(大杯、少冰); what is usual and was not said needs no words."""
    usual = {name: choices[0].name for name, choices in one.offer.options.items() if choices}
    shown = [
        choice for name, choice in one.options.items() if choice != usual.get(name) or len(one.offer.options[name]) > 1
    ]
    return (
        f"{quiet(one.offer.name)}({'、'.join(quiet(choice) for choice in shown)})" if shown else quiet(one.offer.name)
    )


def _say(one: _Picked) -> str:
    return f"{_say_one(one)}{one.wanted.quantity}{one.wanted.unit or _unit(one.offer)}"


def _unit(offer: ItemOffer) -> str:
    return "杯" if _DRINK.search(offer.category) else "份"


def _pickup(frame: Frame, facts: Facts) -> datetime | None:
    """When it is fetched, local; a time without a day is today's."""
    clock = frame.clock("time")
    if clock is None:
        return None
    return datetime.combine(frame.day("date") or facts.today, clock, facts.zone)


def _rows(picked: Sequence[_Picked]) -> tuple[OrderFact, ...]:
    """A row for each product, which may be renamed, and its number; options stand in its name."""
    rows = []
    for n, one in enumerate(picked, 1):
        rows.append(OrderFact(f"quantity:{n}", quiet(one.offer.name)[:5], str(one.wanted.quantity), "number"))
        for name, choice in one.options.items():
            choices = tuple(option.name for option in one.offer.options[name])
            rows.append(OrderFact(f"option:{n}:{name}", name[:5], choice, "choice", choices))
    return tuple(rows)


def _time_rows(pickup: datetime | None, facts: Facts) -> tuple[OrderFact, ...]:
    if pickup is None:
        return (OrderFact("time", facts.forms.label("time"), "尽快", "text"),)
    return (OrderFact("time", facts.forms.label("time"), say_moment(pickup, facts.local), "text"),)
