"""The two doors, and the table behind them: everything that goes out is stored here before it is sent."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from ulid import ULID

from bot.db.claims import NOW, claim, claimable, is_free
from bot.db.once import insert_once
from bot.errors import WindowError
from bot.gate import quota
from bot.gate.approval import ApprovedDraft
from bot.gate.split import split_text
from bot.model import Conversation, Delivery, DeliveryKind, DeliveryState
from bot.model.base import UtcDateTime
from bot.ports import CardFace, ClosedFace, CustomerContent, SessionState, Text

LEASE = timedelta(seconds=40)  #: longer than any call to WeCom may take


@dataclass(frozen=True, slots=True)
class StaffNotice:
    """Something for one staff member. It has no field that could hold a customer's address."""

    staff: str
    key: str  #: makes enqueueing it twice harmless
    body: CardFace | ClosedFace | str = field(repr=False)  #: a card, the end of a card, or plain text
    card_id: int | None = None
    question_id: int | None = None
    staff_question_id: int | None = None  #: plain texts about one staff question go out in order
    replaces: bool = False  #: a CardFace that takes an old card's place instead of being sent anew
    response_code: str | None = field(
        default=None, repr=False
    )  #: for an update: the click's code; None: the card's own
    due_at: datetime | None = None  #: None: now


@dataclass(frozen=True, slots=True)
class SessionMove:
    """A session that changes hands (to PERSON: `staff`) or ends. Not a message."""

    conversation_id: int
    to: SessionState
    key: str
    staff: str | None = None
    question_id: int | None = None
    card_id: int | None = None


async def enqueue_to_customer(session: AsyncSession, draft: ApprovedDraft, *, due_at: datetime) -> list[Delivery]:
    """Store what was approved as one delivery a part. Raises WindowError when not all parts may still go out.

    Approved before (same key): the first deliveries are returned and nothing is added.
    """
    conversation = await session.get_one(Conversation, draft.conversation_id, with_for_update=True)
    before = await session.scalars(select(Delivery).where(Delivery.group == draft.key).order_by(Delivery.part))
    if found := list(before):
        return found
    contents: list[CustomerContent] = [draft.content]
    if isinstance(draft.content, Text):
        contents = [Text(part) for part in split_text(draft.content.content)]
    if draft.welcome_code is None:
        if reason := quota.refusal(conversation, len(contents), due_at):
            raise WindowError(reason)
        conversation.sent_since += len(contents)
    deliveries = []
    for number, content in enumerate(contents, start=1):
        kind = DeliveryKind.WELCOME if draft.welcome_code else DeliveryKind.REPLY
        delivery = _delivery(
            f"{draft.key}:part:{number}", f"conversation:{conversation.id}", kind, _to_customer(content), due_at
        )
        delivery.conversation_id, delivery.question_id, delivery.draft_id = (
            conversation.id,
            draft.question_id,
            draft.draft_id,
        )
        delivery.part, delivery.parts, delivery.group = number, len(contents), draft.key
        delivery.approved_by, delivery.approved_as = draft.approved_by, draft.approved_as
        delivery.entry, delivery.entry_version = draft.entry, draft.entry_version
        delivery.content_version, delivery.expires_at = draft.content_version, draft.expires_at
        if draft.welcome_code:
            delivery.payload["code"] = draft.welcome_code
        session.add(delivery)
        deliveries.append(delivery)
    await session.flush()
    return deliveries


async def enqueue_to_staff(session: AsyncSession, notice: StaffNotice, *, now: datetime) -> None:
    """Store a card, a card's update or a text for one staff member; once for a key."""
    kind, payload = _to_staff(notice.body)
    if notice.replaces:
        kind = DeliveryKind.CARD_UPDATE
    if notice.response_code:
        payload["response_code"] = notice.response_code
    lane = f"card:{notice.card_id}" if notice.card_id else f"staff:{notice.key}"
    if notice.staff_question_id and not notice.card_id:
        lane = f"asked:{notice.staff_question_id}"
    delivery = _delivery(notice.key, lane[:64], kind, payload, notice.due_at or now)
    delivery.created_at = now
    delivery.staff, delivery.card_id, delivery.question_id = notice.staff, notice.card_id, notice.question_id
    await insert_once(session, delivery)


