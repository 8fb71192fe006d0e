"""Take in a page of messages: stored once, together with the cursor, before anything is understood."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import handoff, lifecycle
from bot.conversations.aftermath import reopen_after_failure
from bot.conversations.desk import Desk
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
from bot.conversations.welcome import welcome
from bot.db.claims import held
from bot.db.once import insert_once
from bot.gate.outbox import StaffNotice, enqueue_to_staff, queued_to_customer
from bot.model import WINDOW, Account, Conversation, Customer, Event, Media, Message, Origin
from bot.ports import SessionState
from bot.staff.duty import Stage, members


@dataclass(slots=True)
class Taken:
    """What a page came to."""

    new: int = 0  #: messages that were not known
    history: int = 0  #: of these, kept only
    welcomed: bool = False
    customers: frozenset[str] = frozenset()


async def store_page(session: AsyncSession, page: Page, *, fence: int, desk: Desk, now: datetime) -> Taken | None:
    """Store the page and its cursor in the caller's transaction. None when another worker has the account now."""
    account = await held(session, Account, page.account, fence)
    if account is None:
        return None
    taken = Taken(customers=frozenset(item.customer for item in page.items if not isinstance(item, Strange)))
    conversations = await _conversations(session, page.account, taken.customers, now)
    for item in page.items:
        if isinstance(item, Strange):
            await _keep(session, item, now)
        else:
            await _take(session, item, page, conversations[item.customer], taken, desk, now)
    account.cursor = page.cursor
    return taken


async def _conversations(
    session: AsyncSession, account: str, customers: Collection[str], now: datetime
) -> dict[str, Conversation]:
    """The conversation of every customer on the page, made where it is new."""
    if not customers:
        return {}
    facts = {"account": account, "customers": list(customers)}
    known = {row.customer_id: row for row in await session.scalars(_CONVERSATIONS, facts)}
    if not (new := sorted(set(customers) - known.keys())):
        return known
    for customer in new:
        await insert_once(session, Customer(id=customer, created_at=now))
        await insert_once(session, Conversation(account_id=account, customer_id=customer, created_at=now))
    made = await session.scalars(_CONVERSATIONS, facts | {"customers": new})
    return known | {row.customer_id: row for row in made}


_CONVERSATIONS = (
    select(Conversation)
    .where(
        Conversation.account_id == bindparam("account"),
        Conversation.customer_id.in_(bindparam("customers", expanding=True)),
    )
    .with_for_update()
    .execution_options(populate_existing=True)
)


async def _keep(session: AsyncSession, item: Strange, now: datetime) -> None:
    """Store it raw, beside the callbacks, for whoever looks into it; read again it is still one."""
    body = json.dumps(item.body, ensure_ascii=False, sort_keys=True, default=str)
    digest = hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()
    await insert_once(session, Event(digest=digest, body=body, received_at=now, due_at=now, done_at=now))


async def _take(
    session: AsyncSession, item: Item, page: Page, conversation: Conversation, taken: Taken, desk: Desk, now: datetime
) -> None:
    match item:
        case Said():
            await _take_said(session, item, page, conversation, taken, desk, now)
        case Typed():
            await _take_typed(session, item, conversation, now)
        case Visited():
            taken.welcomed |= await welcome(session, item, conversation, desk, now)
        case SendFailed():
            await reopen_after_failure(session, item.delivery_id, item.reason, desk, now)
        case Recalled():
            await _forget(session, item, conversation, now)
        case SessionChanged():
            has_said_more = conversation.last_said_at is not None and item.sent_at < conversation.last_said_at
            state = SessionState.NEW if item.state is SessionState.ENDED and has_said_more else item.state
            await handoff.session_changed(session, conversation, state, item.staff, desk, now)
            if _is_history(item.sent_at, page, desk, now):
                conversation.person_heard_at = None  # nobody is asked 聊完了吗 about what was before our time


def _is_history(sent_at: datetime, page: Page, desk: Desk, now: datetime) -> bool:
    return page.is_first_pull and now - sent_at > desk.policy.stale_after


