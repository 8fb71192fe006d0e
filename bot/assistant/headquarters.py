"""No entry answers it: somebody on duty at headquarters is asked, and what they write goes back to whoever asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from bot.assistant import saying
from bot.assistant.showing import close, issue, open_cards, said_lately, store_name, tell
from bot.conversations.desk import Desk
from bot.gate.cards import cut
from bot.gate.quota import clock_time
from bot.gate.staff_cards import answer_card
from bot.model import Card, CardPurpose, StaffOutcome, StaffQuestion
from bot.ports import CardFace
from bot.staff.directory import loads
from bot.staff.duty import Stage, choose, members, next_on_duty, on_duty
from knowledge.text import key

RETRY = timedelta(minutes=1)  #: nobody is there: look again so often
AGAIN = timedelta(minutes=30)  #: without an answer, one more person is asked
GIVE_UP = timedelta(hours=71)  #: a card can be closed for 72 hours (facts/wecom.md §3.4)


async def hand_over(session: AsyncSession, question: StaffQuestion, desk: Desk, now: datetime) -> None:
    """No entry: headquarters is to answer. The same question of the same person is handed over once."""
    if await _waits_already(session, question):
        await close(session, question, StaffOutcome.REPEATED, None, "已经在问总部了", now=now)
        await tell(session, question, "again", saying.stamped(saying.ASKED_ALREADY, desk.local(now)), now=now)
        return
    question.handed_at = now
    desk.journal.note("assistant.handed_over", facts={"staff": question.staff})
    await ask(session, question, desk, now)


async def ask(session: AsyncSession, question: StaffQuestion, desk: Desk, now: datetime) -> None:
    """Give it to whoever is on duty and has the fewest; when nobody is, wait, and say so."""
    if question.handed_at is not None and now - question.handed_at >= GIVE_UP:
        await _expire(session, question, now)
        return
    holders = {card.staff for card in await open_cards(session, question)}
    people = [one for one in members(desk.content, Stage.HEADQUARTERS, None) if one.account.lower() != question.staff]
    present = on_duty(people, desk.local(now))
    accounts = [person.account.lower() for person in present]
    known = await loads(session, accounts, question.id, now, purpose=CardPurpose.ANSWER)
    chosen = choose(present, known, preferred=None, per_minute=desk.policy.staff_per_minute, cards_most=None).account
    question.ask_at = now + (AGAIN if holders or chosen else RETRY)
    if chosen is not None:
        await show(session, question, chosen, desk, now)
        if not holders:
            text = saying.handed_text(desk.staff_name(chosen), cut(question.text, 30))
            await tell(session, question, "handed", text, now=now)
    elif not holders and question.told_at is None:
        local = desk.local(now)
        question.told_at = now
        text = saying.nobody_text(cut(question.text, 30), next_on_duty(people, local), local)
        await tell(session, question, "nobody", text, now=now)


async def answer(session: AsyncSession, question: StaffQuestion, by: str, text: str, desk: Desk, now: datetime) -> None:
    """The answer that somebody at headquarters wrote goes to the asker. The question is locked and open."""
    question.answer = text
    name = desk.staff_name(by)
    line = f"已答复 · {name} {clock_time(now, desk.policy.zone)}"
    await close(session, question, StaffOutcome.PERSON, by, line, now=now)
    said = saying.human_answer_texts(
        name,
        cut(question.text, 30),
        desk.local(question.asked_at),
        text,
        for_customer=question.for_customer,
        is_repeated=await said_lately(session, question, now),
    )
    await _tell_if_here(session, question, "answer", *said, desk=desk, now=now)
    metrics.STAFF_ANSWER.observe((now - question.asked_at).total_seconds())
    desk.journal.note("assistant.answered", facts={"staff": by})


async def dismiss(session: AsyncSession, question: StaffQuestion, by: str, desk: Desk, now: datetime) -> None:
    """不用答. The question is locked and open."""
    line = f"不用答 · {desk.staff_name(by)} {clock_time(now, desk.policy.zone)}"
    await close(session, question, StaffOutcome.DISMISSED, by, line, now=now)
    text = saying.DISMISSED.format(cut(question.text, 30))
    await _tell_if_here(session, question, "dismissed", text, desk=desk, now=now)


async def card_lost(session: AsyncSession, card: Card, now: datetime) -> None:
    """A card reached nobody: headquarters is asked anew; a choice can still be made by number."""
    question = await session.get(StaffQuestion, card.staff_question_id, with_for_update=True)
    if question is not None and question.is_open and card.purpose == CardPurpose.ANSWER:
        question.ask_at = now + RETRY


async def _tell_if_here(
    session: AsyncSession, question: StaffQuestion, what: str, *texts: str, desk: Desk, now: datetime
) -> None:
    """Whoever has left since gets nothing more."""
    if question.staff in desk.content.staff:
        await tell(session, question, what, *texts, now=now)


async def _waits_already(session: AsyncSession, question: StaffQuestion) -> bool:
    waits = (StaffQuestion.outcome.is_(None), StaffQuestion.handed_at.is_not(None), StaffQuestion.id != question.id)
    others = await session.scalars(select(StaffQuestion.text).where(StaffQuestion.staff == question.staff, *waits))
    return key(question.text) in {key(text) for text in others}


async def show(session: AsyncSession, question: StaffQuestion, staff: str, desk: Desk, now: datetime) -> None:
    """A card to somebody at headquarters."""
    nearest = desk.content.entries.get(str(question.candidates[0])) if question.candidates else None

    def face(task_id: str) -> CardFace:
        return answer_card(
            task_id,
            store=store_name(question, desk),
            name=desk.staff_name(question.staff),
            asked=question.text,
            when=clock_time(question.asked_at, desk.policy.zone),
            for_customer=question.for_customer,
            nearest=f"{nearest.number} {nearest.question}" if nearest else "",
            url=desk.links.answer_url(task_id, staff, now=now),
        )

    await issue(session, question, CardPurpose.ANSWER, staff, face, now=now)
    question.first_asked_at = question.first_asked_at or now


async def _expire(session: AsyncSession, question: StaffQuestion, now: datetime) -> None:
    await close(session, question, StaffOutcome.EXPIRED, None, "已过期:三天没有答复", now=now)
    await tell(session, question, "expired", saying.EXPIRED.format(cut(question.text, 30)), now=now)
