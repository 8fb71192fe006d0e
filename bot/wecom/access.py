"""The access token: one for every process, fetched by one caller at a time (facts/wecom.md §4.1).

Repeated wrong secrets ban our address for an hour, so a refused secret opens a breaker: no further attempt for a while.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.errors import MessengerError, OperatorError, TryLaterError
from bot.ports import Token, Tokens
from bot.wecom.errcodes import BadSecretError, SlowDownError

BREAKER_OPEN: Final = timedelta(minutes=10)
OPERATOR_PAUSE: Final = timedelta(minutes=1)  #: a trusted IP takes effect after about a minute
EARLY: Final = 0.1  #: the last tenth of a token's life is for getting the next one

log = structlog.get_logger()

Fetch = Callable[[], Awaitable[tuple[str, timedelta]]]


class AccessToken:
    """The token under `key`, kept in `tokens`; `fetch` gets a new one and its life from WeCom."""

    def __init__(self, fetch: Fetch, *, key: str, tokens: Tokens, clock: Clock) -> None:
        self._fetch = fetch
        self._key = key
        self._tokens = tokens
        self._clock = clock
        self._lead = timedelta()  #: how long before its end the current token is replaced; known to whoever fetched it
        self._is_renewing = False
        self._resume_at = datetime.min.replace(tzinfo=UTC)  #: the breaker is open until then
        self._refusal: OperatorError | SlowDownError = OperatorError("gettoken")

    async def get(self) -> str:
        """A token that should work. Raises MessengerError."""
        token = await self._tokens.get(self._key)
        now = self._clock.now()
        if token is None or token.expires_at <= now:
            return await self.renew(token.value if token else "")
        if token.expires_at - self._lead <= now and not self._is_renewing and now >= self._resume_at:
            return await self._renew_early(token)
        return token.value

    async def renew(self, stale: str) -> str:
        """A token other than `stale`, unless WeCom gives out the same again. Raises MessengerError."""
        async with self._tokens.refreshing(self._key):
            token = await self._tokens.get(self._key)
            if token is not None and token.value != stale and token.expires_at > self._clock.now():
                return token.value  # another caller was faster
            return await self._replace()

    async def _renew_early(self, token: Token) -> str:
        """By one caller; the others go on with the old token, and so does this one when WeCom is away."""
        self._is_renewing = True
        try:
            return await self.renew(token.value)
        except MessengerError as error:
            log.warning("token.kept", reason=str(error))
            return token.value
        finally:
            self._is_renewing = False

    async def _replace(self) -> str:
        left = self._resume_at - self._clock.now()
        if left > timedelta():
            raise _again(self._refusal, left)
        try:
            value, life = await self._fetch()
        except (OperatorError, SlowDownError) as error:
            self._open_breaker(error)
            raise
        self._lead = life * EARLY
        await self._tokens.put(self._key, Token(value, self._clock.now() + life))
        log.info("token.renewed", life_seconds=int(life.total_seconds()))
        return value

    def _open_breaker(self, error: OperatorError | SlowDownError) -> None:
        pause = error.retry_in if isinstance(error, SlowDownError) else OPERATOR_PAUSE
        pause = BREAKER_OPEN if isinstance(error, BadSecretError) else pause
        self._refusal, self._resume_at = error, self._clock.now() + pause
        log.error("token.refused", code=error.code, hint=error.hint, retry_seconds=int(pause.total_seconds()))


def _again(refusal: OperatorError | SlowDownError, left: timedelta) -> MessengerError:
    """The same refusal for whoever asks while the breaker is open."""
    if isinstance(refusal, SlowDownError):
        return TryLaterError(str(refusal), retry_in=left, code=refusal.code, hint=refusal.hint)
    return OperatorError(str(refusal), code=refusal.code, hint=refusal.hint)
