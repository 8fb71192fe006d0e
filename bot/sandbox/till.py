"""A pretend payment system: pays what a pay link asks for, and tells the service (README.md, "Payments")."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import aiohttp

from bot.clock import Clock
from bot.sandbox.feed import Feed
from bot.sandbox.refusal import ControlRefusal
from bot.sandbox.seed import SandboxSeed
from bot.sandbox.world import Thread

NOTIFY_PATH = "/pay/notify"
TRIES = 3  #: the service may be starting
_PAUSE = 1.0  #: seconds between them
_LINK = re.compile(r"(?:https?|weixin)://[^\s，。]+")


@dataclass(frozen=True, slots=True)
class Bill:
    """What a pay link asks for."""

    order: str
    amount: str  #: yuan, as the link has it


class Till:
    """Takes pretend money. A payment has an id of its own; telling it again tells the same."""

    def __init__(self, seed: SandboxSeed, clock: Clock, feed: Feed) -> None:
        self._seed, self._clock, self._feed = seed, clock, feed
        self._http: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5))

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    def find_bill(self, thread: Thread) -> Bill:
        """The newest pay link on the customer's phone. Raises ControlRefusal."""
        for shown in reversed(thread.shown):
            for link in _LINK.findall(shown.text) if shown.who != "customer" and shown.fail_type is None else []:
                query = parse_qs(urlsplit(link).query)
                if "order" in query and "amount" in query:
                    return Bill(query["order"][0], query["amount"][0])
        raise ControlRefusal("还没有收到付款链接", 404)

    async def pay(
        self, bill: Bill, *, id: str = "", amount: str = "", secret: str = "", paid_at: datetime | None = None
    ) -> tuple[str, int]:
        """Pay and tell; the payment's id, and what the service answered. `secret` other than the seed's forges it."""
        id = id or f"pay-{secrets.token_hex(8)}"
        moment = paid_at or self._clock.now()
        notice = {"id": id, "order": bill.order, "amount": amount or bill.amount, "paid_at": moment.isoformat()}
        body = json.dumps(notice).encode()
        status = 0
        for _ in range(TRIES):
            status = await self._tell(body, (secret or self._seed.pay_secret).encode())
            if 0 < status < 500:
                break
            await asyncio.sleep(_PAUSE)
        self._feed.note("payment.told", order=bill.order, amount=notice["amount"], status=status)
        return id, status

    async def _tell(self, body: bytes, key: bytes) -> int:
        """One request; 0 when there was no answer."""
        if self._http is None:
            raise ControlRefusal("收银台没有开", 409)
        stamp = str(int(self._clock.now().timestamp()))
        signature = hmac.new(key, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Pay-Timestamp": stamp,
            "X-Pay-Signature": signature,
        }
        base = urlsplit(self._seed.callback_url)
        try:
            url = f"{base.scheme}://{base.netloc}{NOTIFY_PATH}"
            async with self._http.post(url, data=body, headers=headers) as answer:
                await answer.content.read(10_000)
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0
