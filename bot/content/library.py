"""HQ's content in force: published once the folder has settled and passed its checks; else the last good one."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.content import folder as hq_folder
from bot.content import memory, publications
from bot.content.apart import ApartError
from bot.content.kit import Kit, make_kit
from bot.content.meaning import Meaning
from bot.content.preparing import Prepared, judge, prepare, refuse_whole
from bot.content.reader import APART_FROM, Reader
from bot.db import Database
from bot.errors import SettingsError
from bot.model import Publication
from bot.ports import Embedder
from knowledge.calibration import Calibration
from knowledge.content import Content, load, version_of
from knowledge.problem import Problem

log = structlog.get_logger(__name__)

_PATIENCE = 0.5  #: seconds that one look waits for work under way
_SURE = 2.0  #: seconds that a folder without many of its entries must stay as it is
_MUCH = 0.2  #: of the entries
_PUT_OFF_MOST = 5  #: times in a row
_TOO_MUCH = (
    f"文件太多或太大:最多 {hq_folder.FILES_MOST:,} 个文件,一共 {hq_folder.FOLDER_MOST >> 20} MB。请移走不相干的文件。"
)
_NOTHING = "文件夹是空的,或者现在打不开。请看看它是不是被移走或改名了。"


class Library:
    """Holds one version at a time; a swap is one assignment, so every reader sees one version or the other."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        clock: Clock,
        *,
        apart_from: int = APART_FROM,
        embedder: Embedder | None = None,
        cache: Path | None = None,
    ) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._reader = Reader(apart_from)
        self._meaning = Meaning(embedder)
        self._cache = cache
        self._content: Content | None = None
        self._kit: Kit | None = None
        self._publication = 0
        self._is_calibrated = False
        self._put_off = 0  #: how often in a row the folder had changed when it was read
        self._seen: hq_folder.Signature = ()
        self._judged: hq_folder.Signature = ()
        self._work: asyncio.Task[bool] | None = None
        self._calibrating: asyncio.Task[None] | None = None
        self.problems: tuple[Problem, ...] = ()  #: of the folder as it was judged last
        self.seconds: Mapping[str, float] = {}  #: what took how long then

    @property
    def content(self) -> Content:
        """What is in force. Raises SettingsError before `open`."""
        if self._content is None:
            raise SettingsError("CONTENT_DIR: nothing has been loaded yet")
        return self._content

    @property
    def kit(self) -> Kit:
        """What messages are understood with, made of the same version. Raises SettingsError before `open`."""
        if self._kit is None:
            raise SettingsError("CONTENT_DIR: nothing has been loaded yet")
        return self._kit

    @property
    def is_loaded(self) -> bool:
        return self._content is not None

    @property
    def is_calibrated(self) -> bool:
        """Whether the confidences are this version's own."""
        return self._is_calibrated

    @property
    def is_busy(self) -> bool:
        """Whether something is being read, or calibrated."""
        return self._work is not None or self._calibrating is not None or self._seen != self._judged

    async def open(self) -> None:
        """Load the folder, or the last good version where it has errors. Raises SettingsError without either."""
        self._seen = self._judged = await asyncio.to_thread(hq_folder.signature, self._folder)
        files, prepared = await asyncio.to_thread(self._read, self._judged)
        if await self._was_rolled_back(files) and await self._follow():
            return
        if prepared is None:
            prepared = await asyncio.to_thread(prepare, files, self._clock.now())
        await self._decide(prepared, files)
        if self._content is None:
            await self._follow()
        if self._content is None:
            raise SettingsError("CONTENT_DIR: expected HQ's files without errors\n" + _listing(self.problems))

    async def refresh(self) -> bool:
        """Look at the folder and at the database once; whether another version is in force since the last look."""
        if self._work is None:
            self._work = await self._find_work()
        if self._work is None:
            return False
        done, _ = await asyncio.wait({self._work}, timeout=_PATIENCE)
        if not done:
            return False
        work, self._work = self._work, None
        return work.result()

    async def close(self) -> None:
        """Break off what is under way; whoever comes next does it again."""
        await self._stop_calibrating()
        await self._meaning.close()
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        await self._reader.close()

    async def _find_work(self) -> asyncio.Task[bool] | None:
        now = await asyncio.to_thread(hq_folder.signature, self._folder)
        if now != self._judged:
            if now == self._seen:
                await self._stop_calibrating()  # of what is about to go
                return asyncio.create_task(self._judge_folder(now))
            self._seen = now  # still being saved: wait until two looks agree
            await self._reader.get_ready((name, size) for name, size, _ in now)
        async with self._database.read() as session:
            row = await publications.in_force(session)
        if row is not None and row.id != self._publication:
            return asyncio.create_task(self._follow())
        if row is not None and not self._is_calibrated:
            await self._mind_calibration(row)
        self._content = self._meaning.look(self.content) or self._content
        return None

    # --- the folder --------------------------------------------------------------------------------------------------
    async def _judge_folder(self, signature: hq_folder.Signature) -> bool:
        """Publish the folder or refuse it, unless that was done before, or somebody saves it this very moment."""
        started = time.monotonic()
        files, prepared = await asyncio.to_thread(self._read, signature)
        if prepared is None:
            async with self._database.read() as session:
                if await publications.is_judged(session, version_of(files)):
                    self._judged = signature
                    return await self._follow()
            prepared = await self._reader.prepare(files, self._clock.now())
        if await self._is_still_saved(signature, prepared):
            return False
        self._put_off = 0
        is_swapped = await self._decide(prepared, files)
        self._judged = signature
        self.seconds = {**prepared.seconds, "all": time.monotonic() - started}
        took = {name: round(value, 3) for name, value in self.seconds.items()}
        log.info("content.judged", version=prepared.loaded.version, seconds=took)
        return is_swapped

    async def _is_still_saved(self, signature: hq_folder.Signature, prepared: Prepared) -> bool:
        """Whether somebody is still at it: what was read may be half of what they mean.

        Where much would go away, as while a large file is copied or replaced by a rename, it is looked at once more.
        """
        if self._content is not None and _lacks_much(prepared.loaded.content, self._content):
            await asyncio.sleep(_SURE)
        now = await asyncio.to_thread(hq_folder.signature, self._folder)
        if now == signature:
            return False
        self._put_off += 1  # a folder that never comes to rest is published all the same
        return prepared.loaded.content is None or self._put_off <= _PUT_OFF_MOST

    def _read(self, signature: hq_folder.Signature) -> tuple[dict[str, bytes], Prepared | None]:
        """The files; and the refusal of a folder that is not worth loading."""
        try:
            files = hq_folder.read(self._folder)
        except SettingsError:
            version = hashlib.sha256(repr(signature).encode()).hexdigest()[:12]
            return {}, refuse_whole("too-much", _TOO_MUCH, version)
        if version_of(files) == version_of({}):
            return files, refuse_whole("empty-folder", _NOTHING, version_of({}))
        return files, None

    async def _was_rolled_back(self, files: Mapping[str, bytes]) -> bool:
        """Whether somebody has put an old version in force since this very folder was published."""
        async with self._database.read() as session:
            last = await publications.newest(session)
        return last is not None and last.is_put_back and last.folder_version == version_of(files)

    async def _decide(self, prepared: Prepared, files: Mapping[str, bytes]) -> bool:
        now = self._clock.now()
        loaded = prepared.loaded
        if any(failed.acceptance.is_locked for failed in prepared.failed):
            serving = self._content or await self._last_good()
            loaded = await asyncio.to_thread(judge, prepared, serving, now)
        elif prepared.failed:
            loaded = judge(prepared, None, now)
        self.problems = loaded.problems
        if loaded.content is None:
            async with self._database.begin() as session:
                decided = await publications.refuse(session, loaded, now)
            log.warning(
                "content.refused", version=loaded.version, errors=decided.row.errors, warnings=decided.row.warnings
            )
            return False
        packed = await asyncio.to_thread(hq_folder.pack, dict(files))
        async with self._database.begin() as session:
            decided = await publications.publish(session, loaded, packed, now)
        if decided.row.version != loaded.version:
            return await self._follow()
        return await self._take(decided.row, loaded.content)

    async def _last_good(self) -> Content | None:
        async with self._database.read() as session:
            row = await publications.in_force(session)
            packed = await publications.files_of(session, row.id) if row is not None else None
        return (await asyncio.to_thread(_load, packed)) if packed is not None else None

    # --- the database ------------------------------------------------------------------------------------------------
    async def _follow(self) -> bool:
        """Take over what was published since by another process, or put back."""
        async with self._database.read() as session:
            row = await publications.in_force(session)
            if row is None or row.id == self._publication:
                return False
            packed = await publications.files_of(session, row.id)
        if self._content is not None and row.version == self._content.version:
            await self._take(row, self._content)
            return False
        files = await asyncio.to_thread(hq_folder.unpack, packed)
        prepared = await self._reader.prepare(files, self._clock.now())
        if prepared.loaded.content is None:  # written by a program that knows more, or checks less
            log.error("content.unreadable", version=row.version, publication=row.id)
            self._publication, self._is_calibrated = row.id, True
            return False
        return await self._take(row, prepared.loaded.content)

    async def _take(self, row: Publication, content: Content) -> bool:
        """Swap. What was calibrated last serves until this version is."""
        calibration = _calibration(row.calibration)
        if calibration is None and self._content is not None:
            content = content.calibrated(self._content.index.calibration)
        elif calibration is None:
            async with self._database.read() as session:
                calibration_before = _calibration(await publications.last_calibration(session))
            content = content.calibrated(calibration_before) if calibration_before is not None else content
        else:
            content = content.calibrated(calibration)
        today = self._clock.now().astimezone(content.policy.zone).date()
        kit = await asyncio.to_thread(make_kit, content, self._cache, today)
        await asyncio.to_thread(memory.give_back)
        self._kit = kit  # with the content in one go: nothing is awaited in between
        self._publication, self._is_calibrated, self._content = row.id, calibration is not None, content
        log.info("content.swapped", version=row.version, publication=row.id, entries=len(content.entries))
        return True

    # --- calibration -------------------------------------------------------------------------------------------------
    async def _mind_calibration(self, row: Publication) -> None:
        """Take over the calibration of what is in force; make it when nobody else does."""
        if self._calibrating is not None and not self._calibrating.done():
            return
        if self._calibrating is not None:
            done, self._calibrating = self._calibrating, None
            done.result()
        calibration = _calibration(row.calibration)
        if calibration is not None:
            self._content, self._is_calibrated = self.content.calibrated(calibration), True
            log.info("content.calibrated", version=row.version, publication=row.id)
            return
        now = self._clock.now()
        if row.attempts >= publications.TRIES or (row.lease_until is not None and row.lease_until > now):
            await self._reader.let_go()
            return
        async with self._database.begin() as session:
            is_ours = await publications.claim_calibration(session, row, now)
        if is_ours:
            self._calibrating = asyncio.create_task(self._calibrate(row.id, self.content))

    async def _stop_calibrating(self) -> None:
        task, self._calibrating = self._calibrating, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _calibrate(self, publication: int, content: Content) -> None:
        async with self._database.read() as session:
            packed = await publications.files_of(session, publication)
        try:
            files = await asyncio.to_thread(hq_folder.unpack, packed)
            found = await self._reader.calibrate(content, files, self._clock.now())
        except ApartError as error:
            log.warning("content.not_calibrated", version=content.version, reason=str(error))
            return
        async with self._database.begin() as session:
            await publications.note_calibration(session, publication, json.dumps(found))


def _calibration(stored: str | None) -> Calibration | None:
    """None also for one that another version of the program made."""
    try:
        return Calibration.from_json(json.loads(stored)) if stored else None
    except ValueError:
        return None


def _lacks_much(new: Content | None, serving: Content) -> bool:
    """Whether more of the entries in force are gone than anybody deletes every day, and nothing came in their place."""
    if new is None:
        return False
    gone = len(serving.entries.keys() - new.entries.keys())
    return gone > max(1, _MUCH * len(serving.entries), 2 * len(new.entries.keys() - serving.entries.keys()))


def _load(packed: bytes) -> Content | None:
    return load(hq_folder.unpack(packed)).content


def _listing(problems: tuple[Problem, ...], most: int = 20) -> str:
    errors = [str(problem) for problem in problems if problem.is_error]
    more = [f"… 还有 {len(errors) - most} 处"] if len(errors) > most else []
    return "\n".join(errors[:most] + more)
