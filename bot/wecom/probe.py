"""Looks at the ways in and out as a stranger would: WeCom's address, our own callback, our own app. For the doctor."""

from __future__ import annotations

import secrets
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any, Final

import aiohttp

from bot.clock import Clock
from bot.errors import DianxiaoerError
from bot.ports import Buckets, Tokens
from bot.wecom.client import WeComClient
from bot.wecom.crypto import Envelope
from bot.wecom.items import int_in, staff_in, text_in

SECONDS: Final = 5.0  #: for one look; WeCom itself waits one second for an echostr (facts/wecom.md §1.2)
_READ: Final = 4096  #: bytes of an answer that are looked at


class Trouble(Enum):
    """Why there was no answer."""

    NO_SUCH_HOST = auto()
    REFUSED = auto()
    CERTIFICATE = auto()
    NO_ANSWER = auto()  #: in time
    BROKEN = auto()


class UnreachableError(DianxiaoerError):
    """Nobody answered at an address."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble


class Verdict(Enum):
    """What came back for an echostr."""

    PLAIN = auto()  #: the number, bare: as WeCom wants it
    WRAPPED = auto()  #: the number with something around it
    OTHER = auto()  #: something else
    REFUSED = auto()  #: HTTP 403: signature or key do not match
    MOVED = auto()  #: a redirect, which WeCom does not follow
    FAILED = auto()  #: another HTTP status


@dataclass(frozen=True, slots=True)
class Echo:
    """How a callback address answered an echostr."""

    verdict: Verdict
    status: int
    seconds: float


@dataclass(frozen=True, slots=True)
class AppInfo:
    """The app as WeCom knows it."""

    name: str
    is_closed: bool
    staff: frozenset[str]  #: accounts in the visible range one by one, lower-cased
    has_groups: bool  #: departments or tags are in the range as well: then nobody can be said to be outside


class Probe:
    """Asks without a token, over one HTTP session."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    def client(
        self,
        *,
        base: str,
        corp_id: str,
        secret: str,
        agent_id: int,
        tokens: Tokens,
        buckets: Buckets,
        clock: Clock,
    ) -> WeComClient:
        """A client over the same session."""
        return WeComClient(
            self._http,
            base=base,
            corp_id=corp_id,
            secret=secret,
            agent_id=agent_id,
            tokens=tokens,
            buckets=buckets,
            clock=clock,
        )

    async def clock_at(self, base: str) -> datetime | None:
        """The time that WeCom's answers carry, to the second; None when they carry none. Raises UnreachableError."""
        answer, _ = await self._get(f"{base}/", {})
        try:
            said = parsedate_to_datetime(answer.headers.get("Date", ""))
        except ValueError:
            return None
        return said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)

    async def echo(self, url: str, envelope: Envelope, now: datetime) -> Echo:
        """Check a callback address as WeCom does when it is saved (§1.2). Raises UnreachableError."""
        number = "".join(secrets.choice("0123456789") for _ in range(19)).encode()
        sealed = envelope.seal(number.decode(), timestamp=int(now.timestamp()), nonce=secrets.token_hex(8))
        query = {
            "msg_signature": sealed.signature,
            "timestamp": sealed.timestamp,
            "nonce": sealed.nonce,
            "echostr": sealed.encrypted,
        }
        started = time.perf_counter()
        answer, body = await self._get(url, query)
        return Echo(_judge(answer.status, body, number), answer.status, time.perf_counter() - started)

    async def _get(self, url: str, query: dict[str, str]) -> tuple[aiohttp.ClientResponse, bytes]:
        try:
            timeout = aiohttp.ClientTimeout(total=SECONDS)
            async with self._http.get(url, params=query, timeout=timeout, allow_redirects=False) as answer:
                return answer, await answer.content.read(_READ)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            trouble = _trouble(error)
        raise UnreachableError(trouble)  # out here: the other error may hold the URL


@asynccontextmanager
async def open_probe() -> AsyncIterator[Probe]:
    """A probe with a session of its own."""
    async with aiohttp.ClientSession() as http:
        yield Probe(http)


async def read_app(client: WeComClient) -> AppInfo:
    """The app of our AgentId (`agent/get`). Raises MessengerError."""
    data = await client.get("agent/get", agentid=str(client.agent_id))
    members = _rows(_table(data, "allow_userinfos"), "user")
    accounts = frozenset(staff_in(row, "userid") for row in members if isinstance(row, dict)) - {""}
    groups = [*_rows(_table(data, "allow_partys"), "partyid"), *_rows(_table(data, "allow_tags"), "tagid")]
    return AppInfo(text_in(data, "name"), int_in(data, "close") == 1, accounts, bool(groups))


def _judge(status: int, body: bytes, number: bytes) -> Verdict:
    if status == 403:
        return Verdict.REFUSED
    if status in range(300, 400):
        return Verdict.MOVED
    if status != 200:
        return Verdict.FAILED
    if body == number:
        return Verdict.PLAIN
    return Verdict.WRAPPED if number in body else Verdict.OTHER


def _trouble(error: Exception) -> Trouble:
    match error:
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return Trouble.CERTIFICATE
        case aiohttp.ClientConnectorDNSError():
            return Trouble.NO_SUCH_HOST
        case TimeoutError():
            return Trouble.NO_ANSWER
        case aiohttp.ClientConnectorError():
            return Trouble.REFUSED
    return Trouble.BROKEN


def _table(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _rows(data: dict[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    return value if isinstance(value, list) else []
