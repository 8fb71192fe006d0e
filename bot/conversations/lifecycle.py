"""How a question ends, and what its cards then say."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.desk import Desk
from bot.conversations.ids import new_task_id
from bot.customers.profiles import shown_name
from bot.gate.cards import complaint_settled_card
from bot.gate.outbox import StaffNotice, cancel_card, enqueue_to_staff
from bot.gate.quota import clock_time
from bot.model import (
    Card,
    CardPurpose,
    Conversation,
    Customer,
    Delivery,
    DeliveryState,
    Draft,
    DraftState,
    Media,
    Message,
    Origin,
    Outcome,
    Question,
    Unreachable,
)
from bot.ports import CardFace, ClosedFace
from bot.staff.duty import Stage, members

DOUBLE_TAP = timedelta(seconds=1)


async def open_question(session: AsyncSession, conversation_id: int) -> Question | None:
    """The question of this conversation that waits for an answer, if any."""
    found: Question | None = await session.scalar(_OPEN_QUESTION, {"conversation": conversation_id})
    return found


_OPEN_QUESTION = select(Question).where(
    Question.conversation_id == bindparam("conversation"), Question.outcome.is_(None)
)


def outcome_line(question: Question, desk: Desk) -> str:
    """What a closed card says: 已发送 · 林小满 14:03."""
    who = desk.staff_name(question.closed_by)
    at = clock_time(question.closed_at, desk.policy.zone) if question.closed_at else ""
    match question.outcome:
        case Outcome.SENT:
            return f"已发送 · {who} {at}"
        case Outcome.EDITED:
            return f"已改后发送 · {who} {at}"
        case Outcome.AUTO:
            return f"店小二已自动回复 {at}"
        case Outcome.PERSON:
            return f"{who}正在回"
        case Outcome.DISMISSED:
            return f"不用回:{question.reason}" if question.reason else f"不用回 · {who} {at}"
        case Outcome.EXPIRED:
            return f"已过期:{question.reason}" if question.reason else "已过期"
    return "还没有人回"


async def close_question(
    session: AsyncSession,
    conversation: Conversation,
    question: Question,
    outcome: Outcome,
    *,
    by: str | None,
    reason: str = "",
    desk: Desk,
    now: datetime,
) -> None:
    """Close the question and every card of it; the next one in line is asked."""
    question.outcome, question.closed_at, question.closed_by, question.reason = outcome, now, by, reason[:128]
    question.handing_to = None
    question.ask_at = None
    await session.execute(
        update(Draft)
        .where(Draft.question_id == question.id, Draft.state == DraftState.OPEN)
        .values(state=DraftState.CLOSED)
    )
    line = outcome_line(question, desk)
    for card in await open_cards(session, question.id):
        await close_card(session, card, line, now=now)
    await session.flush()
    await _ask_next(session, question, now)
    if question.is_complaint and conversation.complaint_at is not None:
        await ask_whether_settled(session, conversation, question.closed_by, desk, now)
    desk.journal.note(
        "question.closed", conversation=conversation.id, facts={"outcome": outcome.value, "line": line, "staff": by}
    )


async def open_cards(session: AsyncSession, question_id: int) -> list[Card]:
    """The cards of a question that still have buttons."""
    return list(await session.scalars(_OPEN_CARDS, {"question": question_id}))


_OPEN_CARDS = select(Card).where(Card.question_id == bindparam("question"), Card.closed_at.is_(None)).order_by(Card.id)


async def close_card(
    session: AsyncSession,
    card: Card,
    line: str,
    *,
    now: datetime,
    shown_at: datetime | None = None,
) -> None:
    """Close one card: it does nothing any more; its buttons turn into `line`. One still queued is not sent at all."""
    card.closed_at, card.closed_line = now, line[:128]
    if await cancel_card(session, card.id, now=now, reason="closed before it went out"):
        return
    notice = StaffNotice(
        card.staff,
        f"card:{card.id}:closed",
        ClosedFace(line),
        card_id=card.id,
        question_id=card.question_id,
        due_at=shown_at,
    )
    await enqueue_to_staff(session, notice, now=now)


async def say_again(session: AsyncSession, card: Card, line: str, code: str, *, now: datetime) -> None:
    """Somebody tapped a card that is closed: the same line once more, with the code of that tap."""
    notice = StaffNotice(
        card.staff, f"card:{card.id}:again:{code}"[:96], ClosedFace(line), card_id=card.id, response_code=code
    )
    await enqueue_to_staff(session, notice, now=now)


async def standing_in(session: AsyncSession, card: Card) -> Card:
    """The card that stands where this one was: itself, unless others have taken its place."""
    while card.replaced_by is not None:
        card = await session.get_one(Card, card.replaced_by, populate_existing=True)
    return card


async def shown_instead(session: AsyncSession, card: Card, now: datetime) -> Card | None:
    """The open card that a tap under this card's id means: the one that stands in its place and has been seen there.

    Whether a card keeps its first task_id when another takes its place is not documented (facts/wecom.md §3.4). A tap
    within a second of the change was meant for the card before.
    """
    last = await standing_in(session, card)
    if last.id == card.id or last.closed_at is not None:
        return None
    shown = (Delivery.key == f"card:{last.id}", Delivery.state == DeliveryState.SENT)
    seen = Delivery.finished_at <= now - DOUBLE_TAP
    return last if await session.scalar(select(Delivery.seq).where(*shown, seen)) is not None else None


async def show_below(session: AsyncSession, card_id: int, face: CardFace, *, now: datetime) -> None:
    """A card that could not take an old one's place is sent anew: the code for that was used up or too old."""
    card = await session.get_one(Card, card_id)
    if card.closed_at is not None:
        return
    old = await session.scalar(select(Card).where(Card.replaced_by == card_id))
    if old is not None:
        old.replaced_by, old.closed_line = None, "看下一张卡"
    notice = StaffNotice(card.staff, f"card:{card_id}:below", face, card_id=card_id, question_id=card.question_id)
    await enqueue_to_staff(session, notice, now=now)


