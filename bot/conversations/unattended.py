"""What HQ lets go out without a person: an 自动 answer, and the question which store is meant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.content.switches import auto_is_on
from bot.conversations import lifecycle
from bot.conversations.desk import Desk
from bot.conversations.digest import ON_DUTY_NEXT
from bot.conversations.understanding import STORE_ITEM
from bot.errors import MatterClosedError, WindowError
from bot.gate.approval import HqText, approve_by_rule
from bot.gate.outbox import enqueue_to_customer
from bot.model import Conversation, Delivery, Draft, DraftState, Message, Origin, Outcome, Question
from bot.ports import Menu, MenuItem, Text
from bot.replies.suggestion import Suggestion

_STORES_ASKED = 10  #: lines of a menu (facts/wecom.md §2.3)


async def answer_alone(
    session: AsyncSession,
    conversation: Conversation,
    question: Question,
    draft: Draft,
    suggestion: Suggestion,
    desk: Desk,
    now: datetime,
) -> bool:
    """An 自动 entry at or above HQ's threshold goes out by itself; the clerk sees it afterwards."""
    entry = desk.content.entry_for(suggestion.entry_number or "", desk.store(conversation.store))
    if not suggestion.may_go_alone or entry is None or entry.autonomy.value != "自动" or question.handing_to:
        return False
    if not desk.policy.auto_on or not await auto_is_on(session, conversation.store):
        return False
    ends_at = await _too_old_at(session, question, desk)
    if now >= ends_at:
        return False
    rule = HqText(
        f"entry:{entry.number}",
        entry.version,
        Text(suggestion.text),
        goes_alone=True,
        content_version=desk.content.version,
        entry=entry.number,
    )
    key = f"question:{question.id}:draft:{draft.id}"
    try:
        approved = approve_by_rule(
            conversation, rule, key=key, question_id=question.id, draft_id=draft.id, expires_at=ends_at
        )
        await enqueue_to_customer(session, approved, due_at=now)
    except (MatterClosedError, WindowError):
        return False
    draft.state = DraftState.APPROVED
    question.told = ON_DUTY_NEXT
    conversation.answered_at = now
    await lifecycle.close_question(session, conversation, question, Outcome.AUTO, by=None, desk=desk, now=now)
    return True


async def ask_store(
    session: AsyncSession, conversation: Conversation, question: Question, desk: Desk, now: datetime
) -> bool:
    """Ask the customer which store is meant, with HQ's 问门店; the question waits, then goes to HQ."""
    if now >= await _too_old_at(session, question, desk):
        return False
    stores = desk.content.store_by_account(conversation.account_id)[:_STORES_ASKED]
    menu = Menu(desk.policy.ask_store, tuple(MenuItem(f"{STORE_ITEM}{store.number}", store.name) for store in stores))
    rule = HqText("ask_store", desk.content.version, menu, goes_alone=True)
    ends_at = now + desk.policy.colleague_after
    try:
        key = f"conversation:{conversation.id}:ask_store:{question.id}"
        approved = approve_by_rule(conversation, rule, key=key, question_id=question.id, expires_at=ends_at)
        await enqueue_to_customer(session, approved, due_at=now)
    except (MatterClosedError, WindowError):
        return False
    conversation.store_asked_at = now
    question.ask_at = ends_at
    desk.journal.note("store.asked", conversation=conversation.id)
    return True


async def may_still_go(session: AsyncSession, delivery: Delivery, desk: Desk, now: datetime) -> bool:
    """Whether what a rule approved may go out now; it may have waited for WeCom: too late, a complaint, 自动 off."""
    if delivery.expires_at is not None and now >= delivery.expires_at:
        return False
    conversation = await session.get_one(Conversation, delivery.conversation_id)
    if conversation.complaint_at is not None:
        return False
    is_auto = delivery.draft_id is not None
    question = await session.get(Question, delivery.question_id) if delivery.question_id else None
    if not is_auto and question is not None and not question.is_open:
        return False  # nobody needs to be soothed, or asked for the store, any more
    return not is_auto or (desk.policy.auto_on and await auto_is_on(session, conversation.store))


async def _too_old_at(session: AsyncSession, question: Question, desk: Desk) -> datetime:
    """From when on the oldest bubble of the question is too old to be answered without a person."""
    where = (Message.question_id == question.id, Message.origin == Origin.CUSTOMER, Message.recalled_at.is_(None))
    oldest: datetime | None = await session.scalar(select(func.min(Message.sent_at)).where(*where))
    return (oldest or question.said_at) + desk.policy.stale_after
