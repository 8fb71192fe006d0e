"""What a classifier sees of a sentence: characters, as written and with one word for synonyms, sounds, words.

Each view is compared by itself and all count alike, so that one misheard character spoils only some of them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from knowledge.features import canonical
from knowledge.pinyin import sound
from knowledge.text import key, normalise, split

Views = tuple[list[str], ...]

COUNT = 9  #: views of a sentence
WEIGHTS = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.3)  #: how much each counts
LONGEST = 200  #: characters that are looked at
_START, _END, _NUMBER = "^", "$", "#"
#: A Latin word or a number counts as one character, and any number as every other.
_UNIT = re.compile(r"[a-z]+|\d+(?:[.:]\d+)*%?|[零幺〇一二三四五六七八九十百千万两]{2,}|[^\sa-z\d]")
_IS_NUMBER = re.compile(r"\d|[零幺〇一二三四五六七八九十百千万两]{2}")
_SOUNDS = re.compile(r"(?<=[一-龥])[呃唔](?=[一-龥])|^[呃唔嗯额]+(?=[一-龥]{2})")
_LENGTHS = (2, 3, 4, 6, 8, 12, 16, 24, 32)  #: characters; a short message means other things than a long one


def look(text: str) -> Views:
    """The features of each view; the same feature may stand in two views and means another thing there."""
    plain = _SOUNDS.sub("", normalise(text[:LONGEST]))
    standard = canonical(key(plain))
    letters = [_START, *plain.replace(" ", ""), _END]
    units = [_START, *_units(standard), _END]
    sounds = [_START, *(sound(letter) or letter for letter in plain), _END]
    return (
        letters,
        _pairs(letters),
        units,
        _pairs(units),
        sounds,
        _pairs(sounds),
        _words(standard),
        _words(plain),
        [str(length) for length in _LENGTHS if len(plain) >= length],
    )


def _units(text: str) -> Iterable[str]:
    return (_NUMBER if _IS_NUMBER.match(unit) else unit for unit in _UNIT.findall(text))


def _words(text: str) -> list[str]:
    return [_NUMBER if _IS_NUMBER.match(word) else word for word in split(text)]


def _pairs(units: Sequence[str]) -> list[str]:
    return [f"{one} {other}" for one, other in itertools.pairwise(units)]
