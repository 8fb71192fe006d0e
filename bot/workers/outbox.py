"""Claim what is due, send it, mark it. A delivery keeps its id for ever, so a retry can never be a second message."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import metrics
from bot.assistant import headquarters
from bot.clock import Clock
from bot.conversations import aftermath, asking, handoff, lifecycle, unattended
from bot.db import Database
from bot.db.claims import held
from bot.errors import (
    AlreadySentError,
    CodeUsedError,
    HandoverRefusedError,
    MessengerError,
    OperatorError,
    OutcomeUnknownError,
    QuotaUsedError,
    SessionStateError,
    TryLaterError,
    WindowClosedError,
)
from bot.gate import outbox
from bot.gate.approval import BY_RULE
from bot.model import Card, CardPurpose, Conversation, Delivery, DeliveryKind, DeliveryState, Question
from bot.ports import CardReceipt, Messenger, Session, SessionState, Wakeups
from bot.staff.directory import mark_unreachable
from bot.workers.loop import LATER, Crew, Step
from bot.workers.sending import PAST_CARE, TO_CUSTOMER, Ready, card_face, send
from bot.workers.tools import DeskMaker

log = structlog.get_logger(__name__)

_AT_ONCE = 32
_ALONE = frozenset({DeliveryKind.CARD, DeliveryKind.NOTICE})  #: nothing waits behind it in its lane, or not urgently
_OPERATOR_PAUSE = timedelta(minutes=1)
_TOLD_AT = 2  #: tries of a reply that an operator must help along, before the clerk hears of it
_MOVE_TRIES = 4  #: somebody waits with the card in hand
_TRIES = 720  #: with back-off, a day; then a person is told


@dataclass(frozen=True, slots=True)
class OutboxWorker:
    database: Database
    wakeups: Wakeups
    clock: Clock
    desk: DeskMaker
    messenger: Messenger
    crew: Crew = field(default_factory=lambda: Crew(_AT_ONCE))

    async def step(self) -> Step:
        """Send up to 32 deliveries side by side, one a lane."""
        now = self.clock.now()
        if not self.crew.free:
            return Step()
        due_at = await self.database.look(outbox.NEXT_DUE, {"now": now})
        if due_at is None or due_at > now:
            return Step(due_at=due_at)
        async with self.database.begin() as session:
            rows = await outbox.claim_due(session, now=now, limit=self.crew.free)
            ready = [await self._prepare(session, row, now) for row in rows]
        for one in ready:
            if one is not None:
                self.crew.start(self._deliver(one))
        return Step(due_at=now + LATER)

    async def _prepare(self, session: AsyncSession, row: Delivery, now: datetime) -> Ready | None:
        """What sending needs beside the delivery. None when it need not be sent any more; then it is marked here."""
        ready = await Ready.load(session, row)
        if ready is None:
            _finish(row, DeliveryState.CANCELLED, now, failed="nothing to update")
        elif row.kind in TO_CUSTOMER:
            row.is_uncertain = True  # whoever finds this row after a crash cannot know better
        return ready

    async def _deliver(self, ready: Ready) -> None:
        delivery = ready.delivery
        if delivery.approved_by == BY_RULE and not ready.was_uncertain and not await self._may_still_go(delivery):
            return
        found: Session | None = None
        receipt: CardReceipt | None = None
        error: MessengerError | None = None
        try:
            receipt = await send(self.messenger, ready)
        except SessionStateError as state_error:
            error = state_error
            found = await self._look(ready)
        except MessengerError as messenger_error:
            error = messenger_error
        now = self.clock.now()
        async with self.database.begin() as session:
            row = await held(session, Delivery, delivery.seq, delivery.fence)
            if row is None or row.state != DeliveryState.QUEUED:
                return
            row.lease_until = None
            if error is None or isinstance(error, AlreadySentError):  # our ids never collide: an earlier try did it
                await self._sent(session, row, receipt, now)
            else:
                row.is_uncertain = ready.was_uncertain or isinstance(error, OutcomeUnknownError)
                await self._not_sent(session, row, error, found, now)
            outcome = row.state if error is None else type(error).__name__
            metrics.DELIVERIES.labels(row.kind, outcome).inc()
        if row.kind not in _ALONE or row.state != DeliveryState.SENT or self.crew.is_wanted():
            await self.wakeups.wake("outbox")
        if error is not None or receipt is None or receipt.unreachable:
            await self.wakeups.wake("asks")

    async def _may_still_go(self, delivery: Delivery) -> bool:
        """False when it was called off; then it is marked here, and a question without an answer is asked anew."""
        now, desk = self.clock.now(), self.desk()
        async with self.database.begin() as session:
            if await unattended.may_still_go(session, delivery, desk, now):
                return True
            row = await held(session, Delivery, delivery.seq, delivery.fence)
            if row is not None and row.state == DeliveryState.QUEUED:
                row.is_uncertain = False
                _finish(row, DeliveryState.CANCELLED, now, failed="called off")
                await aftermath.failed(session, row, "耽搁太久,或不再允许自动发", desk, now)
        await self.wakeups.wake("asks")
        return False

    async def _look(self, ready: Ready) -> Session | None:
        """95018: what is the session's state? None when WeCom does not say."""
        try:
            return await self.messenger.session(ready.account, ready.customer)
        except MessengerError:
            return None

    async def _sent(self, session: AsyncSession, row: Delivery, receipt: CardReceipt | None, now: datetime) -> None:
        _finish(row, DeliveryState.SENT, now)
        if row.kind in PAST_CARE:
            row.payload = {}  # the customer's words are kept with the message only
        desk = self.desk()
        if row.kind in TO_CUSTOMER:
            await aftermath.sent(session, row, desk, now)
        elif row.kind == DeliveryKind.HANDOVER:
            await handoff.taken(session, row, desk, now)
        elif row.kind == DeliveryKind.END:
            await handoff.given_back(session, row, now)
        elif receipt is not None:
            await self._card_sent(session, row, receipt, now)

    async def _card_sent(self, session: AsyncSession, row: Delivery, receipt: CardReceipt, now: datetime) -> None:
        card = await session.get(Card, row.card_id) if row.card_id else None
        if card is not None and receipt.response_code:
            last = await lifecycle.standing_in(session, card)  # somebody may have tapped it already
            last.response_code, last.response_code_at = receipt.response_code, now
        if receipt.unreachable:
            await mark_unreachable(session, receipt.unreachable, now)
            if row.staff in receipt.unreachable:
                await self._ask_another(session, card, now)
        if card is not None and row.kind == DeliveryKind.CARD:
            self.desk().journal.note(
                "card.sent", conversation=card.conversation_id, facts={"staff": card.staff, "card": card.id}
            )

    async def _ask_another(self, session: AsyncSession, card: Card | None, now: datetime) -> None:
        """The card reached nobody: somebody else is asked."""
        if card is None:
            return
        card.closed_at, card.closed_line = now, "没有送到"
        if card.staff_question_id is not None:
            await headquarters.card_lost(session, card, now)
            return
        question = await session.get(Question, card.question_id, with_for_update=True) if card.question_id else None
        if question is not None and question.is_open:
            question.ask_at = now
        elif card.purpose == CardPurpose.COMPLAINT:
            await session.flush()
            conversation = await session.get_one(Conversation, card.conversation_id)
            await lifecycle.ask_whether_settled(session, conversation, None, self.desk(), now)

    async def _not_sent(
        self, session: AsyncSession, row: Delivery, error: MessengerError, found: Session | None, now: datetime
    ) -> None:
        log.info(
            "delivery.not_sent",
            delivery=row.id,
            kind=row.kind,
            error=type(error).__name__,
            code=error.code,
            attempts=row.attempts,
        )
        row.code = error.code
        if row.kind == DeliveryKind.HANDOVER and isinstance(error, HandoverRefusedError):
            _finish(row, DeliveryState.FAILED, now, failed=error.hint)
            await handoff.take_refused(session, row, error.hint, self.desk(), now)
        elif self._tries_again(row, error, found, now):
            if isinstance(error, OperatorError) and row.kind == DeliveryKind.REPLY and row.attempts >= _TOLD_AT:
                await aftermath.delayed(session, row, error.hint, now)
        else:
            await self._give_up(session, row, error, found, now)

    def _tries_again(self, row: Delivery, error: MessengerError, found: Session | None, now: datetime) -> bool:
        """Put it off where that can help."""
        most = _MOVE_TRIES if row.kind in (DeliveryKind.HANDOVER, DeliveryKind.END) else _TRIES
        if row.attempts >= most:
            return False
        backoff = timedelta(seconds=min(2 ** min(row.attempts, 8) / 2, 120))
        if isinstance(error, TryLaterError):
            row.due_at = now + max(error.retry_in, backoff)
        elif isinstance(error, OutcomeUnknownError):
            row.due_at = now + backoff
        elif isinstance(error, OperatorError) and row.kind != DeliveryKind.HANDOVER:
            row.due_at = now + _OPERATOR_PAUSE
            log.error("operator.needed", code=error.code, hint=error.hint)
        elif isinstance(error, SessionStateError) and found is None:
            row.due_at = now + backoff
        elif (
            isinstance(error, SessionStateError)
            and found is not None
            and _may_send(found)
            and "again" not in row.payload
        ):
            row.payload = row.payload | {"again": True}  # once more
            row.due_at = now
        else:
            return False
        return True

    async def _give_up(
        self, session: AsyncSession, row: Delivery, error: MessengerError, found: Session | None, now: datetime
    ) -> None:
        reason = error.hint or "企业微信没有接受"
        face = row.payload.get("face")
        _finish(row, DeliveryState.FAILED, now, failed=f"{type(error).__name__} {error.code or ''}".strip())
        desk = self.desk()
        if row.kind in TO_CUSTOMER:
            if isinstance(error, SessionStateError) and found is not None and not _may_send(found):
                await aftermath.session_was(session, row, found, desk, now)
            elif isinstance(error, WindowClosedError):
                await aftermath.too_late(session, row, desk, now)
            elif not isinstance(error, CodeUsedError):
                await aftermath.failed(session, row, reason, desk, now)
            if isinstance(error, QuotaUsedError):
                await aftermath.quota_was_wrong(session, row)
        elif row.kind == DeliveryKind.HANDOVER:
            await handoff.take_refused(session, row, reason, desk, now)
        elif row.kind == DeliveryKind.CARD:
            card = await session.get(Card, row.card_id) if row.card_id else None
            if card is not None:
                card.closed_at, card.closed_line = now, "没有送到"
                if card.staff_question_id is not None:
                    await headquarters.card_lost(session, card, now)
                else:
                    await asking.card_refused(session, card, desk, now)
        elif row.kind == DeliveryKind.END:
            await handoff.give_back_failed(session, row, now)
        elif (
            row.kind == DeliveryKind.CARD_UPDATE and face and row.card_id and not isinstance(error, OutcomeUnknownError)
        ):
            await lifecycle.show_below(session, row.card_id, card_face(face), now=now)


def _may_send(found: Session) -> bool:
    return found.state in (SessionState.NEW, SessionState.ASSISTANT)


def _finish(row: Delivery, state: DeliveryState, now: datetime, *, failed: str = "") -> None:
    row.state, row.finished_at, row.failed, row.lease_until = state, now, failed[:200], None
    if state is not DeliveryState.SENT and row.kind in PAST_CARE:
        row.payload = {}