async def hurry_cards(session: AsyncSession, question: Question, staff: str, *, now: datetime) -> None:
    """Send the waiting cards of this question to this person now: the old one was tapped."""
    where = (Delivery.question_id == question.id, Delivery.staff == staff, Delivery.state == DeliveryState.QUEUED)
    hurried = update(Delivery).where(*where, Delivery.due_at > now).values(due_at=now).returning(Delivery.id)
    if (await session.execute(hurried)).first() is not None:
        question.asked_at = now


async def look_at_unseen(session: AsyncSession, conversation: Conversation, card: Card, now: datetime) -> None:
    """What was said after this card was made was on no card; now that the question is closed it is understood anew."""
    unseen = (
        Message.question_id == card.question_id,
        Message.origin == Origin.CUSTOMER,
        Message.recalled_at.is_(None),
        Message.received_at > card.created_at,
    )
    first: int | None = await session.scalar(select(func.min(Message.id)).where(*unseen))
    if first is None:
        return
    await session.execute(update(Message).where(*unseen).values(question_id=None))
    conversation.understood_id = min(conversation.understood_id, first - 1)
    conversation.due_at = conversation.due_at or now


async def forget_message(session: AsyncSession, conversation: Conversation, msgid: str, now: datetime) -> None:
    """Forget a message that the customer took back, and look again at the question it belongs to."""
    where = (Message.account_id == conversation.account_id, Message.msgid == msgid)
    message = await session.scalar(select(Message).where(*where).execution_options(populate_existing=True))
    if message is None or message.conversation_id != conversation.id or message.recalled_at is not None:
        return
    message.text, message.body, message.menu_id, message.recalled_at = "", None, None, now
    if message.question_id is not None:  # what was made of its words goes with it
        made_of_it = update(Draft).where(Draft.question_id == message.question_id)
        await session.execute(made_of_it.values(reasons=[]))
        await session.execute(made_of_it.where(Draft.kind == "choices").values(topic=""))
    media = await session.scalar(select(Media).where(Media.message_id == message.id))
    if media is not None:
        media.media_id, media.due_at, media.failed = "", now, "recalled"  # the media worker removes the file
    question = await open_question(session, conversation.id)
    if question is not None and message.question_id == question.id:
        conversation.due_at = now
        question.was_recalled = True


async def _ask_next(session: AsyncSession, question: Question, now: datetime) -> None:
    """A desk has room: the question of this store that has waited longest without a card is asked now."""
    if question.store is None:
        return
    where = (Question.store == question.store, Question.outcome.is_(None), Question.first_asked_at.is_(None))
    waiting = await session.scalar(select(Question).where(*where).order_by(Question.id).limit(1))
    if waiting is not None:
        waiting.ask_at = now


async def ask_whether_settled(
    session: AsyncSession, conversation: Conversation, first: str | None, desk: Desk, now: datetime
) -> None:
    """The manager says when the complaint is dealt with: whoever answered it, if it was one; else HQ."""
    asked = [person.account.lower() for person in members(desk.content, Stage.MANAGER, conversation.store)]
    asked += [person.account.lower() for person in members(desk.content, Stage.HEADQUARTERS, None)]
    where = (Unreachable.staff.in_(asked), Unreachable.until > now)
    away = set(await session.scalars(select(Unreachable.staff).where(*where)))
    present = [account for account in asked if account not in away]
    if not present:
        return
    customer = await session.get(Customer, conversation.customer_id)
    card = Card(
        task_id=new_task_id(),
        purpose=CardPurpose.COMPLAINT,
        conversation_id=conversation.id,
        staff=first if first in present else present[0],
        created_at=now,
    )
    session.add(card)
    await session.flush()
    face = complaint_settled_card(
        card.task_id, store=desk.store_name(conversation.store), nickname=shown_name(customer)
    )
    await enqueue_to_staff(session, StaffNotice(card.staff, f"card:{card.id}", face, card_id=card.id), now=now)


async def close_cards_of(
    session: AsyncSession, conversation: Conversation, purpose: CardPurpose, line: str, *, now: datetime
) -> None:
    """Close the open cards of one purpose, all with the same words."""
    is_open = (Card.purpose == purpose, Card.closed_at.is_(None))
    query = select(Card).where(Card.conversation_id == conversation.id, *is_open).order_by(Card.id)
    for card in await session.scalars(query):
        await close_card(session, card, line, now=now)
