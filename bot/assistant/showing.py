"""What the people about a staff question are shown: its cards, the texts to whoever asked, and its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

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
SAME_WITHIN = timedelta(hours=4)  #: WeCom's longest `duplicate_check_interval` (facts/wecom.md §3.1)
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


async def tell(session: AsyncSession, question: StaffQuestion, what: str, *texts: str, now: datetime) -> None:
    """Tell the asker, each text in as many messages as it takes, one after the other; once for each `what`."""
    parts = (part for text in texts for part in _parts(text, question.entry or ""))
    for number, part in enumerate(parts, start=1):
        message = f"asked:{question.id}:{what}:{number}"
        notice = StaffNotice(question.staff, message, part, staff_question_id=question.id)
        await enqueue_to_staff(session, notice, now=now)


def _parts(text: str, entry: str) -> list[str]:
    """The messages of a text; where it is longer than anybody reads on a phone, the last one says so."""
    parts = split_text(text, _PART_BYTES)
    if len(parts) <= PARTS_MOST:
        return parts
    return [*parts[: PARTS_MOST - 1], f"{parts[PARTS_MOST - 1]}…(太长了,后面的请看总部文件里的 {entry})"]


async def said_lately(session: AsyncSession, question: StaffQuestion, now: datetime) -> bool:
    """Whether the asker had these very words for a customer within the hours in which WeCom drops what is the same."""
    is_same = StaffQuestion.answer == question.answer
    if question.entry is not None:
        is_same = (StaffQuestion.entry == question.entry) & (StaffQuestion.entry_version == question.entry_version)
    mine = (
        StaffQuestion.staff == question.staff,
        StaffQuestion.for_customer.is_(True),
        StaffQuestion.id != question.id,
    )
    query = select(StaffQuestion.id).where(*mine, is_same, StaffQuestion.closed_at > now - SAME_WITHIN)
    return await session.scalar(query.limit(1)) is not None


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
