"""What happened between two moments that HQ's files did not provide for. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.drafting import CHOSEN
from bot.model import (
    Conversation,
    Customer,
    Draft,
    DraftState,
    Message,
    Origin,
    Outcome,
    Question,
    StaffOutcome,
    StaffQuestion,
)
from bot.replies.suggestion import Kind
from knowledge.content import Content
from knowledge.entry import Audience, Channel
from knowledge.gap_book import Rewritten
from knowledge.gaps import Heard
from knowledge.index import Scope
from knowledge.masking import mask
from knowledge.text import key

QUESTIONS_MOST = 20_000  #: of one kind; a chain that has more writes down the newest
TYPED_WITHIN = timedelta(hours=2)  #: a servicer's own message counts as the answer for so long
SAME_WORDS = 85.0  #: rapidfuzz's ratio, 0–100, from which a draft counts as sent in its own words
_TEXT_MOST = 300  #: characters of a question
_CHUNK = 500  #: ids in one statement
_NO_QUESTION = ("广告", "重复提问")  #: reasons of a dismissal after which nothing is missing


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that goes into 待补充问答; nothing in it names a person."""

    heard: tuple[Heard, ...] = field(repr=False)
    rewritten: tuple[Rewritten, ...] = field(repr=False)


async def gather(session: AsyncSession, content: Content, since: datetime, until: datetime) -> Gathered:
    """Customers' and staff's questions without an entry, and drafts that were rewritten, from `since` until `until`.

    What the content in force answers by now is left out.
    """
    gathering = _Gathering(session, content, since, until)
    heard = [*await gathering.from_customers(), *await gathering.from_staff()]
    missing = tuple(one for one in heard if key(one.text) and not _is_answered(one, content))
    return Gathered(missing, await gathering.rewritten())


def _is_answered(one: Heard, content: Content) -> bool:
    store = content.stores.get(one.store)
    channel = Channel.KF if one.audience is Audience.CUSTOMER else Channel.ASSISTANT
    hits = content.index.search(one.text, Scope(one.audience, store, one.on, channel=channel), 1)
    return bool(hits) and (hits[0].is_own_wording or hits[0].confidence >= content.policy.answer_line)


