"""Insert a row unless its key is there already."""

from __future__ import annotations

import functools
from typing import Any

from sqlalchemy import ClauseElement, ColumnElement, Insert, insert, inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles

from bot.model import Base


async def insert_once(session: AsyncSession, row: Base) -> int | None:
    """Insert `row` unless any unique key of it exists. The new primary key's first column, or None when it was there.

    The object itself is not added to the session; load it by key when it is needed.
    """
    statement, columns = _insert(type(row))
    values = {column.name: column.of(row) for column in columns}
    return (await session.execute(statement, values)).scalar_one_or_none()


@functools.cache
def _insert(model: type[Base]) -> tuple[Insert, tuple[_Column, ...]]:
    """The statement, built once, and the columns that it gives values to."""
    mapper = inspect(model)
    columns = [(attribute.key, attribute.columns[0]) for attribute in mapper.column_attrs]
    ours = tuple(_Column(key, column) for key, column in columns if not _is_numbered(column))
    return insert_or_nothing(model).returning(mapper.primary_key[0]), ours


def _is_numbered(column: ColumnElement[Any]) -> bool:
    """Whether the database gives the value."""
    return column.primary_key and getattr(column, "autoincrement", None) is True


class _Column:
    """What an attribute's value is in the table."""

    def __init__(self, key: str, column: ColumnElement[Any]) -> None:
        self._key, self.name = key, str(column.key)
        self._default = getattr(getattr(column, "default", None), "arg", None)

    def of(self, row: Base) -> Any:
        value = getattr(row, self._key)
        if value is None:
            return self._default(None) if callable(self._default) else self._default
        return value


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
