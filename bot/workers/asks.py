"""What the clock brings: the next person to ask, quiet sessions, the digest of what went out by itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy import func, select

from bot import metrics
from bot.clock import Clock
from bot.conversations import asking, digest, handoff
from bot.conversations.desk import Desk
from bot.db import Database
from bot.model import Delivery, DeliveryState, Question
from bot.ports import Wakeups
from bot.workers.loop import Step
from bot.workers.tools import DeskMaker

_BATCH = 50


@dataclass(frozen=True, slots=True)
class AskWorker:
    database: Database
    wakeups: Wakeups
    clock: Clock
    desk: DeskMaker

    async def step(self) -> Step:
        """Each in a transaction of its own; a second worker finds it done."""
        now, desk = self.clock.now(), self.desk()
        async with self.database.read() as session:
            due = (Question.outcome.is_(None), Question.ask_at <= now)
            questions = list(
                await session.scalars(select(Question.id).where(*due).order_by(Question.ask_at).limit(_BATCH))
            )
            silent = await handoff.silent_sessions(session, desk, now)
            told = await digest.staff_to_tell(session, desk, now)
            metrics.OPEN_QUESTIONS.set(await digest.open_questions(session))
            metrics.QUEUED.set(
                await session.scalar(select(func.count()).where(Delivery.state == DeliveryState.QUEUED)) or 0
            )
        asked = await asyncio.gather(
            *(self._ask(question_id, desk) for question_id in questions), return_exceptions=True
        )
        for conversation_id in silent:
            async with self.database.begin() as session:
                await handoff.ask_whether_finished(session, conversation_id, desk, self.clock.now())
        if digest.ON_DUTY_NEXT in told:
            told.remove(digest.ON_DUTY_NEXT)
            async with self.database.begin() as session:
                await digest.find_hearers(session, desk, self.clock.now())
        for staff in told:
            async with self.database.begin() as session:
                await digest.tell(session, staff, desk, self.clock.now())
        if questions or silent or told:
            await self.wakeups.wake("outbox")
        for result in asked:  # one that cannot be asked does not hold up the others
            if isinstance(result, BaseException):
                raise result
        return Step(busy=len(questions) == _BATCH)

    async def _ask(self, question_id: int, desk: Desk) -> None:
        async with self.database.begin() as session:
            await asking.advance(session, question_id, desk, self.clock.now())