async def _take_said(
    session: AsyncSession, item: Said, page: Page, conversation: Conversation, taken: Taken, desk: Desk, now: datetime
) -> None:
    is_history = _is_history(item.sent_at, page, desk, now)
    row = Message(
        account_id=conversation.account_id,
        msgid=item.msgid,
        conversation_id=conversation.id,
        origin=Origin.CUSTOMER,
        kind=item.kind,
        text=item.text,
        menu_id=item.menu_id,
        body=item.body or None,
        sent_at=item.sent_at,
        received_at=now,
        is_history=is_history,
    )
    message_id = await insert_once(session, row)
    if message_id is None:
        return
    taken.new += 1
    taken.history += is_history
    if item.media_id:
        await insert_once(session, Media(message_id=message_id, media_id=item.media_id, due_at=now))
    if conversation.last_said_at is None or item.sent_at >= conversation.last_said_at:
        if conversation.last_said_at is not None and item.sent_at - conversation.last_said_at >= WINDOW:
            conversation.session = SessionState.ENDED  # a consult ends by itself after 48 h (facts/wecom.md §2.5)
        if conversation.sent_since:
            conversation.sent_since = await queued_to_customer(session, conversation.id)
        conversation.last_said_at = item.sent_at
    if is_history:
        return
    if conversation.session == SessionState.ENDED:
        conversation.session, conversation.servicer = SessionState.NEW, None
    if conversation.session == SessionState.PERSON:
        conversation.person_heard_at, conversation.person_asked_at = now, None
    await _wait_for_more(conversation, desk, now)


async def _wait_for_more(conversation: Conversation, desk: Desk, now: datetime) -> None:
    """Bubbles within the quiet window are one question."""
    if conversation.burst_at is None:
        conversation.burst_at = now
    pause, most = desk.policy.quiet_pause, desk.policy.quiet_most
    conversation.due_at = min(conversation.burst_at + most, now + pause)


async def _take_typed(session: AsyncSession, item: Typed, conversation: Conversation, now: datetime) -> None:
    row = Message(
        account_id=conversation.account_id,
        msgid=item.msgid,
        conversation_id=conversation.id,
        origin=Origin.STAFF,
        kind=item.kind,
        text=item.text,
        body=item.body or None,
        staff=item.staff,
        sent_at=item.sent_at,
        received_at=now,
    )
    if await insert_once(session, row) is None:
        return
    conversation.person_heard_at, conversation.person_asked_at = now, None
    conversation.answered_by, conversation.answered_at = item.staff, item.sent_at


async def _forget(session: AsyncSession, item: Recalled, conversation: Conversation, now: datetime) -> None:
    """A recalled message leaves nothing but its id, also when it arrives after its recall."""
    tombstone = Message(
        account_id=conversation.account_id,
        msgid=item.msgid,
        conversation_id=conversation.id,
        origin=Origin.CUSTOMER,
        kind="recalled",
        sent_at=item.sent_at,
        received_at=now,
        recalled_at=now,
    )
    if await insert_once(session, tombstone) is not None:
        return
    await lifecycle.forget_message(session, conversation, item.msgid, now)


async def tell_of_history(session: AsyncSession, account: str, desk: Desk, now: datetime) -> None:
    """One line to the manager instead of cards: the account has been read for the first time."""
    where = (Message.account_id == account, Message.is_history)
    count = await session.scalar(select(func.count()).where(*where)) or 0
    if not count:
        return
    stores = desk.content.store_by_account(account)
    store = stores[0].number if len(stores) == 1 else None
    people = members(desk.content, Stage.MANAGER, store) or members(desk.content, Stage.HEADQUARTERS, None)
    name = stores[0].name if len(stores) == 1 else "这个客服账号"
    text = (
        f"{name}第一次接入店小二:最近三天有 {count} 条客人消息,已存作记录,不再一一发卡。有没回的,请在微信客服里看一眼。"
    )
    for person in people[:1]:
        await enqueue_to_staff(session, StaffNotice(person.account.lower(), f"history:{account}", text), now=now)
