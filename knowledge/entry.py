"""One question and its answer, as HQ wrote it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge.chain import Store
from knowledge.problem import Place


class Audience(StrEnum):
    CUSTOMER = "客户"
    STAFF = "员工"


class Autonomy(StrEnum):
    AUTO = "自动"  #: may go out by itself
    CONFIRM = "确认"  #: somebody taps
    PERSON = "仅人工"  #: shown to staff as a reference, never sent as it is


class Status(StrEnum):
    ACTIVE = "启用"
    STOPPED = "停用"
    DRAFT = "草稿"


@dataclass(frozen=True, slots=True)
class Entry:
    """Without stores and cities it holds everywhere; with both, either suffices."""

    number: str
    question: str
    place: Place
    category: str = ""
    subcategory: str = ""
    similar: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()  #: questions that look alike and that this does not answer
    customer_answer: str = ""
    staff_answer: str = ""  #: never shown to a customer
    stores: frozenset[str] = frozenset()  #: store numbers
    cities: frozenset[str] = frozenset()
    audience: Audience = Audience.CUSTOMER
    starts_on: date | None = None  #: first day, in store time
    ends_on: date | None = None  #: last day, in store time
    autonomy: Autonomy = Autonomy.CONFIRM
    status: Status = Status.ACTIVE

    @property
    def wordings(self) -> tuple[str, ...]:
        """Every way of asking that HQ wrote, the standard question first."""
        return (self.question, *self.similar)

    @property
    def version(self) -> str:
        """12 hex digits over everything the entry says; where it stands does not count."""
        return hashlib.sha256(json.dumps(self._said(), ensure_ascii=False).encode()).hexdigest()[:12]

    @property
    def is_everywhere(self) -> bool:
        return not self.stores and not self.cities

    def answer_for(self, audience: Audience) -> str:
        """The answer for that reader, as a template; staff may see the customers' too. "" when none."""
        if audience is Audience.CUSTOMER:
            return self.customer_answer if self.audience is Audience.CUSTOMER else ""
        return self.staff_answer or self.customer_answer

    def holds_in(self, store: Store | None) -> bool:
        """Whether it is meant for `store`; for no store, whether it holds everywhere."""
        return self.is_everywhere or (store is not None and (store.number in self.stores or store.city in self.cities))

    def is_valid_on(self, day: date) -> bool:
        """Whether `day`, in store time, lies within the dates."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)

    def _said(self) -> list[object]:
        return [
            self.number,
            self.category,
            self.subcategory,
            self.question,
            self.similar,
            self.counterexamples,
            self.customer_answer,
            self.staff_answer,
            sorted(self.stores),
            sorted(self.cities),
            self.audience,
            str(self.starts_on or ""),
            str(self.ends_on or ""),
            self.autonomy,
            self.status,
        ]
