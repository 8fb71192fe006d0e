"""What has been decided about HQ's folder, in the database: every process follows the newest publication."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from bot.db.claims import take_turn
from bot.model import Draft, Publication, PublicationSource, PublicationState, StaffQuestion
from knowledge.content import Loaded
from knowledge.report import summary, to_json

KEPT = 50  #: publications, the newest; and whatever was answered from in the last
KEPT_FOR = timedelta(days=90)
_PROBLEMS_MOST = 500  #: of one decision, that are kept for people to read
_CALIBRATED_WITHIN = timedelta(minutes=30)  #: then somebody else may try
TRIES = 3

Found = Select[tuple[Publication]]


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a folder."""

    row: Publication
    is_new: bool  #: False: another process was faster, or nothing has changed


def _newest(*where: ColumnElement[bool]) -> Found:
    return select(Publication).where(*where).order_by(Publication.id.desc()).limit(1).options(defer(Publication.files))


_NEWEST = _newest()
_IN_FORCE = _newest(Publication.state == PublicationState.PUBLISHED)


async def newest(session: AsyncSession) -> Publication | None:
    """The last decision, without its files."""
    found: Publication | None = await session.scalar(_NEWEST)
    return found


async def in_force(session: AsyncSession) -> Publication | None:
    """The last publication, without its files."""
    found: Publication | None = await session.scalar(_IN_FORCE)
    return found


async def files_of(session: AsyncSession, publication: int) -> bytes:
    """Its files, zipped. Raises NoResultFound."""
    return (await session.scalars(select(Publication.files).where(Publication.id == publication))).one()


async def is_judged(session: AsyncSession, version: str) -> bool:
    """Whether the last decision was about a folder of this version: nothing is to be done about it again."""
    last = await newest(session)
    return last is not None and last.folder_version == version


async def publish(session: AsyncSession, loaded: Loaded, packed: bytes, now: datetime) -> Decided:
    """Put a folder into force, unless the last decision was about this very version."""
    await take_turn(session, "publications")
    last = await newest(session)
    if last is not None and last.state == PublicationState.PUBLISHED and last.folder_version == loaded.version:
        return Decided(last, is_new=False)
    row = _row(loaded, now, PublicationState.PUBLISHED, PublicationSource.FOLDER, loaded.version)
    return Decided(await _add(session, row, packed), is_new=True)


async def refuse(session: AsyncSession, loaded: Loaded, now: datetime) -> Decided:
    """Note that a folder has errors; once as long as it says the same."""
    await take_turn(session, "publications")
    last, serving = await newest(session), await in_force(session)
    row = _row(loaded, now, PublicationState.REFUSED, PublicationSource.FOLDER, loaded.version)
    if last is not None and (last.state, last.version, last.digest) == (row.state, row.version, row.digest):
        return Decided(last, is_new=False)
    row.entries = serving.entries if serving is not None else 0
    session.add(row)
    await session.flush()
    return Decided(row, is_new=True)


async def put_back(
    session: AsyncSession, loaded: Loaded, packed: bytes, *, folder_version: str, by: str, now: datetime
) -> Publication:
    """Publish an old version anew. `folder_version`: of the folder as it lies there; it is not published again."""
    await take_turn(session, "publications")
    row = _row(loaded, now, PublicationState.PUBLISHED, PublicationSource.ROLLBACK, folder_version)
    row.decided_by = by[:64]
    return await _add(session, row, packed)


async def _add(session: AsyncSession, row: Publication, packed: bytes) -> Publication:
    row.files, row.calibration = packed, await _calibration_of(session, row.version)
    session.add(row)
    await session.flush()
    return row


async def _calibration_of(session: AsyncSession, version: str) -> str | None:
    known = (Publication.version == version, Publication.calibration.is_not(None))
    query = select(Publication.calibration).where(*known).order_by(Publication.id.desc()).limit(1)
    found: str | None = await session.scalar(query)
    return found


async def last_calibration(session: AsyncSession) -> str | None:
    """The newest there is, of whatever version."""
    query = select(Publication.calibration).where(Publication.calibration.is_not(None))
    found: str | None = await session.scalar(query.order_by(Publication.id.desc()).limit(1))
    return found


async def claim_calibration(session: AsyncSession, row: Publication, now: datetime) -> bool:
    """Whether it is ours to calibrate, also anew; one process at a time, and nobody for ever."""
    is_free = or_(Publication.lease_until.is_(None), Publication.lease_until <= now)
    is_same = Publication.calibration.is_not_distinct_from(row.calibration)
    todo = (Publication.id == row.id, Publication.attempts < TRIES, is_free, is_same)
    taken = {"lease_until": now + _CALIBRATED_WITHIN, "attempts": Publication.attempts + 1}
    result = await session.execute(update(Publication).where(*todo).values(taken))
    return bool(getattr(result, "rowcount", 0))


async def note_calibration(session: AsyncSession, publication: int, calibration: str) -> None:
    """Keep it for this publication."""
    values = {"calibration": calibration, "lease_until": None}
    await session.execute(update(Publication).where(Publication.id == publication).values(values))


async def purge(session: AsyncSession, now: datetime) -> None:
    """Drop old decisions; never what is in force, nor a version that somebody was answered from lately."""
    answered = select(Draft.content_version).where(Draft.created_at > now - KEPT_FOR)
    told = select(StaffQuestion.content_version).where(StaffQuestion.asked_at > now - KEPT_FOR)
    latest = select(Publication.id).order_by(Publication.id.desc()).limit(KEPT)
    published = select(Publication.id).where(Publication.state == PublicationState.PUBLISHED)
    kept = {
        *(await session.scalars(latest)),
        *(await session.scalars(published.order_by(Publication.id.desc()).limit(1))),
    }
    is_old = (Publication.id.not_in(kept), Publication.version.not_in(answered), Publication.version.not_in(told))
    await session.execute(delete(Publication).where(*is_old))


def _row(
    loaded: Loaded, now: datetime, state: PublicationState, source: PublicationSource, folder_version: str
) -> Publication:
    report: dict[str, Any] = dict(to_json(loaded))
    wrong = "\n".join(f"{problem.place}\t{problem.message}" for problem in loaded.problems if problem.is_error)
    return Publication(
        version=loaded.version,
        state=state,
        source=source,
        folder_version=folder_version,
        decided_at=now,
        entries=len(loaded.content.entries) if loaded.content is not None else 0,
        errors=report["errors"],
        warnings=report["warnings"],
        problems=report["problems"][:_PROBLEMS_MOST],
        summary=summary(loaded),
        digest=hashlib.sha256(wrong.encode()).hexdigest() if wrong else "",
    )
