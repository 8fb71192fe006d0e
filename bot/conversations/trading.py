"""From what a customer wants done to a suggestion: look things up, propose, hold. Between two transactions.

Nothing here decides what is said: `replies` does. Here it gets what it needs, and the stock that it promises is held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from bot.conversations.desk import Desk
from bot.conversations.doing import Doing
from bot.conversations.understanding import Understood, Work
from bot.errors import TradeError, TradeSilentError
from bot.model import OrderAction
from bot.replies.frame import Frame
from bot.replies.heard import Facts
from bot.replies.offering import offer
from bot.replies.phrasing import beside
from bot.replies.proposal import Cancellation, Change, Errand, Extension, Offers, Proposal
from bot.replies.step import (
    Ask,
    Closed,
    Digress,
    HandOver,
    Need,
    NeedItems,
    NeedOrders,
    NeedRooms,
    Ready,
    Wait,
)
from bot.replies.suggestion import Kept, Kind, OrderPlan, Suggestion
from bot.trade import Catalog, Held, ItemOffer, NewOrder, Orders, RoomOffer

log = structlog.get_logger(__name__)

LOOKUPS_MOST = 6  #: for one message; then a person goes on
Own = Mapping[tuple[str, str], int]
_TRIES = 2  #: to hold what was offered: somebody may have been quicker


@dataclass(frozen=True, slots=True)
class Trade:
    """Where things are for sale, and where orders live."""

    catalog: Catalog
    orders: Orders


async def carry_on(found: Understood, work: Work, desk: Desk, trade: Trade, now: datetime) -> Understood:
    """What to say about what is being done, with everything looked up and held. Never called inside a transaction."""
    doing = found.doing
    if doing is None:
        return found
    try:
        return await _carry_on(found, doing, work, desk, trade, now)
    except TradeSilentError as error:
        log.warning("trade.no_answer", conversation=work.conversation_id, error=str(error))
        return _to_person(found, doing, "订单系统没有应答,价格和库存请您看一下再回")
    except TradeError as error:
        return _to_person(found, doing, str(error))


async def _carry_on(found: Understood, doing: Doing, work: Work, desk: Desk, trade: Trade, now: datetime) -> Understood:
    match doing.step:
        case Digress(frame):
            return replace(found, frame=_dump(frame), doing=None)
        case Wait(frame) if work.question_id is None:  # what was proposed lies before nobody any more
            return replace(found, frame=_dump(frame), doing=None)
        case Wait(frame):
            return replace(found, suggestion=None, is_waiting=True, frame=_dump(frame), doing=None)
        case Ask(frame, _, text, reason):
            suggestion = _suggest(doing, frame, text, Kind.ASK, reasons=(reason,) if reason else ())
            return replace(found, suggestion=suggestion, frame=_dump(frame), doing=None)
        case HandOver(reason):
            return _to_person(found, doing, reason)
        case Closed(_, text, key):
            await trade.orders.release(key or new_key(work))
            suggestion = _suggest(doing, None, text, Kind.ORDER)
            return replace(found, suggestion=suggestion, frame=None, doing=None)
    return await _propose(found, doing, work, desk, trade, now)


async def _propose(found: Understood, doing: Doing, work: Work, desk: Desk, trade: Trade, now: datetime) -> Understood:
    facts = doing.facts
    for _ in range(_TRIES):
        outcome = await look_up(doing.step, facts, trade, own_of(work.plan, now))
        if isinstance(outcome, HandOver):
            return _to_person(found, doing, outcome.reason)
        try:
            plan = await keep(outcome, key_of(work, outcome.frame), desk, trade, now)
        except TradeError as error:  # sold out, or another price, since we looked: look again
            log.info("trade.too_late", conversation=work.conversation_id, error=type(error).__name__)
            continue
        frame = replace(outcome.frame, order_key=plan.key or outcome.frame.order_key)
        plan = plan if outcome.is_over else replace(plan, frame=frame.dump())
        kind = Kind.ASK if outcome.frame.asked else Kind.ORDER
        suggestion = _suggest(doing, frame, outcome.text, kind, plan=plan, reasons=outcome.reasons)
        return replace(found, suggestion=suggestion, frame=None if outcome.is_over else _dump(frame), doing=None)
    return _to_person(found, doing, "刚才还有的,现在订不到了,请您看一下库存")


async def look_up(step: object, facts: Facts, trade: Trade, own: Own) -> Proposal | HandOver:
    """Look up what is asked for until there is a proposal. Raises TradeSilentError."""
    offers = Offers()
    outcome: object = step
    for _ in range(LOOKUPS_MOST):
        match outcome:
            case Ready(frame):
                outcome = offer(frame, offers, facts)
            case NeedRooms(frame) | NeedItems(frame) | NeedOrders(frame):
                outcome = offer(frame, offers := await fetch(outcome, offers, trade, own), facts)
            case Proposal() | HandOver():
                return outcome
    return HandOver("没能查清楚,请您接着办")


async def fetch(need: Need, offers: Offers, trade: Trade, own: Own) -> Offers:
    """What was looked up so far, and what is needed now; what is held for this very matter is free for it.

    Raises TradeSilentError.
    """
    match need:
        case NeedRooms(_, query):
            rooms = await trade.catalog.rooms(query)
            return offers.with_rooms(query, [_freed(room, own) for room in rooms])
        case NeedItems(_, store, on):
            items = await trade.catalog.items(store, on)
            return replace(offers, items=tuple(_freed_item(item, own) for item in items))
        case NeedOrders(_, customer):
            return replace(offers, orders=await trade.orders.of_customer(customer))


def own_of(plan: Mapping[str, Any] | None, now: datetime) -> Own:
    """What a draft's plan holds, while it does: (product, day) → how many; "" as the day of goods."""
    until = (plan or {}).get("until")
    if not plan or not plan.get("key") or not until or datetime.fromisoformat(str(until)) <= now:
        return {}
    own: dict[tuple[str, str], int] = {}
    for kept in plan.get("kept") or ():
        for day in kept["days"] or ("",):
            own[kept["product"], day] = own.get((kept["product"], day), 0) + int(kept["quantity"])
    return own


