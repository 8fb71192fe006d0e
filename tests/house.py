"""The whole house in one process: a pretend WeCom, the service, and a player of customers and staff.

Tests go in at WeCom's front door and look at what came out on the other side; nothing is mocked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.app import Role, Service, listening, running
from bot.clock import ShiftedClock
from bot.ports import Journal
from bot.sandbox.play import Player
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.seed import SandboxSeed, make_seed
from bot.sandbox.server import running as sandbox_running
from bot.settings import Settings
from knowledge.content import Content, load

SAMPLES = Path(__file__).resolve().parent.parent / "knowledge" / "samples"
FRONT_DESK = "wkXD_T001_xihuyintai"  #: account of T001 西湖银泰店 in the hotel sample


@dataclass
class House:
    """A running service with its WeCom."""

    play: Player
    service: Service
    sandbox: Sandbox
    clock: ShiftedClock
    base: str  #: where the service listens


def sample_files(chain: str = "hotel") -> dict[str, bytes]:
    """A sample chain as `knowledge.content.load` wants it."""
    return files_below(SAMPLES / chain)


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file by its relative path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def seed_of(content: Content, callback_url: str = "") -> SandboxSeed:
    """A pretend corp with the chain's accounts and people."""
    accounts = {account: store.name for store in content.stores.values() for account in store.accounts}
    staff = [(person.account, person.name) for person in content.staff.values()]
    return make_seed(accounts.items(), staff, callback_url=callback_url)


def settings_for(
    seed: SandboxSeed, base: str, *, database_url: str, folder: Path, content: Path, port: int
) -> Settings:
    """Settings that point the service at a sandbox."""
    return Settings(
        wecom_api_base=base,
        wecom_corp_id=seed.corp_id,
        wecom_agent_id=seed.agent_id,
        wecom_secret=seed.secret,  # type: ignore[arg-type]
        wecom_token=seed.token,  # type: ignore[arg-type]
        wecom_aes_key=seed.aes_key,  # type: ignore[arg-type]
        pay_secret=seed.pay_secret,  # type: ignore[arg-type]
        database_url=database_url,
        content_dir=content,
        data_dir=folder,
        port=port,
    )


def environment_for(
    seed: SandboxSeed, base: str, *, database_url: str, folder: Path, content: Path, port: int
) -> dict[str, str]:
    """The same as variables, for a service in a process of its own."""
    return {
        "WECOM_API_BASE": base,
        "WECOM_CORP_ID": seed.corp_id,
        "WECOM_AGENT_ID": str(seed.agent_id),
        "WECOM_SECRET": seed.secret,
        "WECOM_TOKEN": seed.token,
        "WECOM_AES_KEY": seed.aes_key,
        "PAY_SECRET": seed.pay_secret,
        "DATABASE_URL": database_url,
        "CONTENT_DIR": str(content),
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
    }


@asynccontextmanager
async def open_house(
    *,
    database_url: str,
    folder: Path,
    port: int,
    content: Path = SAMPLES / "hotel",
    redis_url: str = "",
    journal: Journal | None = None,
    account: str = FRONT_DESK,
    settings_changed: Mapping[str, object] | None = None,
) -> AsyncIterator[House]:
    """Start the pretend WeCom and the service; they share one clock that tests can move."""
    loaded = load(files_below(content))
    assert loaded.content is not None, [str(problem) for problem in loaded.problems][:5]
    clock = ShiftedClock()
    seed = seed_of(loaded.content, callback_url=f"http://127.0.0.1:{port}/wecom/callback")
    async with sandbox_running(seed, clock=clock) as pretend:
        settings = settings_for(
            seed, pretend.base_url, database_url=database_url, folder=folder, content=content, port=port
        )
        settings = settings.model_copy(update=dict(settings_changed or {}))
        if redis_url:
            settings = settings.model_copy(update={"redis_url": type(settings.redis_url)(redis_url)})
        async with (
            running(settings, role=Role.ALL, clock=clock, journal=journal) as service,
            listening(service.site, "127.0.0.1", port),
            Player(pretend.base_url, account=account) as play,
        ):
            yield House(play, service, pretend.sandbox, clock, f"http://127.0.0.1:{port}")
