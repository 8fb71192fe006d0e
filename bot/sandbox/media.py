"""Temporary media: what customers send, to be fetched within three days (`facts/wecom.md` §8.1)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.refusal import Code, PlatformRefusal

LIFE = timedelta(days=3)
MOST_BYTES = 64 * 1024 * 1024  #: of everything kept; the oldest go first

#: kind → (content type, file name, a few bytes that begin like the real thing)
SAMPLES: dict[str, tuple[str, str, bytes]] = {
    "image": ("image/png", "photo.png", b"\x89PNG\r\n\x1a\n" + bytes(64)),
    "voice": ("audio/amr", "voice.amr", b"#!AMR\n" + bytes(64)),
    "video": ("video/mp4", "video.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(64)),
    "file": ("application/octet-stream", "file.txt", "样例文件\n".encode()),
}


@dataclass(frozen=True, slots=True)
class Media:
    content: bytes
    content_type: str
    filename: str
    at: datetime


class MediaStore:
    """Media by id, bounded."""

    def __init__(self) -> None:
        self._kept: dict[str, Media] = {}
        self._bytes = 0

    def add(self, kind: str, now: datetime, content: bytes | None = None, filename: str = "") -> str:
        """Keep one and return its media_id; without content it is a sample of its kind."""
        content_type, sample_name, sample = SAMPLES[kind]
        media = Media(sample if content is None else content, content_type, filename or sample_name, now)
        media_id = secrets.token_urlsafe(36)
        self._kept[media_id] = media
        self._bytes += len(media.content)
        while self._bytes > MOST_BYTES:
            self._bytes -= len(self._kept.pop(next(iter(self._kept))).content)
        return media_id

    def get(self, query: Mapping[str, str], now: datetime) -> Media:
        """Answer `media/get`. Raises PlatformRefusal 41006, 40007."""
        media_id = query.get("media_id", "")
        if not media_id:
            raise PlatformRefusal(Code.NO_MEDIA_ID, "media_id missing")
        return self.alive(media_id, now)

    def alive(self, media_id: str, now: datetime) -> Media:
        """Raises PlatformRefusal 40007 when unknown or older than three days."""
        media = self._kept.get(media_id)
        if media is None or now - media.at > LIFE:
            raise PlatformRefusal(Code.BAD_MEDIA_ID, "invalid media_id")
        return media
