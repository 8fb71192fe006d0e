"""Engine and sessions. All that differs between SQLite and PostgreSQL is in this package."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

_READ_ONLY = "read_only"


class Database:
    """Gives out transactions. SQLite has one writer: there a lock keeps the others in line, off its busy timer."""

    def __init__(self, engine: AsyncEngine, intake_engine: AsyncEngine | None = None) -> None:
        self.engine = engine
        self.intake_engine = intake_engine or engine  #: commits here are on disk when they return
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._reader = engine.execution_options(**{_READ_ONLY: True})
        self._writer = asyncio.Lock() if self.is_sqlite else None

    @classmethod
    def connect(cls, url: str) -> Database:
        """Make a database of a URL; connects on first use. Creates the folder of a SQLite file."""
        if not url.startswith("sqlite"):
            # parameters are hidden from error texts: they hold customers' words
            return cls(
                create_async_engine(
                    url, hide_parameters=True, pool_size=20, max_overflow=10, pool_pre_ping=True, pool_timeout=20
                )
            )
        path = make_url(url).database
        if path and path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(
            url, hide_parameters=True, poolclass=AsyncAdaptedQueuePool, pool_size=8, max_overflow=8
        )
        intake_engine = create_async_engine(
            url, hide_parameters=True, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0
        )
        # WAL + NORMAL: a commit survives kill -9; after a power cut WeCom's cursor, the outbox's ids and the repeated
        # tap make up for what was not yet on disk. A callback, once answered, is not repeated: FULL.
        event.listen(engine.sync_engine, "connect", partial(_prepare_sqlite, synchronous="NORMAL"))
        event.listen(intake_engine.sync_engine, "connect", partial(_prepare_sqlite, synchronous="FULL"))
        for each in (engine, intake_engine):
            event.listen(each.sync_engine, "begin", _begin_sqlite)
        return cls(engine, intake_engine)

    def writing(self) -> AbstractAsyncContextManager[Any]:
        """Held by whoever writes; only SQLite needs it."""
        return self._writer if self._writer is not None else nullcontext()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end of the block, rolled back by an exception."""
        async with self.writing(), AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads, and waits for nobody."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    async def close(self) -> None:
        """Close every connection; an open one would keep the process alive."""
        await self.engine.dispose()
        await self.intake_engine.dispose()


def _prepare_sqlite(connection: Any, _record: object, *, synchronous: str) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "busy_timeout=10000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = "DEFERRED" if connection.get_execution_options().get(_READ_ONLY) else "IMMEDIATE"
    connection.exec_driver_sql(f"BEGIN {mode}")
