"""重新算: a clerk changes rows of an order on the edit page, and the draft is made anew.

Four steps, for nothing is looked up inside a transaction: `load` (reads), `work_out` (looks up and holds, under a key
of its own, so that whoever sends the draft in force meanwhile still gets what it says), `store` (compare-and-set), and
`settle` (one of the two holds is given back).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import editing, lifecycle
from bot.conversations.desk import Desk
from bot.conversations.doing import facts_for
from bot.conversations.drafting import AMENDED, add_draft, show_instead
from bot.conversations.order_sheet import changes_in, frame_of
from bot.conversations.trading import LOOKUPS_MOST, Trade, fetch, keep, look_up, own_of
from bot.errors import MatterClosedError, SoldOutError, TradeError, TradeSilentError
from bot.gate.links import EditPass
from bot.model import Customer, Draft
from bot.replies.amend import amend
from bot.replies.booking import rooms_query
from bot.replies.frame import Frame
from bot.replies.heard import Facts
from bot.replies.phrasing import beside
from bot.replies.proposal import Offers, Proposal
from bot.replies.step import HandOver, NeedItems, NeedOrders, NeedRooms, Ready
from bot.replies.suggestion import Kind, OrderPlan, Suggestion
from bot.staff.access import may_see

log = structlog.get_logger(__name__)

_SILENT = "没有改:订单系统没有应答,请稍后再点一次"


@dataclass(frozen=True, slots=True)
class Change:
    """What a clerk wants otherwise, and what it is to be worked out from."""

    draft_id: int
    conversation_id: int
    frame: Frame
    facts: Facts
    typed: Mapping[str, str]  #: by slot
    plan: Mapping[str, Any]  #: of the draft in force


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The order as changed, looked up and held; not yet what the clerk sees."""

    change: Change
    proposal: Proposal
    plan: OrderPlan
    gave_up: bool  #: the draft's own hold was given back already: both could not be had at once


async def load(session: AsyncSession, desk: Desk, allowed: EditPass, form: Mapping[str, str], now: datetime) -> Change:
    """Raises NotFoundError, MatterClosedError."""
    matter, question, draft = await editing.access_live(session, desk, allowed)
    frame, typed = frame_of(draft), changes_in(draft, form)
    if frame is None:
        raise MatterClosedError("没有改:这张单子在这里改不了,请点「我来回」直接办")
    if not typed:
        raise MatterClosedError("订单没有改动,不用重新算")
    customer = await session.get_one(Customer, matter.conversation.customer_id)
    facts = facts_for(desk.store(question.store), customer.id, customer.preferences or {}, desk, now)
    return Change(draft.id, question.conversation_id, frame, facts, typed, draft.order or {})


async def work_out(change: Change, desk: Desk, trade: Trade, now: datetime) -> Reckoned:
    """Look up and hold; never inside a transaction. Raises MatterClosedError with all that is wrong, in Chinese."""
    try:
        proposal, offers = await _propose(change, trade, now)
        _check(change, proposal, offers)
        return await _hold(change, proposal, desk, trade, now)
    except TradeSilentError as error:
        log.warning("trade.no_answer", conversation=change.conversation_id, error=str(error))
        raise MatterClosedError(_SILENT) from error
    except TradeError as error:
        raise MatterClosedError(f"没有改:{error}") from error


async def store(session: AsyncSession, desk: Desk, allowed: EditPass, reckoned: Reckoned, now: datetime) -> EditPass:
    """The next version, in the place of every card of the one before; whoever changed it goes on with the new one.

    Raises NotFoundError; MatterClosedError when it is another version by now, or decided.
    """
    matter, question, draft = await editing.access_live(session, desk, allowed, lock=True)
    if draft.id != reckoned.change.draft_id or question.draft_id != draft.id:
        raise MatterClosedError("没有改:这张卡已经换成新的一张")
    proposal = reckoned.proposal
    suggestion = _suggest(draft, proposal, reckoned, matter.staff.name, desk)
    conversation = matter.conversation
    new = await add_draft(session, question, suggestion, desk=desk, now=now)
    conversation.frame = dict(reckoned.plan.frame) if reckoned.plan.frame is not None else None
    allowed_next = allowed
    for card in await lifecycle.open_cards(session, question.id):
        if not may_see(desk.content, card.staff, question.store):
            await lifecycle.close_card(session, card, "看下一张卡", now=now)
            continue
        shown = await show_instead(session, conversation, question, new, card, desk=desk, now=now)
        if card.id == matter.card.id:
            shown.link_opened_at = now
            allowed_next = EditPass(shown.task_id, shown.staff)
    facts: dict[str, object] = {"staff": matter.card.staff, "slots": sorted(reckoned.change.typed)}
    desk.journal.note("order.amended", conversation=conversation.id, facts=facts)
    return allowed_next


