"""A question that waits with an order: a room for two nights, held, on a clerk's card."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from bot.conversations.doing import facts_for
from bot.conversations.trading import keep, look_up
from bot.model import Conversation, Draft, Question, StockDay
from bot.replies.frame import Filled, Frame
from bot.replies.proposal import Proposal
from bot.replies.step import Ready
from bot.replies.suggestion import Kind, Suggestion
from knowledge.content import Content, load
from tests.trading import FILES
from tests.unit.web.matter import STAFF, STORES, SUGGESTION, Matter, matter_on

NOON = datetime(2026, 11, 24, 6, 2, tzinfo=UTC)  #: Tuesday, 14:02 in the store
MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, 30) + timedelta(days=n) for n in range(4))
ROOM, FAMILY = "R1", "R2"


def selling() -> Content:
    """The edit page's chain, with rooms: ten of 湖景大床房 a night, two of 家庭房; none of the first on 25 December."""
    here = {"products.csv", "stock.csv", "commission.csv", "orders.yaml"}
    files = {name: text.replace("S1", "T1").replace("S2", "T2") for name, text in FILES.items() if name in here}
    files |= {"stores.csv": STORES, "staff.csv": STAFF, "faq/a.csv": "编号,标准问题,客户版答案\nQ-1,停车,可以停车。\n"}
    loaded = load({name: text.encode() for name, text in files.items()})
    assert loaded.content is not None, [str(problem) for problem in loaded.problems]
    return loaded.content


@asynccontextmanager
async def booking_on(database_url: str) -> AsyncIterator[Matter]:
    """Two nights from Monday, on xiaoman's card."""
    async with matter_on(database_url, selling()) as matter:
        matter.clock.move(NOON - matter.clock.now())
        await matter.ask(["下周一湖景大床一间,住两晚"], SUGGESTION)
        await book(matter)
        yield matter


async def book(matter: Matter, room: str = ROOM, *, rooms: int = 1) -> None:
    """The next version: this room, held."""
    values = {"date": MONDAY.isoformat(), "nights": "2", "rooms": str(rooms), "room_type": room}
    frame = Frame("stay.book", matter.clock.now(), {name: Filled(value) for name, value in values.items()}, store="T1")
    await propose(matter, frame)


async def propose(matter: Matter, frame: Frame) -> None:
    """The next version: what this frame comes to, held."""
    now = matter.clock.now()
    facts = facts_for(matter.desk.store("T1"), "wmGuest", {}, matter.desk, now)
    found = await look_up(Ready(frame), facts, matter.trade, {})
    assert isinstance(found, Proposal), found
    plan = await keep(found, "hold:before", matter.desk, matter.trade, now)
    dumped = Frame.dump(found.frame) | {"order_key": plan.key}
    plan = type(plan)(plan.action, plan.key, "", plan.facts, plan.until, plan.kept, plan.words, dumped)
    matter.task_id = await matter.suggest(Suggestion(Kind.ORDER, found.text, topic="订房", order=plan))
    async with matter.database.begin() as session:
        (await session.get_one(Conversation, matter.conversation_id)).frame = dumped


async def draft_of(matter: Matter) -> Draft:
    """In force."""
    async with matter.database.read() as session:
        question = await session.get_one(Question, matter.question_id)
        return await session.get_one(Draft, question.draft_id)


async def held(matter: Matter, product: str, *days: date) -> list[int]:
    async with matter.database.read() as session:
        where = (StockDay.store == "T1", StockDay.product == product, StockDay.held > 0)
        rows = {row.day: row.held for row in await session.scalars(select(StockDay).where(*where))}
    return [rows.get(day, 0) for day in days]
