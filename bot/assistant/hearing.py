"""A staff member wrote to the app. Kept once, counted, and handed on; what is no question is answered here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from bot.assistant import answering, saying
from bot.assistant.wording import Request, Wants, read_request
from bot.conversations.desk import Desk
from bot.db.claims import take_turn
from bot.db.once import insert_once
from bot.gate.outbox import StaffNotice, enqueue_to_staff
from bot.model import StaffOutcome, StaffQuestion

log = structlog.get_logger(__name__)

MINUTE_MOST = 8  #: messages of one person that are answered in a minute: WeCom takes 30 to them, cards included
DAY_MOST = 300
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """What a staff member wrote to the app."""

    staff: str  #: account, lower-cased
    msgid: str  #: unique among everything that staff write
    kind: str = "text"  #: text, image, voice …
    text: str = field(default="", repr=False)


async def hear(session: AsyncSession, said: Said, desk: Desk, now: datetime) -> None:
    """Take in one message. Whoever is not in HQ's list gets no answer, and a repeated message changes nothing."""
    person = desk.content.staff.get(said.staff)
    if person is None:
        log.info("assistant.stranger_ignored", staff=said.staff)
        return
    await take_turn(session, f"assistant:{said.staff}")
    if await session.scalar(select(StaffQuestion.id).where(StaffQuestion.msgid == said.msgid[:64])) is not None:
        return
    if refusal := await _too_much(session, said.staff, now):
        await _say(session, said.staff, *refusal, now=now)
        metrics.STAFF_QUESTIONS.labels("refused").inc()
        return
    request = read_request(said.text) if said.kind == "text" else Request(Wants.NOTHING)
    is_question = request.wants is Wants.QUESTION
    row = StaffQuestion(
        msgid=said.msgid[:64],
        staff=said.staff,
        store=person.store,
        asked_at=now,
        text=request.text,
        for_customer=request.for_customer,
        ask_at=now if is_question else None,
        outcome=None if is_question else StaffOutcome.CHAT,
        closed_at=None if is_question else now,
    )
    number = await insert_once(session, row)
    if number is None:
        return
    desk.journal.note("assistant.heard", facts={"staff": said.staff, "kind": request.wants.name, "text": request.text})
    if said.kind != "text":
        await _say(
            session, said.staff, f"asked:{number}:kind", saying.stamped(saying.ONLY_TEXT, desk.local(now)), now=now
        )
    elif not is_question:
        await _reply(session, said.staff, number, request, desk, now)


async def _reply(session: AsyncSession, staff: str, number: int, request: Request, desk: Desk, now: datetime) -> None:
    if request.wants in (Wants.CHOICE, Wants.NONE_OF_THEM):
        if await answering.choose_newest(session, staff, request.choice, desk, now):
            return
        if request.choice == 0 and await answering.doubt(session, staff, number, desk, now):
            return
        words = saying.NO_SUCH_CHOICE.format(request.choice) if request.choice else saying.NOTHING_OFFERED
        await _say(session, staff, f"asked:{number}:nothing", saying.stamped(words, desk.local(now)), now=now)
    elif request.wants is not Wants.NOTHING:
        text = saying.THANKS if request.wants is Wants.THANKS else saying.stamped(saying.HELP, desk.local(now))
        await _say(session, staff, f"asked:{number}:chat", text, now=now)


async def _too_much(session: AsyncSession, staff: str, now: datetime) -> tuple[str, str] | None:
    """The key and the words of a refusal, said once a minute or a day; None while there is room."""
    in_minute = func.count().filter(StaffQuestion.asked_at > now - _MINUTE)
    query = select(func.count(), in_minute).where(StaffQuestion.staff == staff, StaffQuestion.asked_at > now - _DAY)
    today, this_minute = (await session.execute(query)).one()
    if this_minute >= MINUTE_MOST:
        return f"assistant:{staff}:slow:{now:%Y%m%d%H%M}", saying.TOO_FAST
    return (f"assistant:{staff}:much:{now:%Y%m%d}", saying.TOO_MANY) if today >= DAY_MOST else None


async def _say(session: AsyncSession, staff: str, key: str, text: str, *, now: datetime) -> None:
    await enqueue_to_staff(session, StaffNotice(staff, key[:96], text), now=now)
