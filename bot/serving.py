"""What the commands do: serve, migrate, switch, and the pretend WeCom alone."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import date, datetime
from pathlib import Path

import structlog
from alembic.util import CommandError

from bot.app import Role, connected_embeddings, listening, running
from bot.assistant import figures
from bot.clock import ShiftedClock, SystemClock
from bot.content import memory, versions
from bot.content.folder import GAPS
from bot.content.inspect import find_store, load_or_explain
from bot.content.meaning import Waiting
from bot.content.switches import flip
from bot.db import Database, trouble
from bot.db.migrate import current_revision, migrate
from bot.errors import SettingsError
from bot.gate.links import Links
from bot.learning import stale, weekly
from bot.log import set_up_logging
from bot.orders import reports
from bot.sandbox.seed import SandboxSeed, make_seed
from bot.sandbox.server import serve as serve_sandbox
from bot.settings import Settings
from knowledge.content import Content

log = structlog.get_logger(__name__)


async def serve_for_ever(settings: Settings, role: Role) -> None:
    """Run a role until cancelled; each answers over HTTP. Raises SettingsError for what is not there to run on."""
    memory.share_arenas()
    set_up_logging(settings.log_level)
    async with _migrated(settings):
        pass  # a database that cannot be used is said in one line, before anything else is built
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(running(settings, role=role))
        try:
            port = await stack.enter_async_context(listening(service.site, settings.host, settings.port))
        except OSError as error:
            raise _taken("HOST, PORT", f"{settings.host}:{settings.port}", error) from None
        memory.settle()
        log.info("service.started", role=role.value, host=settings.host, port=port)
        await asyncio.Event().wait()


async def migrate_once(settings: Settings) -> str:
    """Upgrade the database; what it is at now."""
    async with _migrated(settings) as database:
        return f"数据库已是最新版本({await current_revision(database)})"


@asynccontextmanager
async def _migrated(settings: Settings) -> AsyncIterator[Database]:
    """The database at its newest migration. Raises SettingsError when it cannot be used."""
    where = trouble.place(settings.database_url)
    database: Database | None = None
    try:
        try:
            database = Database.connect(settings.database_url)
            await migrate(database)
        except trouble.TROUBLES as error:
            raise SettingsError(f"DATABASE_URL: {where} 用不了。{trouble.explain(error)}") from None
        except CommandError:  # Alembic does not know the revision that the database is at
            raise SettingsError(
                f"DATABASE_URL: {where} 的版本比程序新。换回较新的程序,或检查是不是指到了别的环境"
            ) from None
        yield database
    finally:
        if database is not None:
            await database.close()


def _taken(setting: str, address: str, error: OSError) -> SettingsError:
    return SettingsError(f"{setting}: {address} 用不了({error.strerror or type(error).__name__})。换一个端口")


async def switch_auto(settings: Settings, *, is_on: bool, store: str) -> str:
    """Flip 自动 for one store or all; running services read the switch before every answer."""
    content = load_or_explain(settings.content_dir)
    number = find_store(content, store).number if store else ""
    async with _migrated(settings) as database, database.begin() as session:
        await flip(session, store=number, is_on=is_on, now=SystemClock().now())
    where = content.stores[number].name if number else "所有门店"
    return f"{where}:自动回复已{'打开' if is_on else '关闭'}"


async def list_versions(settings: Settings) -> str:
    """What has been published and refused, newest first."""
    async with _migrated(settings) as database, database.read() as session:
        return await versions.list_versions(session)


async def diff_versions(settings: Settings, folder: Path, old: str, new: str) -> str:
    """What differs between two versions; "" stands for what is in force, and for the folder."""
    async with _migrated(settings) as database, database.read() as session:
        return await versions.diff(session, folder, old, new)


async def roll_back(settings: Settings, folder: Path, version: str, by: str) -> str:
    """Put an old version back into force, for every process. `by`: "" for whoever runs this."""
    async with _migrated(settings) as database:
        who = by or _account()
        return await versions.put_back(database, folder, version, by=who, now=SystemClock().now())


async def write_gaps(settings: Settings, folder: Path, since: date | None, out: Path | None) -> str:
    """待补充问答 since a day (else a week), up to now, into `out` or beside HQ's files. Raises SettingsError."""
    content = load_or_explain(folder)
    now = SystemClock().now().astimezone(content.policy.zone)
    start = now - weekly.WEEK if since is None else datetime(since.year, since.month, since.day, tzinfo=now.tzinfo)
    if start >= now:
        raise SettingsError(f"--since: {since} 还没到")
    place = out.parent if out else folder / GAPS
    stem = out.name.removesuffix(".xlsx") if out else f"{GAPS}问答-{start:%Y%m%d}-{now:%Y%m%d}"
    async with _migrated(settings) as database:
        try:
            book = await weekly.write_book(database, content, start, now, place, stem)
        except OSError as error:
            raise SettingsError(f"--out: {place} 写不进去({error.strerror or type(error).__name__})") from None
    if book.path is None:
        return f"{start:%Y-%m-%d} 以来没有缺的问答"
    more = f",另有 {book.rewritten} 次改写了现成答案" if book.rewritten else ""
    return f"{book.gaps} 个问题没有现成答案,一共问了 {book.asked} 次{more}\n{book.path}"