async def enqueue_move(session: AsyncSession, move: SessionMove, *, now: datetime) -> None:
    """Store a change of a session's holder; in order with what goes to that customer."""
    kind = DeliveryKind.HANDOVER if move.to is SessionState.PERSON else DeliveryKind.END
    delivery = _delivery(move.key, f"conversation:{move.conversation_id}", kind, {}, now)
    delivery.conversation_id, delivery.question_id = move.conversation_id, move.question_id
    delivery.card_id, delivery.staff = move.card_id, move.staff
    await insert_once(session, delivery)


async def claim_due(session: AsyncSession, *, now: datetime, limit: int) -> list[Delivery]:
    """Lease what is due and first in its lane."""
    return await claim(session, _DUE, now=now, lease=LEASE, limit=limit)


_EARLIER = aliased(Delivery)
_FIRST_IN_ITS_LANE = ~exists().where(
    _EARLIER.lane == Delivery.lane, _EARLIER.seq < Delivery.seq, _EARLIER.state == DeliveryState.QUEUED
)
_DUE = claimable(
    Delivery,
    Delivery.state == DeliveryState.QUEUED,
    Delivery.due_at <= NOW,
    _FIRST_IN_ITS_LANE,
    order_by=Delivery.due_at,
)
#: how many messages each of `:staff` has been sent (or is about to be) since `:since`; updates do not count
MESSAGES_TO = (
    select(Delivery.staff, func.count())
    .where(
        Delivery.staff.in_(bindparam("staff", expanding=True)),
        Delivery.created_at > bindparam("since", type_=UtcDateTime()),
        Delivery.kind.in_((DeliveryKind.CARD, DeliveryKind.NOTICE)),
        Delivery.state != DeliveryState.CANCELLED,
    )
    .group_by(Delivery.staff)
)
#: when the next delivery is due that could be claimed at `:now`; one behind another in its lane waits for that one
NEXT_DUE = (
    select(Delivery.due_at)
    .where(Delivery.state == DeliveryState.QUEUED, is_free(Delivery), _FIRST_IN_ITS_LANE)
    .order_by(Delivery.due_at)
    .limit(1)
)


async def cancel_group(session: AsyncSession, group: str, *, now: datetime, reason: str) -> int:
    """Cancel the parts of one text that have not gone out; how many."""
    return await _cancel(session, Delivery.group == group, now=now, reason=reason)


async def cancel_card(session: AsyncSession, card_id: int, *, now: datetime, reason: str) -> int:
    """Cancel a card that has not gone out yet; 1 when there was one."""
    where = (Delivery.card_id == card_id, Delivery.kind == DeliveryKind.CARD, Delivery.attempts == 0)
    return await _cancel(session, *where, now=now, reason=reason)


async def _cancel(session: AsyncSession, *where: Any, now: datetime, reason: str) -> int:
    result = await session.execute(
        update(Delivery)
        .where(Delivery.state == DeliveryState.QUEUED, *where)
        .values(state=DeliveryState.CANCELLED, finished_at=now, failed=reason, payload={})
    )
    return int(getattr(result, "rowcount", 0))


async def queued_to_customer(session: AsyncSession, conversation_id: int) -> int:
    """How many messages to this customer have not gone out yet."""
    where = (
        Delivery.lane == f"conversation:{conversation_id}",
        Delivery.state == DeliveryState.QUEUED,
        Delivery.kind == DeliveryKind.REPLY,
    )
    return await session.scalar(select(func.count()).where(*where)) or 0


def _delivery(key: str, lane: str, kind: DeliveryKind, payload: dict[str, Any], due_at: datetime) -> Delivery:
    return Delivery(id=str(ULID()), key=key, lane=lane, kind=kind, payload=payload, created_at=due_at, due_at=due_at)


def _to_customer(content: CustomerContent) -> dict[str, Any]:
    return asdict(content) | {"type": "text" if isinstance(content, Text) else "menu"}


def _to_staff(body: CardFace | ClosedFace | str) -> tuple[DeliveryKind, dict[str, Any]]:
    if isinstance(body, str):
        return DeliveryKind.NOTICE, {"text": body.replace("<", "＜")}  # app texts render links: no customer sets one
    if isinstance(body, ClosedFace):
        return DeliveryKind.CARD_UPDATE, {"closed": body.line}
    return DeliveryKind.CARD, {"face": asdict(body)}
