"""One of three sites that take the same callback: `python -m tests.bench.site bare|decoded|stored PORT [URL]`.

bare: reads the body and answers. decoded: the real handler, whose store keeps nothing. stored: the real handler, with
its durable commit. Nothing else runs in these processes.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from aiohttp import web

from bot.app import listening
from bot.cache.memory import MemoryCache
from bot.clock import SystemClock
from bot.conversations.desk import Desk
from bot.db import Database
from bot.db.intake import Intake
from bot.db.migrate import migrate
from bot.gate.links import Links
from bot.log import set_up_logging
from bot.sandbox.seed import SandboxSeed
from bot.web.keys import Site
from bot.web.site import build_site
from bot.wecom.crypto import Envelope


class Forgetful(Intake):
    """The same handler without the commit."""

    async def store(self, body: str, *, now: datetime) -> None:
        """Keep nothing."""


async def _read_only(request: web.Request) -> web.Response:
    await request.read()
    return web.Response()


def _bare() -> web.Application:
    app = web.Application()
    app.router.add_post("/wecom/callback", _read_only)
    return app


@asynccontextmanager
async def _site(database: Database, intake: Intake) -> AsyncIterator[web.Application]:
    seed, clock = SandboxSeed(), SystemClock()

    def desk() -> Desk:
        raise NotImplementedError("the callback needs no desk")

    intake.open()
    try:
        yield build_site(
            Site(
                database=database,
                intake=intake,
                envelope=Envelope(seed.token, seed.aes_key, seed.corp_id),
                wakeups=MemoryCache(clock).wakeups,
                clock=clock,
                links=Links(bytes(32), "http://127.0.0.1"),
                desk=desk,
                checks={},
                metrics_token="",
                csrf_key=bytes(32),
                is_secure=False,
            )
        )
    finally:
        await intake.close()


async def serve(kind: str, port: int, url: str) -> None:
    """Serve until killed."""
    set_up_logging("WARNING")
    if kind == "bare":
        async with listening(_bare(), "127.0.0.1", port):
            await asyncio.Event().wait()
    database = Database.connect(url)
    await migrate(database)
    intake = Forgetful(database) if kind == "decoded" else Intake(database)
    async with _site(database, intake) as app, listening(app, "127.0.0.1", port):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