async def list_stale(settings: Settings, folder: Path, *, as_json: bool) -> str:
    """Entries that HQ should look at."""
    content, now = load_or_explain(folder), SystemClock().now()
    async with _migrated(settings) as database, database.read() as session:
        found = await stale.find_stale(session, content, now)
    today = now.astimezone(content.policy.zone).date()
    return json.dumps(stale.as_json(found), ensure_ascii=False) if as_json else stale.describe(found, today)


async def count_assistant(settings: Settings, days: int, *, as_json: bool) -> str:
    """How well staff are answered, day by day."""
    content = load_or_explain(settings.content_dir)
    async with _migrated(settings) as database, database.read() as session:
        found = await figures.count(session, content, days, SystemClock().now())
    return json.dumps(figures.as_json(found), ensure_ascii=False) if as_json else figures.describe(found)


async def list_orders(settings: Settings, since: date | None, store: str) -> str:
    """Orders placed since a day (else a week), newest first, as a table."""
    content = load_or_explain(settings.content_dir)
    number = find_store(content, store).number if store else None
    async with _migrated(settings) as database, database.read() as session:
        return await reports.list_orders(session, content, SystemClock().now(), since, number)


async def write_ledger(settings: Settings, first: date, last: date, out: Path) -> str:
    """The commission booked on these days, into `out` (.xlsx or .csv). Raises SettingsError."""
    if last < first:
        raise SettingsError(f"--to: {last} 比 --from 还早")
    if out.suffix.lower() not in (".xlsx", ".csv"):
        raise SettingsError(f"--out: expected a name ending in .xlsx or .csv, got {out.name}")
    content = load_or_explain(settings.content_dir)
    async with _migrated(settings) as database, database.read() as session:
        ledger = await reports.read_ledger(session, content, first, last)
    try:
        await asyncio.to_thread(out.write_bytes, ledger.as_xlsx() if out.suffix.lower() == ".xlsx" else ledger.as_csv())
    except OSError as error:
        raise SettingsError(f"--out: {out} 写不进去({error.strerror or type(error).__name__})") from None
    return f"{ledger.summary}\n{out}"


def _account() -> str:
    """Who runs this, as the machine knows them; in a container perhaps by number only."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


async def sandbox_for_ever(settings: Settings, port: int) -> None:
    """The pretend WeCom alone, with the chain's accounts and people."""
    set_up_logging(settings.log_level)
    content = load_or_explain(settings.content_dir)
    seed = seed_of(content, callback_url=f"http://127.0.0.1:{settings.port}/wecom/callback")
    try:
        await serve_sandbox(seed, port=port, clock=ShiftedClock())
    except OSError as error:
        raise _taken("--port", f"127.0.0.1:{port}", error) from None


def seed_of(content: Content, *, callback_url: str) -> SandboxSeed:
    """A pretend corp with the chain's accounts and people; everybody may serve every account."""
    accounts = {account: store.name for store in content.stores.values() for account in store.accounts}
    staff = [(person.account, person.name) for person in content.staff.values()]
    return make_seed(accounts.items(), staff, callback_url=callback_url)


@contextmanager
def waiting_for_meaning(settings: Settings) -> Iterator[Waiting | None]:
    """What commands ask for the meaning of texts; None where no endpoint is set."""
    if not settings.embeddings_url:
        yield None
        return
    set_up_logging("ERROR")  # what goes wrong is said in the answer
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        embedder = runner.run(stack.enter_async_context(connected_embeddings(settings)))
        try:
            yield Waiting(embedder, runner.run)
        finally:
            runner.run(stack.aclose())


def scene_param(settings: Settings, store: str) -> str:
    """The signed scene_param of a store, by number, name or alias."""
    content = load_or_explain(settings.content_dir)
    return Links(settings.signing_key("links"), "").scene_param(find_store(content, store).number)
