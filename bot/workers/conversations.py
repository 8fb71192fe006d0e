"""Lease a conversation whose quiet window is over, understand it off the event loop, conclude."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from bot import metrics
from bot.conversations import pipeline, understanding
from bot.conversations.trading import Trade, carry_on
from bot.workers.loop import LATER, Crew, Step
from bot.workers.tools import Understander

log = structlog.get_logger(__name__)

_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class ConversationWorker(Understander):
    """Conversations run side by side; within one, order is kept by its lease."""

    trade: Trade
    crew: Crew = field(default_factory=lambda: Crew(_AT_ONCE))

    async def step(self) -> Step:
        """Start what is due."""
        now = self.clock.now()
        if not self.crew.free:
            return Step()
        due_at = await self.database.look(pipeline.NEXT_DUE, {"now": now})
        if due_at is None or due_at > now:
            return Step(due_at=due_at)
        async with self.database.begin() as session:
            works = await pipeline.claim_due(session, self.desk(), now=now, limit=self.crew.free)
        for work in works:
            self.crew.start(self._conclude(work))
        return Step(due_at=now + LATER)

    async def _conclude(self, work: understanding.Work) -> None:
        desk = self.desk()
        try:
            if self.embedder is not None and desk.content.index.vectors is not None:
                texts = await self.think(understanding.texts_searched, work, desk, self.clock.now())
                desk = await pipeline.hear(desk, texts, self.embedder)
            with metrics.UNDERSTANDING.time():
                found = await self.think(understanding.understand, work, desk, self.clock.now())
            found = await carry_on(found, work, desk, self.trade, self.clock.now())
        except Exception as error:
            log.error(
                "question.not_understood", conversation=work.conversation_id, error=type(error).__name__, exc_info=error
            )
            found = understanding.not_understood(work)
        async with self.database.begin() as session:
            is_due = await pipeline.conclude(session, work, found, desk, self.clock.now())
        await self.wakeups.wake("outbox")
        if is_due or self.crew.is_wanted():
            await self.wakeups.wake("conversations")
