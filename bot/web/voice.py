"""A voice of the card's question, for whoever the card's page lets in: as WAV where it can be decoded."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from bot.conversations import voices
from bot.errors import NotFoundError, UnclearSpeechError
from bot.sources.recording import CONTENT_TYPES, Format, can_decode, format_of, to_wav
from bot.web.keys import SITE
from bot.web.passes import by_cookie

MEDIA: web.AppKey[Path] = web.AppKey("media", Path)  #: the folder of what customers sent
_PATH = "/cards/{task_id:[0-9A-Za-z-]{1,64}}/voices/{message:[0-9]{1,15}}"


def add_to(app: web.Application, folder: Path) -> None:
    """Serve voices out of `folder`."""
    app[MEDIA] = folder
    app.router.add_get(_PATH, play, allow_head=False)


async def play(request: web.Request) -> web.Response:
    """The recording, or the part of it that a player asks for (iOS plays nothing without)."""
    site = request.app[SITE]
    allowed = by_cookie(request, site, site.clock.now())
    if allowed is None:
        return web.Response(status=403, text="请从企业微信里的卡片打开。")
    try:
        async with site.database.read() as session:
            message = int(request.match_info["message"])
            path = await voices.recording_of(session, site.desk(), allowed, message)
        content = await asyncio.to_thread((request.app[MEDIA] / path).read_bytes)
    except (NotFoundError, OSError):
        return web.Response(status=404, text="没有找到这条语音。")
    format = format_of(content)
    if format in (Format.AMR, Format.WIDE_AMR) and can_decode():
        try:
            format, content = Format.WAV, await asyncio.to_thread(to_wav, content)
        except UnclearSpeechError:
            format = None
    return _part(request, content, CONTENT_TYPES[format] if format else "application/octet-stream")


def _part(request: web.Request, content: bytes, content_type: str) -> web.Response:
    headers = {"Cache-Control": "no-store", "Accept-Ranges": "bytes"}
    try:
        wanted = request.http_range
    except ValueError:
        return web.Response(status=416, headers=headers | {"Content-Range": f"bytes */{len(content)}"})
    if wanted.start is None and wanted.stop is None:
        return web.Response(body=content, content_type=content_type, headers=headers)
    start, stop, _ = wanted.indices(len(content))
    if start >= stop:
        return web.Response(status=416, headers=headers | {"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
    return web.Response(status=206, body=content[start:stop], content_type=content_type, headers=headers)