async def settle(reckoned: Reckoned, desk: Desk, trade: Trade, now: datetime, *, is_stored: bool) -> None:
    """Give back the hold that no draft speaks of. What cannot be given back now runs out by itself."""
    old, new = str(reckoned.change.plan.get("key") or ""), reckoned.plan.key
    try:
        if is_stored:
            if old and not reckoned.gave_up:
                await trade.orders.release(old)
            return
        if new:
            await trade.orders.release(new)
        if reckoned.gave_up:
            await _hold_again(reckoned.change, desk, trade, now)
    except (TradeError, TradeSilentError) as error:
        log.warning("trade.not_given_back", conversation=reckoned.change.conversation_id, error=str(error))


# --- working it out --------------------------------------------------------------------------------------------------
async def _propose(change: Change, trade: Trade, now: datetime) -> tuple[Proposal, Offers]:
    offers = Offers()
    outcome: object = None
    for _ in range(LOOKUPS_MOST):
        outcome = amend(change.frame, change.typed, offers, change.facts)
        match outcome:
            case NeedRooms() | NeedItems() | NeedOrders():
                offers = await fetch(outcome, offers, trade, own_of(change.plan, now))
            case Proposal():
                return outcome, offers
            case HandOver(reason):
                raise MatterClosedError(f"没有改:{reason}")
    raise MatterClosedError("没有改:没能查清楚,请点「我来回」直接办")


def _check(change: Change, proposal: Proposal, offers: Offers) -> None:
    """Raises MatterClosedError when the change cannot be had as it is: nothing is applied then."""
    if proposal.problems:
        raise MatterClosedError("没有改:" + " ".join(proposal.problems))
    was_order = bool(change.plan.get("action")) or "room_type" in change.typed
    if proposal.deed is None and (was_order or not proposal.frame.asked):
        raise MatterClosedError(_sold_out(proposal, offers))


def _sold_out(proposal: Proposal, offers: Offers) -> str:
    query = rooms_query(proposal.frame)
    if query is None or query not in offers.rooms:
        return "没有改:" + ";".join(proposal.reasons or ("这样订不到",))
    free = [f"{room.name}剩 {room.left} 间" for room in offers.rooms[query] if room.left >= query.rooms]
    nights = (query.check_out - query.check_in).days
    what = f"{query.check_in.month}月{query.check_in.day}日起 {nights} 晚、{query.rooms} 间"
    wanted = proposal.frame.text("room_type")
    name = next((room.name for room in offers.rooms[query] if wanted in (room.product, room.name)), "要的房型")
    return f"没有改:{what},{name}订不到。" + (f"还订得到:{'、'.join(free)}。" if free else "这几天都订满了。")


async def _hold(change: Change, proposal: Proposal, desk: Desk, trade: Trade, now: datetime) -> Reckoned:
    old = str(change.plan.get("key") or "")
    key = f"hold:{change.conversation_id}:{change.draft_id}:{secrets.token_hex(4)}"
    gave_up = False
    try:
        plan = await keep(proposal, key, desk, trade, now)
    except SoldOutError:
        if not old:
            raise
        await trade.orders.release(old)  # the last one, and it is this draft's own
        gave_up = True
        try:
            plan = await keep(proposal, key, desk, trade, now)
        except (TradeError, TradeSilentError):
            await _hold_again(change, desk, trade, now)
            raise
    frame = replace(proposal.frame, order_key=plan.key or None)
    plan = plan if proposal.is_over else replace(plan, frame=frame.dump())
    return Reckoned(change, proposal, plan, gave_up)


async def _hold_again(change: Change, desk: Desk, trade: Trade, now: datetime) -> None:
    """The draft in force keeps what it says; if somebody was quicker, sending it finds that out, and says so."""
    with suppress(TradeError, TradeSilentError):
        before = await look_up(Ready(change.frame), change.facts, trade, {})
        if isinstance(before, Proposal) and before.deed is not None:
            await keep(before, str(change.plan["key"]), desk, trade, now)


# --- the draft -------------------------------------------------------------------------------------------------------
def _suggest(draft: Draft, proposal: Proposal, reckoned: Reckoned, by: str, desk: Desk) -> Suggestion:
    """HQ's answer to something else, that stood before the order's words, stays where it fits."""
    words = str((draft.order or {}).get("words") or "")
    answer = draft.text.removesuffix(f"\n{words}") if words and draft.text.endswith(f"\n{words}") else ""
    both = beside(answer, proposal.text, desk.content.persona) if answer else None
    kind = Kind.ASK if proposal.frame.asked else Kind.ORDER
    return Suggestion(
        kind=kind if proposal.text else Kind.CLERK,
        text=both or proposal.text,
        entry_number=draft.entry if both else None,
        entry_version=draft.entry_version if both else None,
        confidence=1.0,
        topic=draft.topic,
        reasons=(f"{AMENDED}{by}", *proposal.reasons),
        order=reckoned.plan,
    )
