"""APScheduler is a clock only: a fire inserts a row (job, slot), and whoever inserts it does the work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import delete, or_, select

from bot.clock import Clock, SystemClock
from bot.content import publications
from bot.db import Database
from bot.db.once import insert_once
from bot.errors import MessengerError
from bot.model import Account, Event, Slot, StaffQuestion
from bot.orders import holding
from bot.wecom.kf import KfApi
from bot.workers.kf import pull_all_at_start

log = structlog.get_logger(__name__)

EVENTS_KEPT = timedelta(days=30)
STAFF_QUESTIONS_KEPT = timedelta(days=400)  #: a year's figures
_TICK = 30  #: seconds between two fires of the clock; a slot is taken once, however often it ticks


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    every: timedelta
    run: Callable[[], Awaitable[None]]
    after: timedelta = timedelta()  #: a slot begins so long after 1970-01-01 00:00 UTC, and every `every` from then on

    def slot(self, now: datetime) -> datetime:
        """When the slot began that `now` lies in."""
        every, after = self.every.total_seconds(), self.after.total_seconds()
        return datetime.fromtimestamp((now.timestamp() - after) // every * every + after, UTC)


class Schedule:
    """Runs jobs once a slot over all processes; a slot missed while everything was down is made up for at start."""

    def __init__(self, database: Database, clock: Clock, jobs: list[Job]) -> None:
        self._database = database
        self._clock = clock
        self._jobs = jobs
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        for job in self._jobs:
            self._scheduler.add_job(
                self.fire,
                IntervalTrigger(seconds=_TICK, timezone=UTC),
                args=[job],
                id=job.name,
                next_run_time=SystemClock().now(),
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def fire(self, job: Job) -> bool:
        """Do the job unless this slot was taken; whether it was ours."""
        now = self._clock.now()
        started = job.slot(now)
        async with self._database.begin() as session:
            if await insert_once(session, Slot(job=job.name, slot=started.isoformat(), taken_at=now)) is None:
                return False
        log.info("slot.taken", job=job.name, slot=started.isoformat())
        try:
            await job.run()
        except Exception as error:
            log.error("job.failed", job=job.name, error=type(error).__name__, exc_info=error)
        return True


async def sync_accounts(database: Database, api: KfApi, clock: Clock) -> None:
    """Learn from WeCom which accounts there are and which this app may drive."""
    try:
        found = await api.accounts()
    except MessengerError as error:
        log.warning("accounts.not_listed", code=error.code, hint=error.hint)
        return
    known = {account.id: account for account in found}
    async with database.begin() as session:
        for account in found:
            await insert_once(
                session,
                Account(id=account.id, name=account.name[:64], is_managed=account.is_managed, pull_at=clock.now()),
            )
        for row in await session.scalars(select(Account).where(Account.id.in_(known))):
            row.name, row.is_managed = known[row.id].name[:64], known[row.id].is_managed


async def purge(database: Database, clock: Clock) -> None:
    """Drop raw events that are long over, holds that came to nothing, what staff asked a year ago, and old versions of
    HQ's files that nobody answers from."""
    until = clock.now() - EVENTS_KEPT
    is_over = or_(Event.done_at < until, (Event.failed != "") & (Event.due_at < until))
    async with database.begin() as session:
        await session.execute(delete(Event).where(is_over))
        await session.execute(delete(Slot).where(Slot.taken_at < until))
        await session.execute(delete(StaffQuestion).where(StaffQuestion.asked_at < clock.now() - STAFF_QUESTIONS_KEPT))
        await holding.forget(session, until)
        await publications.purge(session, clock.now())


__all__ = ["Job", "Schedule", "pull_all_at_start", "purge", "sync_accounts"]
