"""Who gets the card, who is asked next, and the one 安抚 text while everybody is busy (issue 2, point 6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import lifecycle
from bot.conversations.desk import Desk
from bot.conversations.drafting import is_stale, show
from bot.conversations.listing import list_missed, list_waiting
from bot.customers.profiles import shown_name
from bot.db.claims import lock_one, take_turn
from bot.errors import MatterClosedError, WindowError
from bot.gate.approval import HqText, approve_by_rule
from bot.gate.outbox import StaffNotice, enqueue_to_customer, enqueue_to_staff
from bot.model import Card, Conversation, Customer, Draft, Outcome, Question
from bot.ports import Text
from bot.replies.suggestion import Kind
from bot.staff.directory import loads
from bot.staff.duty import Choice, Stage, choose, members, on_duty, stages
from knowledge.template import EmptyVariableError, render

RETRY = timedelta(minutes=1)  #: nobody is there: look again so often


async def advance(session: AsyncSession, question_id: int, desk: Desk, now: datetime) -> None:
    """Ask whoever is due to be asked about this question now, and note when to look again."""
    found = await session.get(Question, question_id)
    if found is None or not found.is_open:
        return
    conversation = await lock_one(session, Conversation, found.conversation_id)
    question = await lock_one(session, Question, question_id)
    await ask(session, conversation, question, desk, now)


async def ask(session: AsyncSession, conversation: Conversation, question: Question, desk: Desk, now: datetime) -> None:
    """The same for a question that is locked with its conversation, or that nobody else can see yet."""
    if not question.is_open or question.draft_id is None:
        question.ask_at = None
        return
    window_ends = conversation.window_ends_at()
    if window_ends is not None and now >= window_ends:
        reason = "超过 48 小时,请用客户联系"
        was_seen = question.first_asked_at is not None
        await lifecycle.close_question(
            session, conversation, question, Outcome.EXPIRED, by=None, reason=reason, desk=desk, now=now
        )
        if not was_seen:
            await list_missed(session, question, desk, now)
        return
    if question.handing_to:
        question.ask_at = now + RETRY
        return
    draft = await session.get_one(Draft, question.draft_id)
    await _ask(session, conversation, question, draft, desk, now)
    if question.ask_at is None:
        question.ask_at = window_ends


async def _ask(
    session: AsyncSession, conversation: Conversation, question: Question, draft: Draft, desk: Desk, now: datetime
) -> None:
    needs_manager = question.is_complaint or conversation.complaint_at is not None
    plan = stages(desk.content, is_complaint=needs_manager, store=question.store)
    has_been_asked = question.first_asked_at is not None
    holders = {card.staff for card in await lifecycle.open_cards(session, question.id)} if has_been_asked else set()
    has_card = bool(holders)
    base = question.first_asked_at if has_card and question.first_asked_at else question.opened_at
    due = [stage for stage, after in plan.items() if now >= base + after and (not has_card or stage > question.level)]
    if has_card and Stage.CLERK in plan and not _has_clerk(holders, question, desk):
        due.insert(0, Stage.CLERK)  # none was on duty, or free, when it was their turn
    full: str | None = None
    asked = False
    for stage in due:
        choice = await _ask_stage(session, conversation, question, draft, stage, desk, now)
        if choice.account is not None:
            question.level, asked = max(question.level, stage), True
            holders.add(choice.account)
            if not has_card:
                break
        else:
            full = full or choice.full
            if has_card:
                question.level = max(question.level, stage)
    is_alone = not has_card and not asked and full is None  # nobody is there
    if is_alone or (due and has_card) or (not asked and now >= question.opened_at + desk.policy.colleague_after):
        await _soothe(session, conversation, question, draft, desk, now)
    if not has_card and not asked and full is not None:
        await list_waiting(session, question, full, desk, now)
    question.ask_at = _look_again_at(question, plan, holders, desk, now)


def _has_clerk(holders: Collection[str], question: Question, desk: Desk) -> bool:
    clerks = members(desk.content, Stage.CLERK, question.store)
    return not clerks or any(person.account.lower() in holders for person in clerks)


def _look_again_at(
    question: Question, plan: Mapping[Stage, timedelta], holders: Collection[str], desk: Desk, now: datetime
) -> datetime | None:
    """When the next stage is due; sooner while those whose turn it is cannot be reached."""
    base = question.first_asked_at if holders and question.first_asked_at else question.opened_at
    times = [base + after for stage, after in plan.items() if stage > question.level and base + after > now]
    if not holders or (Stage.CLERK in plan and not _has_clerk(holders, question, desk)):
        times.append(now + RETRY)
    return min(times, default=None)


async def card_refused(session: AsyncSession, card: Card, desk: Desk, now: datetime) -> None:
    """WeCom will never take this card: a plain text says that somebody waits, and the question is asked anew later."""
    question = await session.get(Question, card.question_id, with_for_update=True) if card.question_id else None
    if question is None or not question.is_open:
        return
    conversation = await session.get_one(Conversation, question.conversation_id)
    customer = shown_name(await session.get(Customer, conversation.customer_id))
    text = f"{customer}发来消息,但企业微信没有收下这张卡片。请到 微信客服 里看一眼。"
    await enqueue_to_staff(session, StaffNotice(card.staff, f"question:{question.id}:refused", text), now=now)
    question.ask_at = now + RETRY


async def _ask_stage(
    session: AsyncSession,
    conversation: Conversation,
    question: Question,
    draft: Draft,
    stage: Stage,
    desk: Desk,
    now: datetime,
) -> Choice:
    await take_turn(session, f"desks:{question.store or ''}")  # two who count the same desk would both find room
    people = on_duty(members(desk.content, stage, question.store), desk.local(now))
    known = await loads(session, [person.account.lower() for person in people], question.id, now)
    choice = choose(
        people,
        known,
        preferred=conversation.answered_by,
        per_minute=desk.policy.staff_per_minute,
        cards_most=desk.policy.backlog_cards if question.is_backlog else None,
    )
    if choice.account is not None:
        waited = int((now - question.opened_at).total_seconds() // 60)
        note = f"已等 {waited} 分钟,您方便回吗?" if stage > Stage.CLERK and waited >= 1 else ""
        note = question.reason or note
        await show(session, conversation, question, draft, choice.account, desk=desk, now=now, note=note)
    return choice


async def _soothe(
    session: AsyncSession, conversation: Conversation, question: Question, draft: Draft, desk: Desk, now: datetime
) -> None:
    """One 安抚 text of HQ's, once a question; never for an old message, nor with the last message of the quota.

    Whoever said thanks or 别发了 waits for nothing, and a customer whom a message just failed to reach is left alone.
    """
    text = desk.policy.soothing
    if (
        not text
        or question.soothed_at is not None
        or question.is_complaint
        or question.reason
        or draft.kind in (Kind.THANKS, Kind.OPT_OUT)
        or is_stale(question, now, desk.policy.stale_after)
    ):
        return
    if conversation.quota_left(now) < 2:
        return
    store = desk.store(question.store)
    try:
        rendered = render(text, store) if store else text
    except EmptyVariableError:
        return
    if "{{" in rendered:
        return
    rule = HqText("soothing", desk.content.version, Text(rendered), goes_alone=True)
    try:
        key, ends_at = f"question:{question.id}:soothing", now + desk.policy.stale_after
        approved = approve_by_rule(conversation, rule, key=key, question_id=question.id, expires_at=ends_at)
        await enqueue_to_customer(session, approved, due_at=now)
    except (MatterClosedError, WindowError):
        return
    question.soothed_at = now
    desk.journal.note("customer.soothed", conversation=conversation.id)
