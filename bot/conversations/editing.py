"""修改: what the edit page shows of one card, and what the clerk may do there. Each verb is one transaction.

The page always belongs to a card and a person. When the card has given way to a newer one of the same question for the
same person, the old page sends nothing: it leads on to the newer card (`follow`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import confirm, lifecycle
from bot.conversations.desk import Desk
from bot.conversations.drafting import AMENDED, bubble_text, bubbles, show
from bot.conversations.materials import Materials, gather
from bot.conversations.order_sheet import Sheet, changes_in, sheet_of
from bot.conversations.voices import VOICE
from bot.customers.profiles import shown_name
from bot.errors import MatterClosedError, NotFoundError
from bot.gate.links import EditPass
from bot.gate.quota import quota_line
from bot.model import Card, Customer, Draft, DraftState, Message, Outcome, Question
from bot.replies.suggestion import Kind
from bot.staff.access import CardMatter, access_card

TEXT_MOST = 6000  #: characters that the page takes; five messages of 2,048 bytes hold about 3,400 Chinese ones
NOTHING: Mapping[str, str] = MappingProxyType({})
AGAIN_AFTER = 60  #: seconds between two cards that somebody asks for from a used link


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message of the customer's, as the page shows it."""

    text: str
    when: str  #: 14:02, 昨天 14:02 or 11-20 14:02, in store time
    voice: int | None = None  #: id of the message, when it can be listened to


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the matter stands, without a word of the customer's."""

    line: str  #: 还没有人回, 已发送 · 林小满 14:03
    is_open: bool  #: this person can still answer, here or on a newer card
    newer: str | None = None  #: task id of the card that took this one's place


@dataclass(frozen=True, slots=True)
class Followed:
    """The newer card of the same matter, for the same person."""

    allowed: EditPass
    has_new_words: bool  #: the customer wrote again; else the card was only sent once more
    is_amended: bool = False  #: a colleague changed the order


@dataclass(frozen=True, slots=True)
class EditView:
    """Everything on the page."""

    task_id: str
    nickname: str
    store: str
    bubbles: tuple[Bubble, ...]
    text: str  #: what the text area starts with
    materials: Materials
    quota: str  #: 还可发 5 条 · 周二 14:02 前
    quota_left: int
    reasons: tuple[str, ...]  #: of 不用回
    stand: Stand
    sent: str  #: what this person sent, once it is sent
    order: Sheet | None = None


async def open_link(session: AsyncSession, desk: Desk, allowed: EditPass, now: datetime) -> bool:
    """Use the link up; False when it was used before. Raises NotFoundError."""
    matter = await _access(session, desk, allowed)
    first = (Card.id == matter.card.id, Card.link_opened_at.is_(None))
    opened = await session.execute(update(Card).where(*first).values(link_opened_at=now).returning(Card.id))
    if opened.first() is None:
        return False
    facts = {"staff": allowed.staff, "card": matter.card.id, "name": matter.staff.name}
    desk.journal.note("edit.opened", conversation=matter.conversation.id, facts=facts)
    return True


async def view(session: AsyncSession, desk: Desk, allowed: EditPass, now: datetime) -> EditView:
    """The page of this card; changes nothing. Raises NotFoundError."""
    matter = await _access(session, desk, allowed)
    question, draft = _decided(matter)
    conversation = matter.conversation
    said = await bubbles(session, question.id)
    stand = await _stand(session, matter, question, desk)
    return EditView(
        task_id=matter.card.task_id,
        nickname=shown_name(await session.get(Customer, conversation.customer_id)),
        store=desk.store_name(conversation.store),
        bubbles=tuple(_bubble(one, now, desk) for one in said),
        text="" if draft.kind == Kind.REFERENCE else draft.text,
        materials=gather(draft, desk, desk.store(conversation.store), [bubble_text(one) for one in said]),
        quota=quota_line(conversation, now, desk.policy.zone),
        quota_left=conversation.quota_left(now),
        reasons=desk.policy.dismiss_reasons[:3],
        stand=stand,
        sent=await _sent_by(session, question, matter.card.staff),
        order=sheet_of(draft, desk, now, may_change=stand.is_open and not stand.newer),
    )


