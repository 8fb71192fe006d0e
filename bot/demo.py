"""`dianxiaoer demo`: service, pretend WeCom and demo page in one process, under one address. Nothing is kept."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import string
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path

from pydantic import SecretStr

from bot.app import Service, listening, running
from bot.clock import ShiftedClock
from bot.content.inspect import load_or_explain
from bot.errors import SettingsError
from bot.gate.links import Links
from bot.log import set_up_logging
from bot.sandbox import server as sandbox_server
from bot.sandbox.demo import build_demo
from bot.sandbox.demo_setup import DemoPerson, DemoSetup, DemoStore
from bot.sandbox.seed import SandboxSeed
from bot.sandbox.steps import JournalFeed
from bot.serving import seed_of
from bot.settings import Settings
from knowledge.chain import Store
from knowledge.content import Content
from knowledge.entry import Audience, Autonomy, Entry, Status
from knowledge.template import holes

HOST = "127.0.0.1"
DATABASE = "demo.db"  #: below the data folder; made anew at each start
SAMPLES = 10  #: questions offered for each store
_LETTERS = string.ascii_letters + string.digits


@dataclass
class DemoService:
    """The service as the demo runs it: it can be ended and started again on the same port and database."""

    settings: Settings
    clock: ShiftedClock
    steps: JournalFeed
    port: int  #: of the service itself, behind the demo page
    service: Service | None = None
    _stack: AsyncExitStack | None = None
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self) -> None:
        async with AsyncExitStack() as stack:
            service = await stack.enter_async_context(running(self.settings, clock=self.clock, journal=self.steps))
            await stack.enter_async_context(listening(service.site, HOST, self.port))
            self.service, self._stack = service, stack.pop_all()

    async def stop(self) -> None:
        stack, self.service, self._stack = self._stack, None, None
        if stack is not None:
            await stack.aclose()

    async def restart(self) -> None:
        async with self._busy:
            await self.stop()
            await self.start()


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that runs."""

    url: str
    setup: DemoSetup
    service: DemoService


async def run_demo(settings: Settings, port: int) -> None:
    """Serve the demo until cancelled. Raises SettingsError when the port is taken or HQ's folder has errors."""
    set_up_logging("WARNING" if settings.log_level == "INFO" else settings.log_level)
    async with demo_running(settings, port) as demo:
        print(f"\n  店小二演示已经开门:{demo.url}\n  在浏览器里打开它;结束请按 Ctrl+C。\n", flush=True)
        await asyncio.Event().wait()


@asynccontextmanager
async def demo_running(settings: Settings, port: int) -> AsyncIterator[Demo]:
    """Open everything, serve while the block runs, close everything. Port 0 picks a free one.

    Raises SettingsError when the port is taken or HQ's folder has errors.
    """
    port, service_port = port or _free_port(), _free_port()
    clock, steps = ShiftedClock(), JournalFeed()
    content = await asyncio.to_thread(load_or_explain, settings.content_dir)
    if not content.staff or not any(store.accounts for store in content.stores.values()):
        raise SettingsError("CONTENT_DIR: the demo needs stores with 客服账号 and staff; this folder has none")
    seed = _with_own_secrets(seed_of(content, callback_url=f"http://{HOST}:{service_port}/wecom/callback"))
    async with AsyncExitStack() as stack:
        platform = await stack.enter_async_context(sandbox_server.running(seed, clock=clock))
        own = _settings(settings, seed, platform.base_url, port)
        service = DemoService(own, clock, steps, service_port)
        steps.names = {account: person.name for account, person in content.staff.items()}
        follower = asyncio.create_task(steps.follow(platform.sandbox.feed))
        stack.callback(follower.cancel)
        setup = DemoSetup(
            sandbox=platform.sandbox,
            clock=clock,
            steps=steps,
            stores=tuple(_doors(content, Links(own.signing_key("links"), ""), _today(content, clock.now()))),
            people=tuple(DemoPerson(one.account, one.name, one.role, one.store) for one in content.staff.values()),
            site_url=f"http://{HOST}:{service_port}",
            restart=service.restart,
            zone=content.policy.zone,
            on_duty=partial(_on_duty, content),
        )
        try:
            await stack.enter_async_context(listening(build_demo(setup), HOST, port))
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise SettingsError(f"PORT: {HOST}:{port} 用不了({reason})。换一个端口") from None
        _forget(own.data_dir / DATABASE)  # not before the port is ours: another demo may be running on that file
        stack.push_async_callback(service.stop)
        await service.start()
        yield Demo(f"http://{HOST}:{port}", setup, service)


