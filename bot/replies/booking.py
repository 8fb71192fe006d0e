"""Proposes a room: the one asked for, or up to three with a reason each, or what is nearest when it is sold out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.replies.forms import Form
from bot.replies.frame import Filled, Frame, Offered, Source
from bot.replies.heard import Facts
from bot.replies.proposal import (
    MOST_CHOICES,
    Offers,
    Outcome,
    Proposal,
    ask_choice,
    day_fact,
    number_fact,
    propose,
    sum_fact,
    text_fact,
)
from bot.replies.readback import quiet, say_day, say_money, say_nights
from bot.replies.recommend import fits_people, is_for_all, is_said, names_room, nearest, rank_rooms
from bot.replies.step import HandOver, NeedRooms
from bot.replies.suggestion import OrderFact
from bot.trade import Line, NewOrder, RoomOffer, RoomQuery

_BOOKED = "stay.book"


def rooms_query(frame: Frame) -> RoomQuery | None:
    """The nights in question, of every type: the others are needed when the one asked for is sold out."""
    day, nights = frame.day("date"), frame.number("nights")
    if day is None or not nights or frame.store is None:
        return None
    return RoomQuery(frame.store, day, day + timedelta(days=nights), frame.number("rooms") or 1)


def offer_rooms(frame: Frame, form: Form, offers: Offers, facts: Facts) -> Outcome:
    """What to say about rooms. Asks for other days only when everything is sold out."""
    query = rooms_query(frame)
    if query is None:
        return HandOver("日期没有对上,请您看一眼", frame)
    if query not in offers.rooms:
        return NeedRooms(frame, query)
    rooms = offers.rooms[query]
    if not rooms:
        return HandOver("没有查到这家店的房型,请您看一眼", frame)
    wanted = _wanted(rooms, frame, form)
    free = [one for one in wanted if one.left >= query.rooms]
    fitting = [one for one in free if fits_people(one, frame)]
    if not any(one.left >= query.rooms for one in rooms):
        return _nothing_free(frame, form, offers, facts, query)
    if not free:
        return _sold_out(frame, form, facts, query, wanted, rooms)
    if not fitting:
        return _too_small(frame, form, facts, query, free[0], rooms)
    return _from_free(frame, form, facts, query, wanted, fitting, rooms)


def _wanted(rooms: Sequence[RoomOffer], frame: Frame, form: Form) -> list[RoomOffer]:
    """The types that the customer's words or habits mean; all of them when they mean none."""
    named = frame.value("room_type")
    if named is None or (form.intent == "room.recommend" and not is_said(frame, "room_type")):
        return list(rooms)
    found = [one for one in rooms if named in (one.product, one.name)]
    found = found or [one for one in rooms if named in one.name]
    found = found or [one for one in rooms if names_room(one, named)]
    if found or is_said(frame, "room_type"):
        return found
    return list(rooms)  # the profile knows a type that this store does not have


def _from_free(
    frame: Frame,
    form: Form,
    facts: Facts,
    query: RoomQuery,
    wanted: Sequence[RoomOffer],
    fitting: Sequence[RoomOffer],
    rooms: Sequence[RoomOffer],
) -> Outcome:
    ranked = rank_rooms(fitting, frame, facts)
    is_one = len(ranked) == 1 and (len(wanted) == 1 or len(rooms) == 1)
    is_usual = len(wanted) == 1 and len(ranked) == 1
    if form.intent == "room.stock" and (is_one or is_usual):
        return _there_is(frame, form, facts, query, ranked[0].offer)
    if is_one or is_usual:
        return confirm_room(frame, facts, query, ranked[0].offer, rooms)
    head = (
        f"{_when(query, facts)}有这几种:"
        if len(ranked) > 1
        else f"{_when(query, facts)}还有{_priced(ranked[0].offer)}。"
    )
    options = [(_offered(one.offer, query), one.why) for one in ranked[:MOST_CHOICES]]
    reasons = tuple(f"{one.offer.name}:{'、'.join(one.reasons) or '有房'}" for one in ranked[:MOST_CHOICES])
    return ask_choice(frame, form, facts, head, options, rows=_rows(frame, query, facts, rooms), reasons=reasons)


