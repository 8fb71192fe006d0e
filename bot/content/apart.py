"""Read HQ's folder in a short-lived process of its own: what takes seconds there would hold up every answer here.

`python -m bot.content.apart` is that process. It gets the files, gives back what came of them, and then calibrates, if
it is asked to. It runs at low priority, knows no settings and no secrets, and ends with the pipe to its parent.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import bot
from bot.content.memory import left_alone
from bot.content.parcel import seal, unseal
from bot.content.preparing import Prepared, prepare
from knowledge.calibration import calibrate
from knowledge.text import warm_up

PREPARES_FOR, CALIBRATES_FOR = 300.0, 1800.0  #: seconds; whoever takes longer has hung
_NICE = 5  #: gives way to the service, but not to everything
_HEAD = 8  #: bytes that say how many follow
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR", "VIRTUAL_ENV")


class Apart:
    """The other process, for one folder."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls) -> Apart:
        """Start it ahead of time: it loads its dictionary while it waits for the files."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.content.apart"),
            stdin=PIPE,
            stdout=PIPE,
            limit=1 << 20,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for us; it ends when we do
        )
        return cls(process)

    async def prepare(self, files: Mapping[str, bytes], now: datetime) -> Prepared:
        """Load, check and try the files. Raises ApartError when the process dies or hangs."""
        sealed = await self.read(files, now)
        with left_alone():
            prepared: Prepared = await asyncio.to_thread(unseal, sealed)
        return prepared

    async def read(self, files: Mapping[str, bytes], now: datetime) -> bytes:
        """The same, sealed. Raises ApartError."""
        await self._send(await asyncio.to_thread(seal, (dict(files), now)))
        return await self._receive(PREPARES_FOR)

    async def calibrate(self) -> dict[str, Any]:
        """Calibrate what it has prepared, as `Calibration.to_json` gives it. Raises ApartError."""
        await self._send(b"calibrate")
        found: dict[str, Any] = json.loads(await self._receive(CALIBRATES_FOR))
        return found

    async def close(self) -> None:
        """End it, whatever it is doing."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.communicate()

    async def _send(self, body: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(len(body).to_bytes(_HEAD, "big") + body)
            await self._process.stdin.drain()
        except ConnectionError as error:
            raise ApartError("the process that reads HQ's folder has gone") from error

    async def _receive(self, seconds: float) -> bytes:
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(seconds):
                size = int.from_bytes(await self._process.stdout.readexactly(_HEAD), "big")
                return await self._process.stdout.readexactly(size)
        except (asyncio.IncompleteReadError, TimeoutError) as error:
            raise ApartError("the process that reads HQ's folder gave no answer") from error


class ApartError(Exception):
    """The other process died or hung; another try may do better."""


def _environment() -> dict[str, str]:
    """What Python needs to find itself and us; none of our settings."""
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    root = str(Path(bot.__file__).resolve().parents[1])
    paths = os.pathsep.join(part for part in (root, passed_on.get("PYTHONPATH", "")) if part)
    return passed_on | {"PYTHONPATH": paths}


# --- the other process -----------------------------------------------------------------------------------------------
def main() -> None:
    """Serve one folder, then end."""
    os.nice(_NICE)
    given, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anybody prints is no answer
    gc.disable()  # nothing here lives long enough
    warm_up()
    request = _read(given)
    if request is None:
        return
    prepared = prepare(*unseal(request))
    _write(answers, seal(prepared))
    if _read(given) is not None and prepared.loaded.content is not None:
        _write(answers, json.dumps(calibrate(prepared.loaded.content.index).to_json()).encode())


def _read(stream: BinaryIO) -> bytes | None:
    """The next message; None when the parent has gone."""
    head = stream.read(_HEAD)
    return stream.read(int.from_bytes(head, "big")) if len(head) == _HEAD else None


def _write(stream: BinaryIO, body: bytes) -> None:
    stream.write(len(body).to_bytes(_HEAD, "big") + body)
    stream.flush()


if __name__ == "__main__":
    with suppress(BrokenPipeError, KeyboardInterrupt):
        main()
