"""What is proposed to the clerk: a text for the customer, what it rests on, and what sending it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from bot.replies.forms import Form
from bot.replies.frame import CHOICE, Frame, Offered, Source
from bot.replies.heard import Facts
from bot.replies.phrasing import Said, say, with_lead
from bot.replies.readback import quiet, say_day, say_money
from bot.replies.step import HandOver, Need
from bot.replies.suggestion import OrderFact
from bot.trade import ItemOffer, NewOrder, OrderView, RoomOffer, RoomQuery

MOST_CHOICES = 3
AGREE = "agree"  #: how the question is called when there is one thing to agree to
_NUMBERED = "①②③"


# --- what was looked up ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Offers:
    """All that was looked up so far for one message; `offer` says what else it needs."""

    rooms: Mapping[RoomQuery, tuple[RoomOffer, ...]] = field(default_factory=dict)
    items: tuple[ItemOffer, ...] | None = None
    orders: tuple[OrderView, ...] | None = None  #: of this customer, newest first

    def with_rooms(self, query: RoomQuery, offers: Sequence[RoomOffer]) -> Offers:
        return replace(self, rooms={**self.rooms, query: tuple(offers)})


# --- what sending it does --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Extension:
    """A longer stay: the nights up to `to` (day of leaving), as an order of their own."""

    number: str
    to: date
    total: Decimal  #: of the added nights


@dataclass(frozen=True, slots=True)
class Change:
    """Another order in place of one that comes back whole: cancel `number`, hold and place `order`."""

    number: str
    order: NewOrder
    refund: Decimal


@dataclass(frozen=True, slots=True)
class Cancellation:
    number: str
    refund: Decimal


@dataclass(frozen=True, slots=True)
class Errand:
    """Something for the people in the store to do."""

    kind: str  #: 送物, 清洁, 维修, 叫醒, 行李, 洗衣, 其他 or 开发票
    detail: str
    room: str = ""


Deed = NewOrder | Extension | Change | Cancellation | Errand


@dataclass(frozen=True, slots=True)
class Choice:
    """One of at most three things to choose from."""

    label: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft, and what belongs to it."""

    frame: Frame
    text: str  #: within the persona's limits; "" when a clerk has to word it
    facts: tuple[OrderFact, ...] = ()
    deed: Deed | None = None  #: None while the customer still has to say something, or when the text is all
    choices: tuple[Choice, ...] = ()
    reasons: tuple[str, ...] = ()  #: Chinese, for the card
    problems: tuple[str, ...] = ()  #: Chinese: what was wrong with a clerk's change
    check: tuple[str, ...] = ()  #: labels of what was heard in speech, for the clerk to compare with the audio
    is_over: bool = False  #: with this text the matter is done, and the frame may go

    @property
    def order(self) -> NewOrder | None:
        """What is to be held and placed; None when there is nothing to place."""
        if isinstance(self.deed, Change):
            return self.deed.order
        return self.deed if isinstance(self.deed, NewOrder) else None


Outcome = Proposal | Need | HandOver


# --- making one ------------------------------------------------------------------------------------------------------
def propose(
    frame: Frame,
    facts: Facts,
    text: str,
    *more: str,
    deed: Deed | None = None,
    rows: Sequence[OrderFact] = (),
    reasons: Sequence[str] = (),
    is_over: bool = False,
) -> Proposal:
    """A proposal that asks nothing. What was heard in speech is read back as such."""
    says, voice = facts.forms.say, heard_in_speech(frame, facts)
    said = with_lead(facts.persona, says("语音") if voice else "", text, says("语音核对") if voice else "", *more)
    notes = (*reasons, *said.reasons, *_also(frame), *([f"语音里听到的,请核对:{'、'.join(voice)}"] if voice else ()))
    return Proposal(
        frame.awaits(None), said.text, tuple(rows), deed, reasons=notes, check=tuple(voice), is_over=is_over
    )


def ask_choice(
    frame: Frame,
    form: Form,
    facts: Facts,
    head: str,
    options: Sequence[tuple[Offered, str]],
    *,
    key: str = CHOICE,
    rows: Sequence[OrderFact] = (),
    reasons: Sequence[str] = (),
) -> Proposal:
    """At most three things, each with its reason, and one question. Fewer when they would be too long together."""
    question = form.ask([AGREE if len(options) == 1 else key]) or form.ask([CHOICE]) or "您看可以吗?"
    voice = heard_in_speech(frame, facts)
    lead = facts.forms.say("语音") if voice else ""
    said, shown = Said(""), list(options[:MOST_CHOICES])
    while shown:
        said = with_lead(facts.persona, lead, _list(quiet(head), shown, question))
        if said.text or len(shown) == 1:
            break
        shown.pop()
    offered = tuple(one for one, _ in shown)
    return Proposal(
        frame.awaits(CHOICE, offered),
        said.text,
        tuple(rows),
        choices=tuple(Choice(one.label, why) for one, why in shown),
        reasons=(*reasons, *said.reasons, *_also(frame)),
        check=tuple(voice),
    )


def _list(head: str, options: Sequence[tuple[Offered, str]], question: str) -> str:
    if len(options) == 1:
        return f"{head}{question}"
    lines = [
        f"{_NUMBERED[n]} {quiet(one.label)}{f'({quiet(why)})' if why else ''}" for n, (one, why) in enumerate(options)
    ]
    return "\n".join([head, *lines, question])


def tell(frame: Frame, facts: Facts, text: str, *more: str, reasons: Sequence[str] = ()) -> Proposal:
    """Words that end the matter, and do nothing else."""
    said = say(facts.persona, text, *more)
    return Proposal(frame.awaits(None), said.text, reasons=(*reasons, *said.reasons), is_over=True)


def _also(frame: Frame) -> tuple[str, ...]:
    return (f"客人还想要:{frame.text('also')}",) if frame.value("also") else ()


def heard_in_speech(frame: Frame, facts: Facts) -> list[str]:
    """Labels of what only speech said."""
    labels = [facts.forms.label(name) for name, filled in frame.slots.items() if filled.source is Source.VOICE]
    return labels + ([facts.forms.label("items")] if any(item.is_voice for item in frame.items) else [])


# --- rows of the card ------------------------------------------------------------------------------------------------
def text_fact(frame: Frame, name: str, facts: Facts) -> tuple[OrderFact, ...]:
    """A row for a slot that is known; none for one that is not."""
    value = frame.value(name)
    return (OrderFact(name, facts.forms.label(name), value, "text"),) if value else ()


def day_fact(name: str, day: date, facts: Facts) -> OrderFact:
    return OrderFact(name, facts.forms.label(name), say_day(day, facts.today), "date", raw=day.isoformat())


def number_fact(name: str, number: int, unit: str, facts: Facts, note: str = "") -> OrderFact:
    return OrderFact(name, facts.forms.label(name), f"{number}{unit}{note}", "number", raw=str(number))


def sum_fact(label: str, amount: Decimal) -> OrderFact:
    return OrderFact("total", label, say_money(amount))
