"""The edit page's one question."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conftest import NewDatabase
from tests.unit.web.matter import Matter, matter_on


@pytest.fixture
async def matter(new_sqlite_database: NewDatabase) -> AsyncIterator[Matter]:
    """A site over SQLite, with nothing asked yet."""
    async with matter_on(new_sqlite_database()) as made:
        yield made
