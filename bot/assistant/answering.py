"""A staff question that was understood: the answer at once, up to three to choose from, or on to headquarters."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.assistant import headquarters, saying
from bot.assistant.lookup import Answer, Found, find, look_up, named_elsewhere
from bot.assistant.showing import close, close_cards, issue, said_lately, store_name, tell
from bot.conversations.desk import Desk
from bot.db.claims import lock
from bot.gate.staff_cards import choose_card
from bot.model import CardPurpose, Publication, PublicationState, StaffOutcome, StaffQuestion
from bot.ports import CardFace
from knowledge.policy import Outcome

CHOOSE_WITHIN = timedelta(minutes=30)  #: then the offer is over
_OVER = "已过期,请再问一遍"
_BY_ENTRY = (StaffOutcome.ENTRY, StaffOutcome.CHOSEN)


async def next_questions(session: AsyncSession, now: datetime, limit: int) -> list[int]:
    """The questions that somebody is to look at now."""
    due = (StaffQuestion.outcome.is_(None), StaffQuestion.ask_at <= now)
    query = select(StaffQuestion.id).where(*due).order_by(StaffQuestion.ask_at).limit(limit)
    return list(await session.scalars(query))


def understand(question: StaffQuestion, desk: Desk, now: datetime) -> Found | None:
    """Look a new question up; None when it is past that, or its asker is on HQ's list no more. Needs no database."""
    person = desk.content.staff.get(question.staff)
    if person is None or question.offered_at is not None or question.handed_at is not None:
        return None
    return look_up(question.text, question.for_customer, person, desk.content, desk.local(now))


def not_understood() -> Found:
    """What becomes of a question that could not be looked up: a person answers it."""
    return Found(Outcome.NONE)


async def advance(session: AsyncSession, number: int, found: Found | None, desk: Desk, now: datetime) -> None:
    """Take a question one step further; a second worker finds it done."""
    question = await lock(session, StaffQuestion, number)
    if question is None or not question.is_open or question.ask_at is None or question.ask_at > now:
        return
    if question.staff not in desk.content.staff:
        await close(session, question, StaffOutcome.EXPIRED, None, _OVER, now=now)
    elif question.handed_at is not None:
        await headquarters.ask(session, question, desk, now)
    elif question.offered_at is not None:
        await close(session, question, StaffOutcome.LEFT, None, _OVER, now=now)
    elif found is not None:
        await _conclude(session, question, found, desk, now)


async def choose_newest(session: AsyncSession, staff: str, choice: int, desk: Desk, now: datetime) -> bool:
    """The choice (from 1; 0: none of them) in the newest offer to `staff`; False when there is none."""
    is_offer = (StaffQuestion.outcome.is_(None), StaffQuestion.offered_at > now - CHOOSE_WITHIN)
    where = (StaffQuestion.staff == staff, StaffQuestion.handed_at.is_(None), *is_offer)
    newest = select(StaffQuestion).where(*where).order_by(StaffQuestion.id.desc()).limit(1).with_for_update()
    question = await session.scalar(newest)
    if question is None or choice > len(question.candidates):
        return False
    await choose(session, question, choice, desk, now)
    return True


async def choose(session: AsyncSession, question: StaffQuestion, choice: int, desk: Desk, now: datetime) -> None:
    """Answer with the entry that was chosen; 0, or one that is served no more: ask headquarters."""
    person = desk.content.staff.get(question.staff)
    answer = None
    if person is not None and 0 < choice <= len(question.candidates):
        wanted = str(question.candidates[choice - 1])
        answer = find(wanted, question.for_customer, person, question.text, desk.content, desk.local(now))
    if answer is not None:
        await _answer(session, question, answer, StaffOutcome.CHOSEN, desk, now)
    else:
        await close_cards(session, question, "这一条刚下架,已转总部" if choice else "都不是,问总部", now=now)
        await headquarters.hand_over(session, question, desk, now)


async def doubt(session: AsyncSession, staff: str, number: int, desk: Desk, now: datetime) -> bool:
    """问总部 about the answer that `staff` just had: their message `number` becomes the same question, for a person.

    False when nothing was answered lately.
    """
    was_answered = (StaffQuestion.outcome.in_(_BY_ENTRY), StaffQuestion.closed_at > now - CHOOSE_WITHIN)
    answered = select(StaffQuestion).where(StaffQuestion.staff == staff, *was_answered)
    before = await session.scalar(answered.order_by(StaffQuestion.closed_at.desc()).limit(1).with_for_update())
    if before is None:
        return False
    question = await session.get_one(StaffQuestion, number)
    question.text, question.for_customer, question.store = before.text, before.for_customer, before.store
    question.candidates, question.confidence = before.candidates, before.confidence
    question.content_version, question.outcome, question.closed_at = before.content_version, None, None
    before.outcome = StaffOutcome.REPEATED  # it counts once, as headquarters' to answer
    await headquarters.hand_over(session, question, desk, now)
    return True


async def _conclude(session: AsyncSession, question: StaffQuestion, found: Found, desk: Desk, now: datetime) -> None:
    question.content_version = desk.content.version
    question.candidates = [answer.number for answer in found.answers]
    question.confidence = found.answers[0].confidence if found.answers else 0.0
    if found.outcome is Outcome.ANSWER:
        await _answer(session, question, found.answers[0], StaffOutcome.ENTRY, desk, now)
    elif found.outcome is Outcome.OFFER and found.answers:
        await _offer(session, question, found.answers, desk, now)
    else:
        await headquarters.hand_over(session, question, desk, now)


async def _answer(
    session: AsyncSession, question: StaffQuestion, answer: Answer, outcome: StaffOutcome, desk: Desk, now: datetime
) -> None:
    question.entry, question.entry_version = answer.number, answer.version
    question.content_version = desk.content.version  # of a choice: perhaps a newer one than was offered from
    texts = saying.answer_texts(
        answer,
        await _published_on(session, desk),
        desk.local(now),
        wanted_for_customer=question.for_customer,
        instead_of=named_elsewhere(answer, desk.content.staff[question.staff], question.text, desk.content),
        is_repeated=await said_lately(session, question, now),
    )
    await tell(session, question, "answer", *texts, now=now)
    await close(session, question, outcome, question.staff, f"已选 {answer.number} {answer.label}", now=now)
    desk.journal.note("assistant.answered", facts={"staff": question.staff, "entry": answer.number})


async def _offer(
    session: AsyncSession, question: StaffQuestion, answers: tuple[Answer, ...], desk: Desk, now: datetime
) -> None:
    question.offered_at, question.ask_at = now, now + CHOOSE_WITHIN
    options = [(answer.label, answer.question) for answer in answers]

    def face(task_id: str) -> CardFace:
        return choose_card(task_id, store=store_name(question, desk), asked=question.text, options=options)

    await issue(session, question, CardPurpose.CHOOSE, question.staff, face, now=now)
    desk.journal.note("assistant.offered", facts={"staff": question.staff})


async def _published_on(session: AsyncSession, desk: Desk) -> date | None:
    """The day, in store time, on which the version in force was published."""
    of_version = select(Publication.decided_at).where(
        Publication.version == desk.content.version, Publication.state == PublicationState.PUBLISHED
    )
    published_at = await session.scalar(of_version.order_by(Publication.id.desc()).limit(1))
    return desk.local(published_at).date() if published_at else None
