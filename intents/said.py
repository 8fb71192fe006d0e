"""A message as it is read for values: one spelling, without what speech leaves behind, and where each part stood.

呃12月3號,那個…後添到  →  12月3号,后天到   (and for each character its place in the message as written)
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from intents.misheard import mend
from knowledge.text import normalise

LONGEST = 400  #: characters that are looked at; what somebody wants stands at the start
_WORD = re.compile(r"[0-9a-z]")
_SIGNS = {**dict.fromkeys("—–‐‑−─", "-"), **dict.fromkeys("～〜∼", "~"), **dict.fromkeys("。;!?…\n\r", ","), "→": "-"}
#: What speech leaves behind. 这个 counts only before what it cannot belong to.
_NOISE = re.compile(
    r"[呃唔嗯诶欸啊呀]+,?|(?:^|(?<=,))额+,?|那个(?:那个)*,?(?!周|星期|礼拜|双休|月)|这个(?=[,今明后大]|那个|$),?|就是说,?|(?<=[,我要订])就是(?!这|那)"
    r"|(?![二三]?十[二三]?十)([\u4e00-\u9fff]{2,4})(?:,?(?=\1))|([二三]?十)(?=\2[一二三四五六七八九])"
    r"|明(?=明天)|后(?=后天)|今(?=今[天晚])|周(?=周[一二三四五六日天末])|号(?=号)|(?<![一二三四五六七八九十])我(?=我)"
)
_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万半")


@dataclass(frozen=True, slots=True)
class Said:
    source: str  #: as written
    text: str  #: folded, cleaned and mended; commas stand for all marks that end a clause
    places: tuple[int, ...]  #: of each character of `text`, where it stands in `source`

    def where(self, start: int, end: int) -> tuple[int, int]:
        """The part of `source` that a part of `text` came from."""
        if start >= end:
            place = self.places[start] if start < len(self.places) else len(self.source)
            return place, place
        return self.places[start], self.places[end - 1] + 1

    def words(self, start: int, end: int) -> str:
        first, last = self.where(start, end)
        return self.source[first:last]


def read_said(source: str) -> Said:
    """Only the first `LONGEST` characters are looked at."""
    folded = [(one, place) for place, written in enumerate(source[:LONGEST]) for one in _fold(written)]
    kept = _without(_without_spaces(folded))
    return Said(source, mend("".join(one for one, _ in kept)), tuple(place for _, place in kept))


def read_plainly(source: str) -> Said:
    """The same with nothing left out and nothing mended but the spelling: for names, which may hold any word."""
    folded = [(one, place) for place, written in enumerate(source[:LONGEST]) for one in _fold(written)]
    kept = _without_spaces(folded)
    return Said(source, "".join(one for one, _ in kept), tuple(place for _, place in kept))


@functools.lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    wide = unicodedata.normalize("NFKC", _SIGNS.get(character, character)).lower()
    return "".join(_SIGNS.get(one) or normalise(one) or _mark(one) for one in wide)


def _mark(character: str) -> str:
    """A mark stays, white space is one space, what nobody sees goes."""
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in ("Cf", "Cc", "Mn") else character


def _without_spaces(folded: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """A space stays where it keeps two numbers or Latin words apart; between Chinese numbers it is a comma."""
    kept: list[tuple[str, int]] = []
    for at, (one, place) in enumerate(folded):
        if one != " " or (
            kept and _WORD.match(kept[-1][0]) and at + 1 < len(folded) and _WORD.match(folded[at + 1][0])
        ):
            kept.append((one, place))
        elif kept and kept[-1][0] in _NUMERALS and at + 1 < len(folded) and folded[at + 1][0] in _NUMERALS:
            kept.append(("、", place))  # 二十九 三十
    return kept


def _without(kept: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Without noise: speech repeats words and fills gaps."""
    text = "".join(one for one, _ in kept)
    dropped: set[int] = set()
    for found in _NOISE.finditer(text):
        if found[1] is None or not _NUMERALS & set(found[1]):
            dropped.update(range(*found.span()))
    return [pair for at, pair in enumerate(kept) if at not in dropped] if dropped else kept