def _there_is(frame: Frame, form: Form, facts: Facts, query: RoomQuery, offer: RoomOffer) -> Proposal:
    head = f"有的,{_when(query, facts)}{_priced(offer)},还剩{offer.left}间。"
    rows = _rows(frame, query, facts, (offer,), offer)
    return ask_choice(frame, form, facts, head, [(_offered(offer, query), "")], rows=rows)


def confirm_room(
    frame: Frame, facts: Facts, query: RoomQuery, offer: RoomOffer, rooms: Sequence[RoomOffer]
) -> Proposal:
    """This room for these nights, read back whole, and ready to be placed."""
    chosen = frame
    if not is_said(frame, "room_type"):
        source = Source.PROFILE if frame.value("room_type") else Source.DEFAULT
        chosen = frame.with_slots(room_type=Filled(offer.product, "", source, is_sure=False))
    order = new_order(chosen, facts, query, offer)
    notes = _notes(frame, query, offer, facts)
    rows = _rows(chosen, query, facts, rooms, offer)
    text = f"为您留{quiet(offer.name)}{query.rooms}间,{_stay(query, facts)},{_sum(query, offer, facts)}。"
    return propose(chosen, facts, text, *notes, facts.forms.say("收尾"), deed=order, rows=rows)


def new_order(frame: Frame, facts: Facts, query: RoomQuery, offer: RoomOffer) -> NewOrder:
    days = tuple(night.day for night in offer.nights)
    line = Line(offer.product, query.rooms, offer.price, days, name=offer.name)
    return NewOrder(
        query.store,
        facts.customer,
        (line,),
        query.check_in,
        query.check_out,
        name=frame.text("name"),
        phone=frame.text("phone"),
        note=_note(frame),
        channel=facts.channel,
    )


def _note(frame: Frame) -> str:
    """What the front desk should know, in the customer's words."""
    said = [f"{frame.text('time')}到店"] if frame.value("time") else []
    said += [frame.text(name) for name in ("breakfast", "preference") if is_said(frame, name)]
    said += [f"{frame.text('people')}人"] if frame.value("people") else []
    said += [f"小朋友{frame.text('children')}位"] if frame.value("children") else []
    return "、".join(said)


def _notes(frame: Frame, query: RoomQuery, offer: RoomOffer, facts: Facts) -> list[str]:
    """What was assumed rather than said, so that the customer can say otherwise."""
    notes = []
    nights = frame.slots.get("nights")
    if nights is not None and nights.source is Source.DEFAULT and not nights.words:
        notes.append("没说住几晚,先按1晚算。")
    if not is_said(frame, "room_type") and frame.value("room_type"):
        notes.append("房型按您常住的来。")
    if frame.value("time"):
        notes.append(f"{frame.text('time')}左右到,已记下。")
    budget = frame.amount("budget")
    if budget is not None and any(night.price > budget for night in offer.nights):
        notes.append(f"比您说的{say_money(budget)}高一些。")
    return notes


