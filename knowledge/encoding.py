"""The text in a file of bytes, however it was saved."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass
class UnreadableError(Exception):
    """The bytes are no text that we know."""

    line: int  #: where the first of them stands, from 1


def decode(data: bytes) -> str:
    """UTF-8 with or without a mark, what Excel calls Unicode text (UTF-16), else GB18030. Raises UnreadableError."""
    furthest = 0
    for encoding in ("utf-16",) if data.startswith(_WIDE) else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as failure:
            furthest = max(furthest, failure.start)
    raise UnreadableError(data.count(b"\n", 0, furthest) + 1)
