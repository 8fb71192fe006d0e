"""Engine and sessions. All that differs between SQLite and PostgreSQL is in this package."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from bot.db.ping import ping_when_rested
from bot.db.sqlite import ONE_LOOK, READ_ONLY, create_sqlite_engine


class Database:
    """Gives out transactions. SQLite has one writer: there a lock keeps the others in line, off its busy timer."""

    def __init__(self, engine: AsyncEngine, intake_engine: AsyncEngine | None = None) -> None:
        self.engine = engine
        self.intake_engine = intake_engine or engine  #: commits here are on disk when they return
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._reader = engine.execution_options(**{READ_ONLY: True})
        one_look = {ONE_LOOK: True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._looker = engine.execution_options(**one_look)
        self._writer = asyncio.Lock() if self.is_sqlite else None

    @classmethod
    def connect(cls, url: str) -> Database:
        """Make a database of a URL; connects on first use. Creates the folder of a SQLite file."""
        if not url.startswith("sqlite"):
            # parameters are hidden from error texts: they hold customers' words
            engine = create_async_engine(url, hide_parameters=True, pool_size=20, max_overflow=10, pool_timeout=20)
            ping_when_rested(engine)
            return cls(engine)
        path = make_url(url).database
        if path and path != ":memory:":
            _make_private(Path(path))
        # WAL + NORMAL: a commit survives kill -9; after a power cut WeCom's cursor, the outbox's ids and the repeated
        # tap make up for what was not yet on disk. A callback, once answered, is not repeated: FULL.
        engine = create_sqlite_engine(url, synchronous="NORMAL", pool_size=16)
        intake_engine = create_sqlite_engine(url, synchronous="FULL", pool_size=1)
        return cls(engine, intake_engine)

    def writing(self) -> AbstractAsyncContextManager[Any]:
        """Held by whoever writes; only SQLite needs it."""
        return self._writer if self._writer is not None else nullcontext()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end of the block, rolled back by an exception."""
        async with self.writing(), _session(self.engine) as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads, and waits for nobody."""
        async with _session(self._reader) as session:
            yield session

    async def look(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any:
        """The first value that one statement finds, None without any: cheap enough to be asked after every wake-up."""
        return next(iter(await self.look_at_all(statement, parameters)), None)

    async def look_at_all(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """The first value of every row that one statement finds."""
        connection = await self._looker.connect()
        try:
            return (await connection.execute(statement, parameters)).scalars().all()
        finally:
            await connection.close()

    async def close(self) -> None:
        """Close every connection; an open one would keep the process alive."""
        await self.engine.dispose()
        await self.intake_engine.dispose()


@asynccontextmanager
async def _session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """AsyncSession's own `async with`, but for the task that shields each close: only one that has something to roll
    back needs that."""
    session, is_done = AsyncSession(engine, expire_on_commit=False), False
    try:
        yield session
        is_done = True
    finally:
        await (session.close() if is_done else asyncio.shield(session.close()))


def _make_private(file: Path) -> None:
    """Make what is not there yet for nobody but us; SQLite gives the files beside it the same rights."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):  # it is there, or SQLite will say what is wrong
        file.touch(mode=0o600, exist_ok=False)
