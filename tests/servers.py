"""Finds, installs and starts the servers that tests need: PostgreSQL, Redis and Chromium. Nothing is ever skipped silently.

A server is private to one process: loopback, a free port, a temporary folder. It ends with that process, however the
process ends: on Linux the kernel signals the server when its parent dies (`PR_SET_PDEATHSIG`), so `kill -9` leaves no orphan.

Looked for, in this order: TEST_DATABASE_URL and TEST_REDIS_URL; programs on PATH; PostgreSQL's usual folders; Debian's
packages, when we are root and apt-get is there. Otherwise the tests fail and say what to do.

    with postgres_server() as server: server.create_database() -> "postgresql+asyncpg://…"
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import asyncpg
from sqlalchemy.engine import URL, make_url

OLDEST_POSTGRES = 15
START_SECONDS = 60.0  #: generous: two workers share a busy machine
STOP_SECONDS = 15.0
PREFIX = "dianxiaoer-tests-"
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # PostgreSQL's own RPMs
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


class ServerMissingError(Exception):
    """A server that the tests need is neither given, nor found, nor installable; the text says what to do."""


# --- PostgreSQL ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server on which this process may create databases."""

    admin: URL  #: a database that exists, with the right to create others

    def create_database(self, template: str | None = None) -> str:
        """Create an empty database, or a copy of the one at URL `template` (nobody may be connected to it); return its URL.

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
    with _temporary_folder(_postgres_account()) as folder:
        password = _create_cluster(programs, folder)
        with _started_postgres(programs, folder, durable=durable) as port:
            yield PostgresServer(
                URL.create("postgresql+asyncpg", "tester", password, host="127.0.0.1", port=port, database="postgres")
            )


def _postgres_programs() -> Path:
    """The folder of initdb and postgres, new enough and executable by whoever will run them."""
    found = _find_postgres()
    if found is None and _install("postgresql"):
        found = _find_postgres()
    if found is None:
        raise ServerMissingError(
            f"The tests need PostgreSQL {OLDEST_POSTGRES} or newer. Install it (Debian: apt-get install postgresql), put initdb and "
            "postgres on PATH, or set TEST_DATABASE_URL=postgresql+asyncpg://USER:PASSWORD@HOST/NAME (USER may create databases)."
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
    if not (folder / "initdb").exists():
        return 0
    try:
        shown = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
            cwd="/",
            **_as_postgres(),
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    words = shown.stdout.replace(".", " ").split()  # postgres (PostgreSQL) 15.18 (Debian …)
    return next((int(word) for word in words if word.isdigit()), 0)


def _create_cluster(programs: Path, folder: Path) -> str:
    """initdb; return the password of the user `tester`."""
    password = secrets.token_hex(16)
    secret = folder / "password"
    secret.write_text(password, encoding="utf-8")
    if (account := _postgres_account()) is not None:
        os.chown(secret, account.pw_uid, account.pw_gid)
    command = [
        programs / "initdb",
        "--username=tester",
        f"--pwfile={secret}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
    ]
    command += ["--locale=C", "--no-sync", f"--pgdata={folder / 'data'}"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, timeout=START_SECONDS * 2, **_as_postgres()
    )
    if done.returncode != 0:
        raise ServerMissingError(f"initdb failed:\n{done.stdout}{done.stderr}")
    return password


@contextmanager
def _started_postgres(programs: Path, folder: Path, *, durable: bool) -> Iterator[int]:
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
    if not durable:
        options |= {"fsync": "off", "full_page_writes": "off"}
    command = [str(programs / "postgres"), "-D", str(folder / "data")]
    for key, value in options.items():
        command += ["-c", f"{key}={value}"]

    def is_ready(port: int) -> bool:
        asked = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-d", "postgres", "-t", "5"]
        return subprocess.run(asked, check=False).returncode == 0

    # SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one: nobody needs the data of a killed test run
    with _running(
        lambda port: [*command, "-p", str(port)], is_ready, folder, signal.SIGINT, signal.SIGQUIT, _as_postgres()
    ) as port:
        yield port


def _postgres_account() -> pwd.struct_passwd | None:
    """Root may not run PostgreSQL: the account that does instead; None when we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        command = [
            "useradd",
            "--system",
            "--user-group",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/bin/sh",
            "postgres",
        ]
        subprocess.run(command, check=True, capture_output=True)
        return pwd.getpwnam("postgres")


