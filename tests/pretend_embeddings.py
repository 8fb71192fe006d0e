"""A pretend endpoint of embeddings: an HTTP server whose vectors follow from what a text is about, and its bad days."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.app import listening

KEY, MODEL = "sesame-of-the-vectors", "pretend-1"
DIMENSIONS = 32
TOPICS: Mapping[str, Sequence[str]] = {
    "fee": ("收费", "停车费", "多少钱"),
    "parking": ("停车", "能停", "宝马"),
    "breakfast": ("早餐", "肚子饿"),
    "refund": ("退款", "退钱"),
    "wifi": ("无线", "WiFi", "网速"),
    "rules": ("须知",),
    "members": ("说明",),
}  #: the first that a text names is what it is about
HONEST, SLOW, BROKEN, BUSY, HTML, SHORT, NARROW, NAN, ZERO, HUGE, REDIRECT, NONSENSE = (
    "honest",
    "slow",
    "broken",
    "busy",
    "html",
    "short",
    "narrow",
    "nan",
    "zero",
    "huge",
    "redirect",
    "nonsense",
)
BAD_DAYS = (SLOW, BROKEN, BUSY, HTML, SHORT, NARROW, NAN, ZERO, HUGE, REDIRECT, NONSENSE)


@dataclass
class PretendEmbeddings:
    """What it does next, and what it was asked."""

    mode: str = HONEST
    url: str = ""
    batches: list[list[str]] = field(default_factory=list)
    wrong_keys: int = 0

    @property
    def texts(self) -> list[str]:
        return [text for batch in self.batches for text in batch]

    async def answer(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.wrong_keys += request.headers.get("Authorization") != f"Bearer {KEY}"
        self.batches.append(asked["input"])
        assert asked["model"] == MODEL and asked["encoding_format"] == "float"
        if self.mode == SLOW:
            await asyncio.sleep(3)
        if (status := {BROKEN: 500, BUSY: 429, REDIRECT: 302}.get(self.mode)) is not None:
            return web.Response(status=status, headers={"Location": self.url} if status == 302 else {})
        if self.mode == HTML:
            return web.Response(text="<html>登录</html>", content_type="text/html")
        if self.mode == HUGE:
            return web.Response(body=b" " * (9 * 1024 * 1024), content_type="application/json")
        if self.mode == NONSENSE:
            return web.json_response({"data": [{"index": "x", "embedding": "不是"}]})
        rows = [{"index": at, "embedding": self._vector(text)} for at, text in enumerate(asked["input"])]
        return web.json_response({"data": rows[::-1][: -1 if self.mode == SHORT else None]})

    def _vector(self, text: str) -> list[float]:
        odd: dict[str, Any] = {NAN: [float("nan")] * DIMENSIONS, ZERO: [0.0] * DIMENSIONS}
        vector = odd.get(self.mode) or vector_of(text)
        return vector[:7] if self.mode == NARROW else vector


def vector_of(text: str) -> list[float]:
    """Mostly what the text is about, and a little of its own."""
    about = next((name for name, words in TOPICS.items() if any(word in text for word in words)), text)
    return [big + 0.2 * small for big, small in zip(_noise(about), _noise(text), strict=True)]


def _noise(text: str) -> list[float]:
    source = random.Random(hashlib.sha256(text.encode()).digest())  # the same each time
    return [source.gauss(0, 1) for _ in range(DIMENSIONS)]


@asynccontextmanager
async def pretend_embeddings(port: int = 0) -> AsyncIterator[PretendEmbeddings]:
    """Running on loopback; `url` is the base."""
    pretend = PretendEmbeddings()
    app = web.Application()
    app.router.add_post("/v1/embeddings", pretend.answer)
    async with listening(app, "127.0.0.1", port) as chosen:
        pretend.url = f"http://127.0.0.1:{chosen}/v1"
        yield pretend
