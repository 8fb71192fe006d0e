"""load → facts → understand → suggest → draft → ask: from messages to a card, or to an answer that HQ allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.content import meaning
from bot.conversations import asking, lifecycle
from bot.conversations.desk import Desk
from bot.conversations.drafting import BUBBLES_MOST, add_draft, is_same, refresh_waiting, replace_cards
from bot.conversations.unattended import answer_alone, ask_store
from bot.conversations.understanding import Answered, Understood, Work, store_was_asked
from bot.customers import consent
from bot.customers.profiles import shown_name
from bot.db.claims import NOW, claim, claimable, held, is_free
from bot.gate.outbox import StaffNotice, enqueue_to_staff
from bot.model import Conversation, Customer, Draft, DraftState, Message, Origin, Outcome, Question
from bot.ports import Embedder, SessionState
from bot.replies.suggestion import Kind, Suggestion
from bot.staff.duty import Stage, members, on_duty

LEASE = timedelta(seconds=60)
LATE = timedelta(seconds=60)  #: a message that took longer to reach us came in after downtime


async def claim_due(session: AsyncSession, desk: Desk, *, now: datetime, limit: int) -> list[Work]:
    """Lease conversations whose quiet window is over, and load what they hold."""
    rows = await claim(session, _DUE, now=now, lease=LEASE, limit=limit)
    for row in rows:
        row.burst_at, row.due_at = None, now  # a worker that dies is followed by another, when its lease has run out
    return [await _load(session, row, desk, now) for row in rows]


async def _load(session: AsyncSession, row: Conversation, desk: Desk, now: datetime) -> Work:
    question = await lifecycle.open_question(session, row.id)
    facts = {"conversation": row.id, "understood": row.understood_id}
    newest = _NEW if question is None else _NEW_AND_OPEN
    found = await session.scalars(newest, facts if question is None else facts | {"question": question.id})
    messages = list(found)[::-1]
    bubbles = tuple(message for message in messages if message.recalled_at is None)
    return Work(
        conversation_id=row.id,
        fence=row.fence,
        account=row.account_id,
        store=row.store,
        question_id=question.id if question else None,
        store_asked=store_was_asked(row.store_asked_at, question),
        is_ours=row.session in (SessionState.NEW, SessionState.ASSISTANT),
        bubbles=bubbles,
        answered=await _answered(session, row, bubbles[-1]) if question is None and bubbles else None,
        customer=row.customer_id,
        frame=question.frame if question else row.frame,
        plan=await session.scalar(_PLAN, {"draft": question.draft_id}) if question and question.draft_id else None,
        preferences=await session.scalar(_PREFERENCES, {"customer": row.customer_id}) or {},
        last_id=max((message.id for message in messages), default=row.understood_id),
        is_first_today=row.answered_at is None or desk.local(row.answered_at).date() != desk.local(now).date(),
    )


async def _answered(session: AsyncSession, conversation: Conversation, newest: Message) -> Answered | None:
    """What was answered after these bubbles had come in: they were added to a question, and nobody saw them."""
    where = (Question.conversation_id == conversation.id, Question.closed_at >= newest.received_at)
    last = await session.scalar(select(Question).where(*where).order_by(Question.id.desc()).limit(1))
    draft = await session.get(Draft, last.draft_id) if last is not None and last.draft_id else None
    return Answered(draft.entry, draft.sent_text or draft.text) if draft is not None else None


async def hear(desk: Desk, texts: Sequence[str], embedder: Embedder) -> Desk:
    """A desk whose content knows what these texts mean, if that comes in time. Outside any transaction."""
    return replace(desk, content=await meaning.hear(desk.content, texts, embedder))


async def conclude(session: AsyncSession, work: Work, found: Understood, desk: Desk, now: datetime) -> bool:
    """Store the draft and ask, in the caller's transaction. Whether the conversation is to be understood again soon."""
    conversation = await held(session, Conversation, work.conversation_id, work.fence)
    if conversation is None:
        return False  # another worker has it now
    question = await lifecycle.open_question(session, conversation.id)
    has_changed = conversation.store != work.store or await _has_changed(session, work, question)
    conversation.lease_until = None
    if has_changed:
        conversation.due_at = now  # understand it anew
        return True
    is_due = conversation.burst_at is not None  # more was said meanwhile
    if not is_due:
        conversation.due_at = None
    conversation.understood_id = max(conversation.understood_id, work.last_id)
    conversation.store = found.store
    conversation.frame = dict(found.frame) if found.frame is not None else None
    if found.opted_out:
        consent.opt_out(await session.get_one(Customer, conversation.customer_id), now)
    if conversation.session not in (SessionState.NEW, SessionState.ASSISTANT):
        return is_due  # a person holds it: messages are only stored
    if found.is_waiting and question is not None:
        await _attach(session, question, conversation, work.bubbles, desk, now)
        return is_due
    if found.suggestion is None:
        await _without_answer(session, conversation, question, work, desk, now)
        return is_due
    if question is None:
        question = await _open(session, conversation, work, now)
    await _attach(session, question, conversation, work.bubbles, desk, now)
    await _apply(session, conversation, question, found, found.suggestion, desk, now)
    return is_due


