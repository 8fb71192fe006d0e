"""SQLite as the service opens it: WAL, durable where it must be, statements without a trip to a thread."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import Insert, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.sql.compiler import SQLCompiler

READ_ONLY = "read_only"  #: execution option of a connection that begins a transaction which only reads
ONE_LOOK = "one_look"  #: execution option of a connection for one statement that only reads: that needs no BEGIN
_BEGIN = "BEGIN IMMEDIATE"
_BUSY_MOST = 10_000  #: milliseconds that we wait for another process to finish writing


def create_sqlite_engine(url: str, *, synchronous: str, pool_size: int) -> AsyncEngine:
    """An engine on a SQLite file. `synchronous` is SQLite's own: NORMAL or FULL."""
    engine = create_async_engine(
        url, hide_parameters=True, poolclass=AsyncAdaptedQueuePool, pool_size=pool_size, max_overflow=0
    )
    event.listen(engine.sync_engine, "do_connect", _connect)
    event.listen(engine.sync_engine, "connect", partial(_prepare, synchronous=synchronous))
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _connect(_dialect: object, _record: object, _arguments: list[Any], options: dict[str, Any]) -> None:
    options["async_creator_fn"] = HereConnection.to
    options["check_same_thread"] = False  # one at a time all the same: a connection has one user, who awaits each call


def _prepare(connection: Any, _record: object, *, synchronous: str) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", f"busy_timeout={_BUSY_MOST}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(ONE_LOOK):
        return
    connection.exec_driver_sql("BEGIN DEFERRED" if options.get(READ_ONLY) else _BEGIN)


class HereConnection(aiosqlite.Connection):
    """Runs statements where they are called, and only what may wait for others or for the disk in its thread.

    A statement of ours takes some ten microseconds; aiosqlite makes four trips to a thread of it (cursor, execute,
    fetch, close), each of which wakes two threads that fight for one interpreter lock. Measured on a transaction of
    eighteen statements: 13 ms of processor time by aiosqlite, 9 with one trip a statement, 5 like this. What writes
    keeps the trip of its COMMIT and ROLLBACK, and of a BEGIN that must wait for another process.
    """

    _is_writing = False

    @classmethod
    def to(cls, database: str, **options: Any) -> HereConnection:
        """A connection to await."""
        connection = cls(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
        connection._thread.daemon = True  # as SQLAlchemy has it: a connection left open must not keep us alive
        return connection

    async def cursor(self) -> HereCursor:  # type: ignore[override]  # awaited only, never entered
        return HereCursor(self, self._conn.cursor())

    async def apart(self, work: Callable[[], object]) -> None:
        """Do it in the connection's thread. Raises sqlite3.Error."""
        self._is_writing = True
        await self._execute(work)  # type: ignore[no-untyped-call]

    async def begin(self, cursor: sqlite3.Cursor) -> None:
        """Begin to write: here when nobody else is writing, else in the thread, which waits. Raises sqlite3.Error."""
        self._is_writing = True
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            cursor.execute(_BEGIN)
        except sqlite3.OperationalError:
            cursor.execute(f"PRAGMA busy_timeout={_BUSY_MOST}")
            await self.apart(partial(cursor.execute, _BEGIN))
        else:
            cursor.execute(f"PRAGMA busy_timeout={_BUSY_MOST}")

    async def write_at_once(self, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Begin, run one statement for each row of parameters, commit: in one trip. Raises sqlite3.Error."""
        await self._execute(partial(_write_at_once, self._conn, statement, parameters))  # type: ignore[no-untyped-call]

    async def commit(self) -> None:
        if self._is_writing:
            await super().commit()
            self._is_writing = False

    async def rollback(self) -> None:
        if self._is_writing:
            await super().rollback()
            self._is_writing = False
        else:
            self._conn.rollback()


def _write_at_once(connection: sqlite3.Connection, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
    connection.execute(_BEGIN)
    try:
        connection.executemany(statement, parameters)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.rollback()


async def write_at_once(engine: AsyncEngine, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in a transaction of their own, with one trip to the connection's thread: each costs more than what
    it does there. Raises sqlite3.Error."""
    compiled = _compiled(statement, engine.dialect, tuple(rows[0]))
    converters: Mapping[str, Any] = compiled._bind_processors
    keep = [(name, converters.get(name)) for name in compiled.positiontup or []]
    parameters = [[convert(row[name]) if convert else row[name] for name, convert in keep] for row in rows]
    async with engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert isinstance(raw, HereConnection)
        await raw.write_at_once(str(compiled), parameters)


@functools.lru_cache(maxsize=8)
def _compiled(statement: Insert, dialect: Dialect, columns: tuple[str, ...]) -> SQLCompiler:
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    assert isinstance(compiled, SQLCompiler)
    return compiled


class HereCursor:
    """What SQLAlchemy asks of aiosqlite's cursor."""

    def __init__(self, connection: HereConnection, cursor: sqlite3.Cursor) -> None:
        self._connection = connection
        self._cursor = cursor

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement. Raises sqlite3.Error."""
        if statement == _BEGIN:
            await self._connection.begin(self._cursor)
        elif statement.startswith("PRAGMA"):
            await self._connection.apart(partial(self._cursor.execute, statement, parameters))
        else:
            self._cursor.execute(statement, parameters)

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row of parameters, which may be many. Raises sqlite3.Error."""
        await self._connection.apart(partial(self._cursor.executemany, statement, parameters))

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def close(self) -> None:
        self._cursor.close()

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid
