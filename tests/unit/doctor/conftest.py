"""The clinic, open for one test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.doctor.clinic import SEED, Clinic, clinic_of


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    async with clinic_of(SEED, tmp_path) as made:
        yield made


@pytest.fixture
def content(clinic: Clinic) -> Path:
    """HQ's folder of the clinic, to be spoilt."""
    return clinic.settings.content_dir
