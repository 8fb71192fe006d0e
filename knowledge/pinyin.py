"""How characters sound, to understand what was misheard or mistyped: 退房 as 推房, 早餐 as 早参.

Of pypinyin only the table of single characters is read, when first needed: its code would load phrases as well.
"""

from __future__ import annotations

import functools
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import distribution
from pathlib import Path

_TABLE = "pypinyin/pinyin_dict.json"
_FIRST, _LAST = 0x4E00, 0x9FA5  #: the characters that people write


def sound(character: str) -> str:
    """The syllable without its tone, by the most usual reading; "" for what is no Chinese character."""
    return _sounds().get(character, "")


class Homophones:
    """Mends a text character by character so that it fits what HQ writes."""

    def __init__(self, known: Iterable[str], times: Callable[[str], int]) -> None:
        """`known`: HQ's characters. `times`: how often HQ has two characters beside each other."""
        self._times = times
        self._by_sound: dict[str, list[str]] = {}
        for character in sorted(known):
            if heard := sound(character):
                self._by_sound.setdefault(heard, []).append(character)

    def mend(self, text: str) -> str:
        """`text` with what HQ never writes so replaced by what sounds the same and HQ does write so."""
        for at, character in enumerate(text):
            before, after = text[at - 1 : at], text[at + 1 : at + 2]
            if not any(self._pairs(before, character, after)):
                best = max(self._others(character), key=lambda one: self._fit(before, one, after), default="")
                if best and all(self._fit(before, best, after)[:1]):
                    text = text[:at] + best + text[at + 1 :]
        return text

    def _others(self, character: str) -> Iterable[str]:
        heard = sound(character)
        return (other for other in self._by_sound.get(heard, ()) if other != character) if heard else ()

    def _fit(self, before: str, character: str, after: str) -> tuple[int, int]:
        pairs = self._pairs(before, character, after)
        return min(pairs, default=0), sum(pairs)

    def _pairs(self, before: str, character: str, after: str) -> list[int]:
        """How often HQ writes the character beside each of its neighbours."""
        return [self._times(pair) for pair in (before + character, character + after) if len(pair) > 1]


@functools.cache
def _sounds() -> Mapping[str, str]:
    table = json.loads(Path(str(distribution("pypinyin").locate_file(_TABLE))).read_text(encoding="utf-8"))
    return {
        chr(int(code)): _without_tone(readings.split(",")[0])
        for code, readings in table.items()
        if _FIRST <= int(code) <= _LAST
    }


@functools.cache
def _without_tone(syllable: str) -> str:
    """Without the mark over a vowel; ü as v."""
    parts = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
