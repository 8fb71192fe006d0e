"""Plays people against a sandbox, over its control API only, so it works from another process too.

async with Player("http://127.0.0.1:8099") as play:
    lin = play.customer("小林", account="wkXihu")
    await lin.says("明天能停车吗")
    card = await play.staff("linxiaoman").next_card()
    await card.press("发送")
    assert await lin.next_reply() == card.body
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp

from bot.sandbox.play_staff import PlayedStaff

PATIENCE = 10.0  #: seconds that a wait takes at most when nothing else is said
LOOK_EVERY = 0.02  #: seconds between two looks at least

Found = TypeVar("Found")


class PlayError(Exception):
    """A pretend person could not do that; the sandbox's own words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class NothingCameError(AssertionError):
    """What was waited for did not come in time; the text says what did."""


class Player:
    """The pretend people of one sandbox."""

    def __init__(self, base_url: str, *, account: str = "", patience: float = PATIENCE) -> None:
        self._base = base_url.rstrip("/")
        self._account = account  #: for customers who name none; else the first account of the sandbox
        self.patience = patience  #: seconds
        self._http: aiohttp.ClientSession | None = None
        self._customers: dict[str, PlayedCustomer] = {}
        self._staff: dict[str, PlayedStaff] = {}

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http is not None:
            await self._http.close()

    # --- people -------------------------------------------------------------------------------------------------------
    def customer(self, name: str, account: str = "") -> PlayedCustomer:
        """The customer of this name; made in the sandbox on first use."""
        customer = self._customers.setdefault(name, PlayedCustomer(self, name))
        if account:
            customer.account = account
        return customer

    def staff(self, account: str) -> PlayedStaff:
        """The member of staff with this account."""
        return self._staff.setdefault(account.lower(), PlayedStaff(self, account))

    # --- the platform -------------------------------------------------------------------------------------------------
    async def fault(self, name: str, *, times: int = 1, path: str = "", value: object = None) -> None:
        """Switch a fault on (names in `bot.sandbox.faults.Fault`); times 0 keeps it on."""
        await self.post("/faults", {"name": name, "times": times, "path": path, "value": value})

    async def no_faults(self) -> None:
        """Switch all faults off."""
        await self.request("DELETE", "/faults")

    async def move_clock(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move the sandbox's clock (and whoever shares it) forward."""
        by = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        await self.post("/clock", {"move_seconds": by.total_seconds()})

    async def calls(self, path: str = "") -> list[dict[str, Any]]:
        """Calls that the service made, oldest first: seq, at, path, errcode, fault."""
        calls: list[dict[str, Any]] = (await self.request("GET", "/calls", query={"path": path}))["calls"]
        return calls

    async def events(self, after: int = 0) -> list[dict[str, Any]]:
        """What happened after this number."""
        events: list[dict[str, Any]] = (await self.get("/events", after=str(after)))["events"]
        return events

    async def state(self) -> dict[str, Any]:
        """Accounts, staff, customers, sessions, faults, clock."""
        return await self.get("/state")

    async def verify(self) -> str:
        """Check the service's callback URL as the admin console does; "" when it is good, else what is wrong."""
        answer = await self.post("/verify", {})
        return "" if answer["is_good"] else str(answer["message"])

    async def first_account(self) -> str:
        """The account for customers who name none."""
        if not self._account:
            self._account = (await self.state())["accounts"][0]["id"]
        return self._account

    # --- waiting ------------------------------------------------------------------------------------------------------
    async def until(self, look: Callable[[], Awaitable[Found | None]], timeout: float | None, what: str) -> Found:
        """What `look` finds, looking again whenever something happened. Raises NothingCameError."""
        ends_at = time.monotonic() + (self.patience if timeout is None else timeout)
        seen = int((await self.get("/events", after="999999999999"))["last"])
        while (found := await look()) is None:
            left = ends_at - time.monotonic()
            if left <= 0:
                raise NothingCameError(what)
            wait = asyncio.wait_for(self.get("/events", after=str(seen), wait="5"), max(left, 0.05))
            try:
                seen = int((await wait)["last"])
            except TimeoutError:
                continue
            await asyncio.sleep(LOOK_EVERY)  # many things may happen at once
        return found

    # --- requests -----------------------------------------------------------------------------------------------------
    async def get(self, path: str, **query: str) -> dict[str, Any]:
        return await self.request("GET", path, query=query)

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self.request("POST", path, body=body)

    async def request(
        self, method: str, path: str, *, query: dict[str, str] | None = None, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """One call of the control API. Raises PlayError with the sandbox's words."""
        if self._http is None:
            raise RuntimeError("use the player inside `async with`")
        async with self._http.request(method, f"{self._base}/sandbox{path}", params=query, json=body) as answer:
            data: dict[str, Any] = await answer.json()
        if answer.status >= 400:
            raise PlayError(answer.status, data.get("error", f"HTTP {answer.status}"))
        return data


class PlayedCustomer:
    """A customer with a phone."""

    def __init__(self, play: Player, name: str) -> None:
        self._play = play
        self.name = name
        self.account = ""  #: whom they write to
        self._id = ""
        self._taken = 0  #: replies that `next_reply` has handed out

    async def id(self) -> str:
        """The external_userid."""
        if not self._id:
            self._id = (await self._play.post("/customers", {"name": self.name}))["id"]
        return self._id

    async def says(self, text: str, *, ago: timedelta = timedelta(0), quietly: bool = False) -> str:
        """Write one text; `ago` dates it back, `quietly` loses its callback. Returns its msgid."""
        body = {"text": text, "ago_seconds": ago.total_seconds(), "quietly": quietly}
        return str((await self._do("say", body))["msgids"][0])

    async def says_all(self, texts: list[str]) -> list[str]:
        """Write several texts in one go. Returns their msgids."""
        msgids: list[str] = (await self._do("say", {"texts": texts}))["msgids"]
        return msgids

    async def sends(self, kind: str, body: dict[str, Any] | None = None) -> str:
        """Send image, voice, video, file, location, link, … Returns its msgid."""
        return str((await self._do("send", {"kind": kind, "body": body or {}}))["msgids"][0])

    async def enters(self, *, scene: str = "", scene_param: str = "") -> bool:
        """Open the chat; whether a welcome code went with it."""
        return bool((await self._do("enter", {"scene": scene, "scene_param": scene_param}))["has_welcome_code"])

    async def clicks(self, label: str) -> str:
        """Tap a line of the latest menu that has it. Returns the msgid of the message that comes of it."""
        return str((await self._do("click", {"label": label}))["msgids"][0])

    async def recalls(self, msgid: str) -> None:
        """Take a message back."""
        await self._do("recall", {"msgid": msgid})

    async def refuses(self, fail_type: int | None = 10) -> None:
        """From now on, what is sent is accepted and then fails; None takes it back."""
        await self._do("refuse", {"fail_type": fail_type})

    async def messages(self) -> list[dict[str, Any]]:
        """Every bubble, both directions: at, who, kind, text, msgid, menu, staff, is_recalled, fail_type."""
        account = self.account or await self._play.first_account()
        answer = await self._play.get(f"/customers/{await self.id()}/messages", account=account)
        messages: list[dict[str, Any]] = answer["messages"]
        return messages

    async def received(self) -> list[str]:
        """What has reached this customer, oldest first: by the service, or typed by staff."""
        shown = await self.messages()
        return [each["text"] for each in shown if each["who"] in {"service", "staff"} and each["fail_type"] is None]

    async def next_reply(self, timeout: float | None = None) -> str:
        """The next reply that was not handed out yet. Raises NothingCameError."""

        async def look() -> str | None:
            received = await self.received()
            return received[self._taken] if len(received) > self._taken else None

        reply = await self._play.until(look, timeout, f"{self.name}没有收到回复")
        self._taken += 1
        return reply

    async def session(self) -> int:
        """The session's state, 0 to 4."""
        account, id = self.account or await self._play.first_account(), await self.id()
        sessions = (await self._play.state())["sessions"]
        return next((each["state"] for each in sessions if (each["account"], each["customer"]) == (account, id)), 4)

    async def _do(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        account = self.account or await self._play.first_account()
        return await self._play.post(f"/customers/{await self.id()}/{verb}", {"account": account, **body})
