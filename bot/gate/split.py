"""Cut a long text into messages that WeCom accepts, where a reader would pause."""

from __future__ import annotations

import re

LIMIT = 2048  #: bytes of UTF-8 in one text message (facts/wecom.md §2.3)

_LINK = re.compile(r"https?://[^\s，。；！？、）】」』》”’]+", re.IGNORECASE)
_ENDS = ("\n\n", "\n", "。", "！", "？", "!", "?", "；", ";", "，", ",", "、", " ")  #: best place first

#: belongs to the character before it: variation selectors, skin tones, combining marks, keycap; ZWJ glues both sides
_JOINS = re.compile(r"[\u0300-\u036f\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_ZWJ = "\u200d"


def split_text(text: str, limit: int = LIMIT) -> list[str]:
    """Parts of at most `limit` bytes, in order, cut at a sentence; never inside a character, a link or an emoji.

    White space around a cut is dropped. What is longer than `limit` and has no gap, such as a very long link, is cut
    all the same.
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
    links = [link.span() for link in _LINK.finditer(text) if link.start() < most]
    for end in _ENDS:
        at = text.rfind(end, 0, most)
        while at >= 0:
            behind = at + len(end)
            if behind <= most and behind >= most // 3 and _may_cut(text, behind, links):
                return behind
            at = text.rfind(end, 0, at)
    for at in range(most, 0, -1):
        if _may_cut(text, at, links):
            return at
    return next((at for at in range(most, 0, -1) if _is_between_characters(text, at)), most)


def _fitting(text: str, limit: int) -> int:
    """How many characters fit into `limit` bytes."""
    return len(text.encode()[:limit].decode(errors="ignore"))


def _may_cut(text: str, at: int, links: list[tuple[int, int]]) -> bool:
    if at <= 0 or at >= len(text):
        return True
    if _is_plain(text[at - 1]) and _is_plain(text[at]):
        return False  # inside a word, a number, an address without https
    return _is_between_characters(text, at) and not any(start < at < end for start, end in links)


def _is_plain(char: str) -> bool:
    return "!" <= char <= "~"


def _is_between_characters(text: str, at: int) -> bool:
    """Whether what a reader sees as one character stays whole."""
    before, after = text[at - 1], text[at]
    if _ZWJ in (before, after) or _JOINS.match(after):
        return False
    return not (_is_flag_half(before) and _is_flag_half(after) and _flags_before(text, at) % 2)


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    count = 0
    while count < at and _is_flag_half(text[at - 1 - count]):
        count += 1
    return count
