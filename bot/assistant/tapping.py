"""A tap on a card about a staff question."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.assistant import answering, headquarters
from bot.conversations import lifecycle
from bot.conversations.confirm import Press
from bot.conversations.desk import Desk
from bot.gate.staff_cards import StaffKey
from bot.model import Card, CardPurpose
from bot.staff.access import access_staff_question


async def press(session: AsyncSession, tap: Press, desk: Desk, now: datetime) -> bool:
    """Do what a tap says; False when the card is about a customer. Raises NotFoundError for a foreign card."""
    number = await session.scalar(select(Card.staff_question_id).where(Card.task_id == tap.task_id))
    if number is None:
        return False
    matter = await access_staff_question(session, desk.content, tap.staff, tap.task_id, lock=True)
    card, question = matter.card, matter.question
    card.tap_code = tap.code or card.tap_code
    desk.journal.note("card.pressed", facts={"key": tap.key, "staff": card.staff, "name": matter.staff.name})
    if card.closed_at is not None or not question.is_open:
        if tap.code:
            await lifecycle.say_again(session, card, card.closed_line, tap.code, now=now)
        return True
    key, _, choice = tap.key.partition(":")
    if card.purpose == CardPurpose.ANSWER:
        if key == StaffKey.DISMISS:
            await headquarters.dismiss(session, question, card.staff, desk, now)
    elif key == StaffKey.ASK:
        await answering.choose(session, question, 0, desk, now)
    elif key == StaffKey.PICK and choice in {"1", "2", "3"}:
        await answering.choose(session, question, int(choice), desk, now)
    return True
