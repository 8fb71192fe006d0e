"""Switches that people flip while the service runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Switch

AUTO = "auto"


async def flip(session: AsyncSession, *, store: str, is_on: bool, now: datetime) -> None:
    """Set whether 自动 answers go out for `store`, or for all ("")."""
    await session.merge(Switch(name=AUTO, store=store, is_on=is_on, changed_at=now))


async def auto_is_on(session: AsyncSession, store: str | None) -> bool:
    """Off for all, or for this store, is off. Read afresh for every answer: no cache, so a flip is in force at once."""
    where = (Switch.name == AUTO, Switch.store.in_(["", store or ""]))
    return all((await session.scalars(select(Switch.is_on).where(*where))).all())
