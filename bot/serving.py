"""What the commands do: serve, migrate, switch, and the pretend WeCom alone."""

from __future__ import annotations

import asyncio

import structlog

from bot.app import Role, listening, running
from bot.clock import ShiftedClock, SystemClock
from bot.content.inspect import find_store, load_or_explain
from bot.content.switches import flip
from bot.db import Database
from bot.db.migrate import current_revision, migrate
from bot.gate.links import Links
from bot.log import set_up_logging
from bot.sandbox.seed import SandboxSeed, make_seed
from bot.sandbox.server import serve as serve_sandbox
from bot.settings import Settings
from knowledge.content import Content

log = structlog.get_logger(__name__)


async def serve_for_ever(settings: Settings, role: Role) -> None:
    """Run a role until cancelled. Every role answers /healthz and /readyz; only web and all take callbacks."""
    set_up_logging(settings.log_level)
    async with running(settings, role=role) as service, listening(service.site, settings.host, settings.port) as port:
        log.info("service.started", role=role.value, host=settings.host, port=port)
        await asyncio.Event().wait()


async def migrate_once(settings: Settings) -> str:
    """Upgrade the database; what it is at now."""
    database = Database.connect(settings.database_url)
    try:
        await migrate(database)
        return f"数据库已是最新版本({await current_revision(database)})"
    finally:
        await database.close()


async def switch_auto(settings: Settings, *, is_on: bool, store: str) -> str:
    """Flip 自动 for one store or all; running services read the switch before every answer."""
    content = load_or_explain(settings.content_dir)
    number = find_store(content, store).number if store else ""
    database = Database.connect(settings.database_url)
    try:
        await migrate(database)
        async with database.begin() as session:
            await flip(session, store=number, is_on=is_on, now=SystemClock().now())
    finally:
        await database.close()
    where = content.stores[number].name if number else "所有门店"
    return f"{where}:自动回复已{'打开' if is_on else '关闭'}"


async def sandbox_for_ever(settings: Settings, port: int) -> None:
    """The pretend WeCom alone, with the chain's accounts and people."""
    set_up_logging(settings.log_level)
    content = load_or_explain(settings.content_dir)
    seed = seed_of(content, callback_url=f"http://127.0.0.1:{settings.port}/wecom/callback")
    await serve_sandbox(seed, port=port, clock=ShiftedClock())


def seed_of(content: Content, *, callback_url: str) -> SandboxSeed:
    """A pretend corp with the chain's accounts and people; everybody may serve every account."""
    accounts = {account: store.name for store in content.stores.values() for account in store.accounts}
    staff = [(person.account, person.name) for person in content.staff.values()]
    return make_seed(accounts.items(), staff, callback_url=callback_url)


def scene_param(settings: Settings, store: str) -> str:
    """The signed scene_param of a store, by number, name or alias."""
    content = load_or_explain(settings.content_dir)
    return Links(settings.signing_key("links"), "").scene_param(find_store(content, store).number)