class _Gathering:
    """One look at the database, with what masking takes."""

    def __init__(self, session: AsyncSession, content: Content, since: datetime, until: datetime) -> None:
        self._session = session
        self._content = content
        self._since, self._until = since, until
        self._staff_names = frozenset(person.name for person in content.staff.values())
        self._public = frozenset(store.phone for store in content.stores.values() if store.phone)

    async def from_customers(self) -> list[Heard]:
        """Questions for which there were only entries to choose from, or none."""
        without = select(Draft.question_id).where(Draft.kind == Kind.CHOICES)
        rows = await self._questions(Question.opened_at, Question.id.in_(without), Question.is_complaint.is_(False))
        questions = [question for question, _, _ in rows if question.reason not in _NO_QUESTION]
        drafts = await self._drafts(questions)
        said = await self._said(questions)
        typed = await self._typed([question for question in questions if question.outcome == Outcome.PERSON])
        nicknames = {question.id: nickname for question, _, nickname in rows}
        heard = []
        for question in questions:
            own = [draft for draft in drafts[question.id] if draft.reasons != [CHOSEN]]
            if not own or own[-1].kind != Kind.CHOICES:
                continue  # with what was said later, an entry was found
            approved = next((one for one in reversed(drafts[question.id]) if one.state == DraftState.APPROVED), None)
            answer = approved.sent_text or "" if approved else typed.get(question.id, "")
            heard.append(
                Heard(
                    text=self._mask(said[question.id], nicknames[question.id])[:_TEXT_MOST],
                    on=self._day(question.opened_at),
                    audience=Audience.CUSTOMER,
                    store=question.store or "",
                    answer=self._mask(answer, nicknames[question.id]),
                    entry=(approved.entry or "") if approved and approved.reasons == [CHOSEN] else "",
                )
            )
        return heard

    async def from_staff(self) -> list[Heard]:
        """What headquarters answered, or nobody did."""
        unanswered = StaffQuestion.outcome.in_((StaffOutcome.PERSON, StaffOutcome.LEFT, StaffOutcome.EXPIRED))
        waits = StaffQuestion.outcome.is_(None) & StaffQuestion.handed_at.is_not(None)
        when = (StaffQuestion.asked_at >= self._since, StaffQuestion.asked_at < self._until)
        query = select(StaffQuestion).where(*when, or_(unanswered, waits)).order_by(StaffQuestion.id.desc())
        rows = (await self._session.scalars(query.limit(QUESTIONS_MOST))).all()
        return [
            Heard(
                text=self._mask(row.text, ""),
                on=self._day(row.asked_at),
                audience=Audience.CUSTOMER if row.for_customer else Audience.STAFF,
                store=row.store or "",
                answer=self._mask(row.answer, ""),
                is_official=bool(row.answer),
            )
            for row in rows
        ]

    async def rewritten(self) -> tuple[Rewritten, ...]:
        """Drafts of an entry that were sent in quite other words."""
        rows = await self._questions(Question.closed_at, Question.outcome == Outcome.EDITED)
        questions = [question for question, _, _ in rows]
        drafts, said = await self._drafts(questions), await self._said(questions)
        found = []
        for question, _, nickname in rows:
            approved = next((one for one in drafts[question.id] if one.state == DraftState.APPROVED), None)
            if approved is None or not approved.entry or approved.kind != Kind.FAQ or not approved.sent_text:
                continue
            if fuzz.ratio(key(approved.text), key(approved.sent_text)) >= SAME_WORDS:
                continue
            found.append(
                Rewritten(
                    entry=approved.entry,
                    on=self._day(question.closed_at or question.opened_at),
                    store=question.store or "",
                    asked=self._mask(said[question.id], nickname)[:_TEXT_MOST],
                    drafted=self._mask(approved.text, nickname),
                    sent=self._mask(approved.sent_text, nickname),
                )
            )
        return tuple(found)

    async def _questions(self, moment: Any, *where: Any) -> list[tuple[Question, str, str]]:
        """Question, customer and nickname, the newest first."""
        query = (
            select(Question, Customer.id, Customer.nickname)
            .join(Conversation, Conversation.id == Question.conversation_id)
            .join(Customer, Customer.id == Conversation.customer_id)
            .where(moment >= self._since, moment < self._until, *where)
            .order_by(Question.id.desc())
            .limit(QUESTIONS_MOST)
        )
        return list((await self._session.execute(query)).tuples())

    async def _drafts(self, questions: Sequence[Question]) -> dict[int, list[Draft]]:
        """By question, in order of their versions."""
        drafts: dict[int, list[Draft]] = defaultdict(list)
        for ids in _chunks([question.id for question in questions]):
            query = select(Draft).where(Draft.question_id.in_(ids)).order_by(Draft.question_id, Draft.version)
            for draft in await self._session.scalars(query):
                drafts[draft.question_id].append(draft)
        return drafts

    async def _said(self, questions: Sequence[Question]) -> dict[int, str]:
        """The customer's own words by question, without what was taken back."""
        said: dict[int, list[str]] = defaultdict(list)
        for ids in _chunks([question.id for question in questions]):
            is_said = (Message.origin == Origin.CUSTOMER, Message.recalled_at.is_(None), Message.text != "")
            query = select(Message.question_id, Message.text).where(Message.question_id.in_(ids), *is_said)
            for number, text in (await self._session.execute(query.order_by(Message.id))).tuples():
                said[number or 0].append(text)
        return defaultdict(str, {number: " ".join(texts) for number, texts in said.items()})

    async def _typed(self, questions: Sequence[Question]) -> dict[int, str]:
        """What a servicer first typed after taking a question over."""
        typed: dict[int, str] = {}
        by_conversation: dict[int, list[Question]] = defaultdict(list)
        for question in questions:
            by_conversation[question.conversation_id].append(question)
        for ids in _chunks(sorted(by_conversation)):
            is_typed = (Message.origin == Origin.STAFF, Message.kind == "text", Message.text != "")
            when = (Message.sent_at >= self._since, Message.sent_at < self._until + TYPED_WITHIN)
            query = select(Message).where(Message.conversation_id.in_(ids), *is_typed, *when).order_by(Message.id)
            for message in await self._session.scalars(query):
                for question in by_conversation[message.conversation_id]:
                    if question.opened_at <= message.sent_at < question.opened_at + TYPED_WITHIN:
                        typed.setdefault(question.id, message.text)
        return typed

    def _mask(self, text: str, nickname: str) -> str:
        return mask(text, self._staff_names | {nickname}, self._public)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._content.policy.zone).date()


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(ids), _CHUNK):
        yield ids[at : at + _CHUNK]
