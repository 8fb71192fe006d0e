"""What is compared when two sentences are compared: characters, pairs of characters, words.

Characters are taken twice, as they are written and with every way of saying the same said the same way; words only so.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from operator import add

from knowledge.text import normalise, split

#: A Latin word or a number counts as one character.
_UNIT = re.compile(r"[a-z]+|\d+(?:[.:]\d+)*%?|[^\sa-z\d]")
_LONG_UNIT = re.compile(r"[\sa-z\d]")  #: only then units are not just the characters
_LATIN_PAIR = re.compile(r"[a-z]{2}")
_WORD_MARK = "w:"  # so that no word is taken for a character
#: Characters that make sentences and say little about what is asked.
_FAINT_CHARACTERS = frozenset(
    "的了吗呢吧啊呀我你您他她它们是在有就也都还要想请这那个把给和与么为什怎样能可以会不没到去来用上下里中对从被让得地着过一几多少哪谁何如果后前时候啥咋"
)
_START = 2  #: characters of the shortest word that may mean another
_FAINT = 0.6  #: what a feature of nothing but these weighs
_TELLING = 1.2  #: a single character, a Latin word or a number: it is harder to say otherwise than a pair of characters
#: How people begin that want to be told something: 给我介绍一下 · 我不太清楚 · 能告诉我
_TELL = "(?:介绍|解释|说明|说说|讲讲|讲解|演示|咨询|了解|告诉我|知道|说|讲|查|告诉)"
_FRAME = re.compile(
    rf"""^(?:
        (?:帮|替|给|为|跟|和)?我?(?:想要?|要|需要)?请?(?:[给帮跟和为]我)?(?:详细)?{_TELL}(?:一?下|说)?我?
      | 我?(?:不太|不是很|不大|不)(?:知道|清楚|了解|明白|懂|会)
      | [你您]?们?(?:能不能|能否|可以|能)?(?:[给帮为]我)?{_TELL}一?下?
      | 关于
      )+(?=.{{3}})""",
    re.VERBOSE,
)
_FRAME_END = re.compile(r"(?<=.{4})(?:能不能)?(?:给我)?(?:说|介绍|讲)一下$")
_LAST = "一下"


def characters(key: str) -> list[str]:
    """Single characters and neighbouring pairs."""
    units = _UNIT.findall(key) if _LONG_UNIT.search(key) else list(key)
    return [*units, *map(add, units, units[1:])]


def strength(feature: str) -> float:
    """How much a feature counts beside its rarity; 1 for most."""
    said = feature.removeprefix(_WORD_MARK)
    is_telling = said.isascii() or len(feature) == 1
    return (_FAINT if _FAINT_CHARACTERS.issuperset(said) else 1.0) * (_TELLING if is_telling else 1.0)


def word_of(feature: str) -> str:
    """The word behind a word feature."""
    return feature.removeprefix(_WORD_MARK)


class Wordbook:
    """Which words mean the same, and which are one word: the ones that come with us, and above them HQ's own."""

    def __init__(self, synonyms: Mapping[str, str] | None = None) -> None:
        """`synonyms`: each alias of HQ's and the word that it stands for."""
        ours = _synonyms()
        own = {normalise(alias): normalise(word) for alias, word in (synonyms or {}).items()}
        own = {alias: ours.get(word, word) for alias, word in own.items() if len(alias) >= _START and word}
        own |= {word: word for word in own.values()}
        self._standard = {word: own.get(standard, standard) for word, standard in ours.items()} | own
        self._by_start = _by_start(self._standard)
        self._kept = _any_of(set(own.values()))

    def canonical(self, key: str) -> str:
        """The text with every way of saying the same said the same way."""
        bare = _FRAME.sub("", key)
        if bare.endswith(_LAST):
            bare = _FRAME_END.sub("", bare)
        found: list[str] = []
        done = 0
        starting = self._by_start
        # By hand: a pattern of a thousand words would be tried one by one at every character.
        for at in [at for at, pair in enumerate(map(add, bare, bare[1:])) if pair in starting]:
            if at >= done:
                said = next((word for word in starting[bare[at : at + _START]] if bare.startswith(word, at)), "")
                if said and not _is_in_latin_word(bare, at, at + len(said)):
                    found += (bare[done:at], self._standard[said])
                    done = at + len(said)
        return "".join(found) + bare[done:] if found else bare

    def features(self, key: str) -> tuple[list[str], list[str]]:
        """The characters, of the text as it is and of its canonical form, and the words."""
        plain = self.canonical(key)
        letters = characters(key)
        return letters + (letters if plain == key else characters(plain)), self.features_of_words(plain)

    def features_of_words(self, plain: str) -> list[str]:
        """The words of a text that is canonical already, as features."""
        return [_WORD_MARK + word for word in self._cut(plain)]

    def _cut(self, plain: str) -> list[str]:
        """HQ's own words are never cut."""
        if self._kept is None:
            return split(plain)
        found: list[str] = []
        end = 0
        for match in self._kept.finditer(plain):
            found += [*split(plain[end : match.start()]), match.group()]
            end = match.end()
        return found + split(plain[end:])


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


def _is_in_latin_word(text: str, start: int, end: int) -> bool:
    """Whether a Latin word goes on before or behind: mi is no word in mini."""
    return any(0 < at < len(text) and _LATIN_PAIR.match(text, at - 1) for at in (start, end))


def _by_start(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The words by their first two characters, the longest first. A single character is never another word."""
    grouped: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        if len(word) >= _START:
            grouped.setdefault(word[:_START], []).append(word)
    return {start: tuple(group) for start, group in grouped.items()}


def _any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """Longest first; `re` takes the first alternative that fits."""
    ordered = sorted(map(re.escape, words), key=lambda word: (-len(word), word))
    return re.compile("|".join(ordered)) if ordered else None
