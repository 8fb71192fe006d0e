"""Proposes what becomes of an order there is: a longer stay, another one, none, or only how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from bot.replies.booking import new_order
from bot.replies.forms import Form
from bot.replies.frame import Filled, Frame, Offered, Source
from bot.replies.heard import Facts
from bot.replies.phrasing import say
from bot.replies.proposal import (
    MOST_CHOICES,
    Cancellation,
    Change,
    Extension,
    Offers,
    Outcome,
    Proposal,
    ask_choice,
    day_fact,
    heard_in_speech,
    number_fact,
    propose,
    sum_fact,
    tell,
)
from bot.replies.readback import quiet, say_day, say_money, say_nights
from bot.replies.recommend import fits_people, is_for_all, names_room
from bot.replies.step import HandOver, NeedOrders, NeedRooms
from bot.replies.suggestion import OrderFact
from bot.replies.which_order import STATES, find_order, name_order
from bot.trade import OrderState, OrderView, RoomOffer, RoomQuery

_NIGHTS_NAMED = 5  #: added nights whose prices are said one by one
_MOST_NIGHTS = 60


def offer_order(frame: Frame, form: Form, offers: Offers, facts: Facts) -> Outcome:
    """What to say about an order of the customer's."""
    if offers.orders is None:
        return NeedOrders(frame, facts.customer)
    if form.family == "status":
        return _status(offers.orders, frame, form, facts)
    order = find_order(offers.orders, frame, form, facts)
    if not isinstance(order, OrderView):
        return order
    if form.family == "extend":
        return _extend(order, frame, form, offers, facts)
    if form.family == "change":
        return _change(order, frame, offers, facts)
    return _cancel(order, frame, form, facts)


# --- how it stands ---------------------------------------------------------------------------------------------------
def _status(orders: Sequence[OrderView], frame: Frame, form: Form, facts: Facts) -> Outcome:
    if frame.value("order_number") or frame.value("date"):
        found = find_order(orders, frame, form, facts)
        if not isinstance(found, OrderView):
            return found
        orders = (found,)
    if not orders:
        return HandOver("没有查到这位客人的订单", frame)
    lines = [f"{name_order(one, facts)},{say_money(one.total)},{STATES[one.state]}" for one in orders[:MOST_CHOICES]]
    more = [f"\n{line}" for line in lines[1:]]
    return tell(frame, facts, f"查到了:{lines[0]}", *more, reasons=tuple(one.number for one in orders[:MOST_CHOICES]))


# --- a longer stay ---------------------------------------------------------------------------------------------------
def _extend(order: OrderView, frame: Frame, form: Form, offers: Offers, facts: Facts) -> Outcome:
    end = order.stay_until or order.check_out
    if end is None or not order.lines:
        return HandOver("这个订单没有住店日期,请您来续", frame)
    to = frame.day("until") or end + timedelta(days=min(frame.number("nights") or 0, _MOST_NIGHTS))
    if to <= end:
        text = f"您现在订到{say_day(end, facts.today)}离店,想再住几晚呢?"
        said = say(facts.persona, text)
        again = frame.with_slots(until=None, nights=None).awaits("nights")
        return Proposal(again, said.text, reasons=("要续到的日子不晚于现在的离店日", *said.reasons))
    if (to - end).days > facts.forms.limits["nights"]:
        return HandOver(f"要续到 {to},长住请您来谈", frame)
    query = RoomQuery(order.store, end, to, order.lines[0].quantity)
    if query not in offers.rooms:
        return NeedRooms(frame, query)
    rooms = offers.rooms[query]
    current = next((one for one in rooms if one.product == order.lines[0].product), None)
    if current is not None and current.left >= query.rooms:
        return _extension(order, frame, facts, query, current)
    return _extend_as_far(order, frame, form, facts, query, current, rooms)


