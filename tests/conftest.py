"""Fixtures for every test: servers, fresh databases, a browser; and nothing of this machine's own settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright
from redis import Redis

from bot.settings import Settings
from tests.processes import find_free_port
from tests.servers import CHROMIUM_ARGUMENTS, PostgresServer, chromium_program, postgres_server, redis_server

NewDatabase = Callable[[], str]


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own environment and `.env` (perhaps a real corp's) never reach a test."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", None)


# --- databases -------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL, one a test process."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: PostgresServer) -> str:
    """URL (postgresql+asyncpg://) of the server's own database; tests write into `new_postgres_database()` instead."""
    return postgres.admin.render_as_string(hide_password=False)


@pytest.fixture
def new_postgres_database(postgres: PostgresServer) -> Iterator[Callable[..., str]]:
    """Call it for the URL of a fresh empty database, or of a copy: `new_postgres_database(template=url)`.

    They are dropped after the test.
    """
    made: list[str] = []

    def create(template: str | None = None) -> str:
        made.append(postgres.create_database(template))
        return made[-1]

    yield create
    for url in made:
        postgres.drop_database(url)


@pytest.fixture
def new_sqlite_database(tmp_path: Path) -> NewDatabase:
    """Call it for the URL of a fresh SQLite file that does not exist yet."""
    count = 0

    def create() -> str:
        nonlocal count
        count += 1
        return f"sqlite+aiosqlite:///{tmp_path / f'test-{count}.db'}"

    return create


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh empty database's URL; the test runs once on each kind.

    On one only: `@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)`.
    """
    kind = "new_sqlite_database" if request.param == "sqlite" else "new_postgres_database"
    create: NewDatabase = request.getfixturevalue(kind)
    return create()


# --- Redis -----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis, one a test process; shared by its tests, so use keys of your own, or `fresh_redis_url`."""
    with redis_server() as url:
        yield url


@pytest.fixture
def fresh_redis_url(redis_url: str) -> str:
    """The same Redis, emptied."""
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
    return redis_url


# --- the rest --------------------------------------------------------------------------------------------------------
@pytest.fixture
def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on."""
    return find_free_port()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; the first test that asks may install it, which takes a minute."""
    return chromium_program()


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A headless Chromium, driven by Playwright."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        await browser.close()
