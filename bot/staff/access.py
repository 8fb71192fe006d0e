"""Load on behalf of somebody, and no other way. Absent and forbidden look the same."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.content.words import Content, Role, StaffMember
from bot.errors import NotFoundError
from bot.model import Card, CardPurpose, Conversation, Draft, Question, StaffQuestion

_ABSENT = "没有找到这张卡片"


@dataclass(frozen=True, slots=True)
class CardMatter:
    """A card with what it is about."""

    staff: StaffMember
    card: Card
    conversation: Conversation
    question: Question | None
    draft: Draft | None


@dataclass(frozen=True, slots=True)
class StaffMatter:
    """A card with the staff question that it is about."""

    staff: StaffMember
    card: Card
    question: StaffQuestion


def may_see(content: Content, staff: str, store: str | None) -> bool:
    """Whether customers of this store concern `staff` (lower-cased): their own store's, and for headquarters all."""
    person = content.staff.get(staff)
    return person is not None and (person.role is Role.HEADQUARTERS or (store is not None and person.store == store))


async def access_card(
    session: AsyncSession, content: Content, staff: str, task_id: str, *, lock: bool = False
) -> CardMatter:
    """The card `task_id` for `staff`, if it is theirs and the customer is still their store's. Raises NotFoundError.

    With `lock` the conversation and the question are locked first: what is decided then holds until the commit.
    """
    person = content.staff.get(staff.lower())
    card = await session.scalar(select(Card).where(Card.task_id == task_id))
    if person is None or card is None or card.staff != staff.lower() or card.conversation_id is None:
        raise NotFoundError(_ABSENT)
    conversation = await session.get_one(
        Conversation, card.conversation_id, with_for_update=lock, populate_existing=lock
    )
    question = draft = None
    if card.question_id is not None:
        question = await session.get_one(Question, card.question_id, with_for_update=lock, populate_existing=lock)
    store = question.store if question is not None else conversation.store
    holds_session = card.purpose == CardPurpose.FINISHED and conversation.servicer == card.staff
    if not may_see(content, card.staff, store) and not holds_session:
        raise NotFoundError(_ABSENT)
    if card.draft_id is not None:
        draft = await session.get_one(Draft, card.draft_id, populate_existing=lock)
    if lock:
        await session.refresh(card)
    return CardMatter(person, card, conversation, question, draft)


async def access_staff_question(
    session: AsyncSession, content: Content, staff: str, task_id: str, *, lock: bool = False
) -> StaffMatter:
    """The card `task_id` for `staff`, if it is theirs: of their own question, or as headquarters to answer it.

    Raises NotFoundError. With `lock` the question is locked first: what is decided then holds until the commit.
    """
    person = content.staff.get(staff.lower())
    card = await session.scalar(select(Card).where(Card.task_id == task_id))
    if person is None or card is None or card.staff != staff.lower() or card.staff_question_id is None:
        raise NotFoundError(_ABSENT)
    if card.purpose == CardPurpose.ANSWER and person.role is not Role.HEADQUARTERS:
        raise NotFoundError(_ABSENT)
    question = await session.get_one(
        StaffQuestion, card.staff_question_id, with_for_update=lock, populate_existing=lock
    )
    if lock:
        await session.refresh(card)
    return StaffMatter(person, card, question)
