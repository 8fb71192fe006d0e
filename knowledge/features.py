"""What is compared when two sentences are compared: characters, pairs of characters, words.

Words are compared after synonyms have been brought to one; characters as they are written.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files

from knowledge.text import cut, normalise

#: A Latin word or a number counts as one character.
_UNIT = re.compile(r"[a-z]+|\d+(?:[.:]\d+)*%?|[^\sa-z\d]")
_WORD_MARK = "w:"  # so that no word is taken for a character
_NOTHING = re.compile(r"(?!)")


def characters(key: str) -> list[str]:
    """Single characters and neighbouring pairs."""
    units = _UNIT.findall(key)
    return units + [f"{one}{other}" for one, other in itertools.pairwise(units)]


def word_of(feature: str) -> str:
    """The word behind a word feature."""
    return feature.removeprefix(_WORD_MARK)


class Wordbook:
    """Which words mean the same, and which are one word: the ones that come with us, and above them HQ's own."""

    def __init__(self, synonyms: Mapping[str, str] | None = None) -> None:
        """`synonyms`: each alias of HQ's and the word that it stands for."""
        ours = _synonyms()
        own = {normalise(alias): normalise(word) for alias, word in (synonyms or {}).items()}
        own = {alias: ours.get(word, word) for alias, word in own.items() if alias and word}
        own |= {word: word for word in own.values()}
        self._standard = {word: own.get(standard, standard) for word, standard in ours.items()} | own
        self._pattern = _any_of(self._standard)
        self._kept = _any_of(set(own.values()))

    def canonical(self, key: str) -> str:
        """The text with every way of saying the same said the same way."""
        return self._pattern.sub(lambda match: self._standard[match.group()], key)

    def words(self, key: str) -> list[str]:
        """The words, synonyms as one; HQ's own are never cut."""
        plain = self.canonical(key)
        found: list[str] = []
        end = 0
        for match in self._kept.finditer(plain):
            found += [*cut(plain[end : match.start()]), match.group()]
            end = match.end()
        return found + cut(plain[end:])

    def word_features(self, key: str) -> list[str]:
        """The words as features."""
        return [_WORD_MARK + word for word in self.words(key)]


@functools.cache
def _common() -> Wordbook:
    return Wordbook()


def canonical(key: str) -> str:
    """The text with every way of saying the same said the same way, as far as everybody agrees."""
    return _common().canonical(key)


@functools.cache
def _synonyms() -> Mapping[str, str]:
    lines = (files("knowledge") / "synonyms.txt").read_text(encoding="utf-8").splitlines()
    groups = [[normalise(word) for word in line.split()] for line in lines if not line.startswith("#")]
    return {word: group[0] for group in groups for word in group}


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Longest first; `re` takes the first alternative that fits."""
    ordered = sorted(map(re.escape, words), key=lambda word: (-len(word), word))
    return re.compile("|".join(ordered)) if ordered else _NOTHING
