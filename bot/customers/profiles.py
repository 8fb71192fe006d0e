"""Customers as we know them."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Customer
from bot.model.base import UtcDateTime

NAMELESS = "客人"  #: until WeCom has told us the nickname
_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ASK_AGAIN = timedelta(hours=24)
_NAMELESS = (
    select(Customer.id)
    .where(
        Customer.id.in_(bindparam("customers", expanding=True)),
        Customer.nickname == "",
        or_(Customer.nickname_at.is_(None), Customer.nickname_at < bindparam("since", type_=UtcDateTime())),
    )
    .limit(100)
)
_NAME = (
    update(Customer)
    .where(Customer.id == bindparam("customer"))
    .values(nickname=bindparam("name"), nickname_at=bindparam("now"))
)


async def nameless(session: AsyncSession, customers: Collection[str], now: datetime) -> list[str]:
    """Those of `customers` whose nickname we should ask WeCom for, at most 100."""
    if not customers:
        return []
    return list(await session.scalars(_NAMELESS, {"customers": list(customers), "since": now - _ASK_AGAIN}))


async def name_customers(
    session: AsyncSession, asked: Collection[str], names: Mapping[str, str], now: datetime
) -> None:
    """Keep the nicknames that WeCom told us; those without are asked for again tomorrow."""
    rows = [{"customer": customer, "name": names.get(customer, "")[:128], "now": now} for customer in asked]
    connection = await session.connection()  # of many rows that no session follows
    await connection.execute(_NAME, rows[0] if len(rows) == 1 else rows)


def shown_name(customer: Customer | None) -> str:
    """The nickname for cards; never guess 女士 or 先生."""
    return (_plain(customer.nickname) if customer else "") or NAMELESS


def _plain(name: str) -> str:
    """In one line and in one direction: a nickname must not look like words of ours."""
    line = " ".join(name.split())
    return "".join(letter for letter in line if unicodedata.category(letter) != "Cc" and letter not in _DIRECTIONS)
