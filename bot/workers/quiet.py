"""What nobody waits for, looked at once a second: quiet sessions, the digest of what went out by itself, figures."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from bot import metrics
from bot.clock import Clock
from bot.conversations import digest, handoff
from bot.db import Database
from bot.model import Delivery, DeliveryState
from bot.ports import Wakeups
from bot.workers.loop import Step
from bot.workers.tools import DeskMaker


@dataclass(frozen=True, slots=True)
class QuietWorker:
    database: Database
    wakeups: Wakeups
    clock: Clock
    desk: DeskMaker

    async def step(self) -> Step:
        """Each in a transaction of its own; a second worker finds it done."""
        now, desk = self.clock.now(), self.desk()
        async with self.database.read() as session:
            silent = await handoff.silent_sessions(session, desk, now)
            told = await digest.staff_to_tell(session, desk, now)
            metrics.OPEN_QUESTIONS.set(await digest.open_questions(session))
            queued = select(func.count()).where(Delivery.state == DeliveryState.QUEUED)
            metrics.QUEUED.set(await session.scalar(queued) or 0)
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
        if silent or told:
            await self.wakeups.wake("outbox")
        return Step()
