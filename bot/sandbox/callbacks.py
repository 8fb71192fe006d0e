"""Posts callbacks to the service: sealed, signed, 5 s to answer, three tries in all (`facts/wecom.md` §1.3–1.7)."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable

import aiohttp

from bot.clock import Clock
from bot.sandbox import callback_xml
from bot.sandbox.faults import CALLBACK_FAULTS, Fault, Faults
from bot.sandbox.feed import Feed
from bot.sandbox.seed import SandboxSeed
from bot.wecom.crypto import Envelope

ANSWER_WITHIN = 5.0  #: seconds
TRIES = 3
HELD_AT_MOST = 2.0  #: seconds that an out-of-order callback waits for a later one
MOST_AT_ONCE = 32
_COPIES = {Fault.CALLBACK_TWICE: 2, Fault.CALLBACK_FIVE_TIMES: 5}


class Callbacks:
    """The way from the platform to the service. Nothing waits for it: each callback is a task of its own."""

    def __init__(
        self, seed: SandboxSeed, clock: Clock, feed: Feed, faults: Faults, *, answer_within: float = ANSWER_WITHIN
    ) -> None:
        self._seed = seed
        self._clock = clock
        self._feed = feed
        self._faults = faults
        self._answer_within = answer_within
        self._envelope = Envelope(seed.token, seed.aes_key, seed.corp_id)
        self._http: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._gone_out = asyncio.Event()  #: set each time a callback that was not held back has gone out

    async def open(self) -> None:
        timeout = aiohttp.ClientTimeout(total=self._answer_within)
        self._http = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=MOST_AT_ONCE))

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    def post(self, xml: str, what: str) -> None:
        """Send one event on its way, with whatever fault meets it. `what` names it in the feed."""
        if not self._seed.callback_url:
            self._feed.note("callback.dropped", what=what, reason="no callback url")
            return
        fault = self._faults.take(CALLBACK_FAULTS)
        if fault is not None and fault.name is Fault.CALLBACK_LOST:
            self._feed.note("callback.lost", what=what)
            return
        for _ in range(_COPIES.get(fault.name, 1) if fault else 1):
            self._start(self._deliver(xml, what, fault.name if fault else None, float((fault and fault.value) or 0)))

    async def verify(self) -> str:
        """What WeCom does when an administrator saves the callback URL: "" when it passes, else what is wrong."""
        assert self._http is not None
        number = str(secrets.randbelow(10**19))
        timestamp, nonce = str(int(self._clock.now().timestamp())), str(secrets.randbelow(10**9))
        sealed = self._envelope.seal(number, timestamp=timestamp, nonce=nonce)
        query = {"msg_signature": sealed.signature, "timestamp": timestamp, "nonce": nonce, "echostr": sealed.encrypted}
        timeout = aiohttp.ClientTimeout(total=1)  # §1.2: within one second
        try:
            async with self._http.get(self._seed.callback_url, params=query, timeout=timeout) as answer:
                body = await answer.content.read(1_000)
        except (aiohttp.ClientError, TimeoutError) as error:
            return f"回调地址没有在 1 秒内回答({type(error).__name__})"
        if answer.status != 200 or body != number.encode():
            return f"回调地址没有原样返回解密后的数字(HTTP {answer.status})"
        return ""

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, xml: str, what: str, fault: Fault | None, seconds: float) -> None:
        if fault is Fault.CALLBACK_LATE:
            await asyncio.sleep(seconds)
        if fault is Fault.CALLBACK_OUT_OF_ORDER:
            await self._until_another_has_gone_out()
        async with self._places:
            for attempt in range(1, TRIES + 1):
                if await self._try(xml, what, attempt):
                    break
        if fault is not Fault.CALLBACK_OUT_OF_ORDER:
            self._gone_out.set()
            self._gone_out = asyncio.Event()

    async def _until_another_has_gone_out(self) -> None:
        try:
            await asyncio.wait_for(self._gone_out.wait(), HELD_AT_MOST)
        except TimeoutError:
            pass

    async def _try(self, xml: str, what: str, attempt: int) -> bool:
        """One attempt; whether the service took it. Which answers count as failure differs in WeCom's documents
        (§1.7); here anything but 200 does, the stricter reading."""
        assert self._http is not None
        timestamp, nonce = int(self._clock.now().timestamp()), secrets.token_hex(5)
        sealed = self._envelope.seal(xml, timestamp=timestamp, nonce=nonce)
        query = {"msg_signature": sealed.signature, "timestamp": sealed.timestamp, "nonce": sealed.nonce}
        body = callback_xml.envelope(self._seed.corp_id, self._seed.agent_id, sealed.encrypted)
        started = time.monotonic()
        try:
            async with self._http.post(
                self._seed.callback_url, params=query, data=body.encode(), headers={"Content-Type": "text/xml"}
            ) as answer:
                await answer.content.read(10_000)
                outcome = str(answer.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            outcome = type(error).__name__
        took = round((time.monotonic() - started) * 1000, 1)
        is_taken = outcome == "200"
        kind = "callback.delivered" if is_taken else "callback.failed"
        self._feed.note(kind, what=what, attempt=attempt, outcome=outcome, ms=took)
        return is_taken
