"""店小二替您回了 3 位客人: what went out by itself, shown afterwards, at most once every 15 minutes (policy)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.desk import Desk
from bot.conversations.drafting import quote
from bot.customers.profiles import shown_name
from bot.gate.cards import cut
from bot.gate.outbox import StaffNotice, enqueue_to_staff
from bot.model import Conversation, Customer, Draft, Question
from bot.staff.directory import loads
from bot.staff.duty import Stage, choose, members, on_duty

ON_DUTY_NEXT = ""  #: in Question.told, until somebody of the store is on duty
_LISTED = 8


async def staff_to_tell(session: AsyncSession, desk: Desk, now: datetime) -> list[str]:
    """Who has answers to hear of, and has not heard of any for 15 minutes."""
    untold = (Question.told.is_not(None), Question.told_at.is_(None))
    waiting = set(await session.scalars(select(Question.told).where(*untold).distinct()))
    recent = select(Question.told).where(Question.told_at > now - desk.policy.auto_digest).group_by(Question.told)
    return sorted(account for account in waiting - set(await session.scalars(recent)) if account is not None)


async def find_hearers(session: AsyncSession, desk: Desk, now: datetime) -> None:
    """Give each answer that nobody is to hear of yet to a clerk of the store on duty; at night it waits."""
    unheard = (Question.told == ON_DUTY_NEXT, Question.told_at.is_(None))
    query = select(Question).where(*unheard).order_by(Question.id).limit(100).with_for_update(skip_locked=True)
    for question in await session.scalars(query):
        people = members(desk.content, Stage.CLERK, question.store) or members(desk.content, Stage.HEADQUARTERS, None)
        present = on_duty(people, desk.local(now))
        known = await loads(session, [person.account.lower() for person in present], question.id, now)
        conversation = await session.get_one(Conversation, question.conversation_id)
        hearer = choose(present, known, preferred=conversation.answered_by, per_minute=10**6, cards_most=None)
        question.told = hearer.account or ON_DUTY_NEXT


async def tell(session: AsyncSession, staff: str, desk: Desk, now: datetime) -> None:
    """One message with every answer since the last one."""
    where = (Question.told == staff, Question.told_at.is_(None))
    query = select(Question).where(*where).order_by(Question.id).with_for_update(skip_locked=True)
    questions = list(await session.scalars(query))
    if not questions:
        return
    people = {question.conversation_id for question in questions}
    lines = [f"店小二替您回了 {len(people)} 位客人,看一眼:"]
    for question in questions[:_LISTED]:
        conversation = await session.get_one(Conversation, question.conversation_id)
        customer = await session.get(Customer, conversation.customer_id)
        draft = await session.get(Draft, question.draft_id) if question.draft_id else None
        asked = cut(await quote(session, question.id), 30)
        answer = cut(draft.text if draft else "", 60)
        lines.append(f"· {desk.local(question.opened_at):%H:%M} {shown_name(customer)}:{asked}\n  答:{answer}")
    if len(questions) > _LISTED:
        lines.append(f"· …共 {len(questions)} 条")
    for question in questions:
        question.told_at = now
    await enqueue_to_staff(
        session, StaffNotice(staff, f"digest:{staff}:{questions[-1].id}"[:96], "\n".join(lines)), now=now
    )


async def open_questions(session: AsyncSession) -> int:
    """How many questions wait for an answer; for the metrics."""
    return await session.scalar(select(func.count()).where(Question.outcome.is_(None))) or 0
