"""What starting a private server takes: an account to run it, a free port, a temporary folder, an installer.

A server started here ends with the process that started it, however that one ends: on Linux the kernel signals the
server when its parent dies (`PR_SET_PDEATHSIG`), so even `kill -9` leaves no orphan.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

START_SECONDS = 60.0  #: generous: two workers share a busy machine
STOP_SECONDS = 15.0
PREFIX = "dianxiaoer-tests-"


class ServerMissingError(Exception):
    """A server that the tests need is neither given, nor found, nor installable; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs a program; all None means: we do."""

    user: int | None = None
    group: int | None = None

    @property
    def extra_groups(self) -> list[int] | None:
        return None if self.user is None else []

    def give(self, path: Path) -> None:
        """Make the account own a file or folder of ours."""
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)

    def run(self, command: Sequence[str], *, folder: Path, seconds: float) -> subprocess.CompletedProcess[str]:
        """Run a program to its end; its output is in the answer."""
        return subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=seconds,
            user=self.user,
            group=self.group,
            extra_groups=self.extra_groups,
        )


def account_named(name: str) -> Account:
    """The system account of that name, made when it is missing. Only root may ask."""
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--home-dir", "/nonexistent", "--shell", "/bin/sh", name]
        subprocess.run(command, check=True, capture_output=True)
        found = pwd.getpwnam(name)
    return Account(found.pw_uid, found.pw_gid)


@dataclass(frozen=True, slots=True)
class Program:
    """A server to start: how it is called, how to tell that it is up, and how it is asked to stop."""

    command_for: Callable[[int], Sequence[str]]  #: the port in, the command line out
    is_ready: Callable[[int], bool]
    stop: signal.Signals
    orphaned: signal.Signals  #: what the kernel sends when our process dies
    account: Account = Account()

    @contextmanager
    def running(self, folder: Path) -> Iterator[int]:
        """Start on a free port, wait until it answers, yield the port, stop. Raises ServerMissingError with the log.

        Call it from the main thread: to the kernel, a parent dies with the thread that started the child.
        """
        log_path = folder / "server.log"
        with log_path.open("wb") as log:
            port, process = self._start_somewhere(folder, log, log_path)
            try:
                yield port
            finally:
                _stop(process, self.stop)

    def _start_somewhere(self, folder: Path, log: IO[bytes], log_path: Path) -> tuple[int, subprocess.Popen[bytes]]:
        for _ in range(3):  # somebody may take the port between our look and the server's
            port = find_free_port()
            process = self._start(port, folder, log)
            if self._comes_up(port, process):
                return port, process
            _stop(process, self.stop)
        shown = log_path.read_text(encoding="utf-8", errors="replace")[-4000:]
        raise ServerMissingError(f"{self.command_for(port)[0]} does not start:\n{shown}")

    def _start(self, port: int, folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
        libc = ctypes.CDLL(None) if sys.platform == "linux" else None
        parent = os.getpid()

        def die_with_parent() -> None:
            if libc is not None:
                libc.prctl(1, int(self.orphaned), 0, 0, 0)  # PR_SET_PDEATHSIG; survives exec
                if os.getppid() != parent:
                    os._exit(1)

        return subprocess.Popen(
            self.command_for(port),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,  # runs after the change of user, which would undo it
            start_new_session=True,  # Ctrl-C is for pytest, which stops us in order
            user=self.account.user,
            group=self.account.group,
            extra_groups=self.account.extra_groups,
        )

    def _comes_up(self, port: int, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if self.is_ready(port):
                return process.poll() is None  # ours, not another server that took the port
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


def find_free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- temporary folders -----------------------------------------------------------------------------------------------
@contextmanager
def temporary_folder(account: Account = Account()) -> Iterator[Path]:
    """A folder that `account` owns and can reach; what killed runs left behind goes first."""
    places = [Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/tmp")]
    parent = next((place for place in places if account.user is None or _is_open_to_all(place)), places[0])
    _remove_leftovers(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    with (folder / "in-use").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go by the kernel when we die
        account.give(folder)
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


# --- Debian's packages -----------------------------------------------------------------------------------------------
def install(*packages: str) -> bool:
    """Install Debian packages when we may (True); their services are not started. One process at a time.

    Raises ServerMissingError when apt-get fails.
    """
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    with Path("/run/lock", f"{PREFIX}apt").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        print(f"Installing {' '.join(packages)} for the tests ...", file=sys.__stderr__, flush=True)
        with _no_services_started():
            _apt_get("update")  # a failure shows in the next line, if it matters
            done = _apt_get("install", "--no-install-recommends", *packages)
    if done.returncode != 0:
        raise ServerMissingError(f"apt-get install {' '.join(packages)} failed:\n{(done.stdout + done.stderr)[-4000:]}")
    return True


def _apt_get(*words: str) -> subprocess.CompletedProcess[str]:
    command = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3", *words]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1800)


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
