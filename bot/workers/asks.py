"""The next person to ask, when nobody has tapped in time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy import select

from bot.clock import Clock
from bot.conversations import asking
from bot.conversations.desk import Desk
from bot.db import Database
from bot.db.claims import NOW
from bot.model import Question
from bot.ports import Wakeups
from bot.workers.loop import Step
from bot.workers.tools import DeskMaker

_BATCH = 50
_DUE = (
    select(Question.id)
    .where(Question.outcome.is_(None), Question.ask_at <= NOW)
    .order_by(Question.ask_at)
    .limit(_BATCH)
)


@dataclass(frozen=True, slots=True)
class AskWorker:
    database: Database
    wakeups: Wakeups
    clock: Clock
    desk: DeskMaker

    async def step(self) -> Step:
        """Each in a transaction of its own; a second worker finds it done."""
        now, desk = self.clock.now(), self.desk()
        questions = await self.database.look_at_all(_DUE, {"now": now})
        if not questions:
            return Step()
        asked = await asyncio.gather(
            *(self._ask(question_id, desk) for question_id in questions), return_exceptions=True
        )
        await self.wakeups.wake("outbox")
        for result in asked:  # one that cannot be asked does not hold up the others
            if isinstance(result, BaseException):
                raise result
        return Step(busy=len(questions) == _BATCH)

    async def _ask(self, question_id: int, desk: Desk) -> None:
        async with self.database.begin() as session:
            await asking.advance(session, question_id, desk, self.clock.now())