async def _has_changed(session: AsyncSession, work: Work, question: Question | None) -> bool:
    """Whether, while we were thinking, the question was answered or a bubble was taken back."""
    if (question.id if question else None) != work.question_id:
        return True
    return await session.scalar(_RECALLED, {"ids": [bubble.id for bubble in work.bubbles]}) is not None


async def _without_answer(
    session: AsyncSession, conversation: Conversation, question: Question | None, work: Work, desk: Desk, now: datetime
) -> None:
    """Nothing is asked: everything was taken back, a store was tapped and no more, or it is answered already."""
    if question is None or work.bubbles:
        return
    await lifecycle.close_question(
        session, conversation, question, Outcome.DISMISSED, by=None, reason="客人撤回了", desk=desk, now=now
    )


async def _open(session: AsyncSession, conversation: Conversation, work: Work, now: datetime) -> Question:
    newest = work.bubbles[-1]
    question = Question(
        conversation_id=conversation.id,
        store=conversation.store,
        opened_at=now,
        said_at=newest.sent_at,
        is_backlog=newest.received_at - newest.sent_at > LATE,
        frame=dict(work.frame) if work.frame is not None else None,
    )
    session.add(question)
    await session.flush()
    return question


async def _attach(
    session: AsyncSession,
    question: Question,
    conversation: Conversation,
    bubbles: Sequence[Message],
    desk: Desk,
    now: datetime,
) -> None:
    question.said_at = bubbles[-1].sent_at
    if question.store != conversation.store:
        question.store = conversation.store
        await _ask_anew(session, question, f"已转给{desk.store_name(conversation.store)}", now)
    ids = [bubble.id for bubble in bubbles if bubble.question_id != question.id]
    if ids:
        await session.execute(_ATTACH, {"ids": ids, "question": question.id})


async def _apply(
    session: AsyncSession,
    conversation: Conversation,
    question: Question,
    found: Understood,
    suggestion: Suggestion,
    desk: Desk,
    now: datetime,
) -> None:
    _note(conversation, suggestion, desk)
    if question.handing_to:
        return  # 我来回 is under way; understood anew should WeCom refuse
    turned = suggestion.kind is Kind.COMPLAINT and not question.is_complaint
    if turned:
        conversation.complaint_at = conversation.complaint_at or now
        question.is_complaint = True
    is_waiting = _awaits_store(conversation, question, now) and suggestion.kind is not Kind.COMPLAINT
    if not question.was_recalled and await _says_so_already(session, question, suggestion):
        if question.first_asked_at is None and not is_waiting:
            await asking.advance(session, question.id, desk, now)
        elif question.draft_id is not None:
            shown = await session.get_one(Draft, question.draft_id)
            await refresh_waiting(session, conversation, question, shown, desk=desk, now=now)
        return  # the card stays good
    question.was_recalled = False
    draft = await add_draft(session, question, suggestion, desk=desk, now=now)
    if await answer_alone(session, conversation, question, draft, suggestion, desk, now):
        return
    if is_waiting or (found.ask_store and await ask_store(session, conversation, question, desk, now)):
        return
    if suggestion.kind is Kind.REFERENCE:
        await _tell_manager(session, conversation, question, suggestion, desk, now)
    if turned:
        await _ask_anew(session, question, "客人在投诉,已转给店长", now)
    elif question.first_asked_at is not None and await lifecycle.open_cards(session, question.id):
        await replace_cards(session, conversation, question, draft, desk=desk, now=now)
        return
    if draft.version == 1:  # nobody else has seen this question yet
        await asking.ask(session, conversation, question, desk, now)
        return
    await session.flush()
    await asking.advance(session, question.id, desk, now)


