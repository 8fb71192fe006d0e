"""What was asked, and what we would say: the values that go into and come out of `router.suggest`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from knowledge.chain import Store

SENSITIVE = "命中敏感词:"  #: how the reason begins


class Kind(StrEnum):
    """What a suggestion is, and so what its card offers."""

    FAQ = "faq"  #: HQ's answer, ready to send
    REFERENCE = "reference"  #: 仅人工: HQ's text for the clerk to read, not to send
    CHOICES = "choices"  #: no entry: the nearest to choose from, and no text
    GREETING = "greeting"
    THANKS = "thanks"
    OPT_OUT = "opt_out"  #: wants no more messages
    PERSON = "person"  #: wants a person
    COMPLAINT = "complaint"  #: a manager acts; no text
    MEDIA = "media"  #: a picture, a voice message … and no words
    ORDER = "order"  #: something is to be done: 发送 sends the text and does it
    ASK = "ask"  #: something is to be done, and one more thing has to be known
    CLERK = "clerk"  #: something is to be done, and a person has to go on; no text
    ASK_STORE = "ask_store"  #: the answer depends on the store, and we do not know which


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entry that may answer."""

    entry_number: str
    entry_version: str
    question: str  #: the entry's standard question
    text: str  #: rendered for the store and worded by the persona, as it would be sent
    confidence: float  #: 0–1
    label: str  #: for the card's drop-down, ≤ 10 characters, each once
    autonomy: str  #: 自动, 确认 or 仅人工


@dataclass(frozen=True, slots=True)
class OrderFact:
    """One thing known of an order, as cards and the edit page show it."""

    slot: str  #: name of the slot
    label: str  #: ≤ 5 characters, such as 入住
    value: str  #: as shown, such as 11月23日周一
    kind: str = ""  #: how a clerk may change it: date, number, choice, text; "" when it may not be changed
    choices: tuple[str, ...] = ()
    raw: str = ""  #: as a form's field holds it, such as 2026-11-23; "" when `value` is that


@dataclass(frozen=True, slots=True)
class Kept:
    """Stock that a hold keeps."""

    product: str  #: number
    quantity: int
    days: tuple[str, ...] = ()  #: nights, as 2026-11-23; empty for goods


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """What 发送 does beside sending the text."""

    action: str = ""  #: "place" or "cancel"; "" while something is still to be asked, or the text is all
    key: str = ""  #: of the hold that is to become an order
    number: str = ""  #: of the order that is to be cancelled
    facts: tuple[OrderFact, ...] = ()
    until: datetime | None = None  #: UTC; the stock is kept until then
    kept: tuple[Kept, ...] = ()  #: under `key`
    words: str = ""  #: what the draft says of it; HQ's answer to something else may stand before that
    frame: Mapping[str, object] | None = None  #: what it was made of (`replies.frame`), so that a clerk may change it


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What we would say, and why. Frozen: a change of mind is another suggestion."""

    kind: Kind
    text: str = ""  #: HQ's words and no others; "" when there is nothing to send
    entry_number: str | None = None  #: of the first entry when the text joins several
    entry_version: str | None = None
    confidence: float = 0.0  #: 0–1
    candidates: tuple[Candidate, ...] = ()  #: best first, at most three, the chosen one among them
    topic: str = ""  #: ≤ 8 characters, such as 停车, for 小满 问停车
    reasons: tuple[str, ...] = ()  #: Chinese, for 依据 and the journal
    may_go_alone: bool = False  #: HQ marked the entry 自动, we are sure enough, and nothing else was said
    sensitive: tuple[str, ...] = ()  #: HQ's 敏感词 in the message: a person answers, and nothing goes out before
    intents: tuple[str, ...] = ()  #: all that the message carries, such as complain and opt_out together
    also: tuple[tuple[str, str], ...] = ()  #: number and version of the further entries whose texts it joins
    order: OrderPlan | None = None

    def same_as(self, other: Suggestion) -> bool:
        """Whether a card that shows `other` may stay: same kind, entry and version, text, and need of care.

        A card without an entry shows the nearest ones, so there these count too.
        """
        return self._shown() == other._shown()

    def _shown(self) -> tuple[object, ...]:
        choices = tuple(one.entry_number for one in self.candidates) if self.kind is Kind.CHOICES else ()
        return self.kind, self.entry_number, self.entry_version, self.text, self.sensitive, choices


@dataclass(frozen=True, slots=True)
class Asked:
    """An open question, as the conversation holds it."""

    text: str  #: the bubbles joined by newlines
    bubbles: tuple[str, ...]
    media: tuple[str, ...]  #: kinds, such as image or voice
    menu_id: str | None  #: an entry's number, when a line of a menu was tapped
    store: Store | None  #: None when it is not known
    on: date  #: the store's local date
    is_first_today: bool  #: we have not answered this customer today
    at: time | None = None  #: the store's local time; None for any time of the day
