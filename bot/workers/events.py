"""Raw callbacks, one after the other: a signal to pull an account, a tap on a card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.assistant import tapping
from bot.assistant.hearing import Said, hear
from bot.clock import Clock
from bot.conversations.confirm import Press, press
from bot.db import Database
from bot.db.claims import NOW, lock, lock_one
from bot.db.once import insert_once
from bot.errors import NotFoundError
from bot.model import Account, Event
from bot.ports import Wakeups
from bot.wecom.events import AccountsChanged, CardPressed, KfSignal, StaffSaid, parse_event
from bot.workers.loop import Step
from bot.workers.tools import DeskMaker

log = structlog.get_logger(__name__)

TRIES = 8  #: then an event is set aside; its body stays for whoever looks into it
_BATCH = 50
_NOBODY: frozenset[str] = frozenset()
_PULLERS = frozenset({"accounts"})
_TAPPED = frozenset({"outbox", "conversations", "asks", "assistant"})
_SAID = frozenset({"assistant", "outbox"})
_IS_OPEN = (Event.done_at.is_(None), Event.failed == "")
_DUE = select(Event.id).where(*_IS_OPEN, Event.due_at <= NOW).order_by(Event.id).limit(_BATCH)
_NEXT_DUE = select(func.min(Event.due_at)).where(*_IS_OPEN)
_OPEN = select(Event).where(Event.id == bindparam("id"), Event.done_at.is_(None)).with_for_update(skip_locked=True)
_CHOICE = "choice"  #: question key of the card's drop-down


@dataclass(frozen=True, slots=True)
class EventWorker:
    database: Database
    wakeups: Wakeups
    clock: Clock
    desk: DeskMaker

    async def step(self) -> Step:
        """Handle up to fifty events, each in a transaction of its own."""
        now = self.clock.now()
        due = await self.database.look_at_all(_DUE, {"now": now})
        later = None if due else await self.database.look(_NEXT_DUE)
        touched: set[str] = set()
        for event_id in due:
            try:
                async with self.database.begin() as session:
                    touched |= await self._handle(session, event_id, now)
            except Exception as error:
                log.error("event.failed", event_id=event_id, error=type(error).__name__, exc_info=error)
                await self._put_off(event_id, type(error).__name__)
        for topic in touched:
            await self.wakeups.wake(topic)
        return Step(busy=len(due) == _BATCH, due_at=later)

    async def _handle(self, session: AsyncSession, event_id: int, now: datetime) -> frozenset[str]:
        """Handle one event; which workers have something to do now."""
        row = await session.scalar(_OPEN, {"id": event_id})
        if row is None:
            return _NOBODY
        event, touched = parse_event(row.body), _PULLERS
        match event:
            case KfSignal(account=account, token=token):
                await signal_account(session, account, token, now)
            case CardPressed():
                tap = Press(
                    staff=event.staff,
                    task_id=event.task_id,
                    key=event.key,
                    code=event.response_code or None,
                    chosen=next(iter(event.selected.get(_CHOICE, ())), None),
                )
                try:
                    desk = self.desk()
                    if not await tapping.press(session, tap, desk, now):
                        await press(session, tap, desk, now)
                except NotFoundError:
                    log.warning("card.unknown", event_id=event_id)
                touched = _TAPPED
            case AccountsChanged(added=added, removed=removed):
                for account in added:
                    await signal_account(session, account, "", now)
                for account in removed:
                    known = await session.get(Account, account)
                    if known is not None:
                        known.is_managed = False
            case StaffSaid(staff=staff, kind=kind, text=text, msg_id=msg_id):
                said = Said(staff, msg_id or f"event:{event_id}", kind, text)
                await hear(session, said, self.desk(), now)
                touched = _SAID  # the words are kept with the question, and not here
            case _:
                log.info("event.ignored", event_id=event_id, kind=type(event).__name__)
                row.done_at = now  # kept raw
                return _NOBODY
        row.done_at, row.body = now, ""
        return touched

    async def _put_off(self, event_id: int, reason: str) -> None:
        async with self.database.begin() as session:
            row = await session.get_one(Event, event_id, with_for_update=True)
            row.attempts += 1
            row.due_at = self.clock.now() + timedelta(seconds=min(2**row.attempts, 300))
            if row.attempts >= TRIES:
                row.failed = reason


async def signal_account(session: AsyncSession, account: str, token: str, now: datetime) -> None:
    """There is something new for this account: pull it now."""
    row = await lock(session, Account, account)
    if row is None:
        await insert_once(session, Account(id=account, pull_at=now))
        row = await lock_one(session, Account, account)
    row.signals += 1
    row.pull_at = min(row.pull_at, now)
    row.is_managed = True
    if token:
        row.token, row.token_at = token, now
