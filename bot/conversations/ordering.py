"""From a clerk's tap to an order, its pay link, and what became of it. Each verb is one transaction.

Calls to where the orders live are made between two of them, by the worker (`workers/orders`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import order_words
from bot.conversations.desk import Desk
from bot.customers.profiles import NAMELESS, shown_name
from bot.db.claims import NOW, claim, claimable, held, is_free
from bot.db.once import insert_once
from bot.errors import MatterClosedError, WindowError
from bot.gate.approval import HqText, approve_by_rule
from bot.gate.outbox import StaffNotice, enqueue_to_customer, enqueue_to_staff
from bot.model import Conversation, Customer, Draft, OrderAction, OrderRequest, PaymentNotice, Question
from bot.orders.holding import Lapsed
from bot.ports import Text
from bot.staff.duty import Stage, members, on_duty
from bot.trade import Cancelled, OrderView, Paid, PaidOutcome, Placed

LEASE = timedelta(seconds=60)  #: longer than any call to where the orders live may take
TRIES = 10  #: with back-off, about a quarter of an hour; then the clerk is told, for the customer waits


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a request."""

    made: Placed | None = None
    cancelled: Cancelled | None = None
    refusal: str = ""  #: why (the rest of) it cannot be done, in Chinese


async def request(session: AsyncSession, question: Question, draft: Draft, *, by: str, now: datetime) -> None:
    """The clerk confirmed: what the draft says of an order is to be done. Once for a draft."""
    plan = draft.order or {}
    if plan.get("action") not in tuple(OrderAction):
        return
    row = OrderRequest(
        draft_id=draft.id,
        conversation_id=question.conversation_id,
        question_id=question.id,
        action=plan["action"],
        hold_key=plan.get("key") or "",
        order_number=plan.get("number") or "",
        staff=by,
        created_at=now,
        due_at=now,
    )
    await insert_once(session, row)


async def claim_due(session: AsyncSession, *, now: datetime, limit: int) -> list[OrderRequest]:
    """Lease what is to be done."""
    return await claim(session, _DUE, now=now, lease=LEASE, limit=limit)


async def conclude(session: AsyncSession, work: OrderRequest, done: Done, desk: Desk, now: datetime) -> None:
    """The customer is told how to pay, or what comes back; the clerk that it is done, or why not."""
    row = await held(session, OrderRequest, work.id, work.fence)
    if row is None or row.due_at is None:
        return  # somebody else has it by now, or did it
    row.lease_until, row.due_at, row.done_at, row.failed = None, None, now, done.refusal[:200]
    conversation = await session.get_one(Conversation, row.conversation_id)
    name = await _name(session, conversation)
    lines: list[str] = []
    if done.made is not None:
        row.placed_number = done.made.number
        lines.append(await _say_placed(session, conversation, name, done.made, desk, now))
    if done.cancelled is not None:
        lines.append(await _say_cancelled(session, conversation, name, done.cancelled, desk, now))
    if done.refusal:
        is_old = row.action == OrderAction.CANCEL or done.made is not None
        lines.append(
            order_words.not_cancelled_notice(name, row.order_number, done.refusal)
            if is_old
            else order_words.not_placed_notice(name, done.refusal)
        )
    await _tell_staff(session, row.staff, f"request:{row.id}", "\n".join(lines), conversation.store, desk, now)


async def _say_placed(
    session: AsyncSession, conversation: Conversation, name: str, made: Placed, desk: Desk, now: datetime
) -> str:
    """Queue how to pay; the line for the clerk."""
    text = order_words.pay_line(
        desk.content.sales.terms.texts, made, desk.local(made.pay_until) if made.pay_until else None
    )
    key = f"order:{made.number}:pay"
    refusal = await _tell_customer(session, conversation, key, text, desk, now, expires_at=made.pay_until)
    facts: dict[str, object] = {"number": made.number, "total": str(made.total)}
    desk.journal.note("order.placed", conversation=conversation.id, facts=facts)
    return order_words.not_sent_notice(name, text, refusal) if refusal else order_words.placed_notice(name, made)


async def _say_cancelled(
    session: AsyncSession, conversation: Conversation, name: str, done: Cancelled, desk: Desk, now: datetime
) -> str:
    """Queue what comes back; the line for the clerk."""
    text = order_words.cancelled_line(desk.content.sales.terms.texts, done)
    refusal = await _tell_customer(session, conversation, f"order:{done.number}:cancelled", text, desk, now)
    desk.journal.note("order.cancelled", conversation=conversation.id, facts={"number": done.number})
    return order_words.not_sent_notice(name, text, refusal) if refusal else f"{name}:{text}"


