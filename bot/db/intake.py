"""Group commit: many callbacks, one transaction, each answered after the commit that holds it (facts/infra.md)."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.db.engine import Database
from bot.db.once import insert_or_nothing
from bot.db.sqlite import write_at_once
from bot.errors import DianxiaoerError
from bot.model import Event


class StoreError(DianxiaoerError):
    """The commit failed; WeCom is answered 500 and tries again."""


@dataclass(slots=True)
class _Waiting:
    row: dict[str, Any]
    done: asyncio.Future[None]


class Intake:
    """Takes raw events; a flusher commits whatever has gathered while the last commit ran."""

    def __init__(self, database: Database, *, most: int = 500) -> None:
        self._statement = insert_or_nothing(Event)
        self._database = database
        self._most = most
        self._waiting: list[_Waiting] = []
        self._signal = asyncio.Event()
        self._flusher: asyncio.Task[None] | None = None
        self._is_closing = False

    def open(self) -> None:
        self._flusher = asyncio.create_task(self._run(), name="intake")

    async def close(self) -> None:
        """Commit what waits, then stop."""
        if self._flusher is None:
            return
        self._is_closing = True
        self._signal.set()
        await self._flusher
        self._flusher = None

    async def store(self, body: str, *, now: datetime) -> None:
        """Return when `body` (a decrypted callback) is committed; a repeat is harmless. Raises StoreError."""
        if self._is_closing:
            raise StoreError("closing")
        digest = hashlib.sha256(body.encode()).hexdigest()
        kept = body.replace("\x00", "\ufffd")  # PostgreSQL takes no NUL, and one row must not fail the others
        row = {"digest": digest, "body": kept, "received_at": now, "due_at": now, "attempts": 0, "failed": ""}
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(row, done))
        self._signal.set()
        await done

    async def _run(self) -> None:
        while not self._is_closing:
            await self._signal.wait()
            self._signal.clear()
            while batch := self._waiting[: self._most]:
                del self._waiting[: len(batch)]
                await self._commit(batch)

    async def _commit(self, batch: list[_Waiting]) -> None:
        # gathered, not awaited: whatever goes wrong must reach exactly these callers, and never end the flusher
        (failure,) = await asyncio.gather(self._write([waiting.row for waiting in batch]), return_exceptions=True)
        for waiting in batch:
            if waiting.done.done():
                continue
            if failure is None:
                waiting.done.set_result(None)
            else:
                waiting.done.set_exception(StoreError(type(failure).__name__))

    async def _write(self, rows: list[dict[str, Any]]) -> None:
        engine = self._database.intake_engine
        async with self._database.writing():
            if self._database.is_sqlite:
                await write_at_once(engine, self._statement, rows)
                return
            async with engine.begin() as connection:
                await connection.execute(self._statement, rows)
