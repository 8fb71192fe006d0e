"""The clerk decides: send, choose another, edit, take over, leave it. Each is one transaction and counts once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import handoff, lifecycle, ordering
from bot.conversations.desk import Desk
from bot.conversations.drafting import add_chosen, show_instead
from bot.errors import MatterClosedError, RefusedError
from bot.gate.approval import approve_by_person
from bot.gate.cards import Key
from bot.gate.outbox import enqueue_to_customer
from bot.model import CardPurpose, Conversation, Draft, DraftState, Outcome, Question
from bot.replies.suggestion import Kind
from bot.staff.access import CardMatter, access_card


@dataclass(frozen=True, slots=True)
class Press:
    """A tap on a card. `code` may update that card once; `chosen` is what the drop-down showed."""

    staff: str
    task_id: str
    key: str
    code: str | None = None
    chosen: str | None = None


async def press(session: AsyncSession, tap: Press, desk: Desk, now: datetime) -> None:
    """Do what a tap says. What stands in the way is written on the card. Raises NotFoundError for a foreign card."""
    matter = await access_card(session, desk.content, tap.staff, tap.task_id, lock=True)
    if newer := await lifecycle.shown_instead(session, matter.card, now):
        matter = await access_card(session, desk.content, tap.staff, newer.task_id, lock=True)
    card = matter.card
    card.tap_code = tap.code or card.tap_code
    desk.journal.note(
        "card.pressed",
        conversation=card.conversation_id,
        facts={"key": tap.key, "staff": card.staff, "name": matter.staff.name},
    )
    if card.closed_at is not None:
        await _say_again(session, matter, tap, desk, now)
        return
    if card.purpose == CardPurpose.FINISHED:
        await _finish(session, matter, tap, now)
    elif card.purpose == CardPurpose.COMPLAINT:
        await _settle(session, matter, tap, desk, now)
    elif matter.question is not None and matter.draft is not None:
        try:
            await _decide(session, matter, matter.question, matter.draft, tap, desk, now)
        except RefusedError as refusal:
            await _refuse(session, matter, matter.question, matter.draft, str(refusal), desk, now)


async def _decide(
    session: AsyncSession, matter: CardMatter, question: Question, draft: Draft, tap: Press, desk: Desk, now: datetime
) -> None:
    conversation, card = matter.conversation, matter.card
    if question.handing_to == card.staff:
        return  # tapped twice: WeCom has not answered yet
    check_open(question, draft)
    key, _, number = tap.key.partition(":")
    if key in (Key.SEND, Key.SHOW):
        chosen = _chosen(draft, tap.chosen)
        if chosen is not None:
            other = await add_chosen(session, question, draft, chosen, now=now)
            await show_instead(session, conversation, question, other, card, desk=desk, now=now)
        elif key == Key.SEND and draft.kind != Kind.REFERENCE:
            await send(session, conversation, question, draft, by=card.staff, text=draft.text, desk=desk, now=now)
            await lifecycle.look_at_unseen(session, conversation, card, now)
        else:
            raise MatterClosedError("请先在「换一条」里选一条,再点「看所选」")
    elif key == Key.TAKE:
        await handoff.take(session, conversation, question, card, now)
    elif key in (Key.DISMISS, Key.REASON):
        await dismiss(session, matter, reason=_reason(number, desk), desk=desk, now=now)
        await lifecycle.look_at_unseen(session, conversation, card, now)


async def send(
    session: AsyncSession,
    conversation: Conversation,
    question: Question,
    draft: Draft,
    *,
    by: str,
    text: str,
    desk: Desk,
    now: datetime,
) -> None:
    """Send `text` to the customer, once, and close the question. Raises MatterClosedError, WindowError."""
    approved = approve_by_person(conversation, question, draft, by=by, text=text, now=now)
    await enqueue_to_customer(session, approved, due_at=now)
    await ordering.request(session, question, draft, by=by, now=now)
    if draft.kind == Kind.ORDER:
        conversation.frame = None  # it is being done: the next message begins another matter
    is_edited = text.strip() != draft.text.strip()
    draft.state = DraftState.APPROVED
    draft.sent_text = text.strip() if is_edited else None
    conversation.answered_by, conversation.answered_at = by, now
    await session.flush()
    outcome = Outcome.EDITED if is_edited else Outcome.SENT
    await lifecycle.close_question(session, conversation, question, outcome, by=by, desk=desk, now=now)


async def dismiss(session: AsyncSession, matter: CardMatter, *, reason: str, desk: Desk, now: datetime) -> None:
    """不用回: the question needs no answer. Raises MatterClosedError."""
    question, draft = matter.question, matter.draft
    if question is None or draft is None:
        raise MatterClosedError("这张卡没有待回的问题")
    check_open(question, draft)
    by = matter.card.staff
    await lifecycle.close_question(
        session, matter.conversation, question, Outcome.DISMISSED, by=by, reason=reason, desk=desk, now=now
    )


def check_open(question: Question, draft: Draft) -> None:
    """Raises MatterClosedError when there is nothing left to decide with this version."""
    if question.handing_to:
        raise MatterClosedError("正在转给同事接待,请稍等")
    if not question.is_open or draft.state != DraftState.OPEN:
        raise MatterClosedError("已过期:客人又发来新消息,看下一张卡")


def _chosen(draft: Draft, chosen: str | None) -> int | None:
    """Index of another candidate than the one shown; None when the shown one is meant."""
    if chosen is None or not chosen.isdecimal() or len(chosen) > 2:
        return None
    index = int(chosen) - 1
    if not 0 <= index < len(draft.candidates) or draft.candidates[index]["entry_number"] == draft.entry:
        return None
    return index


def _reason(number: str, desk: Desk) -> str:
    reasons = desk.policy.dismiss_reasons
    is_number = number.isdecimal() and len(number) < 3
    return reasons[int(number)] if is_number and int(number) < len(reasons) else ""


async def _say_again(session: AsyncSession, matter: CardMatter, tap: Press, desk: Desk, now: datetime) -> None:
    """A closed card was tapped. If a newer card is on its way, it need not wait any longer."""
    question = matter.question
    last = await lifecycle.standing_in(session, matter.card)
    if last.closed_at is None:
        last.tap_code = tap.code or last.tap_code  # tapped twice: its place shows a newer card, which must stay
    elif tap.code:
        is_over = question is not None and not question.is_open
        line = lifecycle.outcome_line(question, desk) if question is not None and is_over else last.closed_line
        await lifecycle.say_again(session, last, line, tap.code, now=now)
    if question is not None and question.is_open:
        await lifecycle.hurry_cards(session, question, matter.card.staff, now=now)


async def _refuse(
    session: AsyncSession,
    matter: CardMatter,
    question: Question,
    draft: Draft,
    line: str,
    desk: Desk,
    now: datetime,
) -> None:
    """It cannot be done; the card says why. A card that can still do something is shown again, with the reason."""
    card = matter.card
    is_live = question.is_open and draft.state == DraftState.OPEN
    window_ends = matter.conversation.window_ends_at()
    if is_live and window_ends is not None and now >= window_ends:
        reason = line.partition(":")[2]
        await lifecycle.close_question(
            session, matter.conversation, question, Outcome.EXPIRED, by=None, reason=reason, desk=desk, now=now
        )
        return
    if is_live:
        await show_instead(session, matter.conversation, question, draft, card, desk=desk, now=now, note=line)
    else:
        await lifecycle.close_card(session, card, line, now=now)


async def _finish(session: AsyncSession, matter: CardMatter, tap: Press, now: datetime) -> None:
    """聊完了吗 was answered."""
    conversation, card = matter.conversation, matter.card
    line = "已交回店小二"
    if tap.key == Key.GIVE_BACK:
        try:
            await handoff.give_back(session, conversation, card, now)
        except MatterClosedError as refusal:
            line = str(refusal)
    else:
        line = "好的,您继续聊"
        conversation.person_heard_at, conversation.person_asked_at = now, None
    await lifecycle.close_card(session, card, line, now=now)


async def _settle(session: AsyncSession, matter: CardMatter, tap: Press, desk: Desk, now: datetime) -> None:
    """The manager says that the complaint is dealt with: what was silent may speak again."""
    if tap.key != Key.SETTLED:
        return
    matter.conversation.complaint_at = None
    line = f"投诉已结 · {matter.staff.name}"
    await lifecycle.close_cards_of(session, matter.conversation, CardPurpose.COMPLAINT, line, now=now)
    desk.journal.note("complaint.settled", conversation=matter.conversation.id)
