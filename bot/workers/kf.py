"""Pull accounts page by page; one of the two workers that know WeCom's words. Nothing depends on WeCom's retry."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.conversations.inbox import store_page, tell_of_history
from bot.conversations.incoming import (
    Item,
    Page,
    Recalled,
    Said,
    SendFailed,
    SessionChanged,
    Strange,
    Typed,
    Visited,
)
from bot.customers.profiles import name_customers, nameless
from bot.db import Database
from bot.db.claims import NOW, claim, claimable, held, is_free
from bot.db.once import insert_once
from bot.errors import MessengerError, RejectedError, TryLaterError
from bot.model import Account
from bot.ports import SessionState, Wakeups
from bot.wecom import items as wire
from bot.wecom.kf import KfApi, SyncPage
from bot.workers.loop import LATER, Crew, Step
from bot.workers.tools import DeskMaker

log = structlog.get_logger(__name__)

POLL = timedelta(minutes=5)  #: an account is pulled at least so often, whatever WeCom signals
LEASE = timedelta(seconds=60)
TOKEN_LIFE = timedelta(minutes=9)  #: of ten (facts/wecom.md §2.1)
_AT_ONCE = 8  #: accounts side by side
_REFUSED_PAUSE = timedelta(seconds=30)
_CURSOR_TRIES = 5  #: so often in a row WeCom may refuse a pull before we take its cursor for dead
_ID_MOST, _MSGID_MOST, _MEDIA_ID_MOST = 64, 128, 256  #: characters (`model.message`, `model.media`)


_DUE = claimable(Account, Account.pull_at <= NOW, Account.is_managed.is_(True), order_by=Account.pull_at)
_NEXT_DUE = select(func.min(Account.pull_at)).where(Account.is_managed, is_free(Account))


@dataclass(frozen=True, slots=True)
class PullWorker:
    database: Database
    wakeups: Wakeups
    clock: Clock
    desk: DeskMaker
    api: KfApi

    crew: Crew = field(default_factory=lambda: Crew(_AT_ONCE))

    async def step(self) -> Step:
        """Pull every account that is due, several side by side, each by one worker."""
        now = self.clock.now()
        if not self.crew.free:
            return Step()
        due_at = await self.database.look(_NEXT_DUE, {"now": now})
        if due_at is None or due_at > now:
            return Step(due_at=due_at)
        async with self.database.begin() as session:
            rows = await claim(session, _DUE, now=now, lease=LEASE, limit=self.crew.free)
        for row in rows:
            self.crew.start(self._work(row))
        return Step(due_at=now + LATER)

    async def _work(self, account: Account) -> None:
        is_due = await self._pull(account)
        if is_due or self.crew.is_wanted():
            await self.wakeups.wake("accounts")

    async def _pull(self, account: Account) -> bool:
        """Read the account to its end; whether it must be read again soon: signalled meanwhile, or read in vain."""
        cursor, is_first = account.cursor, account.first_pull_done_at is None
        try:
            while True:
                now = self.clock.now()
                is_fresh = account.token_at is not None and now - account.token_at < TOKEN_LIFE
                page = await self.api.sync(account.id, cursor, account.token if is_fresh else "")
                row = await self._store(account, page, is_first)
                if row is None:
                    return False
                cursor = page.next_cursor or cursor
                if page.is_stuck:
                    await self._put_off(account, _backoff(account))
                if not page.has_more:
                    return page.is_stuck or row.signals != account.signals
        except MessengerError as error:
            log.warning("account.pull_failed", account=account.id, code=error.code, hint=error.hint)
            is_lost = cursor != "" and isinstance(error, RejectedError) and account.attempts >= _CURSOR_TRIES
            pause = error.retry_in if isinstance(error, TryLaterError) else timedelta() if is_lost else _REFUSED_PAUSE
            await self._put_off(account, pause, from_the_start=is_lost)
            return True

    async def _store(self, account: Account, page: SyncPage, is_first: bool) -> Account | None:
        """One page and its cursor, in one commit, with the end of the lease when it is the last; then the names of
        new customers. The account as it is now; None when another worker has it."""
        desk, now = self.desk(), self.clock.now()
        items = tuple(item for raw in page.items if (item := _translate(raw)) is not None)
        ours = Page(account.id, items, page.next_cursor or account.cursor, is_first)
        async with self.database.begin() as session:
            taken = await store_page(session, ours, fence=account.fence, desk=desk, now=now)
            if taken is None:
                return None
            row = await session.get_one(Account, account.id)
            if page.has_more or page.is_stuck:
                row.lease_until = now + LEASE
            else:
                await self._finish(session, row, account.signals, now)
            asked = await nameless(session, taken.customers, now)
        for topic in _topics(ours):
            await self.wakeups.wake(topic)
        if taken.new:
            desk.journal.note("page.stored", facts={"account": account.id, "new": taken.new, "history": taken.history})
        if asked:
            await self._name(asked, now)
        return row

    async def _finish(self, session: AsyncSession, row: Account, signals: int, now: datetime) -> None:
        """The account is read to its end; once more at once when it was signalled meanwhile."""
        row.lease_until, row.attempts = None, 0
        row.pull_at = now if row.signals != signals else now + POLL
        if row.first_pull_done_at is None:
            row.first_pull_done_at = now
            await tell_of_history(session, row.id, self.desk(), now)

    async def _name(self, asked: list[str], now: datetime) -> None:
        try:
            names = await self.api.customers(asked)
        except MessengerError as error:
            log.info("customers.not_named", code=error.code)
            return
        async with self.database.begin() as session:
            await name_customers(session, asked, names, now)

    async def _put_off(self, account: Account, pause: timedelta, *, from_the_start: bool = False) -> None:
        """Pull later; `from_the_start` reads the last three days again: what is known is not stored twice."""
        async with self.database.begin() as session:
            row = await held(session, Account, account.id, account.fence)
            if row is None:
                return
            row.lease_until, row.pull_at = None, self.clock.now() + pause
            if from_the_start:
                log.warning("account.cursor_dropped", account=account.id)
                row.cursor = ""


def _topics(page: Page) -> list[str]:
    """Which workers have something to do now."""
    if page.is_first_pull or not all(isinstance(item, Said) for item in page.items):
        return ["conversations", "outbox", "media", "asks"]
    has_media = any(isinstance(item, Said) and item.media_id for item in page.items)
    return (["conversations"] if page.items else []) + (["media"] if has_media else [])


def _backoff(account: Account) -> timedelta:
    """How long to wait for a page that WeCom promised and did not give: a second, then ever longer."""
    return min(timedelta(seconds=2 ** min(account.attempts - 1, 10)), POLL)


_CHANGES = {1: SessionState.PERSON, 2: SessionState.PERSON, 3: SessionState.ENDED, 4: SessionState.PERSON}


def _translate(item: wire.Item) -> Item | None:
    """WeCom's item in our words; None when it concerns nobody here, or names somebody in a way that nobody is named."""
    if not isinstance(item, wire.UnknownItem | wire.StaffStatusChanged) and not _is_named(item):
        log.warning("item.refused", kind=type(item).__name__)
        return None
    match item:
        case wire.CustomerSaid():
            return Said(
                item.msgid,
                item.customer,
                item.sent_at,
                item.kind[:32],
                item.text,
                item.menu_id[:128] or None,
                item.media_id if 0 < len(item.media_id) <= _MEDIA_ID_MOST else None,
                item.body,
            )
        case wire.StaffTyped():
            staff, kind = item.staff[:64], item.kind[:32]
            return Typed(item.msgid, item.customer, item.sent_at, staff, kind, item.text, item.body)
        case wire.Entered():
            return Visited(
                item.msgid, item.customer, item.sent_at, item.scene, item.scene_param, item.welcome_code or None
            )
        case wire.SendFailed():
            return SendFailed(item.customer, item.failed_msgid, item.hint)
        case wire.Recalled():
            return Recalled(item.customer, item.recalled_msgid, item.sent_at)
        case wire.SessionChanged():
            state = _CHANGES.get(item.change)
            return (
                SessionChanged(item.customer, item.sent_at, state, item.new_staff or item.old_staff or None)
                if state
                else None
            )
        case wire.UnknownItem():
            return Strange(item.body)
    log.info("item.ignored", kind=type(item).__name__)
    return None


def _is_named(item: wire.Item) -> bool:
    """Whether the ids are there and fit: one that does not must not stop the page with all that is behind it."""
    return 0 < len(getattr(item, "customer", "")) <= _ID_MOST and len(item.msgid) <= _MSGID_MOST


async def pull_all_at_start(database: Database, accounts: list[str], now: datetime) -> None:
    """Every account is pulled once at start: what came while we were down is there."""
    async with database.begin() as session:
        for account in accounts:
            await insert_once(session, Account(id=account, pull_at=now))
        for row in await session.scalars(select(Account).where(Account.is_managed)):
            row.pull_at = now