def _extension(order: OrderView, frame: Frame, facts: Facts, query: RoomQuery, offer: RoomOffer) -> Proposal:
    """Every added night with its price."""
    nights = len(offer.nights)
    each = say_nights([(night.day, night.price) for night in offer.nights], facts.today)
    per_room = "每间" if query.rooms > 1 else ""
    prices = f"{per_room}{each},共" if 1 < nights <= _NIGHTS_NAMED else "共" if nights > 1 else ""
    end, to = say_day(query.check_in, facts.today), say_day(query.check_out, facts.today)
    text = f"为您续住{quiet(offer.name)}{query.rooms}间,从{end}到{to},加{nights}晚,{prices}{say_money(offer.total)}。"
    rows = (
        OrderFact("order_number", facts.forms.label("order_number"), order.number),
        OrderFact("check_out", "原离店", end),
        day_fact("until", query.check_out, facts),
        number_fact("nights", nights, "晚", facts),
        sum_fact("加收", offer.total),
        OrderFact("left", "余房", f"{offer.left}间"),
    )
    deed = Extension(order.number, query.check_out, offer.total)
    return propose(frame, facts, text, facts.forms.say("续住收尾"), deed=deed, rows=rows)


def _extend_as_far(
    order: OrderView,
    frame: Frame,
    form: Form,
    facts: Facts,
    query: RoomQuery,
    current: RoomOffer | None,
    rooms: Sequence[RoomOffer],
) -> Proposal:
    """A night in between is sold out: as far as it goes, or another type for all the added nights."""
    name = quiet(current.name) if current is not None else quiet(order.lines[0].name)
    options: list[tuple[Offered, str]] = []
    full = query.check_in
    if current is not None:
        free = _free_nights(current, query.rooms)
        full = current.nights[free].day if free < len(current.nights) else query.check_in
        options += [(_as_far(current, free, query, facts), "还是现在的房型")] if free else []
    there = [one for one in rooms if one.left >= query.rooms and is_for_all(one, frame)]
    others = [one for one in there if one.product != order.lines[0].product]
    options += [(_other_type(one, query, facts), "要换房间") for one in sorted(others, key=lambda one: one.total)]
    head = f"{say_day(full, facts.today)}那晚{name}订满了"
    if not options:
        text = f"{head},别的房型也没有了,这次续不上,实在抱歉。"
        return propose(frame, facts, text, reasons=("要续的那晚满房,别的房型也没有",))
    offered = ",可以这样:" if len(options) > 1 else f",可以{options[0][0].label}。"
    return ask_choice(frame, form, facts, head + offered, options, reasons=("要续的晚上里有一晚满房",))


def _free_nights(offer: RoomOffer, rooms: int) -> int:
    return next((n for n, night in enumerate(offer.nights) if night.left < rooms), len(offer.nights))


def _as_far(offer: RoomOffer, free: int, query: RoomQuery, facts: Facts) -> Offered:
    price = sum((night.price for night in offer.nights[:free]), Decimal("0.00")) * query.rooms
    to = query.check_in + timedelta(days=free)
    label = f"先续到{say_day(to, facts.today)},{free}晚共{say_money(price)}"
    return Offered(label, {"until": to.isoformat()}, price)


def _other_type(offer: RoomOffer, query: RoomQuery, facts: Facts) -> Offered:
    """Another room for the added nights is a stay of its own."""
    nights = (query.check_out - query.check_in).days
    label = f"换{offer.name}住到{say_day(query.check_out, facts.today)},{nights}晚共{say_money(offer.total)}"
    changes = {
        "intent": "stay.book",
        "date": query.check_in.isoformat(),
        "nights": str(nights),
        "rooms": str(query.rooms),
        "room_type": offer.product,
    }
    return Offered(label, changes, offer.total)


# --- another stay ----------------------------------------------------------------------------------------------------
def _change(order: OrderView, frame: Frame, offers: Offers, facts: Facts) -> Outcome:
    """The stay as it is to be. What does not come back whole is left to a person."""
    if len(order.lines) != 1 or order.check_in is None or order.check_out is None:
        return HandOver(f"订单 {order.number} 不止一种房,请您来改", frame)
    paid = order.total - order.refunded if order.state is OrderState.PAID else Decimal("0.00")
    if not order.may_cancel or order.refund_now < paid:
        return HandOver(f"订单 {order.number} 现在改要扣费,请您来定。{order.rule}", frame)
    query = _changed_query(order, frame, order.check_in, order.check_out)
    if (query.check_out - query.check_in).days < 1 or query.check_in < facts.today:
        return HandOver("要改的日期没有对上,请您看一眼", frame)
    if query not in offers.rooms:
        return NeedRooms(frame, query)
    wanted = frame.value("room_type") or order.lines[0].product
    found = [one for one in offers.rooms[query] if names_room(one, wanted)]
    free = [one for one in found if one.left >= query.rooms and fits_people(one, frame)]
    if not free:
        return HandOver(f"改成{_say_stay(query, facts)}的话,要的房型余房不够,请您来看", frame)
    return _changed(order, frame, facts, query, min(free, key=lambda one: one.total), paid)


