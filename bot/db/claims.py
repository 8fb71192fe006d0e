"""Claim rows by lease, and mark them only while the lease is still ours."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, func, inspect, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model.base import Base, UtcDateTime
from bot.model.lease import Leased

NOW: ColumnElement[datetime] = bindparam("now", type_=UtcDateTime())  #: a parameter of statements that are built once
Row = TypeVar("Row", bound=Leased)
Found = TypeVar("Found")


async def claim(
    session: AsyncSession, due: Select[tuple[Row]], *, now: datetime, lease: timedelta, limit: int
) -> list[Row]:
    """Lease up to `limit` of the rows that are `due` (made by `claimable`). Two claimers never get the same row: SKIP
    LOCKED on PostgreSQL, one writer on SQLite."""
    rows = list(await session.scalars(due, {"now": now, "limit": limit}))
    for row in rows:
        row.lease_until = now + lease
        row.fence += 1
        row.attempts += 1
    return rows


def claimable(model: type[Row], *where: ColumnElement[bool], order_by: Any) -> Select[tuple[Row]]:
    """What `claim` takes: free rows that match, in order. Built once; `:now` may stand in `where`."""
    query = select(model).where(*where, is_free(model)).order_by(order_by).limit(bindparam("limit"))
    return query.with_for_update(skip_locked=True)


def is_free(model: type[Leased]) -> ColumnElement[bool]:
    """Nobody holds a lease on the row at `:now`, a parameter that the statement is executed with."""
    return or_(model.lease_until.is_(None), model.lease_until <= NOW)


async def free_all(session: AsyncSession) -> None:
    """End every lease: their holders are dead. Only where one process owns the database, as it starts."""
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Leased):
            leases = update(mapper.class_).where(mapper.class_.lease_until.is_not(None))
            await session.execute(leases.values(lease_until=None, fence=mapper.class_.fence + 1))


async def take_turn(session: AsyncSession, name: str) -> None:
    """Go on alone under this name until the transaction ends; others of that name wait. SQLite has one writer anyway.

    Taken after every row lock, so that nobody who holds it waits for somebody who wants it.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def held(session: AsyncSession, model: type[Row], key: Any, fence: int) -> Row | None:
    """The row, locked, if it is still leased under `fence`; None when somebody else has claimed it since."""
    row = await lock(session, model, key)
    return row if row is not None and row.fence == fence else None


async def lock(session: AsyncSession, model: type[Found], key: Any) -> Found | None:
    """The row as it is now, locked until the transaction ends; None when there is none."""
    found: Found | None = await session.scalar(_by_key(model), {"key": key})  # type: ignore[arg-type]  # is hashable
    return found


async def lock_one(session: AsyncSession, model: type[Found], key: Any) -> Found:
    """The same for a row that must exist. Raises NoResultFound."""
    found: Found = (await session.scalars(_by_key(model), {"key": key})).one()  # type: ignore[arg-type]
    return found


@functools.cache
def _by_key(model: type[Any]) -> Select[Any]:
    """Built once: `Session.get` builds its statement anew each time."""
    (primary,) = inspect(model).primary_key
    query = select(model).where(primary == bindparam("key")).with_for_update()
    return query.execution_options(populate_existing=True)
