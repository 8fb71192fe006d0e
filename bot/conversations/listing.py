"""Many customers in one message to a clerk, where a card each would be too many, or can do nothing any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.desk import Desk
from bot.customers.profiles import shown_name
from bot.db.claims import take_turn
from bot.gate.outbox import StaffNotice, enqueue_to_staff
from bot.model import Conversation, Customer, Delivery, DeliveryState, Draft, Outcome, Question
from bot.staff.duty import Stage, members, on_duty

_LISTED = 8  #: lines of a list
_EVERY = timedelta(minutes=10)  #: the list of who waits
_GATHER = timedelta(seconds=5)  #: a list waits so long for more

Rows = list[tuple[Question, str, str]]  #: question, customer, topic


async def list_waiting(session: AsyncSession, question: Question, staff: str, desk: Desk, now: datetime) -> None:
    """Who is waiting while all desks are full, instead of one card more."""
    waiting = await _rows(session, question, Question.outcome.is_(None))
    head = f"还有 {len(waiting)} 位客人在等,您手上的卡片处理掉几张,就会接着发来:"
    text = await _text(session, head, waiting, "%H:%M", desk)
    told = await _newest(session, staff, "collected", now - _EVERY)
    if told is not None:
        _renew(told, text)
        return
    key = f"collected:{staff}:{int(now.timestamp() // _EVERY.total_seconds())}"
    await enqueue_to_staff(session, StaffNotice(staff, key, text, due_at=now + _GATHER), now=now)


async def list_missed(session: AsyncSession, question: Question, desk: Desk, now: datetime) -> None:
    """Whose 48 hours were over before anybody could be asked: it cannot be answered here, but somebody must know."""
    await take_turn(session, f"desks:{question.store or ''}")
    people = members(desk.content, Stage.CLERK, question.store) or members(desk.content, Stage.HEADQUARTERS, None)
    people = on_duty(people, desk.local(now)) or people
    if not people:
        return
    await session.flush()
    staff = people[0].account.lower()
    just_closed = Question.closed_at > now - _GATHER
    missed = await _rows(session, question, and_(Question.outcome == Outcome.EXPIRED, just_closed))
    head = f"有 {len(missed)} 位客人的消息超过 48 小时才收到,这里已经回不了,请用客户联系:"
    text = await _text(session, head, missed, "%m-%d %H:%M", desk)
    told = await _newest(session, staff, "missed", now - _GATHER)
    if told is None or not _renew(told, text):
        notice = StaffNotice(staff, f"missed:{staff}:{question.id}", text, due_at=now + _GATHER)
        await enqueue_to_staff(session, notice, now=now)


async def _rows(session: AsyncSession, question: Question, which: ColumnElement[bool]) -> Rows:
    """Questions of the same store that nobody has had a card of."""
    where = (Question.store == question.store, Question.first_asked_at.is_(None), which)
    query = (
        select(Question, Conversation.customer_id, Draft.topic)
        .join(Conversation, Conversation.id == Question.conversation_id)
        .join(Draft, Draft.id == Question.draft_id)
        .where(*where)
        .order_by(Question.id)
    )
    return list((await session.execute(query)).tuples())


async def _text(session: AsyncSession, head: str, rows: Rows, when: str, desk: Desk) -> str:
    lines = [head]
    for question, customer_id, topic in rows[:_LISTED]:
        customer = await session.get(Customer, customer_id)
        lines.append(f"· {desk.local(question.said_at).strftime(when)} {shown_name(customer)} {topic}".rstrip())
    if len(rows) > _LISTED:
        lines.append(f"· …等 {len(rows)} 位")
    return "\n".join(lines)


async def _newest(session: AsyncSession, staff: str, kind: str, since: datetime) -> Delivery | None:
    recent = (Delivery.staff == staff, Delivery.created_at > since, Delivery.key.like(f"{kind}:%"))
    query = select(Delivery).where(*recent).order_by(Delivery.seq.desc()).limit(1).with_for_update()
    found: Delivery | None = await session.scalar(query)
    return found


def _renew(told: Delivery, text: str) -> bool:
    """Say it in the list that has not gone out yet; False when it has."""
    is_waiting = told.state == DeliveryState.QUEUED and told.attempts == 0
    if is_waiting:
        told.payload = {"text": text}
    return is_waiting
