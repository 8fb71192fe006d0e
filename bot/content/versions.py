"""The versions of HQ's content from the command line: list them, compare them, put one back."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from bot.content import folder as hq_folder
from bot.content import publications
from bot.content.changes import Version, describe
from bot.db import Database
from bot.errors import SettingsError
from bot.model import Publication, PublicationState
from knowledge import report
from knowledge.content import Content, Loaded, load, version_of
from knowledge.policy import Policy

_LISTED = 20
_SHORTEST = 4  #: characters that name a version
_HEADERS = ("版本", "时间", "条数", "提醒", "来源")
_IN_FORCE = "← 使用中"


async def list_versions(session: AsyncSession, most: int = _LISTED) -> str:
    """The newest decisions, newest first, and which one stores use."""
    query = select(Publication).order_by(Publication.id.desc()).limit(most).options(defer(Publication.files))
    rows = list(await session.scalars(query))
    serving = await publications.in_force(session)
    if serving is None or not rows:
        return "还没有发布过。服务第一次启动时会发布文件夹里的内容。"
    if serving.id not in {row.id for row in rows}:
        rows.append(serving)
    zone = await _zone(session, serving)
    return _table([_HEADERS, *(_cells(row, zone, is_serving=row.id == serving.id) for row in rows)])


async def diff(session: AsyncSession, folder: Path, old: str, new: str) -> str:
    """From `old` ("": the version in force) to `new` ("": the folder). Raises SettingsError for what cannot be read."""
    before = await _stored(session, await _named(session, old) if old else await _serving(session))
    after = await _stored(session, await _named(session, new)) if new else _of_folder(folder)
    return describe(before, after)


async def put_back(database: Database, folder: Path, version: str, *, by: str, now: datetime) -> str:
    """Publish an old version anew; what to say to whoever asked for it. Raises SettingsError when that cannot be."""
    async with database.read() as session:
        row, serving = await _named(session, version), await _serving(session)
        packed = await publications.files_of(session, row.id)
    if row.version == serving.version:
        raise SettingsError(f"VERSION: {row.version} 正在使用,不用退回")
    loaded = await asyncio.to_thread(lambda: load(hq_folder.unpack(packed)))  # takes seconds: in no transaction
    content = _loaded(loaded, f"版本 {row.version}")
    lies_there = await asyncio.to_thread(_folder_version, folder) or serving.folder_version
    async with database.begin() as session:
        added = await publications.put_back(session, loaded, packed, folder_version=lies_there, by=by, now=now)
    moment = _moment(row.decided_at, content.policy.zone)
    lines = [f"已退回 {moment} 的版本 {added.version}({added.entries} 条问答),运行中的服务几秒内换上。"]
    if lies_there == added.version:
        lines.append("文件夹里正是这一版。")
    else:
        lines.append("文件夹没有动,里面仍是退回前的内容:它不会自己再发布,总部下次改动文件夹后才会发布。")
    return "\n".join(lines)


# --- which version ---------------------------------------------------------------------------------------------------
async def _named(session: AsyncSession, version: str) -> Publication:
    """The newest publication of the version that begins so. Raises SettingsError."""
    wanted = version.strip().lower()
    query = select(Publication).where(Publication.version.startswith(wanted, autoescape=True))
    rows = list(await session.scalars(query.order_by(Publication.id.desc()).options(defer(Publication.files))))
    versions = sorted({row.version for row in rows})
    if len(wanted) < _SHORTEST or not versions:
        raise SettingsError(f"VERSION: 没有版本「{version}」。用 dianxiaoer faq versions 看有哪些(写前几位就行)")
    if len(versions) > 1:
        raise SettingsError(f"VERSION: 「{version}」开头的版本有 {len(versions)} 个:{'、'.join(versions)}。请多写几位")
    published = next((row for row in rows if row.state == PublicationState.PUBLISHED), None)
    if published is None:
        raise SettingsError(f"VERSION: {versions[0]} 有错误,没有发布过")
    return published


async def _serving(session: AsyncSession) -> Publication:
    serving = await publications.in_force(session)
    if serving is None:
        raise SettingsError("VERSION: 还没有发布过。服务第一次启动时会发布文件夹里的内容")
    return serving


async def _stored(session: AsyncSession, row: Publication) -> Version:
    files = hq_folder.unpack(await publications.files_of(session, row.id))
    content = _loaded(load(files), f"版本 {row.version}")
    return Version(f"版本 {row.version}({_moment(row.decided_at, content.policy.zone)})", content, files)


def _of_folder(folder: Path) -> Version:
    files = hq_folder.read(folder)
    return Version("文件夹", _loaded(load(files), "文件夹"), files)


def _loaded(loaded: Loaded, name: str) -> Content:
    if loaded.content is None:
        problems = report.format_problems(problem for problem in loaded.problems if problem.is_error)
        raise SettingsError(f"CONTENT_DIR: {name}有错误,没法用:\n{problems}")
    return loaded.content


def _folder_version(folder: Path) -> str:
    """Of what lies there; "" when it cannot be read."""
    try:
        return version_of(hq_folder.read(folder))
    except (SettingsError, OSError):
        return ""


# --- a table ---------------------------------------------------------------------------------------------------------
def _cells(row: Publication, zone: tzinfo, *, is_serving: bool) -> tuple[str, ...]:
    when = _moment(row.decided_at, zone)
    if row.state == PublicationState.REFUSED:
        return row.version, when, "", str(row.warnings), f"没有发布:{row.errors} 处错误"
    source = f"退回({row.decided_by})" if row.is_put_back else "文件夹"
    return row.version, when, str(row.entries), str(row.warnings), f"{source} {_IN_FORCE if is_serving else ''}".strip()


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(_HEADERS))]
    return "\n".join(
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _width(text: str) -> int:
    """Columns of a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


async def _zone(session: AsyncSession, serving: Publication) -> tzinfo:
    """Store time, as the version in force has it."""
    files: Mapping[str, bytes] = hq_folder.unpack(await publications.files_of(session, serving.id))
    policy = {name: data for name, data in files.items() if name.lower().startswith("policy.")}
    content = load(policy).content
    return content.policy.zone if content is not None else Policy().zone


def _moment(moment: datetime, zone: tzinfo) -> str:
    """Such as 11-21 18:02, store time."""
    return f"{moment.astimezone(zone):%m-%d %H:%M}"
