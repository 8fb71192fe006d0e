"""Processes of their own for whatever is measured, ended with this one."""

from __future__ import annotations

import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.processes import Program

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def python(
    arguments: Sequence[str],
    folder: Path,
    *,
    ready: str = "/healthz",
    environment: dict[str, str] | None = None,
    listens_on: int | None = None,
) -> Iterator[int]:
    """Run `python …`; `{port}` in its arguments and environment becomes a free port, which it listens on. Yields it.

    It is up when `ready` answers, with whatever status but 503. `listens_on`: the port, when it is chosen already.
    """

    def command(port: int) -> list[str]:
        said = {"PYTHONPATH": str(ROOT), **(environment or {})}
        words = ["env", *(f"{name}={value}" for name, value in said.items()), sys.executable, *arguments]
        return [word.replace("{port}", str(port)) for word in words]

    program = Program(
        command, lambda port: _answers(listens_on or port, ready), signal.SIGTERM, orphaned=signal.SIGKILL
    )
    with program.running(_own(folder)) as port:
        yield listens_on or port


def _own(folder: Path) -> Path:
    """A folder for one program's log."""
    number = sum(1 for _ in folder.iterdir())
    own = folder / f"process-{number}-{os.getpid()}"
    own.mkdir(parents=True)
    return own


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code != 503
    except OSError:
        return False
