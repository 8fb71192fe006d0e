"""Insert a row unless its key is there already."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ClauseElement, Insert, insert, inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles

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
    statement = insert_or_nothing(type(row)).values(values).returning(mapper.primary_key[0])
    return (await session.execute(statement)).scalar_one_or_none()


def insert_or_nothing(model: type[Base]) -> Insert:
    """INSERT … ON CONFLICT DO NOTHING, whatever key it is that exists; SQLite and PostgreSQL spell it alike.

    SQLAlchemy's own clause may hold anything, so it compiles such a statement anew each time (over a millisecond for a
    wide table). Ours holds nothing: the compiled statement is kept, like any other.
    """
    statement = insert(model.__table__)  # type: ignore[arg-type]  # every model is mapped to a Table
    statement._post_values_clause = _DoNothing()
    return statement


class _DoNothing(ClauseElement):
    __visit_name__ = "do_nothing"
    _traverse_internals = []  # noqa: RUF012  # SQLAlchemy's own hook: no state
    inherit_cache = True


@compiles(_DoNothing)
def _compile(_clause: _DoNothing, _compiler: object, **_options: Any) -> str:
    return "ON CONFLICT DO NOTHING"
