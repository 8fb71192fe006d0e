"""Four views of every entry, each in an inverted index.

The characters and the words of each wording, the characters of all wordings together, and what the entry is about (its
categories and its answer).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence

import numpy as np

from knowledge.entry import Audience, Entry
from knowledge.features import Wordbook, characters, word_of
from knowledge.postings import Floats, Postings
from knowledge.text import key

_WHOLE, _ABOUT = 0.8, 0.7  #: what these views weigh beside the best wording's 1
_TAG = re.compile(r"\{\{.*?\}\}", re.DOTALL)


class Views:
    """Immutable. Wordings are numbered across entries, each entry's in a row, its standard question first."""

    def __init__(self, entries: Sequence[Entry], wordbook: Wordbook) -> None:
        said = [(at, wording) for at, entry in enumerate(entries) for wording in entry.wordings]
        self.wordings = [wording for _, wording in said]
        self.keys = [key(wording) for wording in self.wordings]
        owners = np.array([at for at, _ in said], dtype=np.int32)
        self._first = np.searchsorted(owners, np.arange(len(entries) + 1)).tolist()
        about = [key(_about(entry)) for entry in entries]
        #: of each wording
        self.word_features = [tuple(map(sys.intern, wordbook.word_features(said))) for said in self.keys]
        letters: dict[str, int] = {}
        self.characters = Postings((characters(said) for said in self.keys), letters)
        self.words = Postings(self.word_features)
        self._whole = Postings((self._all_characters(at) for at in range(len(entries))), letters)
        self._about = Postings((characters(said) for said in about), letters)
        self._about_text = [wordbook.canonical(said) for said in about]
        self._counterexamples = [tuple(map(key, entry.counterexamples)) for entry in entries]
        self.by_key = self._owners_by_key(owners)

    def span(self, at: int) -> slice:
        """The wordings of entry `at`."""
        return slice(self._first[at], self._first[at + 1])

    def counterexamples(self, at: int) -> tuple[str, ...]:
        """Keys of what entry `at` does not answer."""
        return self._counterexamples[at]

    def knows(self, at: int, feature: str) -> bool:
        """Whether a word stands in any wording of entry `at`, in its categories or in its answer."""
        return word_of(feature) in self._about_text[at] or any(
            feature in features for features in self.word_features[self.span(at)]
        )

    def scores(self, letters: Iterable[str], words: Iterable[str]) -> tuple[Floats, Floats]:
        """For a question's distinct features: the score of each wording, and of each entry."""
        letters = list(letters)
        per_wording = self.characters.scores(letters) + self.words.scores(words)
        best = np.maximum.reduceat(per_wording, self._first[:-1])
        return per_wording, best + _WHOLE * self._whole.scores(letters) + _ABOUT * self._about.scores(letters)

    def weight(self, letters: Iterable[str], words: Iterable[str]) -> float:
        """What a question says, all in all: about what it could score."""
        return sum(map(self.characters.idf, letters)) + sum(map(self.words.idf, words))

    def _all_characters(self, at: int) -> list[str]:
        return [feature for said in self.keys[self.span(at)] for feature in characters(said)]

    def _owners_by_key(self, owners: Iterable[int]) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for said, at in zip(self.keys, owners, strict=True):
            if int(at) not in found.get(said, ()):
                found[said] = (*found.get(said, ()), int(at))
        return found


def _about(entry: Entry) -> str:
    """The answer that a customer gets, else the one for staff, and the categories. Names of variables are no words."""
    answer = entry.answer_for(Audience.CUSTOMER) or entry.answer_for(Audience.STAFF)
    return f"{entry.category} {entry.subcategory} {_TAG.sub(' ', answer)}"
