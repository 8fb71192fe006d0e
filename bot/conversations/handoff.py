"""我来回 and back: who holds a session, and what happens when it changes hands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import lifecycle
from bot.conversations.desk import Desk
from bot.conversations.drafting import show_instead
from bot.conversations.ids import new_task_id
from bot.customers.profiles import shown_name
from bot.errors import MatterClosedError
from bot.gate.cards import finished_card
from bot.gate.outbox import SessionMove, StaffNotice, enqueue_move, enqueue_to_staff
from bot.model import Card, CardPurpose, Conversation, Customer, Delivery, Draft, Outcome, Question
from bot.ports import SessionState


async def take(
    session: AsyncSession, conversation: Conversation, question: Question, card: Card, now: datetime
) -> None:
    """我来回: queue the change of hands; until WeCom has answered no other tap does anything."""
    question.handing_to = card.staff
    move = SessionMove(
        conversation.id,
        SessionState.PERSON,
        key=f"question:{question.id}:take:{card.id}",
        staff=card.staff,
        question_id=question.id,
        card_id=card.id,
    )
    await enqueue_move(session, move, now=now)


async def taken(session: AsyncSession, delivery: Delivery, desk: Desk, now: datetime) -> None:
    """WeCom gave the session to the person: the question is theirs."""
    conversation = await session.get_one(
        Conversation, delivery.conversation_id, with_for_update=True, populate_existing=True
    )
    _held_by(conversation, delivery.staff, now)
    question = await session.get(Question, delivery.question_id, with_for_update=True) if delivery.question_id else None
    if question is not None and question.is_open:
        await lifecycle.close_question(
            session, conversation, question, Outcome.PERSON, by=delivery.staff, desk=desk, now=now
        )


async def take_refused(session: AsyncSession, delivery: Delivery, reason: str, desk: Desk, now: datetime) -> None:
    """WeCom did not: the card says why, and still offers 修改."""
    conversation = await session.get_one(
        Conversation, delivery.conversation_id, with_for_update=True, populate_existing=True
    )
    question = await session.get(Question, delivery.question_id, with_for_update=True) if delivery.question_id else None
    card = await session.get(Card, delivery.card_id) if delivery.card_id else None
    if question is None or card is None or not question.is_open:
        return
    question.handing_to = None
    draft = await session.get_one(Draft, card.draft_id)
    note = f"没接上:{reason}"
    await show_instead(session, conversation, question, draft, card, desk=desk, now=now, note=note, can_take=False)
    conversation.due_at = conversation.due_at or now  # what was said in the meantime is understood now
    desk.journal.note("handover.refused", conversation=conversation.id, facts={"reason": reason})


async def session_changed(
    session: AsyncSession, conversation: Conversation, state: SessionState, staff: str | None, desk: Desk, now: datetime
) -> None:
    """WeCom says who holds the session now; in PERSON messages are only stored."""
    if state is not SessionState.PERSON:
        await _let_go(session, conversation, state, now)
        return
    if staff is None or staff != conversation.servicer:
        await lifecycle.close_cards_of(session, conversation, CardPurpose.FINISHED, "已由别的同事接待", now=now)
    _held_by(conversation, staff, now)
    question = await lifecycle.open_question(session, conversation.id)
    if question is not None:
        await lifecycle.close_question(session, conversation, question, Outcome.PERSON, by=staff, desk=desk, now=now)


async def _let_go(session: AsyncSession, conversation: Conversation, state: SessionState, now: datetime) -> None:
    """No person holds the session any more."""
    conversation.session, conversation.servicer = state, None
    conversation.person_heard_at = conversation.person_asked_at = None
    await lifecycle.close_cards_of(session, conversation, CardPurpose.FINISHED, "会话已结束", now=now)


def _held_by(conversation: Conversation, staff: str | None, now: datetime) -> None:
    conversation.session, conversation.servicer = SessionState.PERSON, staff
    conversation.person_heard_at, conversation.person_asked_at = now, None
    conversation.answered_by, conversation.answered_at = staff or conversation.answered_by, now


async def silent_sessions(session: AsyncSession, desk: Desk, now: datetime) -> list[int]:
    """Conversations that a person holds and that have been quiet for 15 minutes (policy)."""
    where = (
        Conversation.session == SessionState.PERSON,
        Conversation.person_asked_at.is_(None),
        Conversation.servicer.is_not(None),
        Conversation.person_heard_at <= now - desk.policy.person_quiet,
    )
    return list(await session.scalars(select(Conversation.id).where(*where).limit(100)))


async def ask_whether_finished(session: AsyncSession, conversation_id: int, desk: Desk, now: datetime) -> None:
    """聊完了吗 [交回店小二], to the person who holds the session."""
    conversation = await session.get_one(Conversation, conversation_id, with_for_update=True, populate_existing=True)
    if (
        conversation.session != SessionState.PERSON
        or conversation.person_asked_at is not None
        or conversation.servicer is None
    ):
        return
    conversation.person_asked_at = now
    await lifecycle.close_cards_of(session, conversation, CardPurpose.FINISHED, "看下一张卡", now=now)
    card = Card(
        task_id=new_task_id(),
        purpose=CardPurpose.FINISHED,
        conversation_id=conversation.id,
        staff=conversation.servicer.lower(),
        created_at=now,
    )
    session.add(card)
    await session.flush()
    customer = await session.get(Customer, conversation.customer_id)
    minutes = int(desk.policy.person_quiet.total_seconds() // 60)
    face = finished_card(
        card.task_id, store=desk.store_name(conversation.store), nickname=shown_name(customer), minutes=minutes
    )
    await enqueue_to_staff(session, StaffNotice(card.staff, f"card:{card.id}", face, card_id=card.id), now=now)


async def give_back(session: AsyncSession, conversation: Conversation, card: Card, now: datetime) -> None:
    """交回店小二: queue the end of the session. Raises MatterClosedError when somebody else holds it by now."""
    if conversation.session != SessionState.PERSON or conversation.servicer != card.staff:
        raise MatterClosedError("这位客人已不由您接待")
    move = SessionMove(
        conversation.id, SessionState.ENDED, key=f"card:{card.id}:end", staff=card.staff, card_id=card.id
    )
    await enqueue_move(session, move, now=now)


async def given_back(session: AsyncSession, delivery: Delivery, now: datetime) -> None:
    """WeCom ended the session; the customer's next message is ours again.

    What the customer said between the tap and the end was only stored: the person hears of it.
    """
    conversation = await session.get_one(
        Conversation, delivery.conversation_id, with_for_update=True, populate_existing=True
    )
    if conversation.session != SessionState.PERSON:
        return
    card = await session.get(Card, delivery.card_id) if delivery.card_id else None
    tapped_at, heard_at = card.closed_at if card else None, conversation.person_heard_at
    await _let_go(session, conversation, SessionState.ENDED, now)
    if card is not None and tapped_at is not None and heard_at is not None and heard_at > tapped_at:
        customer = shown_name(await session.get(Customer, conversation.customer_id))
        text = f"{customer}在您交回的时候又说了话,店小二没有接到。请到 微信客服 里看一眼。"
        await enqueue_to_staff(session, StaffNotice(card.staff, f"card:{card.id}:unheard", text), now=now)


async def give_back_failed(session: AsyncSession, delivery: Delivery, now: datetime) -> None:
    """WeCom did not end the session: the person is asked once more, after another quiet while."""
    conversation = await session.get_one(
        Conversation, delivery.conversation_id, with_for_update=True, populate_existing=True
    )
    conversation.person_heard_at, conversation.person_asked_at = now, None
