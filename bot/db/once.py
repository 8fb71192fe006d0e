"""Insert a row unless its key is there already."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Base


async def insert_once(session: AsyncSession, row: Base) -> int | None:
    """Insert `row` unless any unique key of it exists. The new primary key's first column, or None when it was there.

    The object itself is not added to the session; load it by key when it is needed.
    """
    mapper = inspect(type(row))
    values: dict[str, Any] = {}
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        value = getattr(row, attribute.key)
        if value is None and column.default is not None:
            value = column.default.arg(None) if callable(column.default.arg) else column.default.arg
        if value is None and column.primary_key and column.autoincrement is True:
            continue
        values[column.name] = value
    key = mapper.primary_key[0]
    insert = _insert(session)(mapper.local_table).values(values).on_conflict_do_nothing().returning(key)
    return (await session.execute(insert)).scalar_one_or_none()


def _insert(session: AsyncSession) -> Any:
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
