"""Access tokens: given for corp id and secret, 7,200 s, the same one while it is valid (`facts/wecom.md` §4.1)."""

from __future__ import annotations

import hmac
import secrets
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.refusal import Code, PlatformRefusal
from bot.sandbox.seed import SandboxSeed

LIFE = timedelta(seconds=7200)
WRONG_SECRETS_AN_HOUR = 20  #: the real number is not published ("repeated wrong secrets ban the IP for one hour")
MOST_DEAD_KEPT = 1_000


class AccessTokens:
    """One corp, one app, one live token."""

    def __init__(self, seed: SandboxSeed) -> None:
        self._seed = seed
        self._token = ""
        self._expires_at: datetime | None = None
        self._dead: deque[str] = deque(maxlen=MOST_DEAD_KEPT)
        self._wrong_at: deque[datetime] = deque(maxlen=WRONG_SECRETS_AN_HOUR)
        self.given = 0  #: different tokens so far

    def give(self, query: Mapping[str, str], now: datetime) -> dict[str, Any]:
        """Answer `gettoken`. Raises PlatformRefusal 41002, 41004, 40013, 40001, 45009."""
        corp_id, secret = query.get("corpid", ""), query.get("corpsecret", "")
        if not corp_id:
            raise PlatformRefusal(Code.NO_CORPID, "corpid missing")
        if not secret:
            raise PlatformRefusal(Code.NO_SECRET, "corpsecret missing")
        if len(self._wrong_at) == WRONG_SECRETS_AN_HOUR and now - self._wrong_at[0] < timedelta(hours=1):
            raise PlatformRefusal(Code.TOO_OFTEN, "api freq out of limit: this ip gave a wrong secret too often")
        if corp_id != self._seed.corp_id:
            raise PlatformRefusal(Code.BAD_CORPID, "invalid corpid")
        if not hmac.compare_digest(secret.encode(), self._seed.secret.encode()):
            self._wrong_at.append(now)
            raise PlatformRefusal(Code.BAD_SECRET, "invalid credential")
        expires_at = self._live_until(now)
        return {"access_token": self._token, "expires_in": max(1, int((expires_at - now).total_seconds()))}

    def _live_until(self, now: datetime) -> datetime:
        if self._expires_at is None or now >= self._expires_at:
            self.end()
            self._token = secrets.token_urlsafe(160)
            self._expires_at = now + LIFE
            self.given += 1
        return self._expires_at

    def end(self) -> None:
        """Make the live token expire now."""
        if self._token:
            self._dead.append(self._token)
        self._token, self._expires_at = "", None

    def check(self, token: str, now: datetime) -> None:
        """Raises PlatformRefusal 41001, 42001 (it was good once), 40014."""
        if not token:
            raise PlatformRefusal(Code.NO_TOKEN, "access_token missing")
        if self._token and hmac.compare_digest(token.encode(), self._token.encode()):
            if self._expires_at is not None and now < self._expires_at:
                return
            raise PlatformRefusal(Code.TOKEN_EXPIRED, "access_token expired")
        if token in self._dead:
            raise PlatformRefusal(Code.TOKEN_EXPIRED, "access_token expired")
        raise PlatformRefusal(Code.BAD_TOKEN, "invalid access_token")