async def put_off(session: AsyncSession, work: OrderRequest, desk: Desk, now: datetime) -> None:
    """Nobody answered: again later, under the same key. After many tries a person takes over."""
    row = await held(session, OrderRequest, work.id, work.fence)
    if row is None or row.due_at is None:
        return
    row.lease_until = None
    if row.attempts < TRIES:
        row.due_at = now + timedelta(seconds=min(2**row.attempts, 120))
        return
    row.due_at, row.failed = None, "no answer"
    conversation = await session.get_one(Conversation, row.conversation_id)
    line = order_words.unreachable_notice(await _name(session, conversation))
    await _tell_staff(session, row.staff, f"request:{row.id}", line, conversation.store, desk, now)


async def paid(session: AsyncSession, notice: PaymentNotice, done: Paid, desk: Desk, now: datetime) -> None:
    """A payment was counted, or could not be: the customer and the clerk of the order are told."""
    notice.done_at, notice.outcome = now, done.outcome.value
    order = done.order
    conversation = await _conversation_of(session, order)
    name = await _name(session, conversation) if conversation else NAMELESS
    desk.journal.note(
        "order.paid",
        conversation=conversation.id if conversation else None,
        facts={"number": notice.order_number, "outcome": done.outcome.value},
    )
    if done.outcome is PaidOutcome.AGAIN and not done.owed:
        return  # the same payment was told before
    line = order_words.paid_notice(name, notice.order_number, done, notice.amount)
    if conversation is not None and order is not None and done.outcome in (PaidOutcome.FIRST, PaidOutcome.LATE):
        is_first = done.outcome is PaidOutcome.FIRST
        texts = desk.content.sales.terms.texts
        text = order_words.paid_line(texts, order) if is_first else order_words.late_line(texts, order)
        key = f"payment:{notice.id}"
        if refusal := await _tell_customer(session, conversation, key, text, desk, now):
            line = f"{line}\n{order_words.not_sent_notice(name, text, refusal)}"
    staff, store = (order.staff, order.store) if order else (None, None)
    await _tell_staff(session, staff, f"payment:{notice.id}", line, store, desk, now)


async def lapsed(session: AsyncSession, order: Lapsed, desk: Desk, now: datetime) -> None:
    """Nobody paid in time: whoever confirmed it is told. The customer was told of the time with the link."""
    customer = await session.get(Customer, order.customer)
    line = order_words.lapsed_notice(shown_name(customer), order.number or "")
    await _tell_staff(session, order.staff, f"lapsed:{order.id}", line, order.store, desk, now)
    desk.journal.note("order.lapsed", facts={"number": order.number})


async def _conversation_of(session: AsyncSession, order: OrderView | None) -> Conversation | None:
    """Where the order was made: by its draft, else where this customer wrote last."""
    if order is None:
        return None
    draft = await session.get(Draft, order.draft) if order.draft else None
    question = await session.get(Question, draft.question_id) if draft else None
    if question is not None:
        return await session.get(Conversation, question.conversation_id)
    newest = Conversation.last_said_at.desc()
    query = select(Conversation).where(Conversation.customer_id == order.customer).order_by(newest).limit(1)
    found: Conversation | None = await session.scalar(query)
    return found


async def _tell_customer(
    session: AsyncSession,
    conversation: Conversation,
    key: str,
    text: str,
    desk: Desk,
    now: datetime,
    *,
    expires_at: datetime | None = None,
) -> str:
    """Queue what HQ lets us say of an order by itself; "" when it is queued, else why not, for the clerk."""
    if not text:
        return ""  # HQ wants nothing said
    rule = HqText("orders", desk.content.version, Text(text), goes_alone=True)
    try:
        approved = approve_by_rule(conversation, rule, key=key, expires_at=expires_at)
        await enqueue_to_customer(session, approved, due_at=now)
    except (MatterClosedError, WindowError) as refusal:
        return str(refusal)
    return ""


async def _tell_staff(
    session: AsyncSession, staff: str | None, key: str, text: str, store: str | None, desk: Desk, now: datetime
) -> None:
    """Whoever confirmed it, if still with the chain; else somebody of the store, else of headquarters."""
    known = desk.content.staff.get(staff.lower()) if staff else None
    if known is None:
        people = members(desk.content, Stage.MANAGER, store) or members(desk.content, Stage.CLERK, store)
        people = people or members(desk.content, Stage.HEADQUARTERS, None)
        known = next(iter(on_duty(people, desk.local(now)) or people), None)
    if known is not None:
        await enqueue_to_staff(session, StaffNotice(known.account, key, text), now=now)


async def _name(session: AsyncSession, conversation: Conversation) -> str:
    return shown_name(await session.get(Customer, conversation.customer_id))


_DUE = claimable(
    OrderRequest, OrderRequest.due_at.is_not(None), OrderRequest.due_at <= NOW, order_by=OrderRequest.due_at
)
#: when the next request is due that nobody is at, at `:now`
NEXT_DUE = select(func.min(OrderRequest.due_at)).where(OrderRequest.due_at.is_not(None), is_free(OrderRequest))
