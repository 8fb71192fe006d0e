"""Recordings as customers send them: what kind, how long, and as WAV (facts/voice.md §2.1, §2.2).

PyAV (the optional extra `voice`) is imported here only, and only once there is a recording to decode.
"""

from __future__ import annotations

import importlib.util
import io
import wave
from enum import StrEnum
from typing import Final

from bot.errors import UnclearSpeechError

RATE: Final = 16_000  #: samples a second of what `to_wav` gives: mono, 16 bit
SECONDS_MOST: Final = 180  #: of a recording; WeCom ends one after 60
FRAME: Final = 0.02  #: seconds

_NARROW: Final = (
    12,
    13,
    15,
    17,
    19,
    20,
    26,
    31,
    5,
    -1,
    -1,
    -1,
    -1,
    -1,
    -1,
    0,
)  #: bytes behind a frame's header, by mode
_WIDE: Final = (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, -1, -1, -1, -1, 0, 0)


class Format(StrEnum):
    """Named like the file's extension."""

    AMR = "amr"  #: narrow-band, what 微信客服 gives
    WIDE_AMR = "awb"
    SILK = "silk"
    WAV = "wav"
    OGG = "ogg"
    MP3 = "mp3"


CONTENT_TYPES: Final = {
    Format.AMR: "audio/amr",
    Format.WIDE_AMR: "audio/amr-wb",
    Format.SILK: "audio/silk",
    Format.WAV: "audio/wav",
    Format.OGG: "audio/ogg",
    Format.MP3: "audio/mpeg",
}
_MAGIC: Final = (
    (b"#!AMR\n", Format.AMR),
    (b"#!AMR-WB\n", Format.WIDE_AMR),
    (b"\x02#!SILK_V3", Format.SILK),
    (b"#!SILK_V3", Format.SILK),
    (b"RIFF", Format.WAV),
    (b"OggS", Format.OGG),
    (b"ID3", Format.MP3),
)
_AMR: Final = {Format.AMR: (6, _NARROW), Format.WIDE_AMR: (9, _WIDE)}  #: length of the file's head, sizes of frames


def format_of(content: bytes) -> Format | None:
    """By its first bytes, whatever it was called; None for what is no recording that we know."""
    return next((format for magic, format in _MAGIC if content.startswith(magic)), None)


def seconds_of(content: bytes) -> float:
    """How long an AMR recording is: its whole frames, 20 ms each, as far as they can be read. 0 for other formats."""
    at, sizes = _AMR.get(format_of(content) or Format.MP3, (len(content), _NARROW))
    frames = 0
    while at < len(content):
        size = sizes[content[at] >> 3 & 15]
        at += 1 + size
        if size < 0 or at > len(content):
            break
        frames += 1
    return frames * FRAME


def can_decode() -> bool:
    """Whether PyAV is installed; it is not loaded for that."""
    return importlib.util.find_spec("av") is not None


def to_wav(content: bytes) -> bytes:
    """AMR as 16 kHz mono WAV, cut after three minutes. 60 s take about 0.2 s: keep it off the event loop.

    The demuxer is named, so that nothing but AMR is ever read as anything else. Raises UnclearSpeechError for what is
    damaged, or holds no sound; ModuleNotFoundError without PyAV.
    """
    import av  # 100 MB that the service does without

    if format_of(content) not in _AMR:
        raise UnclearSpeechError("no AMR")
    samples = bytearray()
    try:
        with av.open(io.BytesIO(content), "r", format="amr") as file:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in file.decode(audio=0):
                for part in resampler.resample(frame):
                    samples += bytes(part.planes[0])[: part.samples * 2]
                if len(samples) >= SECONDS_MOST * RATE * 2:
                    break
    except (av.FFmpegError, IndexError, ValueError) as error:
        if not samples:
            raise UnclearSpeechError(type(error).__name__) from None
    if not samples:
        raise UnclearSpeechError("no sound in it")
    return _as_wav(bytes(samples[: SECONDS_MOST * RATE * 2]))


def _as_wav(samples: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples)
    return file.getvalue()
