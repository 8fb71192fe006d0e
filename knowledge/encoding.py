"""The text in a file of bytes, however it was saved."""

from __future__ import annotations

import codecs


def decode(data: bytes) -> str | None:
    """UTF-8 with or without a mark, what Excel calls Unicode text (UTF-16), else GB18030; None for none of these."""
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