def _as_postgres() -> dict[str, object]:
    account = _postgres_account()
    return {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


# --- Redis -----------------------------------------------------------------------------------------------------------
@contextmanager
def redis_server() -> Iterator[str]:
    """The URL in TEST_REDIS_URL, or that of a private Redis (or Valkey). Raises ServerMissingError."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield given
        return
    program = _find_redis()
    if program is None and _install("redis-server"):
        program = _find_redis()
    if program is None:
        raise ServerMissingError(
            "The tests need Redis. Install it (Debian: apt-get install redis-server), put redis-server on PATH, "
            "or set TEST_REDIS_URL=redis://HOST:PORT/NUMBER (its data will be flushed)."
        )
    with _temporary_folder() as folder:
        command = [
            program,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(folder),
            "--loglevel",
            "warning",
        ]
        with _running(
            lambda port: [*command, "--port", str(port)], _redis_answers, folder, signal.SIGTERM, signal.SIGKILL, {}
        ) as port:
            yield f"redis://127.0.0.1:{port}/0"


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
CHROMIUM_ARGUMENTS = (  # without these, Chromium looks up its maker's hosts at every start
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()


def chromium_program() -> str:
    """The path of Chromium; also makes sure that Chinese can be drawn. Raises ServerMissingError."""
    wanted = [
        package
        for package, is_there in (("chromium", _find_chromium()), ("fonts-noto-cjk", _has_chinese_font()))
        if not is_there
    ]
    if wanted:
        _install(*wanted)
    program = _find_chromium()
    if program is None or not _has_chinese_font():
        raise ServerMissingError(
            "The browser tests need Chromium and a Chinese font. Install them (Debian: apt-get install chromium fonts-noto-cjk), "
            "or set TEST_CHROMIUM to the program's path."
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


# --- processes, ports, folders ---------------------------------------------------------------------------------------
def find_free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(
    command_for: Callable[[int], Sequence[str]],
    is_ready: Callable[[int], bool],
    folder: Path,
    stop: signal.Signals,
    orphaned: signal.Signals,
    identity: dict[str, object],
) -> Iterator[int]:
    """Start a server on a free port, wait until it answers, yield the port, stop it.

    Call it from the main thread: the kernel counts the death of the thread that started a child as its parent's.
    """
    log_path = folder / "server.log"
    with log_path.open("wb") as log:
        for attempt in range(3):  # somebody may take the port between our look and the server's
            port = find_free_port()
            process = _start(command_for(port), folder, log, orphaned, identity)
            if _wait_until(lambda port=port: is_ready(port), process):  # type: ignore[misc]
                break
            _stop(process, stop)
            if attempt == 2:
                shown = log_path.read_text(encoding="utf-8", errors="replace")[-4000:]
                raise ServerMissingError(f"{command_for(port)[0]} does not start:\n{shown}")
        try:
            yield port
        finally:
            _stop(process, stop)


def _start(
    command: Sequence[str], folder: Path, log: IO[bytes], orphaned: signal.Signals, identity: dict[str, object]
) -> subprocess.Popen[bytes]:
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    parent = os.getpid()

    def die_with_parent() -> None:
        if libc is not None:
            libc.prctl(1, int(orphaned), 0, 0, 0)  # PR_SET_PDEATHSIG; survives exec
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        preexec_fn=die_with_parent,
        start_new_session=True,  # Ctrl-C is for pytest, which stops us in order
        **identity,  # type: ignore[call-overload]
    )


def _wait_until(is_ready: Callable[[], bool], process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if is_ready():
            return process.poll() is None
        time.sleep(0.05)
    return False


def _stop(process: subprocess.Popen[bytes], with_signal: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(with_signal)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _temporary_folder(account: pwd.struct_passwd | None = None) -> Iterator[Path]:
    """A folder that `account` (default: we) owns and can reach; what killed runs left behind goes first."""
    parent = next(
        (place for place in map(Path, (tempfile.gettempdir(), "/var/tmp", "/tmp")) if _is_open_to_all(place)),
        Path(tempfile.gettempdir()),
    )
    _remove_leftovers(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    with (folder / "in-use").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go by the kernel when we die
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _is_open_to_all(place: Path) -> bool:
    """Whether every user may pass through the folder and its parents."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (place.resolve(), *place.resolve().parents))


def _remove_leftovers(parent: Path) -> None:
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError), (folder / "in-use").open("rb") as lock:
            if time.time() - folder.stat().st_mtime > 60:  # a new one may not have its lock yet
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


def _install(*packages: str) -> bool:
    """Install Debian packages when we may; their own services are not started. One process at a time."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    options = ["-q", "-y", "-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3"]
    with (Path(tempfile.gettempdir()) / f"{PREFIX}apt.lock").open("wb") as lock, _no_services_started():
        fcntl.flock(lock, fcntl.LOCK_EX)
        print(f"Installing {' '.join(packages)} for the tests ...", file=sys.__stderr__, flush=True)
        for command in (["update"], ["install", "--no-install-recommends", *packages]):
            done = subprocess.run(
                ["apt-get", *options, *command], env=environment, capture_output=True, text=True, timeout=1800
            )
            if done.returncode != 0 and command[0] == "install":
                raise ServerMissingError(
                    f"apt-get install {' '.join(packages)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
                )
    return True


@contextmanager
def _no_services_started() -> Iterator[None]:
    """Debian's switch for it: while policy-rc.d says 101, an installed package starts no service."""
    switch = Path("/usr/sbin/policy-rc.d")
    if switch.exists():
        yield
        return
    switch.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    switch.chmod(0o755)
    try:
        yield
    finally:
        switch.unlink(missing_ok=True)


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
