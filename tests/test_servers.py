"""The set-up itself: servers start, are fresh for every test, and end with the process that started them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import psutil
import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

ROOT = Path(__file__).resolve().parent.parent


async def test_aiohttp_serves_and_leaves_no_warning() -> None:
    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="您好")

    app = web.Application()
    app.router.add_get("/", hello)
    async with TestServer(app) as server, ClientSession() as client, client.get(server.make_url("/")) as answer:
        assert await answer.text() == "您好"


@pytest.mark.parametrize("attempt", [1, 2])
async def test_database_is_empty_for_every_test(database_url: str, attempt: int) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE note (body TEXT)"))  # fails on a second run in the same database
        await connection.execute(text("INSERT INTO note VALUES ('您好')"))
        assert (await connection.execute(text("SELECT body FROM note"))).scalar_one() == "您好"
    await engine.dispose()


async def test_postgres_database_can_be_copied(new_postgres_database: Callable[..., str]) -> None:
    original = new_postgres_database()
    await _execute(original, "CREATE TABLE note (body TEXT)")
    copy = new_postgres_database(template=original)
    assert copy != original
    await _execute(copy, "INSERT INTO note VALUES ('x')")


async def test_redis_is_emptied_when_asked(fresh_redis_url: str) -> None:
    async with Redis.from_url(fresh_redis_url) as redis:
        assert await redis.dbsize() == 0
        await redis.set("key", "value")


def test_free_port_can_be_bound(free_port: int) -> None:
    async def serve() -> None:
        server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", free_port)
        server.close()
        await server.wait_closed()

    asyncio.run(serve())


_KEEPS_SERVERS = """
import os, time
os.environ.pop("TEST_DATABASE_URL", None); os.environ.pop("TEST_REDIS_URL", None)
from tests.servers import postgres_server, redis_server
with postgres_server(), redis_server():
    print("up", flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_servers_end_when_their_process_is_killed(postgres_url: str, redis_url: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", _KEEPS_SERVERS], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "up\n"
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 2
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []


async def test_browser_draws_chinese(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 360, "height": 200})
    await page.set_content("<b>店</b> <b>小</b>")
    shop, small = [await page.locator("b").nth(index).screenshot() for index in (0, 1)]
    assert shop != small  # without a Chinese font, every character is the same empty box


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute(statement)
    await connection.close()
