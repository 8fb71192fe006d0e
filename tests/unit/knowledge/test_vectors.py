"""The view of vectors: it finds what words do not, knows how far to trust itself, and breaks no rule of the others."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import date

import pytest

from knowledge.calibration import calibrate
from knowledge.entry import Audience, Entry
from knowledge.index import Index, Scope
from knowledge.meaning import texts_of, understood
from knowledge.policy import Policy
from knowledge.vectors import MEANING
from tests.unit.knowledge.making import entry

SCOPE = Scope(Audience.CUSTOMER, None, date(2026, 11, 22))
TOPICS = 60
_SIGNS = [chr(code) for code in range(0x4E00, 0x9000, 7)]


def noise(seed: str, size: int = 48) -> list[float]:
    source = random.Random(hashlib.sha256(seed.encode()).digest())
    return [source.gauss(0, 1) for _ in range(size)]


def words(topic: int, number: int) -> str:
    """A wording of a topic; two of one topic share a third of their characters, those of two topics nearly none."""
    source = random.Random(f"{topic} {number}")
    own = [_SIGNS[(topic * 11 + at) % len(_SIGNS)] for at in range(4)]
    return "".join([*source.sample(own, 2), *source.sample(_SIGNS, 5)])


def vector(topic: int, text: str, spread: float = 0.8) -> list[float]:
    return [mean + spread * own for mean, own in zip(noise(f"topic {topic}"), noise(text), strict=True)]


def chain() -> list[Entry]:
    return [entry(f"V-{at:02}", *(words(at, number) for number in range(4))) for at in range(TOPICS)]


@pytest.fixture(scope="module")
def plain() -> Index:
    index = Index(chain())
    return index.calibrated(calibrate(index))


@pytest.fixture(scope="module")
def index(plain: Index) -> Index:
    about = {wording: at for at, one in enumerate(chain()) for wording in one.wordings}
    return understood(plain, {text: vector(about[text], text) for text in texts_of(plain)})


def ask(index: Index, topic: int, text: str, scope: Scope = SCOPE) -> list[tuple[str, float]]:
    hits = index.hearing({text: vector(topic, text)}).search(text, scope)
    return [(hit.entry.number, hit.confidence) for hit in hits]


def odd(topic: int) -> str:
    """A question with no character of any wording's."""
    return "".join(random.Random(topic).sample([chr(code) for code in range(0xAC00, 0xB000)], 6))


def test_what_no_word_leads_to_is_found_and_its_confidence_means_what_it_says(plain: Index, index: Index) -> None:
    found = [ask(index, topic, odd(topic)) for topic in range(TOPICS)]
    assert [plain.search(odd(topic), SCOPE) for topic in range(TOPICS)] == [()] * TOPICS
    right = [bool(hits) and hits[0][0] == f"V-{topic:02}" for topic, hits in enumerate(found)]
    sure = [hits[0][1] if hits else 0.0 for hits in found]
    assert sum(right) >= 0.9 * TOPICS
    assert sum(sure) / TOPICS <= sum(right) / TOPICS + 0.05, "surer than it is right"
    unknown = [ask(index, topic, odd(topic)) for topic in range(1000, 1000 + TOPICS)]
    answered = sum(bool(hits) and hits[0][1] >= Policy().answer_line for hits in unknown)
    assert answered <= 0.1 * TOPICS


def test_together_they_are_right_more_often_and_not_surer_than_that(plain: Index, index: Index) -> None:
    asked = [(topic, words(topic, 100 + topic)) for topic in range(TOPICS)]
    alone = [(hits[0].entry.number if (hits := plain.search(text, SCOPE)) else "") for _, text in asked]
    both = [(ask(index, topic, text) or [("", 0.0)])[0] for topic, text in asked]
    rights = [
        [number == f"V-{topic:02}" for (topic, _), number in zip(asked, found, strict=True)]
        for found in (alone, [number for number, _ in both])
    ]
    assert sum(rights[1]) >= sum(rights[0])
    assert sum(sure for _, sure in both) / TOPICS <= sum(rights[1]) / TOPICS + 0.05


def test_without_a_vector_of_the_question_all_is_as_before(plain: Index, index: Index) -> None:
    texts = [words(topic, 100) for topic in range(20)]
    assert [index.search(text, SCOPE) for text in texts] == [plain.search(text, SCOPE) for text in texts]
    bad: Sequence[Sequence[float]] = ([1.0], [float("nan")] * 48, [0.0] * 48, [])
    for vectors in bad:
        assert index.hearing({texts[0]: vectors}).search(texts[0], SCOPE) == plain.search(texts[0], SCOPE)
    assert plain.hearing({texts[0]: noise("x")}).search(texts[0], SCOPE) == plain.search(texts[0], SCOPE)


def test_hqs_own_wording_stays_first_whatever_a_vector_says(plain: Index, index: Index) -> None:
    text = words(3, 0)
    (first, *_) = index.hearing({text: vector(9, text)}).search(text, SCOPE)
    assert (first.entry.number, first.is_own_wording) == ("V-03", True)
    assert first.confidence == plain.search(text, SCOPE)[0].confidence


def test_what_may_not_be_shown_is_not_found_and_what_is_next_is_no_answer() -> None:
    secret = [
        entry(
            "S-1", *(words(5, at) for at in range(4)), customer_answer="", staff_answer="口令", audience=Audience.STAFF
        )
    ]
    open_ones = [each for each in chain() if each.number != "V-05"]
    index = Index([*open_ones, *secret])
    about = {words(at, number): at for at in range(TOPICS) for number in range(4)}
    index = understood(index, {text: vector(about[text], text) for text in texts_of(index)})
    found = ask(index, 5, odd(5))
    assert "S-1" not in [number for number, _ in found]
    assert not found or found[0][1] < Policy().answer_line
    staff = ask(index, 5, odd(5), Scope(Audience.STAFF, None, SCOPE.on))
    assert staff[0][0] == "S-1"


def test_a_counterexample_holds_for_vectors_too(index: Index) -> None:
    said = odd(7)
    entries = [
        each if each.number != "V-07" else entry("V-07", *each.wordings, counterexamples=(said,)) for each in chain()
    ]
    about = {words(at, number): at for at in range(TOPICS) for number in range(4)}
    refused = understood(Index(entries), {text: vector(about[text], text) for text in about})
    assert ask(index, 7, said)[0][0] == "V-07"
    assert "V-07" not in [number for number, _ in ask(refused, 7, said)]


def test_each_views_part_is_told(index: Index) -> None:
    hits = index.hearing({odd(1): vector(1, odd(1))}).search(odd(1), SCOPE)
    assert dict(hits[0].parts)[MEANING] > 1.5


def test_a_chain_with_few_questions_gets_a_choice_and_never_an_answer() -> None:
    index = Index(chain()[:4])
    index = understood(index, {words(at, n): vector(at, words(at, n), 0.2) for at in range(4) for n in range(4)})
    assert index.vectors is not None and index.vectors.blend is None
    ((number, sure), *_) = ask(index, 2, odd(2))
    assert number == "V-02"
    assert Policy().offer_line <= sure < Policy().answer_line


@pytest.mark.parametrize("given", [{}, {"a": [1.0]}])
def test_vectors_that_are_missing_or_differ_make_no_view(plain: Index, given: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError):
        understood(plain, given)
    uneven = {text: noise(text, 8 + at % 2) for at, text in enumerate(texts_of(plain))}
    with pytest.raises(ValueError):
        understood(plain, uneven)
