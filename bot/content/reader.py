"""Reads HQ's files beside whatever else goes on: a few in a thread, many in a process of their own.

Python runs one thread at a time: 5,000 entries read in a thread would slow every answer down for seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.content.apart import Apart
from bot.content.preparing import Prepared, prepare
from knowledge.calibration import calibrate
from knowledge.content import Content

APART_FROM = 400_000  #: bytes of text, about 1,500 entries: read in half a second
_PACKED = (".xlsx", ".xlsm", ".xls", ".et", ".zip")
_UNPACKED = 6  #: how much larger the text is than a workbook


class Reader:
    """At most one other process at a time; it stays for a moment, to calibrate what it has read."""

    def __init__(self, apart_from: int = APART_FROM) -> None:
        self._apart_from = apart_from
        self._ahead: Apart | None = None
        self._kept: tuple[str, Apart] | None = None  #: with the version that it has read

    async def get_ready(self, sizes: Iterable[tuple[str, int]]) -> None:
        """Files of these names and sizes are about to come: start the process while they settle."""
        if self._ahead is None and self._is_much(sizes):
            self._ahead = await Apart.start()

    async def prepare(self, files: Mapping[str, bytes], now: datetime) -> Prepared:
        """Load, check and try the files. Raises ApartError when the other process died or hung."""
        if not self._is_much((name, len(data)) for name, data in files.items()):
            return await asyncio.to_thread(prepare, files, now)
        await self.let_go()
        apart, self._ahead = self._ahead or await Apart.start(), None
        prepared = None
        try:
            prepared = await apart.prepare(files, now)
        finally:
            if prepared is None or prepared.loaded.content is None:
                await apart.close()
            else:
                self._kept = prepared.loaded.version, apart
        return prepared

    async def calibrate(self, content: Content, files: Mapping[str, bytes], now: datetime) -> dict[str, Any]:
        """The calibration of `content`, which was read from `files`. Raises ApartError."""
        if not self._is_much((name, len(data)) for name, data in files.items()):
            return (await asyncio.to_thread(calibrate, content.index)).to_json()
        if self._kept is not None and self._kept[0] != content.version:
            await self.let_go()
        kept, self._kept = self._kept, None
        apart = kept[1] if kept is not None else await Apart.start()
        try:
            if kept is None:
                await apart.read(files, now)
            return await apart.calibrate()
        finally:
            await apart.close()

    async def let_go(self) -> None:
        """Nothing is to be calibrated: end the process that could."""
        kept, self._kept = self._kept, None
        if kept is not None:
            await kept[1].close()

    async def close(self) -> None:
        """End every process."""
        await self.let_go()
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            await ahead.close()

    def _is_much(self, sizes: Iterable[tuple[str, int]]) -> bool:
        weight = sum(size * (_UNPACKED if name.lower().endswith(_PACKED) else 1) for name, size in sizes)
        return weight >= self._apart_from
