"""One open question with its card, in a real database, behind the real site; for the edit page's tests."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.assistant import headquarters
from bot.cache.memory import MemoryCache
from bot.clock import ShiftedClock
from bot.content.kit import make_kit
from bot.conversations.desk import Desk
from bot.conversations.drafting import add_draft, show
from bot.conversations.trading import Trade
from bot.db import Database
from bot.db.intake import Intake
from bot.db.migrate import migrate
from bot.gate.links import Links
from bot.log import LogJournal
from bot.model import (
    Card,
    Conversation,
    Customer,
    Delivery,
    DeliveryKind,
    Draft,
    Message,
    Origin,
    Question,
    StaffQuestion,
)
from bot.orders.house import House, HouseCatalog, HouseOrders
from bot.replies.suggestion import Candidate, Kind, Suggestion
from bot.web.keys import Site
from bot.web.site import build_site
from bot.wecom.crypto import Envelope
from knowledge.content import Content, load

STORES = """\
门店编号,门店名称,城市,电话,客服账号,停车,停车费,早餐时间,WiFi
T1,银泰店,杭州,0571-0001 0101,wkOne,地下停车场,每天 30 元,07:00-10:00,Lamp-1
T2,江边店,杭州,0571-0001 0202,wkTwo,,,,
"""
STAFF = """\
员工账号,姓名,门店编号,角色,上班时间
xiaoman,林小满,T1,店员,
wangjie,王洁,T1,店员,
hejun,何俊,T2,店员,
zhou,周周,,总部,
"""
FAQ = """\
编号,标准问题,客户版答案,员工版答案
Q-1,停车方便吗,楼下就是{{门店.停车}}，{{门店.停车费}}。,旺季可免一天停车费
Q-2,早餐几点,早餐 {{门店.早餐时间}}。,
"""

PARKING = Candidate("Q-1", "v1", "停车方便吗", "楼下就是地下停车场,每天 30 元。", 0.92, "停车", "确认")
BREAKFAST = Candidate("Q-2", "v1", "早餐几点", "早餐 07:00-10:00。", 0.41, "早餐", "确认")
SUGGESTION = Suggestion(Kind.FAQ, PARKING.text, "Q-1", "v1", 0.92, (PARKING, BREAKFAST), "停车", ("命中:停车",))
REFERENCE = Suggestion(Kind.REFERENCE, "赔偿要店长定,先安抚。", "Q-1", "v1", 0.8, (PARKING,), "赔偿", ("仅人工",))


def content() -> Content:
    loaded = load({"stores.csv": STORES.encode(), "staff.csv": STAFF.encode(), "faq/a.csv": FAQ.encode()})
    assert loaded.content is not None, [str(problem) for problem in loaded.problems]
    return loaded.content


@dataclass
class Matter:
    """The site, its database, and a question that waits."""

    database: Database
    clock: ShiftedClock
    links: Links
    desk: Desk
    client: TestClient[web.Request, web.Application]
    trade: Trade
    task_id: str = ""
    question_id: int = 0
    conversation_id: int = 0
    said: int = field(default=0)

    async def ask(self, bubbles: Sequence[str], suggestion: Suggestion = SUGGESTION, *, nickname: str = "小满") -> str:
        """A customer of T1 wrote these bubbles, and xiaoman has a card; its task id."""
        now = self.clock.now()
        async with self.database.begin() as session:
            conversation = Conversation(
                account_id="wkOne", customer_id="wmGuest", created_at=now, store="T1", last_said_at=now
            )
            session.add_all([conversation, Customer(id="wmGuest", nickname=nickname, created_at=now)])
            await session.flush()
            question = Question(conversation_id=conversation.id, store="T1", opened_at=now, said_at=now)
            session.add(question)
            await session.flush()
            self.conversation_id, self.question_id = conversation.id, question.id
        await self.say(bubbles)
        self.task_id = await self.suggest(suggestion)
        return self.task_id

    async def ask_headquarters(
        self, text: str, *, nearest: Sequence[str] = ("Q-1",), for_customer: bool = False
    ) -> str:
        """xiaoman asked what no entry answers, and zhou has a card; its task id."""
        now = self.clock.now()
        async with self.database.begin() as session:
            question = StaffQuestion(
                msgid="ask-1",
                staff="xiaoman",
                store="T1",
                asked_at=now,
                text=text,
                for_customer=for_customer,
                candidates=list(nearest),
                handed_at=now,
            )
            session.add(question)
            await session.flush()
            await headquarters.show(session, question, "zhou", self.desk, now)
            self.question_id = question.id
            card = (await session.scalars(select(Card).where(Card.staff_question_id == question.id))).one()
            self.task_id = card.task_id
        return self.task_id

    async def staff_question(self) -> StaffQuestion:
        async with self.database.read() as session:
            return await session.get_one(StaffQuestion, self.question_id)

    def answer_link(self) -> str:
        """Where 写答复 leads, without the host."""
        url = urlsplit(self.links.answer_url(self.task_id, "zhou", now=self.clock.now()))
        return f"{url.path}?{url.query}"

    async def say(self, bubbles: Sequence[str]) -> None:
        now = self.clock.now()
        async with self.database.begin() as session:
            for text in bubbles:
                self.said += 1
                session.add(
                    Message(
                        account_id="wkOne",
                        msgid=f"m{self.said}",
                        conversation_id=self.conversation_id,
                        origin=Origin.CUSTOMER,
                        kind="text",
                        text=text,
                        sent_at=now,
                        received_at=now,
                        question_id=self.question_id,
                    )
                )

    async def suggest(self, suggestion: Suggestion, staff: str = "xiaoman") -> str:
        """The next version, on a card of its own; its task id."""
        now = self.clock.now()
        async with self.database.begin() as session:
            question = await session.get_one(Question, self.question_id)
            conversation = await session.get_one(Conversation, self.conversation_id)
            draft = await add_draft(session, question, suggestion, desk=self.desk, now=now)
            card = await show(session, conversation, question, draft, staff, desk=self.desk, now=now)
            return card.task_id

    async def card_for(self, staff: str) -> str:
        """The version in force on one more card; its task id."""
        now = self.clock.now()
        async with self.database.begin() as session:
            question = await session.get_one(Question, self.question_id)
            conversation = await session.get_one(Conversation, self.conversation_id)
            draft = await session.get_one(Draft, question.draft_id)
            return (await show(session, conversation, question, draft, staff, desk=self.desk, now=now)).task_id

    def link(self, task_id: str = "", staff: str = "xiaoman") -> str:
        """Where 修改 leads, without the host."""
        url = urlsplit(self.links.edit_url(task_id or self.task_id, staff, now=self.clock.now()))
        return f"{url.path}?{url.query}"

    def token(self, link: str) -> str:
        return parse_qs(urlsplit(link).query)["t"][0]

    async def open(self, link: str = "") -> str:
        """Follow the link to the page; the page."""
        async with self.client.get(link or self.link()) as response:
            assert response.status == 200, response.status
            return await response.text()

    async def post(self, page: str, **fields: str) -> tuple[int, str]:
        """Submit the page's form; where it led to and what that says."""
        form = {"csrf": csrf(page), **fields}
        async with self.client.post(f"/cards/{self.task_id}/edit", data=form) as response:
            return response.status, await response.text()

    async def sent(self) -> list[str]:
        """Every text on its way to the customer."""
        async with self.database.read() as session:
            rows = await session.scalars(
                select(Delivery).where(Delivery.kind == DeliveryKind.REPLY).order_by(Delivery.seq)
            )
            return [row.payload["content"] for row in rows]

    async def question(self) -> Question:
        async with self.database.read() as session:
            return await session.get_one(Question, self.question_id)

    async def cards(self) -> list[Card]:
        async with self.database.read() as session:
            return list(await session.scalars(select(Card).order_by(Card.id)))

    async def rows(self) -> list[object]:
        """Question, drafts and deliveries as they stand; a GET must leave them as they are."""
        async with self.database.read() as session:
            found: list[object] = []
            for noun in (Question, Draft, Delivery):
                found += [_values(row) for row in await session.scalars(select(noun))]
            return found


