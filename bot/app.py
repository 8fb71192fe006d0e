"""The composition root: builds every object once, opens and closes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

import aiohttp
import structlog
from aiohttp import web
from sqlalchemy import text

from bot.cache.memory import MemoryCache
from bot.cache.redis import RedisCache
from bot.clock import Clock, SystemClock
from bot.content.library import Library
from bot.conversations.desk import Desk
from bot.conversations.trading import Trade
from bot.db import Database, trouble
from bot.db.claims import free_all
from bot.db.intake import Intake
from bot.db.migrate import current_revision, migrate, newest_revision
from bot.gate.links import Links
from bot.log import LogJournal
from bot.orders.house import House, HouseCatalog, HouseOrders
from bot.ports import Embedder, Journal, Transcriber
from bot.settings import Settings
from bot.sources.embeddings import Embeddings
from bot.sources.exports import Exports
from bot.sources.pms import Pms
from bot.sources.speech import Speech
from bot.sources.vector_file import VectorFile
from bot.trade import Catalog, Orders
from bot.web import voice
from bot.web.keys import Site
from bot.web.site import build_site
from bot.wecom.client import WeComClient
from bot.wecom.crypto import Envelope
from bot.wecom.kf import KfApi
from bot.wecom.messenger import WeComMessenger
from bot.workers.asks import AskWorker
from bot.workers.assistant import AssistantWorker
from bot.workers.content import ContentWorker
from bot.workers.conversations import ConversationWorker
from bot.workers.events import EventWorker
from bot.workers.gaps import GapsJob
from bot.workers.kf import PullWorker, pull_all_at_start
from bot.workers.loop import Loop
from bot.workers.media import MediaWorker
from bot.workers.orders import LapseWorker, OrderWorker, PaymentWorker
from bot.workers.outbox import OutboxWorker
from bot.workers.quiet import QuietWorker
from bot.workers.schedule import Job, Schedule, purge, sync_accounts
from bot.workers.speech import SpeechWorker
from knowledge.text import warm_up

log = structlog.get_logger(__name__)

WORKER_SILENT = timedelta(seconds=30)  #: a loop that has not finished a step for so long is not ready


class Role(StrEnum):
    """Which part of the service a process plays."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"
    SCHEDULER = "scheduler"


@dataclass
class Service:
    """Everything that runs, built once."""

    settings: Settings
    clock: Clock
    database: Database
    cache: MemoryCache | RedisCache
    library: Library
    client: WeComClient
    kf: KfApi
    links: Links
    journal: Journal
    catalog: Catalog
    orders: Orders
    site: web.Application
    loops: list[Loop] = field(default_factory=list)

    def desk(self) -> Desk:
        """One version of the content, for one piece of work."""
        return Desk(self.library.content, self.library.kit, self.links, self.journal)


