"""What was confirmed becomes an order; payments are counted; what nobody paid or sent is given back."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import structlog
from sqlalchemy import func, select

from bot.clock import Clock
from bot.conversations import ordering
from bot.conversations.ordering import Done
from bot.db import Database
from bot.errors import TradeError, TradeSilentError
from bot.model import Order, OrderAction, OrderRequest, Stage
from bot.orders import notices
from bot.orders.house import HouseOrders
from bot.ports import Wakeups
from bot.trade import Cancelled, Orders, Placed
from bot.workers.loop import LATER, Crew, Step
from bot.workers.tools import DeskMaker

log = structlog.get_logger(__name__)

_AT_ONCE = 8
_NEXT_LAPSE = select(func.min(Order.until)).where(Order.stage.in_((Stage.HELD, Stage.PLACED)))


@dataclass(frozen=True, slots=True)
class OrderWorker:
    """Places and cancels what clerks confirmed."""

    database: Database
    wakeups: Wakeups
    clock: Clock
    desk: DeskMaker
    orders: Orders
    crew: Crew = field(default_factory=lambda: Crew(_AT_ONCE))

    async def step(self) -> Step:
        """Side by side; each under the key of its draft, so that a repeat makes no second order."""
        now = self.clock.now()
        if not self.crew.free:
            return Step()
        due_at = await self.database.look(ordering.NEXT_DUE, {"now": now})
        if due_at is None or due_at > now:
            return Step(due_at=due_at)
        async with self.database.begin() as session:
            works = await ordering.claim_due(session, now=now, limit=self.crew.free)
        for work in works:
            self.crew.start(self._do(work))
        return Step(due_at=now + LATER)

    async def _do(self, work: OrderRequest) -> None:
        try:
            done = await self._carry_out(work)
        except TradeSilentError as error:
            log.warning("order.no_answer", request=work.id, error=str(error))
            async with self.database.begin() as session:
                await ordering.put_off(session, work, self.desk(), self.clock.now())
        else:
            async with self.database.begin() as session:
                await ordering.conclude(session, work, done, self.desk(), self.clock.now())
        await self.wakeups.wake("outbox")
        if self.crew.is_wanted():
            await self.wakeups.wake("orders")

    async def _carry_out(self, work: OrderRequest) -> Done:
        """The new order first: whoever changes a stay is never without one. Raises TradeSilentError."""
        made: Placed | None = None
        cancelled: Cancelled | None = None
        try:
            if work.action in (OrderAction.PLACE, OrderAction.CHANGE):
                made = await self.orders.place(work.hold_key, staff=work.staff, draft=work.draft_id)
            if work.action in (OrderAction.CANCEL, OrderAction.CHANGE):
                cancelled = await self.orders.cancel(work.order_number, key=f"request:{work.id}", staff=work.staff)
        except TradeError as error:
            return Done(made, cancelled, str(error))
        return Done(made, cancelled)


@dataclass(frozen=True, slots=True)
class PaymentWorker:
    """Counts payments that a payment system told us of."""

    database: Database
    wakeups: Wakeups
    clock: Clock
    desk: DeskMaker
    orders: Orders

    async def step(self) -> Step:
        """One after the other: a day's payments of a chain are few."""
        now = self.clock.now()
        due = await self.database.look_at_all(notices.DUE, {"now": now})
        if not due:
            return Step(due_at=await self.database.look(notices.NEXT_DUE))
        for notice_id in due:
            await self._count(notice_id)
        await self.wakeups.wake("outbox")
        return Step(busy=True)

    async def _count(self, notice_id: int) -> None:
        async with self.database.read() as session:
            notice = await notices.read_open(session, notice_id)
        if notice is None:
            return
        try:
            done = await self.orders.paid(
                notice.order_number, Decimal(notice.cents) / 100, notice.paid_at, notice.transaction
            )
        except TradeSilentError as error:
            log.warning("payment.no_answer", notice=notice_id, error=str(error))
            async with self.database.begin() as session:
                await notices.put_off(session, notice_id, self.clock.now())
            return
        async with self.database.begin() as session:
            row = await notices.lock_open(session, notice_id)
            if row is not None:
                await ordering.paid(session, row, done, self.desk(), self.clock.now())


@dataclass(frozen=True, slots=True)
class LapseWorker:
    """Gives back what was held and not sent, or placed and not paid, in time."""

    database: Database
    wakeups: Wakeups
    clock: Clock
    desk: DeskMaker
    orders: HouseOrders

    async def step(self) -> Step:
        """Up to fifty at a time."""
        now = self.clock.now()
        due_at = await self.database.look(_NEXT_LAPSE)
        if due_at is None or due_at > now:
            return Step(due_at=due_at)
        lapsed = await self.orders.release_due()
        unpaid = [each for each in lapsed if each.number is not None]
        if unpaid:
            async with self.database.begin() as session:
                for each in unpaid:
                    await ordering.lapsed(session, each, self.desk(), self.clock.now())
            await self.wakeups.wake("outbox")
        return Step(busy=bool(lapsed))
