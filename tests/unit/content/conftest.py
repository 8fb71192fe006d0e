"""A library on a small folder and a real database, once on each kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.clock import ShiftedClock
from bot.content.library import Library
from bot.content.reader import APART_FROM
from bot.db import Database
from bot.db.migrate import migrate
from tests.shelf import NewShelf, Shelf


@pytest.fixture
async def new_shelf(database_url: str, tmp_path: Path) -> AsyncIterator[NewShelf]:
    """Call it for another process's library on the same database; by default also on the same folder."""
    clock = ShiftedClock()
    async with AsyncExitStack() as stack:
        database = Database.connect(database_url)
        stack.push_async_callback(database.close)
        await migrate(database)

        def create(*, folder: str = "content", apart_from: int = APART_FROM) -> Shelf:
            (tmp_path / folder / "faq").mkdir(parents=True, exist_ok=True)
            library = Library(database, tmp_path / folder, clock, apart_from=apart_from)
            stack.push_async_callback(library.close)
            return Shelf(library, tmp_path / folder, database, clock)

        yield create


@pytest.fixture
async def shelf(new_shelf: NewShelf) -> Shelf:
    """With three entries in force."""
    opened = new_shelf()
    opened.write_faq()
    await opened.library.open()
    return opened
