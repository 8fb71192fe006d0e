"""load → facts → understand → suggest → draft → ask: from messages to a card, or to an answer that HQ allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.content.switches import auto_is_on
from bot.conversations import asking, lifecycle
from bot.conversations.desk import Desk
from bot.conversations.drafting import add_draft, is_same, replace_cards
from bot.customers import consent
from bot.customers.profiles import shown_name
from bot.db.claims import claim, held
from bot.errors import MatterClosedError, WindowError
from bot.gate.approval import HqText, approve_by_rule
from bot.gate.outbox import StaffNotice, enqueue_to_customer, enqueue_to_staff
from bot.model import Conversation, Customer, Draft, DraftState, Message, Origin, Outcome, Question
from bot.ports import Menu, MenuItem, SessionState, Text
from bot.replies.router import suggest
from bot.replies.suggestion import Asked, Kind, Suggestion
from bot.staff.directory import loads
from bot.staff.duty import Stage, choose, members, on_duty

LEASE = timedelta(seconds=60)
STORE_ITEM = "store:"  #: menu id of a store, when we asked which one
LATE = timedelta(seconds=60)  #: a message that took longer to reach us came in after downtime
_STORES_ASKED = 10  #: lines of a menu (facts/wecom.md §2.3)


@dataclass(frozen=True, slots=True)
class Work:
    """A leased conversation, with all that is needed to understand it without the database."""

    conversation_id: int
    fence: int
    account: str
    store: str | None
    store_asked: bool
    is_ours: bool  #: no person holds the session
    bubbles: tuple[Message, ...]  #: of the open question and new ones, oldest first, none recalled
    last_id: int
    is_first_today: bool


@dataclass(frozen=True, slots=True)
class Understood:
    """What the pure part made of it."""

    suggestion: Suggestion | None  #: None: there is nothing to answer
    store: str | None
    ask_store: bool


async def claim_due(session: AsyncSession, desk: Desk, *, now: datetime, limit: int) -> list[Work]:
    """Lease conversations whose quiet window is over, and load what they hold."""
    due = (Conversation.due_at.is_not(None), Conversation.due_at <= now)
    rows = await claim(session, Conversation, *due, order_by=Conversation.due_at, now=now, lease=LEASE, limit=limit)
    works = []
    for row in rows:
        row.burst_at, row.due_at = None, row.lease_until  # a worker that dies is followed by another
        works.append(await _load(session, row, desk, now))
    return works


async def _load(session: AsyncSession, row: Conversation, desk: Desk, now: datetime) -> Work:
    question = await lifecycle.open_question(session, row.id)
    mine = Message.id > row.understood_id
    if question is not None:
        mine = mine | (Message.question_id == question.id)
    where = (Message.conversation_id == row.id, Message.origin == Origin.CUSTOMER, Message.is_history.is_(False), mine)
    messages = list(await session.scalars(select(Message).where(*where).order_by(Message.id)))
    return Work(
        conversation_id=row.id,
        fence=row.fence,
        account=row.account_id,
        store=row.store,
        store_asked=row.store_asked_at is not None,
        is_ours=row.session in (SessionState.NEW, SessionState.ASSISTANT),
        bubbles=tuple(message for message in messages if message.recalled_at is None),
        last_id=max((message.id for message in messages), default=row.understood_id),
        is_first_today=row.answered_at is None or desk.local(row.answered_at).date() != desk.local(now).date(),
    )


def understand(work: Work, desk: Desk, now: datetime) -> Understood:
    """Which store, and what to say. Pure, and slow enough to be run off the event loop."""
    store = _which_store(work, desk)
    told = [bubble for bubble in work.bubbles if not (bubble.menu_id or "").startswith(STORE_ITEM)]
    if not work.is_ours or not told:
        return Understood(None, store, ask_store=False)
    shared = desk.content.store_by_account(work.account)
    texts = [bubble.text for bubble in told if bubble.text.strip()]
    asked = Asked(
        text="\n".join(texts),
        bubbles=tuple(texts),
        media=tuple(bubble.kind for bubble in told if bubble.kind != "text"),
        menu_id=told[-1].menu_id if len(told) == 1 else None,
        store=desk.store(store),
        on=desk.local(now).date(),
        is_first_today=work.is_first_today,
    )
    suggestion = suggest(asked, desk.content, desk.recogniser)
    may_ask = store is None and len(shared) > 1 and not work.store_asked and bool(desk.policy.ask_store)
    return Understood(suggestion, store, may_ask and suggestion.kind not in (Kind.COMPLAINT, Kind.OPT_OUT))


def not_understood(work: Work) -> Understood:
    """For when understanding itself broke: a clerk gets a card all the same, never silence."""
    suggestion = Suggestion(Kind.CHOICES, topic="新消息", reasons=("没能读懂这条消息",))
    return Understood(suggestion if work.is_ours and work.bubbles else None, work.store, ask_store=False)


def _which_store(work: Work, desk: Desk) -> str | None:
    """A tapped store wins; else what is known; else the account's only store; else the store that the words name."""
    here = {store.number: store for store in desk.content.store_by_account(work.account)}
    for bubble in reversed(work.bubbles):
        tapped = (bubble.menu_id or "").removeprefix(STORE_ITEM)
        if bubble.menu_id and bubble.menu_id.startswith(STORE_ITEM) and tapped in here:
            return tapped
    if work.store in desk.content.stores:
        return work.store
    if len(here) == 1:
        return next(iter(here))
    named = {
        store.number for store in desk.content.find_stores("\n".join(bubble.text for bubble in work.bubbles))
    } & set(here)
    return named.pop() if len(named) == 1 else None


