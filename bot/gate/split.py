"""Cut a long text into messages that WeCom accepts, where a reader would pause."""

from __future__ import annotations

import re

LIMIT = 2048  #: bytes of UTF-8 in one text message (facts/wecom.md §2.3)

_LINK = re.compile(r"https?://[^\s,，。;；!！?？、）)】」』]+")
_ENDS = ("\n\n", "\n", "。", "！", "？", "!", "?", "；", ";", "，", ",", "、", " ")  #: best place first

#: belongs to the character before it: variation selectors, skin tones, combining marks, keycap; ZWJ glues both sides
_JOINS = re.compile(r"[\u0300-\u036f\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_ZWJ = "\u200d"


def split_text(text: str, limit: int = LIMIT) -> list[str]:
    """Parts of at most `limit` bytes, in order, cut at a sentence; never inside a character, a link or an emoji.

    White space around a cut is dropped. A link longer than `limit` is the one thing that is cut all the same.
    """
    parts: list[str] = []
    rest = text.strip()
    while len(rest.encode()) > limit:
        at = _cut(rest, limit)
        parts.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    if rest:
        parts.append(rest)
    return parts


def _cut(text: str, limit: int) -> int:
    """Index to cut at: behind the last good pause that fits and does not leave less than a third."""
    most = _fitting(text, limit)
    for end in _ENDS:
        at = text.rfind(end, 0, most)
        while at >= 0:
            behind = at + len(end)
            if behind <= most and behind >= most // 3 and _may_cut(text, behind):
                return behind
            at = text.rfind(end, 0, at)
    for at in range(most, 0, -1):
        if _may_cut(text, at):
            return at
    return most


def _fitting(text: str, limit: int) -> int:
    """How many characters fit into `limit` bytes."""
    return len(text.encode()[:limit].decode(errors="ignore"))


def _may_cut(text: str, at: int) -> bool:
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if _ZWJ in (before, after) or _JOINS.match(after):
        return False
    if _is_flag_half(before) and _is_flag_half(after) and _flags_before(text, at) % 2:
        return False
    return not any(link.start() < at < link.end() for link in _LINK.finditer(text))


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    count = 0
    while count < at and _is_flag_half(text[at - 1 - count]):
        count += 1
    return count