@asynccontextmanager
async def running(
    settings: Settings, *, role: Role = Role.ALL, clock: Clock | None = None, journal: Journal | None = None
) -> AsyncIterator[Service]:
    """Open everything, run the role's loops, close everything. The caller serves `site`.

    Raises SettingsError when HQ's folder cannot be loaded and there is no earlier version.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        database = Database.connect(settings.database_url)
        stack.push_async_callback(database.close)
        await migrate(database)
        url = settings.redis_url.get_secret_value()
        cache: MemoryCache | RedisCache = RedisCache(url, clock) if url else MemoryCache(clock)
        await cache.open()
        stack.push_async_callback(cache.close)
        executor = ThreadPoolExecutor(max_workers=2, thread_name_prefix="understand")
        stack.callback(executor.shutdown, wait=True, cancel_futures=True)
        await asyncio.get_running_loop().run_in_executor(executor, warm_up)
        http = await stack.enter_async_context(aiohttp.ClientSession(auto_decompress=True))
        embedder = embeddings(settings, http) if role in (Role.ALL, Role.WORKER) else None
        library = Library(database, settings.content_dir, clock, cache=settings.data_dir / "cache", embedder=embedder)
        stack.push_async_callback(library.close)
        await library.open()
        service = _build(settings, clock, database, cache, library, http, journal or LogJournal(), stack)
        loops = _loops(service, role, executor, embedder, transcriber(settings, http))
        service.loops.extend(loops)
        if role in (Role.ALL, Role.WORKER):
            accounts = [account for store in library.content.stores.values() for account in store.accounts]
            if database.is_sqlite:
                async with database.begin() as session:
                    await free_all(session)  # of whoever had this file before us, and was killed
            await pull_all_at_start(database, accounts, clock.now())
        if role in (Role.ALL, Role.SCHEDULER):
            schedule = Schedule(database, clock, _jobs(service))
            schedule.start()
            stack.callback(schedule.stop)
        tasks = [asyncio.create_task(loop.run(), name=loop.topic) for loop in loops]
        stack.push_async_callback(_stop, tasks)
        yield service


def embeddings(settings: Settings, http: aiohttp.ClientSession) -> Embedder | None:
    """The endpoint that says what texts mean; None where none is set."""
    if not settings.embeddings_url:
        return None
    return Embeddings(
        http,
        url=settings.embeddings_url,
        key=settings.embeddings_key.get_secret_value(),
        model=settings.embeddings_model,
        file=VectorFile(settings.data_dir / "embeddings.db"),
    )


def transcriber(settings: Settings, http: aiohttp.ClientSession) -> Transcriber | None:
    """The endpoint that writes voices down; None where none is set."""
    if not settings.speech_url:
        return None
    key = settings.speech_key.get_secret_value()
    return Speech(http, url=settings.speech_url, key=key, model=settings.speech_model)


@asynccontextmanager
async def connected_embeddings(settings: Settings) -> AsyncIterator[Embedder]:
    """The endpoint alone, for a command; one must be set."""
    async with aiohttp.ClientSession(auto_decompress=True) as http:
        embedder = embeddings(settings, http)
        assert embedder is not None
        yield embedder


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _build(
    settings: Settings,
    clock: Clock,
    database: Database,
    cache: MemoryCache | RedisCache,
    library: Library,
    http: aiohttp.ClientSession,
    journal: Journal,
    stack: AsyncExitStack,
) -> Service:
    client = WeComClient(
        http,
        base=settings.wecom_api_base,
        corp_id=settings.wecom_corp_id,
        secret=settings.wecom_secret.get_secret_value(),
        agent_id=settings.wecom_agent_id,
        tokens=cache.tokens,
        buckets=cache.buckets,
        clock=clock,
    )
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    links = Links(settings.signing_key("links"), base)
    intake = Intake(database)
    intake.open()
    stack.push_async_callback(intake.close)
    catalog, orders = _trade(settings, House(database, lambda: library.content, clock), http)
    service = Service(
        settings=settings,
        clock=clock,
        database=database,
        cache=cache,
        library=library,
        client=client,
        kf=KfApi(client),
        links=links,
        journal=journal,
        catalog=catalog,
        orders=orders,
        site=web.Application(),
    )
    site = Site(
        database=database,
        intake=intake,
        envelope=Envelope(
            settings.wecom_token.get_secret_value(), settings.wecom_aes_key.get_secret_value(), settings.wecom_corp_id
        ),
        wakeups=cache.wakeups,
        clock=clock,
        links=links,
        desk=service.desk,
        checks=_checks(service),
        metrics_token=settings.metrics_token.get_secret_value(),
        csrf_key=settings.signing_key("csrf"),
        is_secure=base.startswith("https://"),
        trade=Trade(catalog, orders),
        pay_key=settings.pay_secret.get_secret_value().encode(),
    )
    service.site = build_site(site)
    voice.add_to(service.site, settings.data_dir / "media")
    return service


def _trade(settings: Settings, house: House, http: aiohttp.ClientSession) -> tuple[Catalog, Orders]:
    """Where things are for sale and orders live: a PMS, what one exports, else HQ's files and our database."""
    if settings.pms_url:
        pms = Pms(http, settings.pms_url, settings.pms_token.get_secret_value())
        return pms, pms
    if settings.exports_dir is not None:
        exports = Exports(settings.exports_dir, house.content().policy.zone)
        return exports, exports
    return HouseCatalog(house), HouseOrders(house)