async def conclude(session: AsyncSession, work: Work, found: Understood, desk: Desk, now: datetime) -> bool:
    """Store the draft and ask, in the caller's transaction. False when another worker has the conversation now."""
    conversation = await held(session, Conversation, work.conversation_id, work.fence)
    if conversation is None:
        return False
    conversation.lease_until = None
    if conversation.burst_at is None:
        conversation.due_at = None
    conversation.understood_id = max(conversation.understood_id, work.last_id)
    conversation.store = found.store
    question = await lifecycle.open_question(session, conversation.id)
    if conversation.session not in (SessionState.NEW, SessionState.ASSISTANT):
        return True  # a person holds it: messages are only stored
    if found.suggestion is None:
        if question is not None and not work.bubbles:
            reason = "客人撤回了"
            await lifecycle.close_question(
                session, conversation, question, Outcome.DISMISSED, by=None, reason=reason, desk=desk, now=now
            )
        elif question is not None and question.draft_id is None:
            question.ask_at = now
        return True
    if question is None:
        question = await _open(session, conversation, work.bubbles, now)
    await _attach(session, question, conversation, work.bubbles)
    await _apply(session, conversation, question, found, found.suggestion, desk, now)
    return True


async def _open(
    session: AsyncSession, conversation: Conversation, bubbles: Sequence[Message], now: datetime
) -> Question:
    newest = bubbles[-1]
    question = Question(
        conversation_id=conversation.id,
        opened_at=now,
        said_at=newest.sent_at,
        is_backlog=newest.received_at - newest.sent_at > LATE,
    )
    session.add(question)
    await session.flush()
    return question


async def _attach(
    session: AsyncSession, question: Question, conversation: Conversation, bubbles: Sequence[Message]
) -> None:
    question.store, question.said_at = conversation.store, bubbles[-1].sent_at
    ids = [bubble.id for bubble in bubbles if bubble.question_id != question.id]
    if ids:
        await session.execute(update(Message).where(Message.id.in_(ids)).values(question_id=question.id))


async def _apply(
    session: AsyncSession,
    conversation: Conversation,
    question: Question,
    found: Understood,
    suggestion: Suggestion,
    desk: Desk,
    now: datetime,
) -> None:
    facts: dict[str, object] = {
        "kind": suggestion.kind.value,
        "topic": suggestion.topic,
        "entry": suggestion.entry_number,
    }
    facts |= {"confidence": round(suggestion.confidence, 2), "reasons": suggestion.reasons}
    desk.journal.note("question.understood", conversation=conversation.id, facts=facts)
    if suggestion.kind is Kind.OPT_OUT or "opt_out" in suggestion.intents:
        consent.opt_out(await session.get_one(Customer, conversation.customer_id), now)
    if suggestion.kind is Kind.COMPLAINT:
        conversation.complaint_at = conversation.complaint_at or now
        question.is_complaint = True
    before = await session.get(Draft, question.draft_id) if question.draft_id else None
    if (
        before is not None
        and before.state == DraftState.OPEN
        and is_same(before, suggestion)
        and not question.was_recalled
    ):
        if question.first_asked_at is None:
            await asking.advance(session, question.id, desk, now)
        return  # the card stays good
    question.was_recalled = False
    draft = await add_draft(session, question, suggestion, desk=desk, now=now)
    if question.first_asked_at is None and await _goes_alone(
        session, conversation, question, draft, suggestion, desk, now
    ):
        return
    if found.ask_store and await _ask_store(session, conversation, question, desk, now):
        return
    if suggestion.kind is Kind.COMPLAINT:
        await _take_from_clerks(session, question, now)
    elif question.first_asked_at is not None and await lifecycle.open_cards(session, question.id):
        await replace_cards(session, conversation, question, draft, desk=desk, now=now)
        return
    if suggestion.kind is Kind.REFERENCE:
        await _tell_manager(session, conversation, question, suggestion, desk, now)
    await session.flush()
    await asking.advance(session, question.id, desk, now)


