"""HQ's content in force: published once the folder has settled and passed its checks; else the last good one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog
from sqlalchemy import select

from bot.clock import Clock
from bot.content import folder as hq_folder
from bot.db import Database
from bot.errors import SettingsError
from bot.model import Publication
from knowledge.content import Content, Loaded, load
from knowledge.problem import Problem

log = structlog.get_logger(__name__)


class Library:
    """Holds one version at a time; a swap is one assignment, so every reader sees one version or the other."""

    def __init__(self, database: Database, folder: Path, clock: Clock) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._content: Content | None = None
        self._publication = 0
        self._seen: hq_folder.Signature = ()
        self._loaded: hq_folder.Signature = ()
        self.problems: tuple[Problem, ...] = ()  #: of the folder as it is now

    @property
    def content(self) -> Content:
        """What is in force. Raises SettingsError before `open`."""
        if self._content is None:
            raise SettingsError("CONTENT_DIR: nothing has been loaded yet")
        return self._content

    @property
    def is_loaded(self) -> bool:
        return self._content is not None

    async def open(self) -> None:
        """Load the folder, or the last good version where it has errors. Raises SettingsError without either."""
        self._seen = self._loaded = await asyncio.to_thread(hq_folder.signature, self._folder)
        if await self._publish_folder():
            return
        await self._follow()
        if self._content is None:
            raise SettingsError("CONTENT_DIR: expected HQ's files without errors\n" + _listing(self.problems))
        log.warning("content.refused", problems=len(self.problems), in_force=self._content.version)

    async def refresh(self) -> bool:
        """Look at the folder and at the database once; whether another version is now in force."""
        now = await asyncio.to_thread(hq_folder.signature, self._folder)
        if now != self._loaded:
            if now != self._seen:  # still being saved: wait until two looks agree
                self._seen = now
            else:
                self._loaded = now
                if await self._publish_folder():
                    return True
        return await self._follow()

    async def _publish_folder(self) -> bool:
        try:
            files = await asyncio.to_thread(hq_folder.read, self._folder)
        except SettingsError as error:
            log.error("content.refused", reason=str(error))
            return False
        loaded = await asyncio.to_thread(load, files)
        self.problems = loaded.problems
        if loaded.content is None:
            log.warning("content.refused", problems=len(loaded.problems))
            return False
        await self._publish(loaded, loaded.content, files)
        return True

    async def _publish(self, loaded: Loaded, content: Content, files: dict[str, bytes]) -> None:
        packed = await asyncio.to_thread(hq_folder.pack, files)
        async with self._database.begin() as session:
            newest = await session.scalar(select(Publication).order_by(Publication.id.desc()).limit(1))
            if newest is None or newest.version != content.version:
                newest = Publication(
                    version=content.version,
                    decided_at=self._clock.now(),
                    entries=len(content.entries),
                    warnings=len(loaded.problems),
                    files=packed,
                )
                session.add(newest)
                await session.flush()
        self._publication, self._content = newest.id, content
        log.info(
            "content.published", version=content.version, entries=len(content.entries), warnings=len(loaded.problems)
        )

    async def _follow(self) -> bool:
        """Take over what another process has published since."""
        async with self._database.read() as session:
            query = select(Publication.id).order_by(Publication.id.desc()).limit(1)
            newest = await session.scalar(query)
            if newest is None or newest <= self._publication:
                return False
            row = await session.get_one(Publication, newest)
        loaded = await asyncio.to_thread(lambda: load(hq_folder.unpack(row.files)))
        self._publication = row.id
        if loaded.content is None:  # written by a newer program
            log.warning("content.unreadable", version=row.version)
            return False
        self._content = loaded.content
        log.info("content.followed", version=row.version)
        return True


def _listing(problems: tuple[Problem, ...], most: int = 20) -> str:
    errors = [str(problem) for problem in problems if problem.level == "error"]
    more = [f"… 还有 {len(errors) - most} 处"] if len(errors) > most else []
    return "\n".join(errors[:most] + more)
