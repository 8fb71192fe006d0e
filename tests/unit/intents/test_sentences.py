"""Every sentence file and its proof: what must be recognised, and what must not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from intents.catalogue import load_catalogue
from intents.library import shipped
from intents.recogniser import Recogniser

HALVES = ("intent", "not")
PROOFS = Path(__file__).parents[2] / "sentences"
FEWEST = 25  #: lines in each half of a proof of what templates alone find: there precision comes first
FEWEST_LEARNED = 10  #: the same of the others
EXAMPLES_FEWEST = 28  #: of each file whose examples are learned from


def _blocks() -> Iterator[tuple[str, dict[str, Any]]]:
    """(name of the proof, block) of every block."""
    for path in sorted(PROOFS.glob("*.yaml")):
        yield from ((path.stem, block) for block in yaml.safe_load(path.read_text(encoding="utf-8")))


def _read(half: str) -> list[tuple[str, str, str]]:
    """(sentence, intent, kind) of every `intent` or `not` block of every proof."""
    return [
        (str(sentence), block[half], shipped().get(name, {}).get("kind", ""))
        for name, block in _blocks()
        if half in block
        for sentence in block["said"]
    ]


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser.load()


@pytest.mark.parametrize(("sentence", "intent", "kind"), _read("intent"))
def test_sentence_is_recognised(recogniser: Recogniser, sentence: str, intent: str, kind: str) -> None:
    assert (intent, kind) in [(one.intent, one.kind) for one in recogniser.recognise(sentence)]


@pytest.mark.parametrize(("sentence", "intent", "kind"), _read("not"))
def test_sentence_is_not_mistaken(recogniser: Recogniser, sentence: str, intent: str, kind: str) -> None:
    assert (intent, kind) not in [(one.intent, one.kind) for one in recogniser.recognise(sentence)]


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_sentence_file_has_a_proof_with_two_full_halves(name: str) -> None:
    fewest = FEWEST_LEARNED if load_catalogue()[str(shipped()[name]["intent"])].is_learned else FEWEST
    said = {
        half: [s for n, block in _blocks() if n == name and half in block for s in block["said"]] for half in HALVES
    }
    assert all(len(sentences) >= fewest for sentences in said.values())


@pytest.mark.parametrize("name", sorted(shipped()))
def test_proof_is_not_what_was_learned(name: str) -> None:
    """A proof that repeats an example proves nothing."""
    learned = {str(said) for data in shipped().values() for said in data.get("examples", ())}
    proved = [str(s) for n, block in _blocks() if n == name and "intent" in block for s in block["said"]]
    assert len([s for s in proved if s in learned]) <= len(proved) // 3


def test_every_file_that_is_learned_from_has_enough_examples_each_once() -> None:
    catalogue = load_catalogue()
    everything: list[str] = []
    for data in shipped().values():
        said = [str(one) for one in data.get("examples", ())]
        assert len(said) >= EXAMPLES_FEWEST or not catalogue[str(data["intent"])].is_learned, data["intent"]
        everything += said
    assert len(everything) == len(set(everything))


def test_every_intent_has_sentences_and_every_kind_a_file() -> None:
    found = {(data["intent"], data.get("kind", "")) for data in shipped().values()}
    assert found == {(intent.name, kind) for intent in load_catalogue().values() for kind in intent.kinds or ("",)}


def test_every_example_of_the_catalogue_is_recognised(recogniser: Recogniser) -> None:
    for intent in load_catalogue().values():
        assert recogniser.recognise(intent.example)[0].intent == intent.name
