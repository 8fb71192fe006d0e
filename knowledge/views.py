"""What an entry looks like from several sides, each in an index of its own.

Of each wording the characters (as written and with synonyms brought to one) and the words; of each entry all its
wordings together (`Centroids`), and what it is about (its categories and its answer).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from knowledge.entry import Audience, Entry
from knowledge.features import Wordbook, characters, strength, word_of
from knowledge.pinyin import Homophones
from knowledge.postings import Centroids, Counts, Floats, Integers, Postings, Vocabulary
from knowledge.question import Question
from knowledge.text import key

CHARACTERS, WORDS, WHOLE, WHOLE_WORDS, ABOUT = "字", "词", "整条的字", "整条的词", "答案和分类"
#: What each view weighs. They add up to 1 but for the last, which most entries have nothing in.
WEIGHTS = {CHARACTERS: 0.3, WORDS: 0.1, WHOLE: 0.45, WHOLE_WORDS: 0.15, ABOUT: 0.1}
_TAG = re.compile(r"\{\{.*?\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Weights:
    """What a question says, all in all, in each kind of feature: about what it could score."""

    characters: float
    words: float


class Views:
    """Immutable. Wordings are numbered across entries, each entry's in a row, its standard question first."""

    def __init__(self, entries: Sequence[Entry], wordbook: Wordbook) -> None:
        self._wordbook = wordbook
        self._letters: Vocabulary = Vocabulary(strength)
        said = [(at, wording) for at, entry in enumerate(entries) for wording in entry.wordings]
        self.wordings = [wording for _, wording in said]
        self.keys = [key(wording) for wording in self.wordings]
        owners = np.array([at for at, _ in said], dtype=np.int32)
        self.owner = owners  #: the entry of each wording
        self.owners: list[int] = owners.tolist()  #: the same as a list
        self._first = np.searchsorted(owners, np.arange(len(entries) + 1)).tolist()
        letters, vocabulary = self._letters, Vocabulary(strength)
        #: of each wording
        self.word_features: list[tuple[str, ...]] = []
        counted = Counts.of(self._characters_noting_words(), letters)
        counted_words = Counts.of(self.word_features, vocabulary)
        self.characters = Postings(counted, letters)
        self.words = Postings(counted_words, vocabulary)
        self._whole = Centroids(counted, owners, len(entries), letters)
        self._whole_words = Centroids(counted_words, owners, len(entries), vocabulary)
        texts = [_about(entry) for entry in entries]
        keys = {text: key(text) for text in set(texts)}
        about = [keys[text] for text in texts]
        self._about = Postings(Counts.of((characters(said) for said in about), letters), letters)
        self._about_text = [wordbook.canonical(said) for said in about]
        self._counterexamples = [tuple(map(key, entry.counterexamples)) for entry in entries]
        self.by_key = self._owners_by_key(owners)

    def __len__(self) -> int:
        return len(self._about_text)

    def span(self, at: int) -> slice:
        """The wordings of entry `at`."""
        return slice(self._first[at], self._first[at + 1])

    def counterexamples(self, at: int) -> tuple[str, ...]:
        """Keys of what entry `at` does not answer."""
        return self._counterexamples[at]

    def knows(self, at: int, feature: str, besides: int | None = None) -> bool:
        """Whether a word stands in a wording of entry `at` other than `besides`, in its categories or in its answer."""
        span = self.span(at)
        return word_of(feature) in self._about_text[at] or any(
            feature in self.word_features[wording] for wording in range(span.start, span.stop) if wording != besides
        )

    def mend(self, text: str) -> str:
        """`text` with what HQ never writes replaced by what sounds the same and HQ does write."""
        return self._homophones.mend(text)

    @cached_property
    def _homophones(self) -> Homophones:
        """Made when a question first needs it."""
        return Homophones((feature for feature in self._letters if len(feature) == 1), self.characters.frequency)

    def weigh(self, question: Question, besides: Mapping[str, int]) -> Weights:
        """What the question says, all in all; `besides`: how many wordings with a feature do not count."""
        letters = sum(
            times * self.characters.idf(feature, besides.get(feature, 0)) for feature, times in question.letters.items()
        )
        words = sum(self.words.idf(feature, besides.get(feature, 0)) for feature in question.words)
        return Weights(letters or 1.0, words or 1.0)

    def features(self, wording: int) -> Iterable[str]:
        """The distinct features of a wording, of all kinds."""
        return {*self._wordbook.features(self.keys[wording])[0], *self.word_features[wording]}

    def wording_scores(self, question: Question, weights: Weights) -> tuple[Floats, Floats]:
        """How well each wording fits by its characters and by its words, relative to what the question says."""
        by_letters = self.characters.scores(question.letters) * np.float32(WEIGHTS[CHARACTERS] / weights.characters)
        return by_letters, self.words.scores(question.words) * np.float32(WEIGHTS[WORDS] / weights.words)

    def about_scores(self, question: Question, weights: Weights) -> Floats:
        """How well each entry fits by what it is about."""
        return self._about.scores(question.letters) * np.float32(WEIGHTS[ABOUT] / weights.characters)

    def whole_scores(self, question: Question, entries: Integers) -> tuple[Floats, Floats]:
        """How well each of `entries` fits as a whole, by characters and by words."""
        return (
            self._whole.cosines(question.letters, entries) * np.float32(WEIGHTS[WHOLE]),
            self._whole_words.cosines(question.words, entries) * np.float32(WEIGHTS[WHOLE_WORDS]),
        )

    def whole_scores_without(self, question: Question, at: int, wording: int) -> tuple[float, float]:
        """The same for entry `at` if it did not have `wording`."""
        span = self.span(at)
        rest = [self._wordbook.features(self.keys[other]) for other in range(span.start, span.stop) if other != wording]
        return (
            WEIGHTS[WHOLE] * self._whole.cosine_with(question.letters, [letters for letters, _ in rest]),
            WEIGHTS[WHOLE_WORDS] * self._whole_words.cosine_with(question.words, [words for _, words in rest]),
        )

    def _characters_noting_words(self) -> Iterable[list[str]]:
        for said in self.keys:
            letters, words = self._wordbook.features(said)
            self.word_features.append(tuple(map(sys.intern, words)))
            yield letters

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
