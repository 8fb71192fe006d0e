"""What headquarters hears of its own files: that a change was refused and why, and that it is mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from bot.content.words import Content, Policy, StaffMember
from bot.db import Database
from bot.db.claims import take_turn
from bot.gate.outbox import StaffNotice, enqueue_to_staff
from bot.model import Publication, PublicationState
from bot.staff.duty import Stage, members, on_duty

log = structlog.get_logger(__name__)

SETTLED = timedelta(seconds=5)  #: a refusal that is mended sooner is not worth a message
_LISTED = 5  #: problems, of a refusal; the rest is counted
_LONGEST = 1_900  #: bytes of a message to the app, which takes 2,048

_NEWEST = select(Publication).order_by(Publication.id.desc()).limit(1).options(defer(Publication.files))


async def tell_headquarters(database: Database, content: Content, now: datetime) -> bool:
    """Tell whoever of headquarters is on duty what was decided last; at night it waits. Whether anything was sent."""
    async with database.read() as session:
        last = await session.scalar(_NEWEST)
    if last is None or last.told_at is not None:
        return False
    if last.state == PublicationState.REFUSED and now < last.decided_at + SETTLED:
        return False
    people = members(content, Stage.HEADQUARTERS, None)
    present = on_duty(people, now.astimezone(content.policy.zone))
    if people and not present:
        return False
    async with database.begin() as session:
        return await _tell(session, last.id, present, content.policy, now)


async def _tell(
    session: AsyncSession, publication: int, present: Sequence[StaffMember], policy: Policy, now: datetime
) -> bool:
    await take_turn(session, "bulletin")
    row = await session.get_one(Publication, publication, options=[defer(Publication.files)], populate_existing=True)
    if row.told_at is not None:
        return False  # another process was faster
    before = await _told_before(session, row)
    row.told_at = now
    text = _text(row, before, await _in_force(session), policy)
    if text is None:
        return False
    for person in present:
        account = person.account.lower()
        await enqueue_to_staff(session, StaffNotice(account, f"content:{row.id}:{account}"[:96], text), now=now)
    log.info("content.told", publication=row.id, staff=len(present))
    return bool(present)


async def _told_before(session: AsyncSession, row: Publication) -> Publication | None:
    found: Publication | None = await session.scalar(
        _NEWEST.where(Publication.told_at.is_not(None), Publication.id < row.id)
    )
    return found


async def _in_force(session: AsyncSession) -> Publication | None:
    found: Publication | None = await session.scalar(_NEWEST.where(Publication.state == PublicationState.PUBLISHED))
    return found


def _text(row: Publication, before: Publication | None, serving: Publication | None, policy: Policy) -> str | None:
    """What is to be said about this decision after the one that was told last; None when it is no news."""
    was_refused = before is not None and before.state == PublicationState.REFUSED
    if row.state == PublicationState.REFUSED:
        is_known = was_refused and before is not None and before.digest == row.digest
        return None if is_known else _refusal(row, serving, policy)
    since = f"{_moment(row.decided_at, policy)} 起门店使用这一版({row.entries} 条问答)。"
    if row.is_put_back:
        return f"已退回旧版本,{since}文件夹里的改动要等下次再改动时才会发布。"
    return f"总部的文件改好了,{since}" if was_refused else None


def _refusal(row: Publication, serving: Publication | None, policy: Policy) -> str:
    since = f"门店仍在使用 {_moment(serving.decided_at, policy)} 的版本。" if serving is not None else ""
    errors = [problem for problem in row.problems if problem["level"] == "error"]
    lines = [f"总部的文件有 {row.errors} 处错误,没有发布。{since}"]
    for problem in errors[:_LISTED]:
        line = _problem(problem)
        if len("\n".join([*lines, line]).encode()) > _LONGEST:
            break
        lines.append(line)
    left = row.errors - (len(lines) - 1)
    return "\n".join([*lines, f"还有 {left} 处,运行 faq check 看全部。"] if left else lines)


def _problem(problem: Mapping[str, Any]) -> str:
    row = f"第 {problem['row']} 行" if problem["row"] else ""
    place = " · ".join(part for part in (problem["file"], problem["sheet"], row, problem["column"]) if part)
    return f"{place or '整个文件夹'}\n  {problem['message']}"


def _moment(moment: datetime, policy: Policy) -> str:
    """Such as 11-21 18:02, store time."""
    return f"{moment.astimezone(policy.zone):%m-%d %H:%M}"
