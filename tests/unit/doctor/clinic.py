"""A clinic for the doctor: a database, HQ's files and a pretend WeCom, and what was printed, taken apart."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import Role, listening, running
from bot.clock import ShiftedClock
from bot.db import Database
from bot.db.migrate import migrate
from bot.doctor.examine import look_over
from bot.sandbox.play import Player
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.seed import SandboxSeed, SeedAccount, SeedStaff
from bot.sandbox.server import running as sandbox_running
from bot.settings import Settings
from tests.house import settings_for
from tests.processes import find_free_port

LAKE, HILL = "wkLake", "wkHill"
SEED = SandboxSeed(
    callback_url="",
    accounts=(SeedAccount(LAKE, "湖滨"), SeedAccount(HILL, "山脚")),
    staff=(
        SeedStaff("linxia", "林夏"),
        SeedStaff("ZhouNing", "周宁"),
        SeedStaff("wutong", "吴桐"),
        SeedStaff("hezhen", "何真"),
    ),
)
FILES = {
    "stores.csv": f"门店编号,门店名称,城市,客服账号\nA1,湖滨店,杭州,{LAKE}\nA2,山脚店,杭州,{HILL}\n",
    "staff.csv": (
        "员工账号,姓名,门店编号,角色\n"
        "linxia,林夏,A1,店员\nzhouning,周宁,A1,店长\nwutong,吴桐,A2,店员\nhezhen,何真,,总部\n"
    ),
    "faq/问答.csv": "编号,标准问题,客户版答案\nK-1,能带宠物吗,小型犬猫都欢迎~\n",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Report:
    """What was printed."""

    status: int
    lines: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [line[2:].split(": ")[0] for line in self.lines[:-1]]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def __getitem__(self, name: str) -> str:
        """Everything about one check, its mark first."""
        return next(line for line in self.lines if line[2:].startswith(f"{name}: "))

    def marked(self, mark: str) -> list[str]:
        return [line[2:].split(": ")[0] for line in self.lines if line.startswith(mark)]


async def look(settings: Settings, *, fix: bool = False, clock: ShiftedClock | None = None) -> Report:
    """Examine; no secret may ever be in what is printed."""
    report = Report(-1)
    report.status = await look_over(settings, fix=fix, clock=clock, say=report.lines.append)
    secrets = (settings.wecom_secret, settings.wecom_token, settings.wecom_aes_key, settings.redis_url)
    assert [one for one in secrets if one.get_secret_value() and one.get_secret_value() in report.text] == []
    return report


def changed(settings: Settings, **changes: object) -> Settings:
    """With other values, unchecked; secrets are given as plain text."""
    for name, value in changes.items():
        kind = type(getattr(settings, name))
        settings = settings.model_copy(update={name: value if isinstance(value, kind) else kind(value)})
    return settings


@dataclass
class Clinic:
    """No service runs unless a test starts one."""

    settings: Settings
    sandbox: Sandbox
    play: Player

    async def look(self, **changes: object) -> Report:
        return await look(changed(self.settings, **changes))

    async def fix(self) -> Report:
        return await look(self.settings, fix=True)


def write_content(folder: Path) -> Path:
    """A chain of two stores."""
    for name, rows in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(rows, encoding="utf-8")
    return folder


@asynccontextmanager
async def clinic_of(seed: SandboxSeed, folder: Path) -> AsyncIterator[Clinic]:
    """Start it with this corp."""
    url = f"sqlite+aiosqlite:///{folder / 'doctor.db'}"
    database = Database.connect(url)
    await migrate(database)
    await database.close()
    content = write_content(folder / "hq")
    async with sandbox_running(seed) as pretend, Player(pretend.base_url) as play:
        settings = settings_for(
            seed, pretend.base_url, database_url=url, folder=folder, content=content, port=find_free_port()
        )
        yield Clinic(settings, pretend.sandbox, play)


@asynccontextmanager
async def service(settings: Settings) -> AsyncIterator[None]:
    """The real one, with these settings."""
    async with running(settings, role=Role.WEB) as made, listening(made.site, settings.host, settings.port):
        yield


def answering(path: str, handler: Handler) -> web.Application:
    """An application with one address."""
    app = web.Application()
    app.router.add_route("*", path, handler)
    return app


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """Its base address on loopback."""
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/")
