"""What the people about a staff question are shown: its cards, the texts to whoever asked, and its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from bot.conversations import lifecycle
from bot.conversations.desk import Desk
from bot.conversations.ids import new_task_id
from bot.gate.outbox import StaffNotice, enqueue_to_staff
from bot.gate.split import split_text
from bot.model import Card, CardPurpose, StaffOutcome, StaffQuestion
from bot.ports import CardFace

HEADQUARTERS = "总部"
PARTS_MOST = 4  #: messages of one answer
_PART_BYTES = 1900  #: of a text to staff, which may have 2,048


async def issue(
    session: AsyncSession,
    question: StaffQuestion,
    purpose: CardPurpose,
    staff: str,
    face: Callable[[str], CardFace],
    *,
    now: datetime,
) -> Card:
    """Make a card for one receiver and queue it; `face` makes what it says, of its task id."""
    card = Card(task_id=new_task_id(), purpose=purpose, staff_question_id=question.id, staff=staff, created_at=now)
    session.add(card)
    await session.flush()
    await enqueue_to_staff(session, StaffNotice(staff, f"card:{card.id}", face(card.task_id), card_id=card.id), now=now)
    return card


async def open_cards(session: AsyncSession, question: StaffQuestion) -> list[Card]:
    """The cards of this question that still have buttons."""
    where = (Card.staff_question_id == question.id, Card.closed_at.is_(None))
    return list(await session.scalars(select(Card).where(*where).order_by(Card.id)))


async def close_cards(session: AsyncSession, question: StaffQuestion, line: str, *, now: datetime) -> None:
    """Close them all with the same words."""
    for card in await open_cards(session, question):
        await lifecycle.close_card(session, card, line, now=now)


async def tell(session: AsyncSession, question: StaffQuestion, what: str, text: str, *, now: datetime) -> None:
    """Tell the asker, in as many messages as it takes, one after the other; once for each `what`."""
    for number, part in enumerate(split_text(text, _PART_BYTES)[:PARTS_MOST], start=1):
        message = f"asked:{question.id}:{what}:{number}"
        notice = StaffNotice(question.staff, message, part, staff_question_id=question.id)
        await enqueue_to_staff(session, notice, now=now)


async def close(
    session: AsyncSession, question: StaffQuestion, outcome: StaffOutcome, by: str | None, line: str, *, now: datetime
) -> None:
    """End the question; its cards say `line`."""
    question.outcome, question.closed_at, question.closed_by, question.ask_at = outcome, now, by, None
    metrics.STAFF_QUESTIONS.labels(outcome.value).inc()
    await close_cards(session, question, line, now=now)


def store_name(question: StaffQuestion, desk: Desk) -> str:
    """Where the asker works."""
    return desk.store_name(question.store) if question.store else HEADQUARTERS
