"""Fetch customers' pictures and voices at once: WeCom keeps them for three days. Recalled ones are removed."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import func, select

from bot.clock import Clock
from bot.conversations import voices
from bot.db import Database
from bot.db.claims import NOW, claim, claimable, held, is_free
from bot.errors import MessengerError, OperatorError, OutcomeUnknownError, TryLaterError
from bot.model import Media
from bot.ports import Wakeups
from bot.sources.recording import seconds_of
from bot.wecom.client import WeComClient
from bot.workers.loop import LATER, Crew, Step

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
_AT_ONCE = 4
_TRIES = 12


_DUE = claimable(Media, Media.due_at.is_not(None), Media.due_at <= NOW, order_by=Media.due_at)
_NEXT_DUE = select(func.min(Media.due_at)).where(Media.due_at.is_not(None), is_free(Media))


@dataclass(frozen=True, slots=True)
class MediaWorker:
    database: Database
    wakeups: Wakeups
    clock: Clock
    client: WeComClient
    folder: Path
    is_written: bool = False  #: voices are written down: there is an endpoint for it
    crew: Crew = field(default_factory=lambda: Crew(_AT_ONCE))

    async def step(self) -> Step:
        """Fetch or remove up to four files side by side."""
        now = self.clock.now()
        if not self.crew.free:
            return Step()
        due_at = await self.database.look(_NEXT_DUE, {"now": now})
        if due_at is None or due_at > now:
            return Step(due_at=due_at)
        async with self.database.begin() as session:
            rows = await claim(session, _DUE, now=now, lease=LEASE, limit=self.crew.free)
        for row in rows:
            self.crew.start(self._work(row))
        return Step(due_at=now + LATER)

    async def _work(self, media: Media) -> None:
        await self._fetch(media)
        if self.crew.is_wanted():
            await self.wakeups.wake("media")

    async def _fetch(self, media: Media) -> None:
        path, content_type, digest, size, failed = "", "", "", 0, ""
        seconds = 0.0
        retry_in: timedelta | None = None
        if not media.media_id:
            await asyncio.to_thread(self._remove, media.id)
            failed = "recalled"
        else:
            try:
                got = await self.client.download(media.media_id)
            except (TryLaterError, OutcomeUnknownError, OperatorError) as error:
                retry_in = timedelta(seconds=min(5 * 2**media.attempts, 3600)) if media.attempts < _TRIES else None
                failed = "" if retry_in else type(error).__name__
            except MessengerError as error:
                failed = f"{type(error).__name__} {error.code or ''}".strip()
            else:
                digest, size, content_type = hashlib.sha256(got.content).hexdigest(), len(got.content), got.content_type
                path = f"{digest[:2]}/{media.id}-{digest[:16]}"
                await asyncio.to_thread(self._write, path, got.content)
                seconds = await asyncio.to_thread(seconds_of, got.content)
        now = self.clock.now()
        async with self.database.begin() as session:
            await voices.lock_conversation(session, media.message_id)
            row = await held(session, Media, media.id, media.fence)
            if row is None:
                return
            row.lease_until = None
            if row.media_id != media.media_id:  # recalled in the meantime: next round removes it
                row.path, row.due_at = path or row.path, now
                return
            row.path, row.content_type, row.digest, row.size, row.failed = (
                path,
                content_type[:128],
                digest,
                size,
                failed,
            )
            row.due_at = now + retry_in if retry_in else None
            if path:
                await voices.note_fetched(session, row, seconds, is_written=self.is_written, now=now)
        if path and self.is_written:
            await self.wakeups.wake("speech")

    def _write(self, path: str, content: bytes) -> None:
        """A file that nobody but us may read."""
        target = self.folder / path
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(content)

    def _remove(self, media_id: int) -> None:
        """Also a file that a worker wrote and died before it could say where."""
        for path in self.folder.glob(f"*/{media_id}-*"):
            path.unlink(missing_ok=True)
