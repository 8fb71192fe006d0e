"""Finds, installs and starts what tests need: PostgreSQL, Redis, Chromium. Nothing is ever skipped silently.

Looked for, in this order: TEST_DATABASE_URL and TEST_REDIS_URL; programs on PATH; PostgreSQL's usual folders; Debian's
packages, when we are root and apt-get is there. Otherwise the tests fail and say what to do. A server that we start is
private to one process: loopback, a free port, a temporary folder.

    with postgres_server() as server:
        server.create_database()  # "postgresql+asyncpg://…"
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from sqlalchemy.engine import URL, make_url

from tests.processes import (
    START_SECONDS,
    Account,
    Program,
    ServerMissingError,
    account_named,
    install,
    temporary_folder,
)

OLDEST_POSTGRES = 15
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # PostgreSQL's own RPMs
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
CHROMIUM_ARGUMENTS = (  # without these, Chromium looks up its maker's hosts at every start
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


# --- PostgreSQL ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server on which this process may create databases."""

    admin: URL  #: a database that exists, with the right to create others

    def create_database(self, template: str | None = None) -> str:
        """Create an empty database, or a copy of the one at URL `template` (which nobody may use now); return its URL.

        Works with or without a running event loop: the statement runs in a thread of its own.
        """
        name = f"t_{secrets.token_hex(8)}"
        copied = f'TEMPLATE "{make_url(template).database}"' if template else ""
        self._execute(f'CREATE DATABASE "{name}" {copied}')
        return self.admin.set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """Drop a database of ours, whoever is still connected."""
        self._execute(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        async def work() -> None:
            plain = self.admin.set(drivername="postgresql").render_as_string(hide_password=False)
            connection = await asyncpg.connect(plain, timeout=10)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        _run_in_thread(work)


@contextmanager
def postgres_server(*, durable: bool | None = None) -> Iterator[PostgresServer]:
    """The server of TEST_DATABASE_URL, or else a private one. Raises ServerMissingError.

    `durable` keeps fsync on, for benchmarks; by default it is off unless TEST_DURABLE is set.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield PostgresServer(make_url(given).set(drivername="postgresql+asyncpg"))
        return
    if durable is None:
        durable = bool(os.environ.get("TEST_DURABLE"))
    programs = _postgres_programs()
    with temporary_folder(_postgres_account()) as folder:
        password = _create_cluster(programs, folder)
        with _postgres_program(programs, folder, durable=durable).running(folder) as port:
            yield PostgresServer(make_url(f"postgresql+asyncpg://tester:{password}@127.0.0.1:{port}/postgres"))


def _postgres_programs() -> Path:
    """The folder of initdb and postgres, new enough and executable by whoever will run them."""
    found = _find_postgres()
    if found is None and install("postgresql"):
        found = _find_postgres()
    if found is None:
        raise ServerMissingError(
            f"The tests need PostgreSQL {OLDEST_POSTGRES} or newer. Install it (Debian: apt-get install postgresql), "
            "put initdb and postgres on PATH, or set TEST_DATABASE_URL=postgresql+asyncpg://USER:PASSWORD@HOST/NAME "
            "(USER must be allowed to create databases)."
        )
    return found


def _find_postgres() -> Path | None:
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for pattern in POSTGRES_FOLDERS:
        folders += sorted(Path("/").glob(pattern.removeprefix("/")), reverse=True)
    return next((folder for folder in folders if _postgres_version(folder) >= OLDEST_POSTGRES), None)


def _postgres_version(folder: Path) -> int:
    """The major version of the programs in a folder; 0 when they cannot be run."""
    try:
        shown = _postgres_account().run([str(folder / "initdb"), "--version"], folder=Path("/"), seconds=30)
    except (OSError, subprocess.SubprocessError):
        return 0
    words = shown.stdout.replace(".", " ").split()  # initdb (PostgreSQL) 15.18 (Debian …)
    return next((int(word) for word in words if word.isdigit()), 0)


def _create_cluster(programs: Path, folder: Path) -> str:
    """initdb; return the password of the user `tester`."""
    password = secrets.token_hex(16)
    secret = folder / "password"
    secret.write_text(password, encoding="utf-8")
    _postgres_account().give(secret)
    command = [str(programs / "initdb"), "--username=tester", f"--pwfile={secret}", "--auth=scram-sha-256"]
    command += ["--encoding=UTF8", "--locale=C", "--no-sync", f"--pgdata={folder / 'data'}"]
    done = _postgres_account().run(command, folder=folder, seconds=START_SECONDS * 2)
    if done.returncode != 0:
        raise ServerMissingError(f"initdb failed:\n{done.stdout}{done.stderr}")
    return password


def _postgres_program(programs: Path, folder: Path, *, durable: bool) -> Program:
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
    if not durable:
        options |= {"fsync": "off", "full_page_writes": "off"}
    command = [str(programs / "postgres"), "-D", str(folder / "data")]
    for key, value in options.items():
        command += ["-c", f"{key}={value}"]

    def is_ready(port: int) -> bool:
        asked = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-d", "postgres", "-t", "5"]
        return subprocess.run(asked, check=False).returncode == 0

    # SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one: nobody needs the data of a killed test run
    return Program(
        lambda port: [*command, "-p", str(port)], is_ready, signal.SIGINT, signal.SIGQUIT, account=_postgres_account()
    )


def _postgres_account() -> Account:
    """PostgreSQL refuses to run as root: then `postgres` runs it."""
    return account_named("postgres") if os.geteuid() == 0 else Account()


def _run_in_thread(work: Callable[[], Coroutine[object, object, None]]) -> None:
    """Run a coroutine to its end on a loop of its own, whatever this thread's loop is doing; its error is ours."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


# --- Redis -----------------------------------------------------------------------------------------------------------
@contextmanager
def redis_server() -> Iterator[str]:
    """The URL in TEST_REDIS_URL, or that of a private Redis (or Valkey). Raises ServerMissingError."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield _of_this_worker(given)
        return
    program = _find_redis()
    if program is None and install("redis-server"):
        program = _find_redis()
    if program is None:
        raise ServerMissingError(
            "The tests need Redis. Install it (Debian: apt-get install redis-server), put redis-server on PATH, "
            "or set TEST_REDIS_URL=redis://HOST:PORT/NUMBER (it and the next ones, one a worker, will be flushed)."
        )
    command = [program, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"]
    server = Program(
        lambda port: [*command, "--port", str(port)], _redis_answers, signal.SIGTERM, orphaned=signal.SIGKILL
    )
    with temporary_folder() as folder, server.running(folder) as port:
        yield f"redis://127.0.0.1:{port}/0"


def _of_this_worker(url: str) -> str:
    """Each worker of pytest-xdist empties a database of its own: NUMBER for gw0, NUMBER + 1 for gw1 …"""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{int(parts.path.strip('/') or 0) + worker}"))


def _find_redis() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def _redis_answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


# --- Chromium --------------------------------------------------------------------------------------------------------
def chromium_program() -> str:
    """The path of Chromium; also makes sure that Chinese can be drawn. Raises ServerMissingError."""
    is_there = {"chromium": _find_chromium() is not None, "fonts-noto-cjk": _has_chinese_font()}
    missing = [package for package, found in is_there.items() if not found]
    if missing:
        install(*missing)
    program = _find_chromium()
    if program is None or not _has_chinese_font():
        raise ServerMissingError(
            "The browser tests need Chromium and a Chinese font. Install them (Debian: apt-get install chromium "
            "fonts-noto-cjk), or set TEST_CHROMIUM to the program's path."
        )
    return program


def _find_chromium() -> str | None:
    given = os.environ.get("TEST_CHROMIUM")
    if given:
        return given
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def _has_chinese_font() -> bool:
    lister = shutil.which("fc-list")
    if lister is None:
        return sys.platform != "linux"  # elsewhere the system brings its own
    return bool(subprocess.run([lister, ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())
