"""What comes next after a message: a question, something to look up, or an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.replies.frame import Frame
from bot.trade import RoomQuery


@dataclass(frozen=True, slots=True)
class Ask:
    """Something is missing: say `text`, and keep `frame`."""

    frame: Frame
    slot: str
    text: str  #: worded within the persona's limits; "" when a clerk has to word it
    reason: str = ""  #: why it is asked, in Chinese


@dataclass(frozen=True, slots=True)
class NeedRooms:
    """Look the rooms up, and go on with `offer`."""

    frame: Frame
    query: RoomQuery


@dataclass(frozen=True, slots=True)
class NeedItems:
    """Look up what the store sells on that day, and go on with `offer`."""

    frame: Frame
    store: str
    on: date


@dataclass(frozen=True, slots=True)
class NeedOrders:
    """Look the customer's orders up, in every store, and go on with `offer`."""

    frame: Frame
    customer: str


@dataclass(frozen=True, slots=True)
class Ready:
    """Nothing has to be looked up: go on with `offer`."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing new was said about what lies before the clerk: the card stays good."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Digress:
    """The message is about something else; answer it as any other, and keep `frame` as it was (None: there is none)."""

    frame: Frame | None


@dataclass(frozen=True, slots=True)
class HandOver:
    """A person goes on. The frame is over."""

    reason: str  #: Chinese, for the card
    frame: Frame | None = None  #: as it was, for the card


class End(StrEnum):
    DROPPED = "dropped"  #: the customer does not want it any more
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Closed:
    """The frame is over: give back what `order_key` holds, and say `text`."""

    end: End
    text: str = ""
    order_key: str | None = None


Need = NeedRooms | NeedItems | NeedOrders
Step = Ask | Need | Ready | Wait | Digress | HandOver | Closed
