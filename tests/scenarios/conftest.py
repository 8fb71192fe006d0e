"""The house for scenarios, once on each database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.house import House, open_house


@pytest.fixture
async def house(database_url: str, tmp_path: Path, free_port: int) -> AsyncIterator[House]:
    async with open_house(database_url=database_url, folder=tmp_path, port=free_port) as opened:
        yield opened
