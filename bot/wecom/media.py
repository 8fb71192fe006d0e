"""A file that a customer sent, as it was downloaded."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

LONGEST: Final = 100  #: characters of a file name
NAMELESS: Final = "file"

_EXTENDED = re.compile(r"filename\*\s*=\s*utf-8'[^']*'([^;]+)", re.IGNORECASE)
_QUOTED = re.compile(r'filename\s*=\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_BARE = re.compile(r"filename\s*=\s*([^;\s\"]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Media:
    """At most 25 MB. `filename` is the sender's wish made harmless: no folder, nothing invisible, never empty."""

    content: bytes = field(repr=False)
    content_type: str
    filename: str = field(repr=False)


def media_of(content: bytes, content_type: str, disposition: str) -> Media:
    """From a download and its headers."""
    return Media(content, content_type, safe_name(_name_in(disposition)))


def safe_name(name: str) -> str:
    """A name that can be shown and stored: the last part of a path, without control and direction characters."""
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(mark for mark in last if unicodedata.category(mark)[0] != "C")
    clean = re.sub(r'[<>:"|?*]', "_", visible).strip(" .")
    if len(clean) > LONGEST:
        stem, dot, extension = clean.rpartition(".")
        keep = f".{extension}" if dot and len(extension) <= 10 else ""
        clean = (stem if keep else clean)[: LONGEST - len(keep)] + keep
    return clean or NAMELESS


def _name_in(disposition: str) -> str:
    if found := _EXTENDED.search(disposition):
        return unquote(found[1].strip(), errors="replace")
    found = _QUOTED.search(disposition) or _BARE.search(disposition)
    if found is None:
        return ""
    name = re.sub(r"\\(.)", r"\1", found[1])
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # aiohttp keeps raw bytes as surrogates
