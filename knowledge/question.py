"""A customer's text as it is looked up: without courtesy, without the store's name, and sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from knowledge.chain import Store
from knowledge.features import Wordbook, characters
from knowledge.text import key, normalise

_PARTS_MOST = 4  #: sentences of one message that are also looked up by themselves
_SHORTEST_PART = 2  #: characters
_PART = re.compile(r"[。!?;…,~\n\uff01\uff1f\uff1b\uff0c]+")
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    letters: Mapping[str, float]  #: characters and pairs: 1 as written and in the canonical form, a half in one of them
    words: Mapping[str, float]  #: word features, 1 each
    elsewhere: tuple[str, ...] = ()  #: names in it that are not this store's
    is_mended: bool = False  #: read by its sound, for HQ writes nothing like it


class Names:
    """Names that HQ uses, such as stores'. One that stands in no wording says where, not what."""

    def __init__(
        self, names: Iterable[str], wordings: Iterable[str], wordbook: Wordbook, mend: Callable[[str], str]
    ) -> None:
        """`mend`: replaces what HQ never writes by what sounds the same."""
        plain = sorted({normalise(name) for name in names}, key=lambda name: (-len(name), name))
        self._pattern = _pattern(name for name in plain if len(name) >= _SHORTEST_NAME)
        self._wordbook, self._mend = wordbook, mend
        self._meant = {match.group() for said in wordings for match in self._matches(said)}

    def ask(self, text: str, store: Store | None) -> Question:
        said = key(text)
        named = [match.group() for match in self._matches(said) if match.group() not in self._meant]
        bare = said
        for name in named:
            bare = bare.replace(name, " ", 1)
        own = {normalise(name) for name in (store.name, *store.aliases)} if store else set()
        elsewhere = tuple(name for name in dict.fromkeys(named) if not any(name in known for known in own))
        return self._question(key(bare) or said, elsewhere)

    def _question(self, heard: str, elsewhere: tuple[str, ...]) -> Question:
        said = self._mend(heard)
        plain = self._wordbook.canonical(said)
        as_written, as_meant = set(characters(said)), set(characters(plain))
        letters = {
            feature: 1.0 if feature in as_written and feature in as_meant else 0.5
            for feature in sorted(as_written | as_meant)
        }
        return Question(
            said, letters, dict.fromkeys(self._wordbook.features_of_words(plain), 1.0), elsewhere, said != heard
        )

    def _matches(self, said: str) -> Iterable[re.Match[str]]:
        return self._pattern.finditer(said) if self._pattern else ()


def parts(text: str) -> list[str]:
    """The sentences of a message of several, the first few; none for a message of one."""
    found = [part for part in _PART.split(text) if len(key(part)) >= _SHORTEST_PART]
    return found[:_PARTS_MOST] if len(found) > 1 else []


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    alternatives = "|".join(re.escape(name) for name in names)
    return re.compile(alternatives) if alternatives else None
