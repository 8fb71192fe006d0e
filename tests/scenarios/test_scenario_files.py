"""Every scenario file, played against the whole house."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.scenario import SCENARIOS, run_scenario
from tests.house import House


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
async def test_the_scenario_comes_true(house: House, path: Path) -> None:
    assert await run_scenario(path, house.play) == []
