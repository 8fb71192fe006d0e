"""Each Monday morning: 待补充问答, and a message to headquarters that it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.db import Database
from bot.learning.weekly import WEEK, last_monday, tell_headquarters, write_week
from bot.ports import Wakeups
from bot.workers.schedule import Job
from bot.workers.tools import DeskMaker

log = structlog.get_logger(__name__)

_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class GapsJob:
    database: Database
    wakeups: Wakeups
    clock: Clock
    desk: DeskMaker
    folders: tuple[Path, ...]  #: the first that can be written gets the file

    def job(self) -> Job:
        """Once a week, from Monday morning in store time."""
        monday = last_monday(self.clock.now().astimezone(self.desk().policy.zone))
        return Job("gaps", WEEK, self.run, after=monday - _EPOCH)

    async def run(self) -> None:
        """Write the file of the week that is over, and tell headquarters. Raises OSError."""
        now, content = self.clock.now(), self.desk().content
        book = await write_week(self.database, content, self.folders, now)
        log.info("gaps.written", gaps=book.gaps, asked=book.asked, rewritten=book.rewritten)
        if book.path is not None:
            async with self.database.begin() as session:
                is_beside = book.path.is_relative_to(self.folders[0])
                await tell_headquarters(session, content, book, now, is_beside=is_beside)
            await self.wakeups.wake("outbox")
