"""Indexes in numpy agree with what is counted by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from knowledge.features import canonical
from knowledge.postings import Centroids, Counts, Postings, Vocabulary

DOCUMENTS = [["停", "车", "停车"], ["车", "车", "费"], [], ["早", "餐", "费", "费", "早餐"]]


def test_features_are_counted_with_their_documents() -> None:
    vocabulary = Vocabulary()
    counts = Counts.of(DOCUMENTS, vocabulary)
    names = list(vocabulary)
    found = {
        (int(holder), names[term]): int(count)
        for term, holder, count in zip(counts.terms, counts.holders, counts.counts, strict=True)
    }
    assert found == {(at, word): times for at, said in enumerate(DOCUMENTS) for word, times in Counter(said).items()}
    assert counts.lengths.tolist() == [3, 3, 0, 5]
    assert (np.diff(counts.terms) >= 0).all()


@pytest.mark.parametrize("kinds", [300, 70_000])  # more features than sixteen bits hold
def test_a_rare_feature_says_where_it_stands(kinds: int) -> None:
    vocabulary = Vocabulary()
    documents = [[f"字{at}", f"字{kinds - at}"] for at in range(kinds)]
    counts = Counts.of(documents, vocabulary)
    scores = Postings(counts, vocabulary).scores({f"字{kinds - 7}": 1.0})
    assert np.flatnonzero(scores).tolist() == [7, kinds - 7]


def test_an_entry_as_a_whole_is_what_it_would_be_alone() -> None:
    vocabulary = Vocabulary()
    counts = Counts.of(DOCUMENTS, vocabulary)
    centroids = Centroids(counts, np.array([0, 0, 1, 2], dtype=np.int32), 3, vocabulary)
    said = {"停车": 1.0, "费": 1.0}
    cosines = centroids.cosines(said, np.array([0, 1, 2], dtype=np.int32))
    assert cosines[0] == pytest.approx(centroids.cosine_with(said, DOCUMENTS[:2]), abs=1e-5)
    assert cosines[1] == 0
    assert cosines[2] == pytest.approx(centroids.cosine_with(said, DOCUMENTS[3:]), abs=1e-5)


def test_nothing_is_an_index_too() -> None:
    counts = Counts.of([], Vocabulary())
    assert counts.size == 0
    assert Postings(counts, Vocabulary()).scores({"车": 1.0}).tolist() == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [("mini怎么用", "mini怎么"), ("mi手机", "小米手机"), ("apps下载", "apps下载"), ("帮我开一下app", "帮我开一下软件")],
)
def test_a_latin_word_is_no_part_of_another(said: str, meant: str) -> None:
    assert canonical(said) == meant