def _loops(
    service: Service,
    role: Role,
    executor: ThreadPoolExecutor,
    embedder: Embedder | None,
    transcriber: Transcriber | None,
) -> list[Loop]:
    database, wakeups, clock, desk = service.database, service.cache.wakeups, service.clock, service.desk
    content = ContentWorker(database, wakeups, clock, service.library)
    loops = [Loop("content", content.step, wakeups, clock)]
    if role in (Role.ALL, Role.WORKER):
        messenger = WeComMessenger(service.client, service.kf)
        pull = PullWorker(database, wakeups, clock, desk, service.kf)
        assistant = AssistantWorker(database, wakeups, clock, desk, executor, embedder)
        trade = Trade(service.catalog, service.orders)
        converse = ConversationWorker(database, wakeups, clock, desk, executor, embedder, trade)
        send = OutboxWorker(database, wakeups, clock, desk, messenger)
        place = OrderWorker(database, wakeups, clock, desk, service.orders)
        folder = service.settings.data_dir / "media"
        media = MediaWorker(database, wakeups, clock, service.client, folder, is_written=transcriber is not None)
        loops += [
            Loop("events", EventWorker(database, wakeups, clock, desk).step, wakeups, clock),
            Loop("accounts", pull.step, wakeups, clock, pull.crew),
            Loop("conversations", converse.step, wakeups, clock, converse.crew),
            Loop("outbox", send.step, wakeups, clock, send.crew),
            Loop("asks", AskWorker(database, wakeups, clock, desk).step, wakeups, clock),
            Loop("assistant", assistant.step, wakeups, clock),
            Loop("quiet", QuietWorker(database, wakeups, clock, desk).step, wakeups, clock),
            Loop("media", media.step, wakeups, clock, media.crew),
            Loop("orders", place.step, wakeups, clock, place.crew),
            Loop("payments", PaymentWorker(database, wakeups, clock, desk, service.orders).step, wakeups, clock),
        ]
        if transcriber is not None:
            write = SpeechWorker(database, wakeups, clock, desk, transcriber, folder)
            loops.append(Loop("speech", write.step, wakeups, clock, write.crew))
        if isinstance(service.orders, HouseOrders):
            lapse = LapseWorker(database, wakeups, clock, desk, service.orders)
            loops.append(Loop("lapses", lapse.step, wakeups, clock))
    return loops


def _jobs(service: Service) -> list[Job]:
    async def accounts() -> None:
        await sync_accounts(service.database, service.kf, service.clock)

    async def nightly() -> None:
        await purge(service.database, service.clock)

    gaps = GapsJob(
        service.database,
        service.cache.wakeups,
        service.clock,
        service.desk,
        (service.settings.content_dir, service.settings.data_dir),
    )
    return [
        Job("accounts", timedelta(hours=1), accounts),
        Job("purge", timedelta(days=1), nightly),
        gaps.job(),
    ]


def _checks(service: Service) -> dict[str, Callable[[], Awaitable[bool]]]:
    async def database() -> bool:
        try:
            async with service.database.read() as session:
                await session.execute(text("SELECT 1"))
        except trouble.TROUBLES:
            return False
        return True

    async def migrations() -> bool:
        try:
            return await current_revision(service.database) == newest_revision()
        except trouble.TROUBLES:
            return False

    async def content() -> bool:
        return service.library.is_loaded

    async def worker() -> bool:
        now = service.clock.now()
        return all(
            loop.failures < 3 and loop.alive_at is not None and now - loop.alive_at < WORKER_SILENT
            for loop in service.loops
        )

    return {"database": database, "migrations": migrations, "content": content, "worker": worker}


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve an application; gives the port, which the machine chooses when `port` is 0."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
    await runner.setup()
    try:
        listener = web.TCPSite(runner, host, port)
        await listener.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
