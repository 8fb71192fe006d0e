"""Calls to WeCom's API: the token, retries, and the pace that WeCom asks for (facts/wecom.md §4.1, §10)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp

from bot.clock import Clock
from bot.errors import MessengerError, TryLaterError
from bot.ports import Buckets, Tokens
from bot.wecom.access import AccessToken
from bot.wecom.errcodes import GETTOKEN, OK, WITH_EFFECT, BusyError, SlowDownError, StaleTokenError, to_error
from bot.wecom.media import Media, media_of
from bot.wecom.transport import (
    MEDIA,
    MEDIA_BYTES,
    MEDIA_SECONDS,
    RETRY_IN,
    Answer,
    Ask,
    Transport,
    UnansweredError,
    encode,
)

PER_MINUTE: Final = 10_000  #: per corp and API (§10)
BUSY_TRIES: Final = 3
BUSY_PAUSE: Final = 0.2  #: seconds before the second try, three times as long before the third
LIFE: Final = timedelta(hours=2)


class WeComClient:
    """One app of one corp. Knows no shop; `get` and `post` return WeCom's JSON once its errcode is 0.

    Raises the MessengerError family: OutcomeUnknownError only for calls that change something outside, TryLaterError
    when any other call went unanswered.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        base: str,
        corp_id: str,
        secret: str,
        agent_id: int,
        tokens: Tokens,
        buckets: Buckets,
        clock: Clock,
    ) -> None:
        self.agent_id = agent_id
        self._transport = Transport(http, base)
        self._corp_id = corp_id
        self._secret = secret
        self._buckets = buckets
        self._clock = clock
        self._resume_at: dict[str, datetime] = {}
        key = f"{corp_id}:{agent_id}"
        self._access = AccessToken(self._fetch_token, key=key, tokens=tokens, clock=clock)

    async def get(self, path: str, **params: str) -> dict[str, Any]:
        """Ask by GET. Raises MessengerError."""
        return (await self._call(Ask(path, params))).data

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Ask by POST. Raises MessengerError."""
        return (await self._call(Ask(path, body=encode(body)))).data

    async def download(self, media_id: str) -> Media:
        """A file, at most 25 MB. Raises MessengerError; RejectedError once it is gone (three days)."""
        ask = Ask(MEDIA, {"media_id": media_id}, limit=MEDIA_BYTES, seconds=MEDIA_SECONDS)
        answer = await self._call(ask)
        return media_of(answer.content, answer.content_type, answer.disposition)

    async def check_token(self) -> None:
        """Get a token, for the doctor. Raises MessengerError."""
        await self._access.get()

    async def take_turn(self, kind: str, *, per_minute: int) -> None:
        """Take one from a bucket of this corp. Raises TryLaterError."""
        wait = await self._buckets.take(f"wecom:{self._corp_id}:{kind}", per_minute=per_minute)
        if wait > timedelta():
            raise TryLaterError(f"{kind}: our own limit", retry_in=wait, hint="发得太快,程序会自动放慢")

    async def _call(self, ask: Ask) -> Answer:
        self._check_pause(ask.path)
        await self.take_turn(ask.path, per_minute=PER_MINUTE)
        token = await self._access.get()
        try:
            return await self._ask_patiently(ask, token)
        except StaleTokenError:
            fresh = await self._access.renew(token)
        return await self._ask_patiently(ask, fresh)

    async def _ask_patiently(self, ask: Ask, token: str | None) -> Answer:
        """Ask again while WeCom is busy, three times in all. Raises MessengerError."""
        for attempt in range(1, BUSY_TRIES):
            try:
                return await self._ask(ask, token)
            except BusyError:
                await asyncio.sleep(BUSY_PAUSE * 3 ** (attempt - 1))
        return await self._ask(ask, token)

    async def _ask(self, ask: Ask, token: str | None) -> Answer:
        try:
            answer = await self._transport.send(ask, token)
        except UnansweredError as error:
            if ask.path in WITH_EFFECT:
                raise
            later = TryLaterError(str(error), retry_in=RETRY_IN, hint=error.hint)
        else:
            code = answer.data["errcode"] if answer.data else OK
            if code == OK:
                return answer
            raise self._noted(to_error(code, str(answer.data.get("errmsg", "")), ask.path), ask.path)
        raise later

    def _noted(self, error: MessengerError, path: str) -> MessengerError:
        if isinstance(error, SlowDownError):
            self._resume_at[path] = self._clock.now() + error.retry_in
        return error

    def _check_pause(self, path: str) -> None:
        """WeCom told us to slow down on this path: do not even ask before then. Raises TryLaterError."""
        resume_at = self._resume_at.get(path)
        if resume_at is None:
            return
        wait = resume_at - self._clock.now()
        if wait > timedelta():
            raise TryLaterError(f"{path}: slowed down by WeCom", retry_in=wait, hint="企业微信限流,稍后会自动再试")
        del self._resume_at[path]

    async def _fetch_token(self) -> tuple[str, timedelta]:
        """A new token and its life. Raises MessengerError."""
        ask = Ask(GETTOKEN, {"corpid": self._corp_id, "corpsecret": self._secret})
        data = (await self._ask_patiently(ask, None)).data
        value, seconds = data.get("access_token"), data.get("expires_in")
        if not isinstance(value, str) or not value:
            raise TryLaterError("gettoken: no token in the answer", retry_in=RETRY_IN, hint="企业微信没有正常应答")
        life = timedelta(seconds=seconds) if isinstance(seconds, int) and 0 < seconds <= 86400 else LIFE
        return value, life
