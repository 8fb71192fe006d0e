"""Staff questions: understood off the event loop, then answered, offered a choice, or handed on."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog

from bot.assistant import answering
from bot.content import meaning
from bot.model import StaffQuestion
from bot.workers.loop import Step
from bot.workers.tools import Understander

log = structlog.get_logger(__name__)

_BATCH = 20


class AssistantWorker(Understander):
    """Each question in a transaction of its own; a second worker finds it done."""

    __slots__ = ()

    async def step(self) -> Step:
        """All that are due, side by side."""
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
        desk = self.desk()
        async with self.database.read() as session:
            question = await session.get_one(StaffQuestion, number)
        try:
            desk = replace(desk, content=await meaning.hear(desk.content, (question.text,), self.embedder))
            found = await self.think(answering.understand, question, desk, self.clock.now())
        except Exception as error:
            log.error("staff_question.not_understood", number=number, error=type(error).__name__, exc_info=error)
            found = answering.not_understood()
        async with self.database.begin() as session:
            await answering.advance(session, number, found, desk, self.clock.now())
