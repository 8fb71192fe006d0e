"""What the verbs ask of the outside, as Protocols, and the plain values that cross the border.

The edges (`wecom/`, `cache/`) implement these and are held to `tests/contracts`; verbs know nothing else of them.
Every datetime is aware, in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Protocol


# --- what goes to a customer -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Text:
    """One text message; at most 2,048 bytes of UTF-8."""

    content: str


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of a menu: what the customer sees, and the id that comes back when it is tapped."""

    id: str  #: 1–128 bytes
    label: str  #: 1–128 bytes


@dataclass(frozen=True, slots=True)
class Menu:
    """A text with at most ten lines to tap, and perhaps a closing text."""

    head: str  #: ≤ 1,024 bytes
    items: tuple[MenuItem, ...]
    tail: str = ""


CustomerContent = Text | Menu


# --- what goes to staff ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class CardButton:
    """A button (or a line of the card's corner menu). With `url` it opens a page; else `key` comes back when tapped."""

    text: str
    key: str
    style: int = 2  #: 1 filled, 2 outlined, 3 red, 4 plain
    url: str | None = None


@dataclass(frozen=True, slots=True)
class CardChoice:
    """One option of the card's drop-down; `id` comes back with the next tap."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class CardFace:
    """What a card says. Without buttons it is a plain notice that opens `url`.

    Texts are cut by `gate/cards` to WeCom's limits: source 13, title 26, desc 30, body 112, key 5, value 26 characters.
    """

    task_id: str
    source: str
    title: str
    desc: str = ""
    alert: bool = False  #: the source line in red
    quote: str = ""
    body: str = ""
    facts: tuple[tuple[str, str], ...] = ()  #: at most six
    choices: tuple[CardChoice, ...] = ()  #: at most ten
    chosen: str | None = None
    buttons: tuple[CardButton, ...] = ()  #: at most six
    menu: tuple[CardButton, ...] = ()  #: corner menu, at most three
    menu_title: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ClosedFace:
    """A closed card: every button gives way to one grey line such as 已发送 · 林小满 14:03."""

    line: str


@dataclass(frozen=True, slots=True)
class CardReceipt:
    """What WeCom answered to a card or a notice."""

    response_code: str | None = None  #: single use, 72 h; None when nobody was reached
    unreachable: frozenset[str] = frozenset()  #: staff accounts in invaliduser or unlicenseduser, lower-cased


# --- sessions --------------------------------------------------------------------------------------------------------
class SessionState(IntEnum):
    """微信客服 session states (facts/wecom.md §2.5). We may send in NEW and ASSISTANT only."""

    NEW = 0
    ASSISTANT = 1
    POOL = 2
    PERSON = 3
    ENDED = 4


@dataclass(frozen=True, slots=True)
class Session:
    state: SessionState
    servicer: str | None = None  #: staff account, in PERSON only


class Messenger(Protocol):
    """Sends; never decides. Raises the MessengerError family of `errors`."""

    async def send_to_customer(self, account: str, customer: str, content: CustomerContent, delivery_id: str) -> None:
        """Send under `delivery_id` (≤ 32 bytes), which WeCom accepts once per account."""

    async def send_on_event(self, code: str, content: CustomerContent, delivery_id: str) -> None:
        """Use up a welcome or message code. Raises CodeUsedError when it is too old."""

    async def send_card(self, staff: str, face: CardFace) -> CardReceipt: ...

    async def update_card(self, staff: str, response_code: str, face: CardFace | ClosedFace) -> None:
        """Replace a card, or grey its buttons. Raises CodeUsedError."""

    async def send_notice(self, staff: str, text: str) -> CardReceipt:
        """A plain app message to one person; an identical one within four hours is not shown twice."""

    async def session(self, account: str, customer: str) -> Session: ...

    async def hand_over(self, account: str, customer: str, servicer: str) -> None:
        """Session to PERSON. Raises HandoverRefusedError with the reason."""

    async def end_session(self, account: str, customer: str) -> None:
        """Session to ENDED."""


# --- Redis or in-process ---------------------------------------------------------------------------------------------
class Wakeups(Protocol):
    """Says that there is work. A hint only: whoever waits also looks by itself now and then."""

    async def wake(self, topic: str) -> None: ...

    async def wait(self, topic: str, timeout: timedelta) -> bool:
        """True when woken, False after `timeout`. A wake-up that came since the last wait is not missed."""


@dataclass(frozen=True, slots=True)
class Token:
    value: str = field(repr=False)
    expires_at: datetime


class Tokens(Protocol):
    """Access tokens, shared by every process that shares the store."""

    async def get(self, key: str) -> Token | None: ...

    async def put(self, key: str, token: Token) -> None: ...

    def refreshing(self, key: str) -> AbstractAsyncContextManager[None]:
        """Held by one caller at a time, across processes; a holder that died lets go after 10 s."""


class Buckets(Protocol):
    """Rate limits."""

    async def take(self, key: str, *, per_minute: int) -> timedelta:
        """Take one; zero when allowed now, else how long to wait (and nothing was taken)."""


# --- meaning ---------------------------------------------------------------------------------------------------------
class Embedder(Protocol):
    """Says what texts mean, as vectors of one size."""

    async def learn(self, texts: Sequence[str]) -> Mapping[str, Sequence[float]]:
        """The vector of each of HQ's texts, however long that takes. Raises EmbeddingsError."""

    async def hear(self, texts: Sequence[str]) -> Mapping[str, Sequence[float]]:
        """The vectors of what somebody said, at once; of what is not known in time there is none. Raises nothing."""


# --- speech ----------------------------------------------------------------------------------------------------------
class Transcriber(Protocol):
    """Writes down what was said."""

    async def transcribe(self, recording: bytes, words: Sequence[str]) -> str:
        """The words of a recording as it was downloaded, one line, never empty; `words` are names that may be said in
        it, the likeliest first. Raises SpeechSilentError, UnclearSpeechError."""


# --- what happened ---------------------------------------------------------------------------------------------------
class Journal(Protocol):
    """Told each step of a conversation as it happens. The default writes ids to the log; the demo shows it on its page.

    `facts` may hold words of a conversation: an implementation that writes anywhere must drop all but ids and numbers.
    """

    def note(
        self, step: str, *, conversation: int | None = None, facts: Mapping[str, object] | None = None
    ) -> None: ...