# --- when it cannot be had as asked ----------------------------------------------------------------------------------
def _sold_out(
    frame: Frame,
    form: Form,
    facts: Facts,
    query: RoomQuery,
    wanted: Sequence[RoomOffer],
    rooms: Sequence[RoomOffer],
) -> Proposal:
    """What was asked for is gone: fewer rooms or nights of it, and then the nearest other types."""
    options: list[tuple[Offered, str]] = []
    for one in wanted[:1]:
        options += _less_of(one, query, facts)
    free = [one for one in rooms if one.left >= query.rooms and fits_people(one, frame) and is_for_all(one, frame)]
    others = [one for one in free if one not in wanted]
    alike = nearest(others, wanted[0]) if wanted else [one.offer for one in rank_rooms(others, frame, facts)]
    options += [(_offered(one, query), _why_near(one, wanted)) for one in alike]
    name = quiet(wanted[0].name) if wanted else quiet(frame.slots["room_type"].words or frame.text("room_type"))
    head = f"{_when(query, facts)}{name}{'订满了' if wanted else '这家店没有'}"
    if not options:
        return _none_left(frame, facts, f"{head},别的房型也没有合适的了。", rooms, query)
    offered = "可以看看这几种:" if len(options) > 1 else f"还有{quiet(options[0][0].label)}。"
    reasons = (f"{name}没有了,给了 {min(len(options), MOST_CHOICES)} 个备选",)
    rows = _rows(frame, query, facts, rooms)
    return ask_choice(frame, form, facts, f"{head},{offered}", options[:MOST_CHOICES], rows=rows, reasons=reasons)


def _less_of(one: RoomOffer, query: RoomQuery, facts: Facts) -> list[tuple[Offered, str]]:
    """Fewer rooms of the same type, or the nights until it is sold out."""
    if 0 < one.left < query.rooms:
        price = one.price * one.left
        label = f"{one.name}{one.left}间,共{say_money(price)}"
        return [
            (Offered(label, {"intent": _BOOKED, "room_type": one.product, "rooms": str(one.left)}, price), "只剩这些")
        ]
    nights = 0
    for night in one.nights:
        if night.left < query.rooms:
            break
        nights += 1
    if not nights:
        return []
    price = sum((night.price for night in one.nights[:nights]), start=one.price * 0) * query.rooms
    label = f"{one.name}先住{nights}晚,共{say_money(price)}"
    changes = {"intent": _BOOKED, "room_type": one.product, "nights": str(nights)}
    return [(Offered(label, changes, price), f"{say_day(one.nights[nights].day, facts.today)}起满房")]


def _why_near(one: RoomOffer, wanted: Sequence[RoomOffer]) -> str:
    if not wanted:
        return ""
    if one.bed and one.bed == wanted[0].bed:
        return "床型一样"
    return "价格更低" if one.price < wanted[0].price else "价格接近" if one.price <= wanted[0].price * 5 / 4 else ""