def _freed_item(item: ItemOffer, own: Own) -> ItemOffer:
    return item if item.left is None else replace(item, left=item.left + own.get((item.product, ""), 0))


def _freed(room: RoomOffer, own: Own) -> RoomOffer:
    if not any((room.product, night.day.isoformat()) in own for night in room.nights):
        return room
    nights = tuple(
        replace(night, left=night.left + own.get((room.product, night.day.isoformat()), 0)) for night in room.nights
    )
    return replace(room, nights=nights, left=min(night.left for night in nights))


async def keep(proposal: Proposal, key: str, desk: Desk, trade: Trade, now: datetime) -> OrderPlan:
    """Hold what the proposal promises. Raises TradeError, TradeSilentError."""
    until = now + desk.content.sales.terms.hold_for
    held: Held | None = None
    action, number = "", ""
    match proposal.deed:
        case NewOrder() as order:
            held, action = await trade.orders.hold(key, order, until=until), OrderAction.PLACE
        case Extension(number, to, _):
            held = await trade.orders.extend(key, number, to, until=until)
            action = OrderAction.PLACE
        case Change(number, order, _):
            held, action = await trade.orders.hold(key, order, until=until), OrderAction.CHANGE
        case Cancellation(number, _):
            action = OrderAction.CANCEL
        case Errand() | None:
            pass
    if held is None:
        return OrderPlan(action, "", number, proposal.facts, words=proposal.text)
    return OrderPlan(action, key, number, proposal.facts, held.until, _kept(held), proposal.text)


def _kept(held: Held) -> tuple[Kept, ...]:
    return tuple(Kept(each.product, each.quantity, tuple(day.isoformat() for day in each.days)) for each in held.lines)


def key_of(work: Work, frame: Frame) -> str:
    """Of the hold: the same however often a message is understood again, another for the next matter."""
    return frame.order_key or new_key(work)


def new_key(work: Work) -> str:
    """Of what the question itself began."""
    return f"hold:{work.conversation_id}:{work.bubbles[0].id}"


def _suggest(
    doing: Doing,
    frame: Frame | None,
    text: str,
    kind: Kind,
    *,
    plan: OrderPlan | None = None,
    reasons: tuple[str, ...] = (),
) -> Suggestion:
    """The draft; what the message asked beside it is answered in the same text."""
    other, both = doing.beside, None
    if other is not None and text:
        both = beside(other.text, text, doing.facts.persona)
    form = doing.facts.forms.form(frame.intent if frame else doing.intent)
    topic = form.name if form else "办事"
    return Suggestion(
        kind=kind if text else Kind.CLERK,
        text=both or text,
        entry_number=other.entry_number if other and both else None,
        entry_version=other.entry_version if other and both else None,
        confidence=1.0,
        topic=topic[:8],
        reasons=(*reasons, *((f"还问到:{other.text}",) if other and not both else ())),
        intents=doing.intents,
        order=plan,
    )


def _to_person(found: Understood, doing: Doing, reason: str) -> Understood:
    """A person goes on; what is known stands on the card."""
    suggestion = _suggest(doing, None, "", Kind.CLERK, reasons=(reason,))
    return replace(found, suggestion=suggestion, frame=None, doing=None)


def _dump(frame: Frame | None) -> Mapping[str, Any] | None:
    return frame.dump() if frame is not None else None
