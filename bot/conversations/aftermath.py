"""What follows when something was sent, or could not be."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import lifecycle
from bot.conversations.desk import Desk
from bot.conversations.drafting import add_again, show
from bot.customers.profiles import shown_name
from bot.db.once import insert_once
from bot.gate.outbox import StaffNotice, cancel_group, enqueue_to_staff
from bot.model import QUOTA, Conversation, Customer, Delivery, DeliveryKind, Draft, Message, Origin, Question
from bot.ports import Session, SessionState
from bot.staff.duty import Stage, members


async def sent(session: AsyncSession, delivery: Delivery, desk: Desk, now: datetime) -> None:
    """WeCom took the message: keep it with the conversation (WeCom never gives it back to us)."""
    conversation = await session.get_one(
        Conversation, delivery.conversation_id, with_for_update=True, populate_existing=True
    )
    text = str(delivery.payload.get("content") or delivery.payload.get("head") or "")
    row = Message(
        account_id=conversation.account_id,
        msgid=delivery.id,
        conversation_id=conversation.id,
        origin=Origin.SERVICE,
        kind=str(delivery.payload.get("type", "text")),
        text=text,
        staff=delivery.approved_by if delivery.approved_by != "rule" else None,
        sent_at=now,
        received_at=now,
        question_id=delivery.question_id,
    )
    await insert_once(session, row)
    if conversation.session == SessionState.NEW and delivery.kind == DeliveryKind.REPLY:
        conversation.session = SessionState.ASSISTANT
    desk.journal.note(
        "reply.sent",
        conversation=conversation.id,
        facts={"delivery": delivery.id, "by": delivery.approved_by, "text": text},
    )


async def failed(session: AsyncSession, delivery: Delivery, reason: str, desk: Desk, now: datetime) -> None:
    """The message did not go out and will not: its later parts neither, and a person hears of it."""
    await cancel_group(session, delivery.group, now=now, reason=f"an earlier part failed: {reason}"[:200])
    await reopen_after_failure(session, delivery.id, reason, desk, now)


async def quota_was_wrong(session: AsyncSession, delivery: Delivery) -> None:
    """WeCom counted otherwise than we did (95001): believe WeCom."""
    conversation = await session.get_one(
        Conversation, delivery.conversation_id, with_for_update=True, populate_existing=True
    )
    conversation.sent_since = QUOTA


async def session_was(session: AsyncSession, delivery: Delivery, found: Session, desk: Desk, now: datetime) -> None:
    """95018: what we believed of the session was old. In PERSON the text goes there; in ENDED the clerk is told."""
    conversation = await session.get_one(
        Conversation, delivery.conversation_id, with_for_update=True, populate_existing=True
    )
    conversation.session, conversation.servicer = found.state, found.servicer
    if found.state is SessionState.PERSON:
        conversation.person_heard_at = now
    customer = shown_name(await session.get(Customer, conversation.customer_id))
    if found.state is SessionState.PERSON and found.servicer:
        parts = await cancel_group(session, delivery.group, now=now, reason="a person holds the session")
        rest = f"(后面还有 {parts} 段没发)" if parts else ""
        text = f"{customer}正由您接待,店小二发不了消息。请您直接发给客人:\n{delivery.payload.get('content', '')}{rest}"
        await _tell(session, found.servicer.lower(), f"delivery:{delivery.id}:person", text, now)
        return
    await failed(
        session,
        delivery,
        "会话已结束,等客人再说话" if found.state is SessionState.ENDED else "会话正在排队等人接",
        desk,
        now,
    )


async def reopen_after_failure(session: AsyncSession, delivery_id: str, reason: str, desk: Desk, now: datetime) -> None:
    """The customer did not get it: the matter is open again, with a card that says why; once for each delivery."""
    delivery = await session.scalar(select(Delivery).where(Delivery.id == delivery_id))
    if delivery is None or delivery.conversation_id is None:
        return
    if delivery.approved_by == "rule" and delivery.draft_id is None:
        return  # a welcome or a 安抚: nobody waits for it
    conversation = await session.get_one(
        Conversation, delivery.conversation_id, with_for_update=True, populate_existing=True
    )
    staff = delivery.approved_by if delivery.approved_by != "rule" else None
    staff = staff or _somebody(conversation, desk)
    if staff is None:
        return
    line = f"没发出去:{reason}"
    question = await session.get(Question, delivery.question_id, with_for_update=True) if delivery.question_id else None
    draft = await session.get(Draft, delivery.draft_id) if delivery.draft_id else None
    busy = await lifecycle.open_question(session, conversation.id)
    if (
        question is None
        or draft is None
        or question.is_open
        or busy is not None
        or delivery.failed.startswith("reopened")
    ):
        customer = shown_name(await session.get(Customer, conversation.customer_id))
        text = f"给{customer}的消息{line}\n原文:{delivery.payload.get('content', '')}"
        await _tell(session, staff, f"delivery:{delivery.id}:failed", text, now)
        return
    delivery.failed = f"reopened: {reason}"[:200]
    question.outcome, question.closed_at, question.closed_by, question.reason = None, None, None, ""
    question.ask_at = conversation.window_ends_at()
    await session.flush()
    again = await add_again(session, question, draft, now=now)
    await show(session, conversation, question, again, staff, desk=desk, now=now, note=line)
    desk.journal.note("question.reopened", conversation=conversation.id, facts={"reason": reason})


def _somebody(conversation: Conversation, desk: Desk) -> str | None:
    people = members(desk.content, Stage.CLERK, conversation.store) or members(desk.content, Stage.HEADQUARTERS, None)
    return people[0].account.lower() if people else None


async def _tell(session: AsyncSession, staff: str, key: str, text: str, now: datetime) -> None:
    await enqueue_to_staff(session, StaffNotice(staff, key, text), now=now)
