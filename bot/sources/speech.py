"""What was said in a recording, from an OpenAI-shaped endpoint (facts/voice.md §2.3): one request, bounded, no trust.

Neither the recording, nor the words, nor the key are ever part of an error or a log line.
"""

from __future__ import annotations

import asyncio
import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import aiohttp

from bot.errors import SpeechSilentError, UnclearSpeechError
from bot.sources.recording import CONTENT_TYPES, Format, can_decode, format_of, to_wav

WITHIN: Final = 30.0  #: seconds for one recording; a CPU writes down a minute in about four
CONNECT_SECONDS: Final = 3.0
RECORDING_MOST: Final = 8 * 1024 * 1024  #: bytes; three minutes of WAV are 5.8 MB
ANSWER_MOST: Final = 256 * 1024  #: bytes
TEXT_MOST: Final = 2000  #: characters; a minute of quick Chinese has about 400
PROMPT_MOST: Final = 200  #: characters: Whisper looks at 224 tokens
RETRY_MOST: Final = 300.0  #: seconds that an endpoint may ask us to wait
_TAGS = re.compile(r"<\|[^|<>]*\|>")  #: SenseVoice's, such as <|zh|><|NEUTRAL|>
_UNCLEAR = frozenset({400, 413, 415, 422})  #: about this recording; whatever else is not 200 is about the endpoint


class Speech:
    """One model at one endpoint."""

    def __init__(self, http: aiohttp.ClientSession, *, url: str, key: str, model: str) -> None:
        """`url`: the base, to which /audio/transcriptions is added and nothing else. `key`: "" for none."""
        self._http, self._url, self._key, self._model = http, f"{url.rstrip('/')}/audio/transcriptions", key, model

    async def transcribe(self, recording: bytes, words: Sequence[str]) -> str:
        """See `ports.Transcriber`. AMR goes as WAV where PyAV is installed, and as it is where it is not."""
        format, content = await _prepare(recording)
        try:
            status, wait, answer = await self._exchange(format, content, words)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            trouble = type(error).__name__
        else:
            if status in _UNCLEAR:
                raise UnclearSpeechError(f"HTTP {status}")
            if status != 200:
                raise SpeechSilentError(f"HTTP {status}", retry_in=wait)
            return read_text(answer)
        # Raised out here so that aiohttp's error, which may hold the address, is not even the context of ours.
        raise SpeechSilentError(trouble)

    async def _exchange(self, format: Format, content: bytes, words: Sequence[str]) -> tuple[int, timedelta, bytes]:
        """Status, how long we are asked to wait, content."""
        form = aiohttp.FormData()
        form.add_field("file", content, filename=f"voice.{format}", content_type=CONTENT_TYPES[format])
        form.add_field("model", self._model)
        form.add_field("language", "zh")
        form.add_field("response_format", "json")  # the one that every server has
        if prompt := prompt_of(words):
            form.add_field("prompt", prompt)
        async with self._http.post(
            self._url,
            data=form,
            headers={"Authorization": f"Bearer {self._key}"} if self._key else None,
            timeout=aiohttp.ClientTimeout(total=WITHIN, connect=min(WITHIN, CONNECT_SECONDS)),
            allow_redirects=False,  # neither the key nor anybody's voice follows to another host
        ) as response:
            answer = bytearray()
            async for part in response.content.iter_any():
                answer += part
                if len(answer) > ANSWER_MOST:
                    raise ValueError("the answer is too large")
            return response.status, _wait(response.headers.get("Retry-After", "")), bytes(answer)


async def _prepare(recording: bytes) -> tuple[Format, bytes]:
    """What is sent. Raises UnclearSpeechError."""
    format = format_of(recording)
    if format is None or len(recording) > RECORDING_MOST:
        raise UnclearSpeechError("no recording" if format is None else "too large")
    if format in (Format.AMR, Format.WIDE_AMR) and can_decode():
        return Format.WAV, await asyncio.to_thread(to_wav, recording)
    return format, recording


def prompt_of(words: Sequence[str]) -> str:
    """As many of the names as fit, the likeliest first: a model spells what it has read."""
    prompt = ""
    for word in dict.fromkeys(words):
        longer = f"{prompt}、{word}" if prompt else word
        if len(longer) <= PROMPT_MOST:
            prompt = longer
    return prompt


def read_text(answer: bytes) -> str:
    """The words of an answer, one line. Raises SpeechSilentError for what is no answer, UnclearSpeechError for none."""
    try:
        text = json.loads(answer)["text"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SpeechSilentError("the answer is not what was asked for") from None
    if not isinstance(text, str):
        raise SpeechSilentError("the answer holds no text")
    spoken = "".join(mark if unicodedata.category(mark)[0] != "C" else " " for mark in _TAGS.sub("", text))
    line = " ".join(spoken.split())[:TEXT_MOST].strip()
    if not any(mark.isalnum() for mark in line):
        raise UnclearSpeechError("nothing was said")
    return line


def _wait(retry_after: str) -> timedelta:
    """Zero for a date or nonsense."""
    is_number = retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 10
    return timedelta(seconds=min(float(retry_after), RETRY_MOST) if is_number else 0)
