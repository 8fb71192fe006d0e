"""Greet whoever opens the chat, with HQ's 欢迎语, while the code of 20 seconds lasts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.desk import Desk
from bot.conversations.incoming import Visited
from bot.errors import MatterClosedError
from bot.gate.approval import HqText, approve_by_rule
from bot.gate.outbox import enqueue_to_customer
from bot.model import Conversation, Customer
from bot.ports import CustomerContent, Menu, MenuItem, Text
from knowledge.chain import Store
from knowledge.template import EmptyVariableError, render

CODE_LIFE = timedelta(seconds=18)  #: two seconds less than WeCom gives (facts/wecom.md §2.4)


async def welcome(session: AsyncSession, visit: Visited, conversation: Conversation, desk: Desk, now: datetime) -> bool:
    """Note the store that the QR code names, and queue the greeting; whether there is one to send."""
    signed = desk.links.store_of(visit.scene_param) if visit.scene_param else None
    shared = desk.content.store_by_account(conversation.account_id)
    if signed in desk.content.stores and (not shared or signed in {store.number for store in shared}):
        conversation.store = signed
    elif conversation.store is None and len(shared) == 1:
        conversation.store = shared[0].number
    expires_at = visit.sent_at + CODE_LIFE
    if visit.code is None or now >= expires_at:
        return False
    customer = await session.get(Customer, conversation.customer_id)
    if customer is not None and customer.opted_out_at is not None:
        return False  # who only opens the chat has asked nothing: to greet would be to speak first
    content = _greeting(visit.scene, desk.store(conversation.store), desk)
    if content is None:
        return False
    rule = HqText("welcome", desk.content.version, content, goes_alone=True)
    try:
        approved = approve_by_rule(
            conversation, rule, key=f"welcome:{visit.msgid}"[:80], welcome_code=visit.code, expires_at=expires_at
        )
    except MatterClosedError:
        return False
    await enqueue_to_customer(session, approved, due_at=now)
    return True


def _greeting(scene: str, store: Store | None, desk: Desk) -> CustomerContent | None:
    greeting = desk.content.welcome.for_visit(scene, store.number if store else None)
    if greeting is None:
        return None
    try:
        text = render(greeting.text, store) if store else greeting.text
        tail = render(greeting.tail, store) if store else greeting.tail
    except EmptyVariableError:
        return None
    if "{{" in text + tail:
        return None
    if not greeting.items:
        return Text(text)
    return Menu(text, tuple(MenuItem(number, label) for number, label in greeting.items), tail)
