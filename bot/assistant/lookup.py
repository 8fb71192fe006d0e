"""Looks up what staff may be told: their own version of an answer, or the customers' version to pass on. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.replies.persona import word_answer
from bot.replies.question import shorten
from knowledge.chain import Role, StaffMember, Store
from knowledge.content import Content
from knowledge.entry import Audience, Autonomy, Channel, Entry
from knowledge.index import Scope
from knowledge.policy import Outcome
from knowledge.template import EmptyVariableError, render

MOST_OFFERED = 3
_DEPTH = 5  #: hits looked at, so that three are left when some fall away
_DEPTH_FOR_ONE = 50
_LONGEST_LABEL = 8  #: characters, for a button that has ten


@dataclass(frozen=True, slots=True)
class Answer:
    """One entry, worded for this person."""

    number: str
    version: str
    question: str  #: the entry's standard question
    label: str  #: short name, ≤ 8 characters
    confidence: float  #: 0–1
    text: str = field(repr=False)
    for_customer: bool  #: the words for a customer
    is_reference: bool  #: 仅人工: to be said in one's own words
    ends_on: date | None = None  #: last day, in store time


@dataclass(frozen=True, slots=True)
class Found:
    """What becomes of a question, and the entries for it: one to answer with, or up to three to choose from."""

    outcome: Outcome
    answers: tuple[Answer, ...] = ()


def place_of(person: StaffMember, text: str, content: Content) -> Store | None:
    """The asker's own store; whoever is of no store may name one."""
    if person.store is not None:
        return content.stores.get(person.store)
    named = content.find_stores(text) if person.role is Role.HEADQUARTERS else ()
    return named[0] if len(named) == 1 else None


def look_up(text: str, for_customer: bool, person: StaffMember, content: Content, local: datetime) -> Found:
    """The best entries for `person`; where the customers' version is wanted and there is none, their own.

    `local` is the moment, in store time.
    """
    store = place_of(person, text, content)
    answers: tuple[Answer, ...] = ()
    for audience in (Audience.CUSTOMER, Audience.STAFF) if for_customer else (Audience.STAFF,):
        found = _search(text, audience, store, content, local)
        if not answers or (found and found[0].confidence >= content.policy.answer_line > answers[0].confidence):
            answers = found
    outcome = content.policy.outcome(answers[0].confidence if answers else 0.0)
    most = {Outcome.ANSWER: 1, Outcome.OFFER: MOST_OFFERED, Outcome.NONE: 0}[outcome]
    return Found(
        outcome, tuple(one for one in answers if content.policy.outcome(one.confidence) is not Outcome.NONE)[:most]
    )


def find(
    number: str, for_customer: bool, person: StaffMember, text: str, content: Content, local: datetime
) -> Answer | None:
    """One entry by number, if this person may have it here today; through the index, which alone decides that."""
    entry = content.entries.get(number)
    if entry is None:
        return None
    store = place_of(person, text, content)
    for audience in (Audience.CUSTOMER, Audience.STAFF) if for_customer else (Audience.STAFF,):
        hits = content.index.search(entry.question, _scope(audience, store, local), _DEPTH_FOR_ONE)
        found = next((hit for hit in hits if hit.entry.number == number), None)
        if found is not None and (answer := _word(found.entry, found.confidence, audience, store, content)):
            return answer
    return None


def named_elsewhere(answer: Answer, person: StaffMember, text: str, content: Content) -> tuple[str, str] | None:
    """Another store that `text` names and the asker's own, where the answer is only sure to hold for the second."""
    own, named = content.stores.get(person.store or ""), content.find_stores(text)
    if own is None or len(named) != 1 or named[0].number == own.number:
        return None
    entry, audience = content.entries[answer.number], Audience.CUSTOMER if answer.for_customer else Audience.STAFF
    there = _word(entry, answer.confidence, audience, named[0], content) if entry.is_everywhere else None
    return None if there is not None and there.text == answer.text else (named[0].name, own.name)


def _search(
    text: str, audience: Audience, store: Store | None, content: Content, local: datetime
) -> tuple[Answer, ...]:
    hits = content.index.search(text, _scope(audience, store, local), _DEPTH)
    worded = (_word(hit.entry, hit.confidence, audience, store, content) for hit in hits)
    return tuple(answer for answer in worded if answer is not None)


def _scope(audience: Audience, store: Store | None, local: datetime) -> Scope:
    channel = Channel.KF if audience is Audience.CUSTOMER else Channel.ASSISTANT
    return Scope(audience, store, local.date(), local.time(), channel)


def _word(entry: Entry, confidence: float, audience: Audience, store: Store | None, content: Content) -> Answer | None:
    """The entry's answer in this store; None rather than one with a hole."""
    entry, is_for_customer = entry.in_store(store), audience is Audience.CUSTOMER
    try:
        text = render(entry.answer_for(audience), store).strip()
    except EmptyVariableError:
        return None
    if not text:
        return None
    is_reference = is_for_customer and entry.autonomy is Autonomy.PERSON
    if is_for_customer and not is_reference:
        text = word_answer(text, content.persona, store, is_first=False)
    return Answer(
        number=entry.number,
        version=entry.version,
        question=entry.question,
        label=(entry.subcategory or shorten(entry.question, _LONGEST_LABEL))[:_LONGEST_LABEL]
        or entry.number[:_LONGEST_LABEL],
        confidence=confidence,
        text=text,
        for_customer=is_for_customer,
        is_reference=is_reference,
        ends_on=entry.ends_on,
    )
