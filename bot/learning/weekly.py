"""待补充问答, each Monday morning: a workbook in a folder beside HQ's own files, and a message that it is there."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.content.folder import GAPS
from bot.db import Database
from bot.gate.outbox import StaffNotice, enqueue_to_staff
from bot.learning.gathering import Gathered, gather
from bot.staff.duty import Stage, members
from knowledge.content import Content
from knowledge.gap_book import gap_book, is_worth_a_file
from knowledge.gaps import Gap, group

WEEK = timedelta(days=7)
MORNING = time(9, 0)  #: on Monday, in store time
_FILES_MOST = 100  #: of one name, 待补充问答-2026W47-2.xlsx and so on


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that was written, or that would have been empty."""

    path: Path | None  #: None: nothing is missing
    gaps: int  #: groups of questions
    asked: int  #: how often they were asked
    rewritten: int  #: drafts that were sent in quite other words


def last_monday(local: datetime) -> datetime:
    """The newest Monday morning up to `local`, in store time."""
    monday = datetime.combine(local.date() - timedelta(days=local.weekday()), MORNING, local.tzinfo)
    return monday if monday <= local else monday - WEEK


def week_name(day: date) -> str:
    """2026W47."""
    year, week, _ = day.isocalendar()
    return f"{year}W{week:02}"


async def write_book(
    database: Database, content: Content, since: datetime, until: datetime, place: Path, stem: str
) -> Book:
    """Write what is missing between two moments (aware) as a new file in the folder `place`. Raises OSError."""
    async with database.read() as session:
        gathered = await gather(session, content, since, until)
    return await asyncio.to_thread(_write, gathered, content, since, until, place, stem)


def _write(gathered: Gathered, content: Content, since: datetime, until: datetime, place: Path, stem: str) -> Book:
    gaps = group(gathered.heard)
    asked = sum(gap.count for gap in gaps)
    if not is_worth_a_file(gaps, gathered.rewritten, content.entries):
        return Book(None, 0, 0, 0)
    return Book(
        _save(_bytes(gaps, gathered, content, since, until), place, stem), len(gaps), asked, len(gathered.rewritten)
    )


def _bytes(gaps: tuple[Gap, ...], gathered: Gathered, content: Content, since: datetime, until: datetime) -> bytes:
    zone = content.policy.zone
    last = max((until - timedelta(microseconds=1)).astimezone(zone).date(), since.astimezone(zone).date())
    return gap_book(
        gaps,
        gathered.rewritten,
        entries=content.entries,
        stores={number: store.name for number, store in content.stores.items()},
        since=since.astimezone(zone).date(),
        until=last,
    )


def _save(data: bytes, place: Path, stem: str) -> Path:
    """Write a whole file under a name that is free: somebody may be filling in an earlier one."""
    place.mkdir(parents=True, exist_ok=True)
    unfinished = place / f".{stem}-{os.getpid()}.tmp"
    unfinished.write_bytes(data)
    try:
        for number in range(1, _FILES_MOST):
            path = place / f"{stem}{f'-{number}' if number > 1 else ''}.xlsx"
            try:
                os.link(unfinished, path)
            except FileExistsError:
                continue
            except OSError:  # a file system without links
                if path.exists():
                    continue
                unfinished.replace(path)
            return path
        raise FileExistsError(f"{stem}: {_FILES_MOST} files of that name are there already")
    finally:
        unfinished.unlink(missing_ok=True)


async def write_week(database: Database, content: Content, folders: tuple[Path, ...], now: datetime) -> Book:
    """The file of the week that ended last Monday, in the first of `folders` that can be written. Raises OSError."""
    until = last_monday(now.astimezone(content.policy.zone))
    stem = f"{GAPS}问答-{week_name((until - WEEK).date())}"
    failure: OSError | None = None
    for folder in folders:
        try:
            return await write_book(database, content, until - WEEK, until, folder / GAPS, stem)
        except OSError as error:  # HQ's folder may be there to be read only
            failure = error
    raise failure or OSError("no folder to write to")


async def tell_headquarters(
    session: AsyncSession, content: Content, book: Book, now: datetime, *, is_beside: bool
) -> None:
    """Everybody at headquarters hears that the file is there; with `is_beside`, in a folder that they can see."""
    if book.path is None:
        return
    where = f"总部文件夹的 {book.path.parent.name}/{book.path.name}"
    if not is_beside:
        where = f"服务器的数据文件夹 {book.path.parent.name}/{book.path.name}(总部文件夹写不进去,请找管理员取)"
    rewritten = f",另有 {book.rewritten} 次改写了现成答案" if book.rewritten else ""
    text = (
        f"上周的待补充问答好了:{book.gaps} 个问题没有现成答案,一共问了 {book.asked} 次{rewritten}。\n"
        f"文件在{where},补好答案、把状态改成启用,放进 faq 文件夹就生效。不放就什么都不会发布。"
    )
    for person in members(content, Stage.HEADQUARTERS, None):
        account = person.account.lower()
        key = f"gaps:{book.path.stem}:{account}"[:96]
        await enqueue_to_staff(session, StaffNotice(account, key, text), now=now)
