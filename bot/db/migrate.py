"""Bring the database to the newest migration, one process at a time."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import Connection

import migrations
from bot.db.engine import Database

_LOCK = 0x44584532  #: advisory lock number, ours alone in this database


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


@cache
def newest_revision() -> str:
    """The revision that this program was written for."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def is_known(revision: str) -> bool:
    """Whether this program has that migration; one that it has not was made by a newer program."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


async def migrate(database: Database) -> None:
    """Upgrade to the newest revision. On PostgreSQL others wait on an advisory lock, and then find nothing to do."""
    async with database.writing(), database.engine.connect() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
            await connection.commit()
        try:
            await connection.run_sync(_upgrade)
            await connection.commit()
        finally:
            if not database.is_sqlite:
                await connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
                await connection.commit()


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def current_revision(database: Database) -> str:
    """The revision that the database is at; empty when it was never migrated."""
    async with database.engine.connect() as connection:
        found = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return found or ""
