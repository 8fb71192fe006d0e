"""What `make bench` measures the search with: enough different sentences, and contenders that answer."""

from __future__ import annotations

import pytest

from tests.bench.contender import CONTENDERS
from tests.wordings import generate_entries, generate_questions


def test_the_texts_are_as_many_as_wanted_and_hardly_any_is_there_twice() -> None:
    entries = generate_entries(6_000)
    texts = [text for wordings in entries for text in wordings]
    assert 5_800 <= len(texts) <= 6_000
    assert len(set(texts)) >= 0.95 * len(texts)
    assert len({len(text) for text in texts}) >= 20  # some write a word, some tell a story
    assert entries == generate_entries(6_000)


def test_questions_are_mostly_in_words_that_no_entry_has() -> None:
    texts = {text for wordings in generate_entries(6_000) for text in wordings}
    asked = generate_questions(200, 6_000)
    assert sum(question in texts for question in asked) <= 0.2 * len(asked)


@pytest.mark.parametrize("name", CONTENDERS)
def test_every_contender_answers(name: str) -> None:
    wordings = generate_entries(300)
    ask = CONTENDERS[name](wordings)
    assert ask(wordings[7][0])