def _note(conversation: Conversation, suggestion: Suggestion, desk: Desk) -> None:
    facts: dict[str, object] = {
        "kind": suggestion.kind.value,
        "topic": suggestion.topic,
        "entry": suggestion.entry_number,
        "confidence": round(suggestion.confidence, 2),
        "reasons": suggestion.reasons,
    }
    desk.journal.note("question.understood", conversation=conversation.id, facts=facts)


def _awaits_store(conversation: Conversation, question: Question, now: datetime) -> bool:
    """Whether the customer was asked which store is meant, and may still say it before HQ is asked."""
    if conversation.store is not None or question.first_asked_at is not None or question.ask_at is None:
        return False
    return store_was_asked(conversation.store_asked_at, question) and now < question.ask_at


async def _says_so_already(session: AsyncSession, question: Question, suggestion: Suggestion) -> bool:
    """Whether a draft in force says the same; also when the clerk has chosen another candidate since."""
    if not question.version:
        return False  # there is no draft yet
    where = (Draft.question_id == question.id, Draft.state == DraftState.OPEN)
    return any(is_same(draft, suggestion) for draft in await session.scalars(select(Draft).where(*where)))


async def _ask_anew(session: AsyncSession, question: Question, line: str, now: datetime) -> None:
    """The question turned into a matter for others: its cards close with `line`, and the first of them is asked."""
    for card in await lifecycle.open_cards(session, question.id):
        await lifecycle.close_card(session, card, line, now=now)
    question.level, question.first_asked_at = 0, None
    await session.flush()


async def _tell_manager(
    session: AsyncSession,
    conversation: Conversation,
    question: Question,
    suggestion: Suggestion,
    desk: Desk,
    now: datetime,
) -> None:
    """仅人工: the manager, on duty or not, is told that such a question came in; without one, HQ."""
    people = members(desk.content, Stage.MANAGER, conversation.store)
    people = people or members(desk.content, Stage.HEADQUARTERS, None)
    customer = shown_name(await session.get(Customer, conversation.customer_id))
    text = f"{customer}问到「{suggestion.topic}」,这类问题要由人来回,已发给当班同事。您也留意一下。"
    for person in (on_duty(people, desk.local(now)) or people)[:1]:
        notice = StaffNotice(person.account.lower(), f"question:{question.id}:manager", text)
        await enqueue_to_staff(session, notice, now=now)


_IDS: ColumnElement[Any] = bindparam("ids", expanding=True)
_PLAN = select(Draft.order).where(Draft.id == bindparam("draft"))
_PREFERENCES = select(Customer.preferences).where(Customer.id == bindparam("customer"))
_RECALLED = select(Message.id).where(Message.id.in_(_IDS), Message.recalled_at.is_not(None)).limit(1)
_ATTACH = (
    update(Message)
    .where(Message.id.in_(_IDS))
    .values(question_id=bindparam("question"))
    .execution_options(synchronize_session=False)
)


def _bubbles(which: ColumnElement[bool]) -> Select[tuple[Message]]:
    """The newest of a customer's messages in `:conversation`, newest first; history is none of it."""
    where = (Message.conversation_id == bindparam("conversation"), Message.origin == Origin.CUSTOMER)
    query = select(Message).where(*where, Message.is_history.is_(False), which)
    return query.order_by(Message.id.desc()).limit(BUBBLES_MOST)


_IS_NEW = Message.id > bindparam("understood")
_NEW = _bubbles(_IS_NEW)
_NEW_AND_OPEN = _bubbles(_IS_NEW | (Message.question_id == bindparam("question")))
_DUE = claimable(
    Conversation, Conversation.due_at.is_not(None), Conversation.due_at <= NOW, order_by=Conversation.due_at
)
#: when the next quiet window ends that nobody is at, at `:now`
NEXT_DUE = (
    select(Conversation.due_at)
    .where(Conversation.due_at.is_not(None), is_free(Conversation))
    .order_by(Conversation.due_at)
    .limit(1)
)
