"""What follows when something was sent, or could not be."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import asking, lifecycle
from bot.conversations.desk import Desk
from bot.conversations.drafting import add_again
from bot.customers.profiles import shown_name
from bot.db.once import insert_once
from bot.gate.approval import BY_RULE
from bot.gate.outbox import StaffNotice, cancel_group, enqueue_to_staff
from bot.gate.split import split_text
from bot.model import (
    QUOTA,
    Conversation,
    Customer,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Draft,
    Message,
    Origin,
    Outcome,
    Question,
)
from bot.ports import Session, SessionState
from bot.staff.duty import Stage, members, on_duty

_REOPENED = "reopened"  #: in Delivery.failed: its question is open again because of it
_MAYBE = "可能已经发出去了,请先看一眼聊天记录。"
_TOO_LATE = "超过 48 小时,请用客户联系"


async def sent(session: AsyncSession, delivery: Delivery, desk: Desk, now: datetime) -> None:
    """WeCom took the message: keep it with the conversation (WeCom never gives it back to us)."""
    conversation = await _conversation(session, delivery)
    text = str(delivery.payload.get("content") or delivery.payload.get("head") or "")
    row = Message(
        account_id=conversation.account_id,
        msgid=delivery.id,
        conversation_id=conversation.id,
        origin=Origin.SERVICE,
        kind=str(delivery.payload.get("type", "text")),
        text=text,
        staff=_approver(delivery),
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
    conversation = await _conversation(session, delivery)
    await _call_off_rest(session, conversation, delivery, now)
    if delivery.is_uncertain:
        await _tell_of(session, conversation, delivery, f"不确定发没发出去:{reason}。{_MAYBE}", desk, now)
        return
    await reopen_after_failure(session, delivery.id, reason, desk, now)


async def delayed(session: AsyncSession, delivery: Delivery, reason: str, now: datetime) -> None:
    """The message still waits for somebody to mend what is wrong: whoever confirmed it knows."""
    approver = _approver(delivery)
    if approver is None:
        return
    conversation = await session.get_one(Conversation, delivery.conversation_id)
    customer = shown_name(await session.get(Customer, conversation.customer_id))
    text = f"给{customer}的消息还没发出去,会接着试。{reason}"
    await _tell(session, approver, f"delivery:{delivery.id}:delayed", text, now)


async def too_late(session: AsyncSession, delivery: Delivery, desk: Desk, now: datetime) -> None:
    """95002: nothing can reach this customer until they write again."""
    conversation = await _conversation(session, delivery)
    await _call_off_rest(session, conversation, delivery, now)
    question = await _question(session, delivery)
    if question is not None and delivery.draft_id is not None:
        question.outcome, question.reason = Outcome.EXPIRED, _TOO_LATE
    await _tell_of(session, conversation, delivery, f"没发出去:{_TOO_LATE}", desk, now)


async def quota_was_wrong(session: AsyncSession, delivery: Delivery) -> None:
    """WeCom counted otherwise than we did (95001): believe WeCom."""
    conversation = await _conversation(session, delivery)
    conversation.sent_since = QUOTA


async def session_was(session: AsyncSession, delivery: Delivery, found: Session, desk: Desk, now: datetime) -> None:
    """95018: what we believed of the session was old. In PERSON the text goes there; else the clerk is told."""
    conversation = await _conversation(session, delivery)
    conversation.session, conversation.servicer = found.state, found.servicer
    if found.state is SessionState.PERSON and found.servicer:
        conversation.person_heard_at, conversation.person_asked_at = now, None
        await _hand_text_over(session, conversation, delivery, found.servicer, desk, now)
    else:
        is_ended = found.state is SessionState.ENDED
        await failed(session, delivery, "会话已结束,等客人再说话" if is_ended else "会话正在排队等人接", desk, now)


async def reopen_after_failure(session: AsyncSession, delivery_id: str, reason: str, desk: Desk, now: datetime) -> None:
    """The customer did not get it: the matter is open again, with a card that says why; once for each delivery."""
    delivery = await session.scalar(select(Delivery).where(Delivery.id == delivery_id))
    if delivery is None or delivery.conversation_id is None or _is_courtesy(delivery):
        return
    conversation = await _conversation(session, delivery)
    await cancel_group(session, delivery.group, now=now, reason="an earlier part failed")
    question = await _question(session, delivery)
    draft = await session.get(Draft, delivery.draft_id) if delivery.draft_id else None
    busy = await lifecycle.open_question(session, conversation.id)
    was_reopened = delivery.failed.startswith(_REOPENED)
    ends = conversation.window_ends_at()
    is_too_late = ends is None or now >= ends
    if question is None or draft is None or busy is not None or was_reopened or is_too_late:
        await _tell_of(session, conversation, delivery, f"没发出去:{reason}", desk, now)
        return
    text = await _missing(session, delivery, draft)
    delivery.failed = f"{_REOPENED}: {reason}"[:200]
    question.outcome, question.closed_at, question.closed_by, question.told = None, None, None, None
    question.reason = f"没发出去:{reason}"[:128]
    question.level, question.first_asked_at = 0, None
    await session.flush()
    await add_again(session, question, draft, text=text, now=now)
    await asking.advance(session, question.id, desk, now)
    desk.journal.note("question.reopened", conversation=conversation.id, facts={"reason": reason})


async def _call_off_rest(session: AsyncSession, conversation: Conversation, delivery: Delivery, now: datetime) -> None:
    """Cancel the later parts; what was kept of the quota for messages that were not sent is free again."""
    rest = await cancel_group(session, delivery.group, now=now, reason="an earlier part failed")
    if delivery.kind == DeliveryKind.REPLY:
        unused = rest if delivery.is_uncertain else rest + 1
        conversation.sent_since = max(0, conversation.sent_since - unused)


async def _missing(session: AsyncSession, delivery: Delivery, draft: Draft) -> str:
    """What the customer has not got of the text: all of it, or the parts that did not go out."""
    text = draft.sent_text or draft.text
    parts = split_text(text)
    if delivery.parts == 1 or len(parts) != delivery.parts:
        return text
    group = await session.scalars(select(Delivery).where(Delivery.group == delivery.group).order_by(Delivery.part))
    gone = {one.part for one in group if one.state == DeliveryState.SENT and one.id != delivery.id}
    return "\n".join(part for number, part in enumerate(parts, start=1) if number not in gone)


async def _hand_text_over(
    session: AsyncSession, conversation: Conversation, delivery: Delivery, servicer: str, desk: Desk, now: datetime
) -> None:
    """A person holds the session: the text goes to them, and whoever confirmed it hears of that."""
    contents = [str(delivery.payload.get("content", ""))]
    later = (Delivery.group == delivery.group, Delivery.state == DeliveryState.QUEUED, Delivery.id != delivery.id)
    query = select(Delivery).where(*later).order_by(Delivery.part)
    contents += [str(row.payload.get("content", "")) for row in await session.scalars(query)]
    await _call_off_rest(session, conversation, delivery, now)
    if _is_courtesy(delivery):
        return
    question = await _question(session, delivery)
    if question is not None and not question.is_open:
        question.outcome, question.closed_by = Outcome.PERSON, servicer
    customer = shown_name(await session.get(Customer, conversation.customer_id))
    doubt = _MAYBE if delivery.is_uncertain else ""
    head = f"{customer}正由您接待,店小二发不了消息。{doubt}请您直接发给客人:"
    for number, content in enumerate(contents, start=1):
        line = head if len(contents) == 1 else f"{head}({number}/{len(contents)})"
        for half, text in enumerate(split_text(f"{line}\n{content}")):
            await _tell(session, servicer.lower(), f"delivery:{delivery.id}:person:{number}:{half}", text, now)
    approver = _approver(delivery)
    if approver is not None and approver != servicer.lower():
        line = f"给{customer}的消息没发出去:正由{desk.staff_name(servicer)}接待,内容已转给{desk.staff_name(servicer)}"
        await _tell(session, approver, f"delivery:{delivery.id}:handed", line, now)


async def _tell_of(
    session: AsyncSession, conversation: Conversation, delivery: Delivery, line: str, desk: Desk, now: datetime
) -> None:
    """A text to whoever confirmed the message, else to somebody of the store."""
    staff = _approver(delivery) or _somebody(conversation, desk, now)
    if staff is None or _is_courtesy(delivery):
        return
    customer = shown_name(await session.get(Customer, conversation.customer_id))
    text = f"给{customer}的消息{line}\n原文:{delivery.payload.get('content', '')}"
    await _tell(session, staff, f"delivery:{delivery.id}:failed", text, now)


def _is_courtesy(delivery: Delivery) -> bool:
    """A welcome, a 安抚 or the question for the store: nobody waits for it."""
    return delivery.approved_by == BY_RULE and delivery.draft_id is None


def _approver(delivery: Delivery) -> str | None:
    return delivery.approved_by if delivery.approved_by != BY_RULE else None


def _somebody(conversation: Conversation, desk: Desk, now: datetime) -> str | None:
    people = members(desk.content, Stage.CLERK, conversation.store) or members(desk.content, Stage.HEADQUARTERS, None)
    present = on_duty(people, desk.local(now)) or people
    return present[0].account.lower() if present else None


async def _conversation(session: AsyncSession, delivery: Delivery) -> Conversation:
    return await session.get_one(Conversation, delivery.conversation_id, with_for_update=True, populate_existing=True)


async def _question(session: AsyncSession, delivery: Delivery) -> Question | None:
    return await session.get(Question, delivery.question_id, with_for_update=True) if delivery.question_id else None


async def _tell(session: AsyncSession, staff: str, key: str, text: str, now: datetime) -> None:
    await enqueue_to_staff(session, StaffNotice(staff, key, text), now=now)
