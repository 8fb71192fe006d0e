"""Write voices down, where there is an endpoint for it; their conversations are then understood anew."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.conversations import voices
from bot.conversations.voices import Unwritten
from bot.db import Database
from bot.errors import SpeechSilentError, UnclearSpeechError
from bot.ports import Transcriber, Wakeups
from bot.workers.loop import LATER, Crew, Step
from bot.workers.tools import DeskMaker

log = structlog.get_logger(__name__)

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class SpeechWorker:
    database: Database
    wakeups: Wakeups
    clock: Clock
    desk: DeskMaker
    transcriber: Transcriber
    folder: Path  #: of media
    crew: Crew = field(default_factory=lambda: Crew(_AT_ONCE))

    async def step(self) -> Step:
        """Up to four voices side by side."""
        now = self.clock.now()
        if not self.crew.free:
            return Step()
        due_at = await self.database.look(voices.NEXT_DUE, {"now": now})
        if due_at is None or due_at > now:
            return Step(due_at=due_at)
        async with self.database.begin() as session:
            works = await voices.claim_due(session, now=now, limit=self.crew.free)
        for work in works:
            self.crew.start(self._write_down(work))
        return Step(due_at=now + LATER)

    async def _write_down(self, work: Unwritten) -> None:
        words, why = "", ""
        try:
            recording = await asyncio.to_thread((self.folder / work.path).read_bytes)
            words = await self.transcriber.transcribe(recording, voices.words_of(self.desk(), work.store))
        except SpeechSilentError as error:
            log.warning("speech.failed", transcript=work.id, attempt=work.attempts, reason=str(error))
            async with self.database.begin() as session:
                await voices.put_off(session, work, str(error), error.retry_in, self.clock.now())
        except (UnclearSpeechError, OSError) as error:  # OSError: it was taken back, and its file is gone
            why = str(error) if isinstance(error, UnclearSpeechError) else type(error).__name__
            log.info("speech.not_clear", transcript=work.id, reason=why)
        if words or why:
            async with self.database.begin() as session:
                await voices.write_down(session, work, words, why, self.clock.now())
            await self.wakeups.wake("conversations")
        if self.crew.is_wanted():
            await self.wakeups.wake("speech")
