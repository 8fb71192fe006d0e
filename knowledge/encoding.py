"""The text in a file of bytes, however it was saved."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_MARKED = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before the shorter mark that it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARK = "\ufeff"
_SAMPLE = 4_000  #: bytes in which the two halves of UTF-16 are told from each other
_FEWEST = 4  #: of these even in a short text
_OFTEN = 0.02  #: of one half: how many line ends, commas and digits even a text of Chinese has


@dataclass
class UnreadableError(Exception):
    """The bytes are no text that we know."""

    line: int  #: where the first of them stands, from 1
    before: bytes = b""  #: what could be read


def decode(data: bytes) -> str:
    """UTF-8 with or without a mark, what Excel calls Unicode text (UTF-16), else GB18030. Raises UnreadableError."""
    furthest = 0
    for encoding in _encodings(data):
        try:
            return data.decode(encoding).lstrip(_MARK)
        except UnicodeDecodeError as failure:
            furthest = max(furthest, failure.start)
    raise UnreadableError(data.count(b"\n", 0, furthest) + 1, data[:furthest])


def _encodings(data: bytes) -> tuple[str, ...]:
    marked = next((encoding for mark, encoding in _MARKED if data.startswith(mark)), None)
    if marked:
        return (marked,)
    sample = data[:_SAMPLE]
    if b"\0" in sample and len(data) % 2 == 0:
        high, low = sample[::2].count(0), sample[1::2].count(0)
        if max(high, low) > max(_FEWEST, _OFTEN * len(sample) / 2, 3 * min(high, low)):  # 退 and 一 end in a zero, too
            return ("utf-16-be",) if high > low else ("utf-16-le",)
    return ("utf-8", "gb18030")
