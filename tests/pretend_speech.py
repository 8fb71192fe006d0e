"""A pretend endpoint of speech: it knows recordings by their sound, and has bad days. And recordings, made in code."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import io
import math
import wave
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import av
from aiohttp import web

from bot.app import listening
from bot.sources.recording import to_wav

KEY, MODEL = "sesame-of-the-voices", "pretend-asr"
HONEST, SLOW, BROKEN_ONCE, BROKEN, BUSY, EMPTY, TOO_LARGE, HTML, REDIRECT, HUGE, LOCKED = (
    "honest",
    "slow",
    "broken once",
    "broken",
    "busy",
    "empty",
    "too large",
    "html",
    "redirect",
    "huge",
    "locked",
)
_STATUS = {BROKEN: 500, BROKEN_ONCE: 500, BUSY: 429, TOO_LARGE: 413, REDIRECT: 302, LOCKED: 401}


@dataclass
class Asked:
    """One request."""

    filename: str
    content_type: str
    fields: dict[str, str]
    content: bytes = field(repr=False)


@dataclass
class PretendSpeech:
    """What it does next, and what it was asked."""

    mode: str = HONEST
    url: str = ""
    words: dict[str, str] = field(default_factory=dict)  #: SHA-256 of the file that comes → what is said in it
    asked: list[Asked] = field(default_factory=list)

    def knows(self, recording: bytes, words: str) -> bytes:
        """From now on `recording` (AMR) says `words`. Gives the recording."""
        for content in (recording, to_wav(recording)):
            self.words[hashlib.sha256(content).hexdigest()] = words
        return recording

    async def answer(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": {"message": "no key"}}, status=401)
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        content = file.file.read()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        self.asked.append(Asked(file.filename, file.content_type, fields, content))
        mode = self.mode
        if mode == BROKEN_ONCE:
            self.mode = HONEST
        if mode == SLOW:
            await asyncio.sleep(2)
        if status := _STATUS.get(mode):
            headers = {REDIRECT: {"Location": self.url}, BUSY: {"Retry-After": "7"}}.get(mode, {})
            return web.json_response({"error": {"message": "no", "code": status}}, status=status, headers=headers)
        if mode == HTML:
            return web.Response(text="<html>登录</html>", content_type="text/html")
        if mode == HUGE:
            return web.json_response({"text": "哦" * 300_000})
        said = "" if mode == EMPTY else self.words.get(hashlib.sha256(content).hexdigest(), "")
        return web.json_response({"text": said, "usage": {"seconds": 3}})


@asynccontextmanager
async def pretend_speech(port: int = 0) -> AsyncIterator[PretendSpeech]:
    """Running on loopback; `url` is the base."""
    pretend = PretendSpeech()
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_post("/v1/audio/transcriptions", pretend.answer)
    async with listening(app, "127.0.0.1", port) as chosen:
        pretend.url = f"http://127.0.0.1:{chosen}/v1"
        yield pretend


@functools.cache
def amr(seconds: float, pitch: int = 440) -> bytes:
    """A tone as an AMR file (12.2 kbit/s, 8 kHz), like WeCom gives; another pitch is another recording."""
    out = io.BytesIO()
    with av.open(out, "w", format="amr") as file:
        stream = file.add_stream("libopencore_amrnb", rate=8000)
        stream.bit_rate = 12200
        stream.layout = "mono"
        for at in range(round(seconds * 50)):
            tone = (int(8000 * math.sin(2 * math.pi * pitch * (at * 160 + one) / 8000)) for one in range(160))
            frame = av.AudioFrame(format="s16", layout="mono", samples=160)
            frame.planes[0].update(array("h", tone).tobytes())
            frame.sample_rate, frame.pts = 8000, at * 160
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def shape_of(wav: bytes) -> tuple[int, int, int, float]:
    """Rate, channels, bytes a sample, seconds."""
    with wave.open(io.BytesIO(wav)) as file:
        return file.getframerate(), file.getnchannels(), file.getsampwidth(), file.getnframes() / file.getframerate()