def _changed_query(order: OrderView, frame: Frame, check_in: date, check_out: date) -> RoomQuery:
    start = frame.day("date") or check_in
    nights = frame.number("nights") or (check_out - check_in).days
    until = frame.day("until")
    end = until if until is not None and until > start else start + timedelta(days=nights)
    return RoomQuery(order.store, start, end, frame.number("rooms") or order.lines[0].quantity)


def _changed(
    order: OrderView, frame: Frame, facts: Facts, query: RoomQuery, offer: RoomOffer, paid: Decimal
) -> Proposal:
    new = new_order(frame.with_slots(room_type=Filled(offer.product, "", Source.DEFAULT)), facts, query, offer)
    stay = _say_stay(query, facts)
    text = f"为您改成{quiet(offer.name)}{query.rooms}间,{stay},共{say_money(offer.total)}。"
    back = f"原来那单的{say_money(order.refund_now)}原路退回。" if paid else "原来那单还没付款,不收费用。"
    rows = (
        OrderFact("order_number", facts.forms.label("order_number"), order.number),
        day_fact("date", query.check_in, facts),
        number_fact("nights", (query.check_out - query.check_in).days, "晚", facts),
        OrderFact("room_type", facts.forms.label("room_type"), offer.name),
        number_fact("rooms", query.rooms, "间", facts),
        sum_fact("合计", offer.total),
        sum_fact("原单退", order.refund_now),
    )
    deed = Change(order.number, new, order.refund_now)
    return propose(frame, facts, text, back, facts.forms.say("收尾"), deed=deed, rows=rows)


def _say_stay(query: RoomQuery, facts: Facts) -> str:
    start, end = say_day(query.check_in, facts.today), say_day(query.check_out, facts.today)
    return f"{start}入住、{end}离店"


# --- none ------------------------------------------------------------------------------------------------------------
def _cancel(order: OrderView, frame: Frame, form: Form, facts: Facts) -> Outcome:
    """By HQ's rule. Where money is lost, or it was not said outright, the customer agrees to the sum first."""
    paid = order.total - order.refunded if order.state is OrderState.PAID else Decimal("0.00")
    if not order.may_cancel:
        return HandOver(f"订单 {order.number} 按规定不能直接取消,请您来定。{order.rule}", frame)
    is_whole = order.refund_now >= paid
    has_agreed = frame.value("confirmed") == order.number
    name, rule = name_order(order, facts), _sentence(order.rule)
    rows = (
        OrderFact("order_number", facts.forms.label("order_number"), order.number),
        sum_fact("实付", paid),
        sum_fact("退款", order.refund_now),
        *((OrderFact("rule", "规定", order.rule),) if order.rule else ()),
    )
    if not has_agreed and (not is_whole or form.intent == "refund" or _is_unsure(frame, facts)):
        head = f"{name},现在取消的话,{_back(order, paid)}。{rule}"
        agree = (Offered("确定", {"confirmed": order.number, "order_number": order.number}), "")
        return ask_choice(frame, form, facts, head, [agree], rows=rows, reasons=("取消前先让客人确认",))
    text = f"好的,为您取消{name},{_back(order, paid)}。"
    deed = Cancellation(order.number, order.refund_now)
    return propose(frame, facts, text, rule, deed=deed, rows=rows)


def _back(order: OrderView, paid: Decimal) -> str:
    if not paid:
        return "还没付款,不收费用"
    if order.refund_now >= paid:
        return f"付的{say_money(paid)}原路退回"
    return f"付的{say_money(paid)}退{say_money(order.refund_now)}" if order.refund_now else "付的钱不退"


def _is_unsure(frame: Frame, facts: Facts) -> bool:
    """Only speech said so, or it was a question."""
    return frame.text("unsure") == "yes" or bool(heard_in_speech(frame, facts))


def _sentence(rule: str) -> str:
    text = quiet(rule)
    return text if not text or text.endswith(("。", "~", "!", "！")) else f"{text}。"
