"""A question that waits, for the edit page in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from tests.conftest import NewDatabase
from tests.unit.web.matter import Matter, matter_on

TUESDAY = datetime(2026, 11, 24, 6, 2, tzinfo=UTC)  #: 14:02 in store time


@pytest.fixture
async def matter(new_sqlite_database: NewDatabase) -> AsyncIterator[Matter]:
    """The site on a Tuesday afternoon."""
    async with matter_on(new_sqlite_database()) as made:
        made.clock.move(TUESDAY - made.clock.now())
        yield made