async def _goes_alone(
    session: AsyncSession,
    conversation: Conversation,
    question: Question,
    draft: Draft,
    suggestion: Suggestion,
    desk: Desk,
    now: datetime,
) -> bool:
    """An 自动 entry at or above HQ's threshold goes out by itself; the clerk sees it afterwards."""
    is_old = question.is_backlog or now - question.said_at > desk.policy.stale_after
    if not suggestion.may_go_alone or is_old or not desk.policy.auto_on:
        return False
    if not await auto_is_on(session, conversation.store):
        return False
    entry = desk.content.entries.get(suggestion.entry_number or "")
    if entry is None or entry.autonomy.value != "自动":
        return False
    rule = HqText(f"entry:{entry.number}", entry.version, Text(suggestion.text), goes_alone=True)
    key = f"question:{question.id}:draft:{draft.id}"
    try:
        approved = approve_by_rule(conversation, rule, key=key, question_id=question.id, draft_id=draft.id)
        await enqueue_to_customer(session, approved, due_at=now)
    except (MatterClosedError, WindowError):
        return False
    draft.state = DraftState.APPROVED
    question.told = await _clerk_to_tell(session, conversation, question, desk, now)
    await lifecycle.close_question(session, conversation, question, Outcome.AUTO, by=None, desk=desk, now=now)
    return True


async def _clerk_to_tell(
    session: AsyncSession, conversation: Conversation, question: Question, desk: Desk, now: datetime
) -> str | None:
    people = on_duty(members(desk.content, Stage.CLERK, conversation.store), desk.local(now))
    known = await loads(session, [person.account.lower() for person in people], question.id, now)
    return choose(people, known, preferred=conversation.answered_by, per_minute=10**6, cards_most=None).account


async def _ask_store(
    session: AsyncSession, conversation: Conversation, question: Question, desk: Desk, now: datetime
) -> bool:
    """Ask the customer which store is meant, with HQ's 问门店; the question waits, then goes to HQ."""
    stores = desk.content.store_by_account(conversation.account_id)[:_STORES_ASKED]
    menu = Menu(desk.policy.ask_store, tuple(MenuItem(f"{STORE_ITEM}{store.number}", store.name) for store in stores))
    rule = HqText("ask_store", desk.content.version, menu, goes_alone=True)
    if now - question.said_at > desk.policy.stale_after:
        return False
    try:
        key = f"conversation:{conversation.id}:ask_store:{question.id}"
        approved = approve_by_rule(conversation, rule, key=key, question_id=question.id)
        await enqueue_to_customer(session, approved, due_at=now)
    except (MatterClosedError, WindowError):
        return False
    conversation.store_asked_at = now
    question.ask_at = now + desk.policy.colleague_after
    desk.journal.note("store.asked", conversation=conversation.id)
    return True


async def _take_from_clerks(session: AsyncSession, question: Question, now: datetime) -> None:
    """What began as a question turned into a complaint: the cards close, and the manager is asked first."""
    for card in await lifecycle.open_cards(session, question.id):
        await lifecycle.close_card(session, card, "客人在投诉,已转给店长", now=now)
    question.level, question.first_asked_at = 0, None
    await session.flush()


async def _tell_manager(
    session: AsyncSession,
    conversation: Conversation,
    question: Question,
    suggestion: Suggestion,
    desk: Desk,
    now: datetime,
) -> None:
    """仅人工: the manager is told that such a question came in."""
    people = on_duty(members(desk.content, Stage.MANAGER, conversation.store), desk.local(now))
    customer = shown_name(await session.get(Customer, conversation.customer_id))
    for person in people[:1]:
        text = f"{customer}问到「{suggestion.topic}」,这类问题要由人来回,已发给当班同事。您也留意一下。"
        await enqueue_to_staff(
            session, StaffNotice(person.account.lower(), f"question:{question.id}:manager", text), now=now
        )


async def next_due_at(session: AsyncSession, now: datetime) -> datetime | None:
    """When the next quiet window ends that nobody is at."""
    free = Conversation.lease_until.is_(None) | (Conversation.lease_until <= now)
    query = (
        select(Conversation.due_at).where(Conversation.due_at.is_not(None), free).order_by(Conversation.due_at).limit(1)
    )
    return await session.scalar(query)