def _settings(settings: Settings, seed: SandboxSeed, platform: str, port: int) -> Settings:
    """The demo's own: nothing of a real corp, of another database or of Redis, whatever the environment says."""
    return settings.model_copy(
        update={
            "wecom_api_base": platform,
            "wecom_corp_id": seed.corp_id,
            "wecom_agent_id": seed.agent_id,
            "wecom_secret": SecretStr(seed.secret),
            "wecom_token": SecretStr(seed.token),
            "wecom_aes_key": SecretStr(seed.aes_key),
            "secret_key": SecretStr(""),
            "pay_secret": SecretStr(seed.pay_secret),
            "database_url": f"sqlite+aiosqlite:///{settings.data_dir / DATABASE}",
            "redis_url": SecretStr(""),
            "public_url": f"http://{HOST}:{port}",
            "host": HOST,
            "port": port,
        }
    )


def _with_own_secrets(seed: SandboxSeed) -> SandboxSeed:
    def word(letters: int) -> str:
        return "".join(secrets.choice(_LETTERS) for _ in range(letters))

    return replace(seed, secret=word(43), token=word(24), aes_key=word(43), pay_secret=word(32))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def _forget(database: Path) -> None:
    """The pretend WeCom starts empty, so the service does too."""
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def _today(content: Content, now: datetime) -> date:
    return now.astimezone(content.policy.zone).date()


def _on_duty(content: Content, now: datetime) -> frozenset[str]:
    local = now.astimezone(content.policy.zone)
    return frozenset(one.account for one in content.staff.values() if one.shifts.covers(local))


# --- what a visitor may ask ------------------------------------------------------------------------------------------
def _doors(content: Content, links: Links, today: date) -> Iterator[DemoStore]:
    """Every store; behind them, the accounts that several stores share, without saying which."""
    for store in content.stores.values():
        if store.accounts:
            samples = tuple(_samples(content, store, today))
            param = links.scene_param(store.number)
            yield DemoStore(store.number, store.name, store.accounts[0], (store.number,), param, samples)
    shared = {account for store in content.stores.values() for account in store.accounts}
    for account in sorted(shared):
        stores = content.store_by_account(account)
        if len(stores) > 1:
            name = "、".join(store.name for store in stores)
            numbers = tuple(store.number for store in stores)
            yield DemoStore(
                account, f"没说哪家店({name})", account, numbers, "", tuple(_samples(content, stores[0], today))
            )


def _samples(content: Content, store: Store, today: date) -> Iterator[str]:
    """Questions that this store answers, in customers' words: one of each category, then the next of each."""
    by_category: dict[str, list[str]] = {}
    for entry in sorted(content.entries.values(), key=lambda one: one.number):
        if _is_answered(entry, store, today):
            by_category.setdefault(entry.category, []).append(entry.similar[0] if entry.similar else entry.question)
    rounds = zip_longest(*(asked[:2] for asked in by_category.values()))
    mixed = [question for each in rounds for question in each if question]
    yield from mixed[:SAMPLES]


def _is_answered(entry: Entry, store: Store, today: date) -> bool:
    answer = entry.answer_for(Audience.CUSTOMER)
    is_in_force = entry.status is Status.ACTIVE and entry.is_valid_on(today) and entry.holds_in(store)
    return bool(answer) and is_in_force and entry.autonomy is Autonomy.CONFIRM and not holes(answer, store)
