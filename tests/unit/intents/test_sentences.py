"""Every sentence file and its proof: what must be recognised, and what must not."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from intents.catalogue import load_catalogue
from intents.recogniser import NONE, Recogniser

PROOFS = Path(__file__).parents[2] / "sentences"
FEWEST = 25  #: lines in each half of a proof


def _read(half: str) -> Iterator[tuple[str, str]]:
    """(sentence, intent) of every `intent` or `not` block of every proof."""
    for path in sorted(PROOFS.glob("*.yaml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")):
            if half in block:
                yield from ((str(sentence), block[half]) for sentence in block["said"])


def _sentence_files() -> list[str]:
    folder = files("intents") / "sentences"
    return sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml"))


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser.load()


@pytest.mark.parametrize(("sentence", "intent"), list(_read("intent")))
def test_sentence_is_recognised(recogniser: Recogniser, sentence: str, intent: str) -> None:
    assert intent in [one.intent for one in recogniser.recognise(sentence)]


@pytest.mark.parametrize(("sentence", "intent"), list(_read("not")))
def test_sentence_is_not_mistaken(recogniser: Recogniser, sentence: str, intent: str) -> None:
    assert intent not in [one.intent for one in recogniser.recognise(sentence)]


@pytest.mark.parametrize("intent", _sentence_files())
def test_every_sentence_file_has_a_proof_with_two_full_halves(intent: str) -> None:
    proven = [sentence for sentence, proved in _read("intent") if proved == intent]
    refused = [sentence for sentence, refused in _read("not") if refused == intent]
    assert len(proven) >= FEWEST
    assert len(refused) >= FEWEST


def test_every_intent_but_none_has_sentences() -> None:
    assert set(_sentence_files()) == set(load_catalogue()) - {NONE}


def test_every_example_of_the_catalogue_is_recognised(recogniser: Recogniser) -> None:
    for intent in load_catalogue().values():
        assert recogniser.recognise(intent.example)[0].intent == intent.name
