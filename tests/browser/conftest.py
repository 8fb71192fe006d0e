"""What the browser's tests look at: a question that waits, and the demo."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.demo import Demo, demo_running
from bot.settings import load_settings
from tests.browser.watch import PATIENCE
from tests.conftest import NewDatabase
from tests.unit.web.matter import Matter, matter_on

expect.set_options(timeout=PATIENCE)
TUESDAY = datetime(2026, 11, 24, 6, 2, tzinfo=UTC)  #: 14:02 in store time


@pytest.fixture
async def matter(new_sqlite_database: NewDatabase) -> AsyncIterator[Matter]:
    """The site on a Tuesday afternoon."""
    async with matter_on(new_sqlite_database()) as made:
        made.clock.move(TUESDAY - made.clock.now())
        yield made


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """The demo with the hotel sample, as `make run` starts it."""
    settings = load_settings(need_wecom=False, data_dir=tmp_path)
    async with demo_running(settings, 0) as running:
        yield running
