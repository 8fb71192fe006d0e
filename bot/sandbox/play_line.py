"""The line from a player to a sandbox: its control API over HTTP, and waiting for what happens there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp

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


class Line:
    """Speaks to one sandbox. Open inside `async with`."""

    def __init__(self, base_url: str, *, account: str = "", patience: float = PATIENCE) -> None:
        self._base = base_url.rstrip("/")
        self._account = account  #: for customers who name none; else the first account of the sandbox
        self.patience = patience  #: seconds
        self._http: aiohttp.ClientSession | None = None
        self._ids: dict[str, str] = {}  #: customer's name → external_userid
        self.written_to: dict[str, str] = {}  #: customer's name → the account that they write to

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http is not None:
            await self._http.close()

    async def customer_id(self, name: str) -> str:
        """The external_userid of this name; made in the sandbox on first use."""
        if name not in self._ids:
            self._ids[name] = (await self.post("/customers", {"name": name}))["id"]
        return self._ids[name]

    async def account_of(self, name: str) -> str:
        """The account that this customer writes to: theirs, else the player's, else the sandbox's first."""
        if not self.written_to.get(name) and not self._account:
            self._account = (await self.get("/state"))["accounts"][0]["id"]
        return self.written_to.get(name) or self._account

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
