"""Puts HQ's 验收问题 to the search before its answers go into service: which of them come out wrong?

A question is asked where it is said to be asked; else in the first store where the expected entry has an answer. It is
asked today; when the expected entry does not hold today, on the day nearest to it on which it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knowledge import template
from knowledge.acceptance import Acceptance
from knowledge.chain import Store
from knowledge.content import Content
from knowledge.entry import Audience, Entry, Status
from knowledge.evaluate import OFFERED, confidence_of, rank_of
from knowledge.figures import Judged
from knowledge.index import Hit, Scope
from knowledge.policy import Outcome


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one 验收问题."""

    acceptance: Acceptance
    scope: Scope  #: where and when it was asked
    hits: tuple[Hit, ...]  #: at most three, best first
    outcome: Outcome

    @property
    def found(self) -> str:
        """Number of the first hit; "" when there is none or none that may be answered or offered."""
        return self.hits[0].entry.number if self.hits and self.outcome is not Outcome.NONE else ""

    @property
    def leaked(self) -> tuple[str, ...]:
        """Numbers of hits that a customer may not have; there must never be any."""
        return tuple(hit.entry.number for hit in self.hits if not hit.entry.answer_for(Audience.CUSTOMER))

    @property
    def is_right(self) -> bool:
        """The expected entry comes first, as answer or as choice; or, where none is expected, none is answered."""
        if self.leaked:
            return False
        if self.acceptance.expected is None:
            return self.outcome is not Outcome.ANSWER
        return self.found == self.acceptance.expected

    @property
    def judged(self) -> Judged:
        """For the figures."""
        expected = self.acceptance.expected
        rank = rank_of(expected, self.hits) if expected is not None else None
        return Judged(confidence_of(self.hits), rank, is_known=expected is not None)


@dataclass(frozen=True, slots=True)
class Failed:
    """A 验收问题 that came out wrong."""

    acceptance: Acceptance
    found: str  #: number of the entry that came instead; "" for none
    reason: str  #: Chinese, one sentence


def run_acceptance(content: Content, on: date) -> tuple[Failed, ...]:
    """The questions that come out wrong, in HQ's order; `on`: today, in store time."""
    return tuple(
        Failed(tried.acceptance, tried.found, _reason(tried, content))
        for tried in try_acceptance(content, on)
        if not tried.is_right
    )


def try_acceptance(content: Content, on: date) -> tuple[Tried, ...]:
    """What comes of every question, in HQ's order."""
    return tuple(_try(content, acceptance, on) for acceptance in content.acceptance)


def _try(content: Content, acceptance: Acceptance, on: date) -> Tried:
    scope = _scope(content, acceptance, on)
    hits = content.index.search(acceptance.text, scope, OFFERED)
    return Tried(acceptance, scope, hits, content.policy.outcome(confidence_of(hits)))


def _scope(content: Content, acceptance: Acceptance, on: date) -> Scope:
    entry = content.entries.get(acceptance.expected or "")
    if acceptance.store:
        store = content.stores.get(acceptance.store)
    else:
        stores = content.stores.values()
        store = next((store for store in stores if entry is None or _answers_in(entry, store)), None)
    return Scope(Audience.CUSTOMER, store, _day(entry, on) if entry else on)


def _answers_in(entry: Entry, store: Store) -> bool:
    answer = entry.in_store(store).answer_for(Audience.CUSTOMER)
    return bool(answer) and entry.holds_in(store) and not template.holes(answer, store)


def _day(entry: Entry, on: date) -> date:
    if entry.starts_on is not None and on < entry.starts_on:
        return entry.starts_on
    return entry.ends_on if entry.ends_on is not None and entry.ends_on < on else on


def _reason(tried: Tried, content: Content) -> str:
    expected, first = tried.acceptance.expected, _name(tried.found, content)
    if tried.leaked:
        return f"会把只给员工看的 {'、'.join(tried.leaked)} 给客人看"
    if expected is None:
        return f"不该回答,却会回答 {first}"
    entry = content.entries.get(expected)
    if entry is None or entry.status is not Status.ACTIVE or not entry.answer_for(Audience.CUSTOMER):
        return f"期望的 {expected} 没有启用,或者不是给客人看的"
    return (
        f"期望 {_name(expected, content)},现在是 {first}" if first else f"期望 {_name(expected, content)},现在没有答案"
    )


def _name(number: str, content: Content) -> str:
    entry = content.entries.get(number)
    return f"{number}「{entry.question}」" if entry else number