async def send(
    session: AsyncSession, desk: Desk, allowed: EditPass, text: str, now: datetime, *, form: Mapping[str, str] = NOTHING
) -> None:
    """Send `text` to the customer. A repeated submission of the same text changes nothing.

    `form` holds the rows of the order: what was changed there and not worked out yet is not what would be sent.
    Raises NotFoundError, MatterClosedError, WindowError; their text is for the clerk.
    """
    matter = await _access(session, desk, allowed, lock=True)
    question, draft = _decided(matter)
    if not question.is_open and text.strip() == await _sent_by(session, question, matter.card.staff):
        return
    await _check_live(session, matter, question, draft, desk)
    if changes_in(draft, form):
        raise MatterClosedError("没有发送:订单改了还没有算,请先点「重新算」")
    if len(text) > TEXT_MOST:
        raise MatterClosedError(f"没有发送:最多 {TEXT_MOST} 个字,现在有 {len(text)} 个")
    by = matter.card.staff
    await confirm.send(session, matter.conversation, question, draft, by=by, text=text, desk=desk, now=now)


async def dismiss(session: AsyncSession, desk: Desk, allowed: EditPass, reason: int | None, now: datetime) -> None:
    """不用回, perhaps for one of HQ's reasons. Raises NotFoundError, MatterClosedError."""
    matter = await _access(session, desk, allowed, lock=True)
    question, draft = _decided(matter)
    if question.outcome == Outcome.DISMISSED and question.closed_by == matter.card.staff:
        return
    await _check_live(session, matter, question, draft, desk)
    reasons = desk.policy.dismiss_reasons
    said = reasons[reason] if reason is not None and 0 <= reason < len(reasons) else ""
    await confirm.dismiss(session, matter, reason=said, desk=desk, now=now)


async def follow(session: AsyncSession, desk: Desk, allowed: EditPass, now: datetime) -> Followed | None:
    """From a page whose card was replaced to the page of the card that took its place, for the same person.

    None when there is no such card. Raises NotFoundError.
    """
    matter = await _access(session, desk, allowed)
    question, draft = _decided(matter)
    newer = await _newer(session, matter, question) if matter.card.closed_at is not None else None
    if newer is None or not question.is_open:
        return None
    newer.link_opened_at = newer.link_opened_at or now
    latest = await session.get_one(Draft, question.draft_id)
    is_amended = latest.id != draft.id and any(str(reason).startswith(AMENDED) for reason in latest.reasons)
    return Followed(EditPass(newer.task_id, newer.staff), draft.state == DraftState.SUPERSEDED, is_amended)


async def stand(session: AsyncSession, desk: Desk, allowed: EditPass) -> Stand:
    """Where the matter stands, for whoever comes with a used or expired link. Raises NotFoundError."""
    matter = await _access(session, desk, allowed)
    question, _ = _decided(matter)
    return await _stand(session, matter, question, desk)


async def send_card_again(session: AsyncSession, desk: Desk, allowed: EditPass, now: datetime) -> str:
    """A new card of the same version to the same person, who lost the link of the old one; what to tell them.

    At most one a minute. Raises NotFoundError, MatterClosedError.
    """
    matter = await _access(session, desk, allowed, lock=True)
    question, _ = _decided(matter)
    place = await _stand(session, matter, question, desk)
    if not place.is_open:
        raise MatterClosedError(place.line)
    newer = await _newer(session, matter, question)
    if newer is not None and (now - newer.created_at).total_seconds() < AGAIN_AFTER:
        return "刚刚已经发过一张了,请到企业微信里看一眼"
    old = newer or matter.card
    draft = await session.get_one(Draft, question.draft_id)
    await lifecycle.close_card(session, old, "已重新发给您,看下一张卡", now=now)
    await show(session, matter.conversation, question, draft, old.staff, desk=desk, now=now)
    return "已发到您的企业微信,请点新的那张卡"