def _too_small(
    frame: Frame, form: Form, facts: Facts, query: RoomQuery, one: RoomOffer, rooms: Sequence[RoomOffer]
) -> Proposal:
    """More people than the room takes: a larger one, or more rooms of it."""
    people, guests = frame.number("people") or 1, one.guests or 1
    needed = -(-people // guests)
    options = [(_offered(each.offer, query), each.why) for each in rank_rooms(rooms, frame, facts)[:2]]
    if one.left >= needed:
        price = one.price * needed
        label = f"{one.name}{needed}间,共{say_money(price)}"
        changes = {"intent": _BOOKED, "room_type": one.product, "rooms": str(needed)}
        options.append((Offered(label, changes, price), f"每间住{guests}人"))
    head = f"{quiet(one.name)}每间最多住{guests}人,{people}位的话"
    if not options:
        return _none_left(frame, facts, f"{head}房间不够了,我请同事给您想办法。", rooms, query)
    offered = "可以看看这几种:" if len(options) > 1 else f"可以订{quiet(options[0][0].label)}。"
    return ask_choice(frame, form, facts, head + offered, options, rows=_rows(frame, query, facts, rooms))


def nearby_queries(query: RoomQuery, today: date) -> tuple[RoomQuery, ...]:
    """The same stay a day later and a day earlier."""
    shifted = (
        replace(query, check_in=query.check_in + timedelta(days=n), check_out=query.check_out + timedelta(days=n))
        for n in (1, -1)
    )
    return tuple(one for one in shifted if one.check_in >= today)


def _nothing_free(frame: Frame, form: Form, offers: Offers, facts: Facts, query: RoomQuery) -> Outcome:
    """Not one room in these nights: look at the days beside them."""
    options: list[tuple[Offered, str]] = []
    for near in nearby_queries(query, facts.today):
        if near not in offers.rooms:
            return NeedRooms(frame, near)
        wanted = [one for one in _wanted(offers.rooms[near], frame, form) if one.left >= near.rooms]
        for one in rank_rooms(wanted or offers.rooms[near], frame, facts)[:1]:
            label = f"{say_day(near.check_in, facts.today)}入住,{one.offer.name},共{say_money(one.offer.total)}"
            changes = {"intent": _BOOKED, "room_type": one.offer.product, "date": near.check_in.isoformat()}
            options.append((Offered(label, changes, one.offer.total), one.why))
    rooms = offers.rooms[query]
    head = f"{_when(query, facts)}都订满了"
    if not options:
        return _none_left(frame, facts, f"{head},前后一天也没有了。换个日子告诉我,我再帮您看。", rooms, query)
    offered = "可以看看前后一天:" if len(options) > 1 else f"可以看看{quiet(options[0][0].label)}。"
    rows = _rows(frame, query, facts, rooms)
    return ask_choice(frame, form, facts, f"{head},{offered}", options, rows=rows, reasons=("这几晚满房",))


def _none_left(frame: Frame, facts: Facts, text: str, rooms: Sequence[RoomOffer], query: RoomQuery) -> Proposal:
    """Says so, and waits: another day or type may be named."""
    return propose(frame, facts, text, rows=_rows(frame, query, facts, rooms), reasons=("没有可订的房",))


# --- words -----------------------------------------------------------------------------------------------------------
def _offered(offer: RoomOffer, query: RoomQuery) -> Offered:
    return Offered(_priced(offer), {"intent": _BOOKED, "room_type": offer.product}, offer.total)


def _priced(offer: RoomOffer) -> str:
    return f"{quiet(offer.name)} 共{say_money(offer.total)}"


def _when(query: RoomQuery, facts: Facts) -> str:
    nights = (query.check_out - query.check_in).days
    return f"{say_day(query.check_in, facts.today)}入住{nights}晚,"


def _stay(query: RoomQuery, facts: Facts) -> str:
    nights = (query.check_out - query.check_in).days
    return f"{say_day(query.check_in, facts.today)}入住、{say_day(query.check_out, facts.today)}离店,住{nights}晚"


def _sum(query: RoomQuery, offer: RoomOffer, facts: Facts) -> str:
    prices = {night.price for night in offer.nights}
    if len(prices) == 1 or len(offer.nights) > 4:
        return f"共{say_money(offer.total)}"
    each = say_nights([(night.day, night.price) for night in offer.nights], facts.today)
    return f"{'每间' if query.rooms > 1 else ''}{each},共{say_money(offer.total)}"


def _rows(
    frame: Frame, query: RoomQuery, facts: Facts, rooms: Sequence[RoomOffer], chosen: RoomOffer | None = None
) -> tuple[OrderFact, ...]:
    """The rows of the card, each of which a clerk may change."""
    nights = (query.check_out - query.check_in).days
    filled = frame.slots.get("nights")
    note = "(没说,按此)" if filled is not None and filled.source is Source.DEFAULT and not filled.words else ""
    names = tuple(dict.fromkeys(one.name for one in rooms))
    label = facts.forms.label("room_type")
    rows = [
        day_fact("date", query.check_in, facts),
        number_fact("nights", nights, "晚", facts, note),
        OrderFact("room_type", label, chosen.name if chosen else "待选", "choice", names),
        number_fact("rooms", query.rooms, "间", facts),
    ]
    if chosen is not None:
        rows += [sum_fact("合计", chosen.total), OrderFact("left", "余房", f"{chosen.left}间")]
    people = frame.number("people")
    rows += [number_fact("people", people, "人", facts)] if people else []
    return (*rows, *(row for name in ("name", "phone", "time") for row in text_fact(frame, name, facts)))
