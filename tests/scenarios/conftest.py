"""The houses for scenarios, once on each database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.house import House, open_house
from tests.small_chain import open_small_house


@pytest.fixture
async def house(database_url: str, tmp_path: Path, free_port: int) -> AsyncIterator[House]:
    """The hotel sample's."""
    async with open_house(database_url=database_url, folder=tmp_path, port=free_port) as opened:
        yield opened


@pytest.fixture
async def small_house(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path, free_port: int
) -> AsyncIterator[House]:
    """The small chain's; `tests.stage.with_house(…)` gives it other staff, policy or files."""
    async with open_small_house(database_url, tmp_path, free_port, **getattr(request, "param", {})) as opened:
        yield opened
