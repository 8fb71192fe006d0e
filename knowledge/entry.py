"""One question and its answer, as HQ wrote it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
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


class Channel(StrEnum):
    """Where a question comes in."""

    KF = "微信客服"  #: customers
    ASSISTANT = "员工助手"  #: staff who write to the app


@dataclass(frozen=True, slots=True)
class Entry:
    """Without stores and cities it holds everywhere; with both, either suffices. Times are the store's own, naive."""

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
    channels: frozenset[str] = frozenset()  #: names of `Channel` or others; empty means all
    starts_at: datetime | None = None  #: first minute; a bare date begins at 00:00
    ends_at: datetime | None = None  #: last minute, inclusive; a bare date ends at 23:59
    autonomy: Autonomy = Autonomy.CONFIRM
    status: Status = Status.ACTIVE
    overlaid: Mapping[str, Entry] = field(default_factory=dict, hash=False)  #: by store number, what is said there
    changed: tuple[str, ...] = ()  #: of what stands in `overlaid`: the columns that the store has its own way

    @property
    def wordings(self) -> tuple[str, ...]:
        """Every way of asking that HQ wrote, the standard question first."""
        return (self.question, *self.similar)

    @property
    def version(self) -> str:
        """12 hex digits over everything the entry says; where it stands does not count."""
        return hashlib.sha256(json.dumps(self._said(), ensure_ascii=False).encode()).hexdigest()[:12]

    @property
    def starts_on(self) -> date | None:
        """The first day."""
        return self.starts_at.date() if self.starts_at else None

    @property
    def ends_on(self) -> date | None:
        """The last day."""
        return self.ends_at.date() if self.ends_at else None

    @property
    def is_everywhere(self) -> bool:
        return not self.stores and not self.cities

    def answer_for(self, audience: Audience) -> str:
        """The answer for that reader, as a template; staff may see the customers' too. "" when none."""
        if audience is Audience.CUSTOMER:
            return self.customer_answer if self.audience is Audience.CUSTOMER else ""
        return self.staff_answer or self.customer_answer

    def in_store(self, store: Store | None) -> Entry:
        """The entry as `store` has it: HQ's, or with the cells that the store's own file changes."""
        return self.overlaid.get(store.number, self) if store is not None else self

    def holds_in(self, store: Store | None) -> bool:
        """Whether it is meant for `store`; for no store, whether it holds everywhere."""
        return self.is_everywhere or (store is not None and (store.number in self.stores or store.city in self.cities))

    def is_valid_on(self, day: date) -> bool:
        """Whether it holds at some time of `day`, in store time."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)

    def is_valid_at(self, moment: datetime) -> bool:
        """Whether `moment`, naive and in store time, lies within the dates, to the minute."""
        minute = moment.replace(second=0, microsecond=0)
        return (self.starts_at is None or self.starts_at <= minute) and (self.ends_at is None or minute <= self.ends_at)

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
            sorted(self.channels),
            first_minute(self.starts_at),
            last_minute(self.ends_at),
            self.autonomy,
            self.status,
        ]


def first_minute(moment: datetime | None) -> str:
    """As HQ writes it: a bare date where a day begins, "" for none."""
    return _written(moment, time.min)


def last_minute(moment: datetime | None) -> str:
    """As HQ writes it: a bare date where a day ends, "" for none."""
    return _written(moment, time(23, 59))


def _written(moment: datetime | None, bare: time) -> str:
    if moment is None:
        return ""
    return moment.date().isoformat() if moment.time() == bare else moment.isoformat(" ", "minutes")
