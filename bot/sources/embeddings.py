"""Vectors of texts from an OpenAI-shaped endpoint (facts/drafting.md §3.2): bounded batches, time-outs, no trust.

HQ's texts are asked for patiently and kept in a file; a customer's words at once or not at all, and kept nowhere but in
memory. Neither texts nor the key are ever part of an error or a log line.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import aiohttp
import structlog

from bot.errors import EmbeddingsError
from bot.sources.vector_file import VectorFile

log = structlog.get_logger(__name__)

Vector = list[float]

BATCH: Final = 10  #: texts in one request, the most that DashScope takes
TEXT_MOST: Final = 500  #: characters of a text
LEARNS_WITHIN: Final = 20.0  #: seconds for one batch of HQ's texts
HEARS_WITHIN: Final = 0.6  #: seconds for what a customer said: an answer does not wait longer
CONNECT_SECONDS: Final = 3.0
TRIES: Final = 3  #: of a batch of HQ's
PAUSE: Final = 1.0  #: seconds before the second try, twice as long before the third
RETRY_MOST: Final = 30.0  #: seconds that an endpoint may ask us to wait
RESTS: Final = 30.0  #: seconds for which an endpoint that failed a customer is not asked again
REMEMBERED: Final = 500  #: customers' texts
BYTES_MOST: Final = 8 * 1024 * 1024  #: of an answer: ten vectors of 8,192 numbers are 2 MB
DIMENSIONS_MOST: Final = 8192
_LARGEST = 1e6  #: of a number in a vector; NaN is not below it
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})


class _TryAgainError(Exception):
    """The endpoint is busy, or out of reach."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait  #: seconds


class Embeddings:
    """One model at one endpoint."""

    def __init__(self, http: aiohttp.ClientSession, *, url: str, key: str, model: str, file: VectorFile) -> None:
        """`url`: the base, to which /embeddings is added and nothing else. `key`: "" for none."""
        self._http, self._url, self._key, self._model = http, f"{url.rstrip('/')}/embeddings", key, model
        self._file = file
        self._cached_as = f"{url.rstrip('/')} {model}"
        self._heard: OrderedDict[str, Vector] = OrderedDict()
        self._rests_until = 0.0

    async def learn(self, texts: Sequence[str]) -> dict[str, Vector]:
        """The vector of each of HQ's texts, all of one size. Raises EmbeddingsError; what came by then is kept."""
        known = await asyncio.to_thread(self._file.find, self._cached_as, texts)
        missing = [text for text in texts if text not in known]
        for batch in _batches(missing):
            fresh = await self._ask_patiently(batch)
            await asyncio.to_thread(self._file.keep, self._cached_as, fresh)
            known |= fresh
        if len({len(vector) for vector in known.values()}) > 1:  # another model goes by this name now
            await asyncio.to_thread(self._file.forget, self._cached_as, texts)
            raise EmbeddingsError("vectors of different sizes")
        if missing:
            await asyncio.to_thread(self._file.tidy, self._cached_as, texts)
        return known

    async def hear(self, texts: Sequence[str]) -> dict[str, Vector]:
        """The vectors of what somebody said; none when that takes too long or fails. Raises nothing."""
        wanted = list(dict.fromkeys(texts))[:BATCH]
        missing = [text for text in wanted if text not in self._heard]
        if missing and time.monotonic() >= self._rests_until:
            try:
                async with asyncio.timeout(HEARS_WITHIN):
                    self._remember(await self._ask(missing, HEARS_WITHIN))
            except (_TryAgainError, EmbeddingsError, TimeoutError) as error:
                self._rests_until = time.monotonic() + RESTS
                log.warning("embeddings.failed", reason=str(error) or type(error).__name__, rests_seconds=RESTS)
        return {text: self._heard[text] for text in wanted if text in self._heard}

    def _remember(self, vectors: Mapping[str, Vector]) -> None:
        self._heard.update(vectors)
        while len(self._heard) > REMEMBERED:
            self._heard.popitem(last=False)

    async def _ask_patiently(self, texts: Sequence[str]) -> dict[str, Vector]:
        for attempt in range(TRIES):
            try:
                return await self._ask(texts, LEARNS_WITHIN)
            except _TryAgainError as error:
                if attempt == TRIES - 1:
                    raise EmbeddingsError(str(error)) from None
                await asyncio.sleep(max(error.wait, PAUSE * 2**attempt))
        raise AssertionError("unreachable")

    async def _ask(self, texts: Sequence[str], seconds: float) -> dict[str, Vector]:
        """Raises _TryAgainError, EmbeddingsError."""
        body = {"model": self._model, "input": [text[:TEXT_MOST] for text in texts], "encoding_format": "float"}
        try:
            status, wait, content = await self._exchange(body, seconds)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            trouble = type(error).__name__
        else:
            if status in _AGAIN:
                raise _TryAgainError(f"HTTP {status}", wait)
            if status != 200:
                raise EmbeddingsError(f"HTTP {status}")
            return dict(zip(texts, read_vectors(content, len(texts)), strict=True))
        # Raised out here so that aiohttp's error, which may hold the address, is not even the context of ours.
        raise _TryAgainError(trouble)

    async def _exchange(self, body: Mapping[str, Any], seconds: float) -> tuple[int, float, bytes]:
        """Status, seconds to wait, content."""
        async with self._http.post(
            self._url,
            json=body,
            headers={"Authorization": f"Bearer {self._key}"} if self._key else None,
            timeout=aiohttp.ClientTimeout(total=seconds, connect=min(seconds, CONNECT_SECONDS)),
            allow_redirects=False,  # neither the key nor anybody's words follow to another host
        ) as response:
            content = bytearray()
            async for part in response.content.iter_any():
                content += part
                if len(content) > BYTES_MOST:
                    raise ValueError("the answer is too large")
            return response.status, _wait(response.headers.get("Retry-After", "")), bytes(content)


def read_vectors(content: bytes, count: int) -> list[Vector]:
    """The vectors of an answer in the order of what was asked. Raises EmbeddingsError for anything odd."""
    try:
        rows = json.loads(content)["data"]
        by_index = {row["index"]: row["embedding"] for row in rows}
        vectors = [by_index[at] for at in range(count)]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise EmbeddingsError("the answer is not what was asked for") from None
    if len(rows) != count or not all(map(_is_vector, vectors)):
        raise EmbeddingsError("the answer holds no vectors")
    if len({len(vector) for vector in vectors}) != 1:
        raise EmbeddingsError("vectors of different sizes")
    return vectors


def _is_vector(value: object) -> bool:
    """Finite numbers, not all of them 0."""
    if not isinstance(value, list) or not 0 < len(value) <= DIMENSIONS_MOST:
        return False
    if not all(type(number) in (int, float) and abs(number) < _LARGEST for number in value):
        return False
    return any(abs(number) > 1e-9 for number in value)


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))


def _wait(retry_after: str) -> float:
    """Seconds; 0 for a date or nonsense."""
    return min(float(retry_after), RETRY_MOST) if retry_after.isascii() and retry_after.isdigit() else 0.0
