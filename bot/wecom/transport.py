"""One HTTP exchange with WeCom: time-outs, bounded sizes, and no URL in any error, for the token is in it.

Raises TryLaterError when nothing has left, and UnansweredError when a request has left and no usable answer came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import aiohttp

from bot.errors import OutcomeUnknownError, RejectedError, TryLaterError

CONNECT_SECONDS: Final = 3.0
TOTAL_SECONDS: Final = 10.0
MEDIA_SECONDS: Final = 60.0  #: 20 MB need more than ten seconds
JSON_BYTES: Final = 16 * 1024 * 1024  #: a full page of sync_msg has 1,000 messages
MEDIA_BYTES: Final = 25 * 1024 * 1024
MEDIA: Final = "media/get"
RETRY_IN: Final = timedelta(seconds=5)

_NOT_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


class UnansweredError(OutcomeUnknownError):
    """The request has left; the answer is missing or makes no sense."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One call. `path` is below /cgi-bin/, such as kf/send_msg."""

    path: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)  #: None asks by GET
    limit: int = JSON_BYTES
    seconds: float = TOTAL_SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `data` for JSON, else `content` with its headers."""

    data: dict[str, Any] = field(repr=False)
    content: bytes = field(default=b"", repr=False)
    content_type: str = ""
    disposition: str = ""


@dataclass(frozen=True, slots=True)
class _Raw:
    status: int
    content: bytes
    content_type: str
    disposition: str


class _TooLargeError(Exception):
    """More came than we take."""


class Transport:
    """Asks WeCom at one base address."""

    def __init__(self, http: aiohttp.ClientSession, base: str) -> None:
        self._http = http
        self._root = f"{base.rstrip('/')}/cgi-bin/"

    async def send(self, ask: Ask, token: str | None) -> Answer:
        """The answer, whatever its errcode. Raises TryLaterError, UnansweredError; RejectedError for a huge file."""
        params = dict(ask.params) if token is None else {"access_token": token, **ask.params}
        try:
            raw = await self._exchange(ask, params)
        except _TooLargeError:
            trouble, has_left = "the answer is too large", True
            if ask.path == MEDIA:
                raise RejectedError(f"{ask.path}: {trouble}", hint="文件太大,请在微信客服里查看") from None
        except _NOT_LEFT as error:
            trouble, has_left = type(error).__name__, False
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            trouble, has_left = type(error).__name__, True
        else:
            return _understand(ask.path, raw)
        # Raised out here so that aiohttp's error, which may hold the URL, is not even the context of ours.
        if has_left:
            raise UnansweredError(f"{ask.path}: {trouble}", hint="和企业微信的连接中断了")
        raise TryLaterError(f"{ask.path}: {trouble}", retry_in=RETRY_IN, hint="连不上企业微信,请检查服务器的网络")

    async def _exchange(self, ask: Ask, params: dict[str, str]) -> _Raw:
        async with self._http.request(
            "GET" if ask.body is None else "POST",
            self._root + ask.path,
            params=params,
            data=ask.body,
            headers={"Content-Type": "application/json"} if ask.body is not None else None,
            timeout=aiohttp.ClientTimeout(total=ask.seconds, connect=CONNECT_SECONDS),
            allow_redirects=False,  # the token must not follow to another host
        ) as response:
            content = await _read(response, ask.limit)
            disposition = response.headers.get("Content-Disposition", "")
            return _Raw(response.status, content, response.content_type, disposition)


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """At most `limit` bytes. Raises _TooLargeError."""
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > limit:
            raise _TooLargeError
        parts.append(part)
    return b"".join(parts)


def _understand(path: str, raw: _Raw) -> Answer:
    if raw.status >= 500 or raw.status in range(300, 400):
        raise UnansweredError(f"{path}: HTTP {raw.status}", hint="企业微信没有正常应答")
    if path == MEDIA and raw.status == 200 and (raw.disposition or not _is_json(raw.content_type)):
        return Answer({}, raw.content, raw.content_type, raw.disposition)
    data = decode(raw.content)
    if data is None:
        raise UnansweredError(f"{path}: HTTP {raw.status}, not WeCom's JSON", hint="企业微信没有正常应答")
    return Answer(data)


def _is_json(content_type: str) -> bool:
    """An error is JSON without a Content-Disposition (§8.1); with one, it is a customer's own JSON file."""
    return "json" in content_type or content_type == "text/plain"


def decode(content: bytes) -> dict[str, Any] | None:
    """A JSON object with an errcode, and strings that every database can keep; None for anything else."""
    try:
        data = json.loads(content.decode("utf-8-sig", "replace"), parse_constant=lambda _: None)  # NaN is no JSON
        data = scrub(data) if b"\\u" in content else data
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and type(data.get("errcode")) is int else None


def encode(body: Mapping[str, Any]) -> bytes:
    """The same bytes for the same body: WeCom's duplicate check of message/send compares the JSON (§3.1)."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def scrub(value: Any) -> Any:
    r"""Without \u0000 and lone surrogates, which JSON can spell and PostgreSQL cannot store."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [scrub(item) for item in value]
    if isinstance(value, dict):
        return {scrub(key): scrub(item) for key, item in value.items()}
    return value
