"""写答复: what the page of a staff question shows to headquarters, and what can be done there.

Each verb is one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.assistant import headquarters
from bot.assistant.lookup import Answer, find
from bot.assistant.showing import store_name
from bot.conversations import lifecycle
from bot.conversations.desk import Desk
from bot.errors import MatterClosedError, NotFoundError
from bot.gate.links import EditPass
from bot.gate.quota import clock_time
from bot.model import Card, CardPurpose, StaffOutcome, StaffQuestion
from bot.staff.access import StaffMatter, access_staff_question

TEXT_MOST = 1500  #: characters of an answer; four messages hold 2,500 Chinese ones
AGAIN_AFTER = timedelta(seconds=60)  #: between two cards that somebody asks for from a used link


@dataclass(frozen=True, slots=True)
class AnswerView:
    """Everything on the page."""

    task_id: str
    name: str
    store: str
    asked: str = field(repr=False)
    when: str  #: 11-22 14:02, in store time
    for_customer: bool
    nearest: tuple[Answer, ...]  #: what the asker would have been told, best first
    line: str  #: where the matter stands
    is_open: bool
    answer: str = field(repr=False)  #: once somebody has written it


async def open_link(session: AsyncSession, desk: Desk, allowed: EditPass, now: datetime) -> bool:
    """Use the link up; False when it was used before. Raises NotFoundError."""
    matter = await _access(session, desk, allowed)
    first = (Card.id == matter.card.id, Card.link_opened_at.is_(None))
    opened = await session.execute(update(Card).where(*first).values(link_opened_at=now).returning(Card.id))
    return opened.first() is not None


async def view(session: AsyncSession, desk: Desk, allowed: EditPass, now: datetime) -> AnswerView:
    """The page of this card; changes nothing. Raises NotFoundError."""
    matter = await _access(session, desk, allowed)
    question = matter.question
    return AnswerView(
        task_id=matter.card.task_id,
        name=desk.staff_name(question.staff),
        store=store_name(question, desk),
        asked=question.text,
        when=f"{desk.local(question.asked_at):%m-%d %H:%M}",
        for_customer=question.for_customer,
        nearest=_nearest(question, desk, now),
        line=stand_line(question, desk),
        is_open=_can_be_answered(question, desk) and matter.card.closed_at is None,
        answer=question.answer,
    )


async def answer(session: AsyncSession, desk: Desk, allowed: EditPass, text: str, now: datetime) -> None:
    """Send `text` to the asker. A repeated submission of the same text changes nothing.

    Raises NotFoundError, MatterClosedError; their text is for whoever wrote it.
    """
    matter = await _access(session, desk, allowed, lock=True)
    question, text = matter.question, text.strip()
    if question.outcome == StaffOutcome.PERSON and (question.closed_by, question.answer) == (matter.card.staff, text):
        return
    _check_open(matter, desk)
    if not text:
        raise MatterClosedError("内容是空的,没有发送")
    if len(text) > TEXT_MOST:
        raise MatterClosedError(f"没有发送:最多 {TEXT_MOST} 个字,现在有 {len(text)} 个")
    await headquarters.answer(session, question, matter.card.staff, text, desk, now)


async def dismiss(session: AsyncSession, desk: Desk, allowed: EditPass, now: datetime) -> None:
    """不用答. Raises NotFoundError, MatterClosedError."""
    matter = await _access(session, desk, allowed, lock=True)
    if matter.question.outcome == StaffOutcome.DISMISSED and matter.question.closed_by == matter.card.staff:
        return
    _check_open(matter, desk)
    await headquarters.dismiss(session, matter.question, matter.card.staff, desk, now)


async def stand(session: AsyncSession, desk: Desk, allowed: EditPass) -> tuple[str, bool]:
    """Where the matter stands, and whether it can still be answered. Raises NotFoundError."""
    matter = await _access(session, desk, allowed)
    return stand_line(matter.question, desk), _can_be_answered(matter.question, desk)


async def send_card_again(session: AsyncSession, desk: Desk, allowed: EditPass, now: datetime) -> str:
    """A new card to the same person, who lost the link of the old one; what to tell them. At most one a minute.

    Raises NotFoundError, MatterClosedError.
    """
    matter = await _access(session, desk, allowed, lock=True)
    question, card = matter.question, matter.card
    if not _can_be_answered(question, desk):
        raise MatterClosedError(stand_line(question, desk))
    mine = (Card.staff_question_id == question.id, Card.staff == card.staff, Card.purpose == CardPurpose.ANSWER)
    newest = (await session.scalars(select(Card).where(*mine).order_by(Card.id.desc()).limit(1))).one()
    if newest.id != card.id and now - newest.created_at < AGAIN_AFTER:
        return "刚刚已经发过一张了,请到企业微信里看一眼"
    if newest.closed_at is None:
        await lifecycle.close_card(session, newest, "已重新发给您,看下一张卡", now=now)
    await headquarters.show(session, question, card.staff, desk, now)
    return "已发到您的企业微信,请点新的那张卡"


def stand_line(question: StaffQuestion, desk: Desk) -> str:
    """还没有人答 · 已答复 · 周周 10:20."""
    if question.outcome is None:
        return "还没有人答" if question.staff in desk.content.staff else "提问的同事已经不在员工名单里,不用答了"
    who, at = desk.staff_name(question.closed_by), ""
    if question.closed_at is not None:
        at = clock_time(question.closed_at, desk.policy.zone)
    done = {StaffOutcome.PERSON: "已答复", StaffOutcome.DISMISSED: "不用答"}.get(StaffOutcome(question.outcome))
    return f"{done} · {who} {at}" if done else "已过期"


async def _access(session: AsyncSession, desk: Desk, allowed: EditPass, *, lock: bool = False) -> StaffMatter:
    matter = await access_staff_question(session, desk.content, allowed.staff, allowed.task_id, lock=lock)
    if matter.card.purpose != CardPurpose.ANSWER:
        raise NotFoundError("没有找到这张卡片")
    return matter


def _can_be_answered(question: StaffQuestion, desk: Desk) -> bool:
    """Whoever has left gets nothing more."""
    return question.is_open and question.staff in desk.content.staff


def _check_open(matter: StaffMatter, desk: Desk) -> None:
    if not _can_be_answered(matter.question, desk):
        raise MatterClosedError(stand_line(matter.question, desk))
    if matter.card.closed_at is not None:
        raise MatterClosedError(matter.card.closed_line)


def _nearest(question: StaffQuestion, desk: Desk, now: datetime) -> tuple[Answer, ...]:
    person = desk.content.staff.get(question.staff)
    if person is None:
        return ()
    local = desk.local(now)
    wanted = (str(number) for number in question.candidates)
    found = (find(one, question.for_customer, person, question.text, desk.content, local) for one in wanted)
    return tuple(answer for answer in found if answer is not None)
