"""The pretend platform as one object: the nouns, and what every rule needs (clock, faults, callbacks, feed)."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.loopback import is_loopback
from bot.sandbox import callback_xml
from bot.sandbox.callbacks import ANSWER_WITHIN, Callbacks
from bot.sandbox.codes import EventCodes, ResponseCodes
from bot.sandbox.faults import Faults
from bot.sandbox.feed import Feed
from bot.sandbox.media import MediaStore
from bot.sandbox.seed import SandboxSeed
from bot.sandbox.till import Till
from bot.sandbox.tokens import AccessTokens
from bot.sandbox.world import Shown, Thread, World

MSG_TOKEN_LIFE = timedelta(minutes=10)  #: `facts/wecom.md` §2.1
MOST_CALLS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the platform, kept for tests and pages."""

    seq: int
    at: datetime
    path: str
    errcode: int | None  #: None when nothing was answered with an errcode
    fault: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "path": self.path,
            "errcode": self.errcode,
            "fault": self.fault,
        }


class Sandbox:
    """Everything that exists in the pretend WeCom; lives in one event loop, so each rule runs undisturbed."""

    def __init__(self, seed: SandboxSeed, clock: Clock, *, answer_within: float = ANSWER_WITHIN) -> None:
        if seed.callback_url and not is_loopback(urlsplit(seed.callback_url).hostname or ""):
            raise ValueError("the sandbox posts callbacks to this machine only; callback_url must be on loopback")
        self.seed = seed
        self.clock = clock
        self.feed = Feed(clock)
        self.faults = Faults(self.feed)
        self.world = World(seed)
        self.tokens = AccessTokens(seed)
        self.event_codes = EventCodes()
        self.response_codes = ResponseCodes()
        self.media = MediaStore()
        self.callbacks = Callbacks(seed, clock, self.feed, self.faults, answer_within=answer_within)
        self.till = Till(seed, clock, self.feed)
        self.calls: deque[Call] = deque(maxlen=MOST_CALLS_KEPT)
        self.sent_cards: dict[str, Any] = {}  #: task_id → app_cards.Task
        self.recent_requests: dict[
            str, datetime
        ] = {}  #: digest of a message/send body → not delivered again until then
        self._msg_tokens: dict[str, tuple[str, datetime]] = {}
        self._calls_made = 0

    def now(self) -> datetime:
        return self.clock.now()

    def unix(self) -> int:
        return int(self.now().timestamp())

    def note_call(self, path: str, errcode: int | None, fault: str = "") -> None:
        self._calls_made += 1
        self.calls.append(Call(self._calls_made, self.now(), path, errcode, fault))
        self.feed.note("platform.called", path=path, errcode=errcode, fault=fault)

    def add_item(
        self, thread: Thread, item: dict[str, Any], *, at: datetime | None = None, quietly: bool = False
    ) -> str:
        """Put one row where `sync_msg` finds it, and tell the service unless `quietly`. Returns the row's msgid."""
        at = at or self.now()
        msgid = secrets.token_urlsafe(18)
        row: dict[str, Any] = {"msgid": msgid, "send_time": int(at.timestamp())}
        if item["msgtype"] != "event":
            row |= {"open_kfid": thread.account, "external_userid": thread.customer}
        self.world.accounts[thread.account].timeline.add(row | item, at)
        if not quietly:
            self.signal(thread.account)
        return msgid

    def add_event(self, thread: Thread, event_type: str, **fields: Any) -> str:
        """A system event (origin 4): account and customer stand inside `event`, not beside it (§2.2)."""
        event = {"event_type": event_type, "open_kfid": thread.account, "external_userid": thread.customer, **fields}
        return self.add_item(thread, {"origin": 4, "msgtype": "event", "event": event})

    def signal(self, open_kfid: str) -> None:
        """Tell the service that something is new for this account."""
        token = "ENC" + secrets.token_urlsafe(24)
        now = self.now()
        for old in [key for key, (_, at) in self._msg_tokens.items() if now - at >= MSG_TOKEN_LIFE]:
            del self._msg_tokens[old]
        self._msg_tokens[token] = (open_kfid, now)
        xml = callback_xml.kf_msg_or_event(self.seed.corp_id, self.unix(), token, open_kfid)
        self.callbacks.post(xml, f"kf_msg_or_event {open_kfid}")

    def is_msg_token_good(self, token: str, open_kfid: str) -> bool:
        account, at = self._msg_tokens.get(token, ("", None))
        return account == open_kfid and at is not None and self.now() - at < MSG_TOKEN_LIFE

    def show(self, thread: Thread, shown: Shown) -> None:
        """Put a bubble on the customer's phone."""
        thread.shown.append(shown)
        kind = {"customer": "customer.said", "staff": "customer.received", "service": "customer.received"}.get(
            shown.who
        )
        if kind and shown.fail_type is None:
            self.feed.note(
                kind,
                account=thread.account,
                customer=thread.customer,
                name=self.world.customers[thread.customer].name,
                who=shown.who,
                text=shown.text,
                msgid=shown.msgid,
            )