def _values(row: object) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def area(page: str) -> str:
    """What the text area holds. A browser drops the one line end behind the tag."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return unescape(found[1])


@asynccontextmanager
async def matter_on(database_url: str, hq: Content | None = None) -> AsyncIterator[Matter]:
    """A fresh site over a fresh database; with a chain of its own that may sell rooms."""
    clock, cache = ShiftedClock(), MemoryCache(ShiftedClock())
    database = Database.connect(database_url)
    await migrate(database)
    intake = Intake(database)
    intake.open()
    links = Links(b"l" * 32, "http://127.0.0.1")
    hq = hq or content()
    house = House(database, lambda: hq, clock)
    trade = Trade(HouseCatalog(house), HouseOrders(house))
    desk = Desk(hq, make_kit(hq), links, LogJournal())
    site = Site(
        database=database,
        intake=intake,
        envelope=Envelope("token", "a" * 43, "ww1"),
        wakeups=cache.wakeups,
        clock=clock,
        links=links,
        desk=lambda: desk,
        checks={},
        metrics_token="",
        csrf_key=b"c" * 32,
        is_secure=False,
        trade=trade,
    )
    client = TestClient(TestServer(build_site(site)), cookie_jar=aiohttp.CookieJar(unsafe=True))
    async with client:
        yield Matter(database, clock, links, desk, client, trade)
    await intake.close()
    await database.close()


def later(matter: Matter, **by: float) -> datetime:
    matter.clock.move(timedelta(**by))
    return matter.clock.now()
