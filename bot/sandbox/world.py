"""The pretend corp's nouns: accounts, customers, staff, sessions, what each of them sees. No rules here."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from bot.sandbox.refusal import Code, ControlRefusal, PlatformRefusal
from bot.sandbox.seed import SandboxSeed
from bot.sandbox.timeline import Timeline


class State(IntEnum):
    """Session states (`facts/wecom.md` §2.5)."""

    NEW = 0
    ASSISTANT = 1
    POOL = 2
    PERSON = 3
    ENDED = 4  #: or not started


@dataclass(slots=True)
class Servicer:
    """A member of staff who may receive customers of one account."""

    account: str
    is_receiving: bool = True
    stop_type: int = 0  #: 0 stopped, 1 suspended for now


@dataclass(slots=True)
class KfAccount:
    """One 客服账号."""

    id: str
    name: str
    is_managed: bool = True
    servicers: dict[str, Servicer] = field(default_factory=dict)  #: by lower-cased staff account
    timeline: Timeline = field(init=False)
    used_msgids: set[str] = field(default_factory=set)  #: of what the API sent

    def __post_init__(self) -> None:
        self.timeline = Timeline(self.id)


@dataclass(slots=True)
class Customer:
    id: str  #: external_userid, wm…
    name: str


@dataclass(slots=True)
class Shown:
    """One bubble on the customer's phone."""

    at: datetime
    who: str  #: customer · service · staff · system
    kind: str
    text: str
    msgid: str
    menu: dict[str, Any] | None = None  #: {"head", "items": [{"id", "label"}], "tail"}
    staff: str | None = None
    is_recalled: bool = False
    fail_type: int | None = None  #: accepted, but never shown to the customer

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "who": self.who,
            "kind": self.kind,
            "text": self.text,
            "msgid": self.msgid,
            "menu": self.menu,
            "staff": self.staff,
            "is_recalled": self.is_recalled,
            "fail_type": self.fail_type,
        }


@dataclass(slots=True)
class Entered:
    at: datetime
    scene: str
    scene_param: str


@dataclass(slots=True)
class Thread:
    """One customer with one account."""

    account: str
    customer: str
    state: State = State.ENDED
    servicer: str | None = None  #: lower-cased staff account, in PERSON only
    last_servicer: str | None = None
    changes: int = 0  #: session changes so far; a message code lives within one
    last_said_at: datetime | None = None
    sent_since: int = 0  #: messages by API since the customer's last
    last_welcome_at: datetime | None = None
    entered: Entered | None = None
    refuses_with: int | None = None  #: fail_type of the msg_send_fail that follows each send
    shown: list[Shown] = field(default_factory=list)


@dataclass(slots=True)
class InboxItem:
    """One message in a member of staff's conversation with the app."""

    kind: str  #: card · notice · text
    task_id: str
    face: dict[str, Any]
    received_at: datetime
    updated_at: datetime
    state: str = "open"  #: open · closed; only cards with something to tap are open
    line: str = ""  #: what a closed card says in place of its buttons
    history: list[dict[str, Any]] = field(default_factory=list)  #: earlier faces, oldest first

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "task_id": self.task_id,
            "face": self.face,
            "state": self.state,
            "line": self.line,
            "history": self.history,
            "received_at": self.received_at.isoformat(),
            "updated_at": self.updated_at.isoformat(),
        }


@dataclass(slots=True)
class Staff:
    account: str  #: as the corp spells it
    name: str
    is_valid: bool = True  #: exists and sees the app; else it comes back in invaliduser
    is_licensed: bool = True  #: else it comes back in unlicenseduser
    inbox: list[InboxItem] = field(default_factory=list)
    written: list[tuple[datetime, str]] = field(default_factory=list)  #: to the app, oldest first
    received: deque[datetime] = field(default_factory=lambda: deque(maxlen=1_000))  #: for 30 a minute, 1,000 an hour

    @property
    def key(self) -> str:
        return self.account.lower()


class World:
    """All nouns by their ids."""

    def __init__(self, seed: SandboxSeed) -> None:
        self.accounts: dict[str, KfAccount] = {}
        self.staff: dict[str, Staff] = {
            member.account.lower(): Staff(member.account, member.name) for member in seed.staff
        }
        self.customers: dict[str, Customer] = {}
        self.threads: dict[tuple[str, str], Thread] = {}
        for each in seed.accounts:
            account = KfAccount(each.id, each.name, each.is_managed)
            for name in each.servicers or tuple(self.staff):
                account.servicers[name.lower()] = Servicer(name)
            self.accounts[each.id] = account

    def managed_account(self, open_kfid: str) -> KfAccount:
        """The account that a platform call names. Raises PlatformRefusal 95000, 95004, 48007."""
        if not open_kfid.startswith("wk"):
            raise PlatformRefusal(Code.BAD_OPEN_KFID, "invalid open_kfid")
        account = self.accounts.get(open_kfid)
        if account is None:
            raise PlatformRefusal(Code.NO_SUCH_ACCOUNT, "open_kfid not exist")
        if not account.is_managed:
            raise PlatformRefusal(Code.ACCOUNT_NOT_GRANTED, "api forbidden for no permission of the kf account")
        return account

    def known_thread(self, open_kfid: str, customer: str) -> Thread:
        """What a platform call means by account and customer. Raises PlatformRefusal 40096 for an unknown customer."""
        if customer not in self.customers:
            raise PlatformRefusal(Code.BAD_EXTERNAL_USERID, "invalid external_userid")
        return self.thread(open_kfid, customer)

    def thread(self, open_kfid: str, customer: str) -> Thread:
        return self.threads.setdefault((open_kfid, customer), Thread(open_kfid, customer))

    def threads_of(self, customer: str) -> list[Thread]:
        """What this customer has with each account."""
        return [self.threads[account, customer] for account in self.accounts if (account, customer) in self.threads]

    def played_thread(self, open_kfid: str, customer: str) -> Thread:
        """What a player means by account and customer. Raises ControlRefusal 404."""
        if open_kfid not in self.accounts:
            raise ControlRefusal(f"没有这个客服账号:{open_kfid}", 404)
        if customer not in self.customers:
            raise ControlRefusal(f"没有这位客人:{customer}", 404)
        return self.thread(open_kfid, customer)

    def played_staff(self, account: str) -> Staff:
        """Whom a player means. Raises ControlRefusal 404."""
        staff = self.staff.get(account.lower())
        if staff is None:
            raise ControlRefusal(f"没有这位店员:{account}", 404)
        return staff