async def _access(session: AsyncSession, desk: Desk, allowed: EditPass, *, lock: bool = False) -> CardMatter:
    return await access_card(session, desk.content, allowed.staff, allowed.task_id, lock=lock)


def _decided(matter: CardMatter) -> tuple[Question, Draft]:
    """What the card asks to decide. Raises NotFoundError for a card of another purpose."""
    if matter.question is None or matter.draft is None:
        raise NotFoundError("没有找到这张卡片")
    return matter.question, matter.draft


async def access_live(
    session: AsyncSession, desk: Desk, allowed: EditPass, *, lock: bool = False
) -> tuple[CardMatter, Question, Draft]:
    """The card, and what it still decides. Raises NotFoundError, MatterClosedError."""
    matter = await _access(session, desk, allowed, lock=lock)
    question, draft = _decided(matter)
    await _check_live(session, matter, question, draft, desk)
    return matter, question, draft


async def _check_live(session: AsyncSession, matter: CardMatter, question: Question, draft: Draft, desk: Desk) -> None:
    """Raises MatterClosedError when this card decides nothing any more."""
    if not question.is_open:
        raise MatterClosedError(lifecycle.outcome_line(question, desk))
    if matter.card.closed_at is not None:
        place = await _stand(session, matter, question, desk)
        raise MatterClosedError(place.line)
    confirm.check_open(question, draft)


async def _stand(session: AsyncSession, matter: CardMatter, question: Question, desk: Desk) -> Stand:
    card, draft = matter.card, matter.draft
    if not question.is_open:
        return Stand(lifecycle.outcome_line(question, desk), is_open=False)
    if question.handing_to:
        return Stand(f"正在转给{desk.staff_name(question.handing_to)}接待", is_open=False)
    if card.closed_at is None and draft is not None and draft.state == DraftState.OPEN:
        return Stand("还没有人回", is_open=True)
    newer = await _newer(session, matter, question)
    line = card.closed_line or "已过期:客人又发来新消息,看下一张卡"
    return Stand(line, is_open=newer is not None, newer=newer.task_id if newer else None)


async def _newer(session: AsyncSession, matter: CardMatter, question: Question) -> Card | None:
    """The newest card with buttons that the same person has of the same question, other than this one."""
    where = (Card.question_id == question.id, Card.staff == matter.card.staff, Card.closed_at.is_(None))
    newest = select(Card).where(*where, Card.id > matter.card.id).order_by(Card.id.desc()).limit(1)
    found: Card | None = await session.scalar(newest)
    return found


async def _sent_by(session: AsyncSession, question: Question, staff: str) -> str:
    """What `staff` sent to this question; "" when it ended another way."""
    if question.closed_by != staff or question.outcome not in (Outcome.SENT, Outcome.EDITED):
        return ""
    where = (Draft.question_id == question.id, Draft.state == DraftState.APPROVED)
    draft = await session.scalar(select(Draft).where(*where).order_by(Draft.id.desc()).limit(1))
    return (draft.sent_text or draft.text).strip() if draft else ""


def _bubble(message: Message, now: datetime, desk: Desk) -> Bubble:
    voice = message.id if message.kind == VOICE else None
    return Bubble(bubble_text(message), _when(message.sent_at, now, desk), voice)


def _when(said_at: datetime, now: datetime, desk: Desk) -> str:
    local, today = desk.local(said_at), desk.local(now).date()
    days = (today - local.date()).days
    return f"{local:%H:%M}" if days == 0 else f"昨天 {local:%H:%M}" if days == 1 else f"{local:%m-%d %H:%M}"
