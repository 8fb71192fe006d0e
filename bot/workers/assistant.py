"""Staff questions: understood off the event loop, then answered, offered a choice, or handed on."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass

import structlog

from bot.assistant import answering
from bot.clock import Clock
from bot.db import Database
from bot.model import StaffQuestion
from bot.ports import Wakeups
from bot.workers.loop import Step
from bot.workers.tools import DeskMaker

log = structlog.get_logger(__name__)

_BATCH = 20


@dataclass(frozen=True, slots=True)
class AssistantWorker:
    database: Database
    wakeups: Wakeups
    clock: Clock
    desk: DeskMaker
    executor: Executor

    async def step(self) -> Step:
        """Each in a transaction of its own; a second worker finds it done."""
        async with self.database.read() as session:
            numbers = await answering.next_questions(session, self.clock.now(), _BATCH)
        if not numbers:
            return Step()
        done = await asyncio.gather(*(self._advance(number) for number in numbers), return_exceptions=True)
        await self.wakeups.wake("outbox")
        for result in done:  # one that cannot be answered does not hold up the others
            if isinstance(result, BaseException):
                raise result
        return Step(busy=len(numbers) == _BATCH)

    async def _advance(self, number: int) -> None:
        desk, loop = self.desk(), asyncio.get_running_loop()
        async with self.database.read() as session:
            question = await session.get_one(StaffQuestion, number)
        try:
            found = await loop.run_in_executor(self.executor, answering.understand, question, desk, self.clock.now())
        except Exception as error:
            log.error("staff_question.not_understood", number=number, error=type(error).__name__, exc_info=error)
            found = answering.not_understood()
        async with self.database.begin() as session:
            await answering.advance(session, number, found, desk, self.clock.now())
