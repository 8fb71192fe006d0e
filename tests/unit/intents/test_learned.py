"""What was learned is kept by content: the same examples are learned from once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from intents import learned
from intents.classifier import Classifier
from intents.learned import learn
from intents.recogniser import Recogniser

PAIRS = [("送两瓶水", "water"), ("没水了", "water"), ("叫个车", "taxi"), ("帮我打车", "taxi")]


@pytest.fixture(autouse=True)
def _forget() -> None:
    learned._learn.cache_clear()


def test_what_is_kept_in_a_file_guesses_as_before(tmp_path: Path) -> None:
    fresh = learn(PAIRS, tmp_path)
    (path,) = tmp_path.iterdir()
    learned._learn.cache_clear()
    kept = learn(PAIRS, tmp_path)
    assert fresh is not None and kept is not None
    assert kept is not fresh
    for text in ("来瓶水", "打个车", "完全无关的一句话"):
        assert kept.guess(text) == fresh.guess(text)
    assert path.suffix == ".npz"


def test_other_examples_are_learned_anew_and_the_old_file_goes(tmp_path: Path) -> None:
    learn(PAIRS, tmp_path)
    (old,) = tmp_path.iterdir()
    other = learn([*PAIRS, ("开发票", "invoice")], tmp_path)
    assert other is not None and "invoice" in other.intents
    (new,) = tmp_path.iterdir()
    assert new != old


@pytest.mark.parametrize("rubbish", [b"", b"rubbish", b"PK\x03\x04rubbish"])
def test_broken_file_is_learned_again(tmp_path: Path, rubbish: bytes) -> None:
    learn(PAIRS, tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(rubbish)
    learned._learn.cache_clear()
    assert learn(PAIRS, tmp_path) is not None
    assert path.stat().st_size > 100


def test_folder_that_cannot_be_written_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert learn(PAIRS, tmp_path / "file") is not None


def test_nothing_is_learned_from_nothing() -> None:
    assert learn([]) is None


def test_second_load_is_quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the file; nothing is trained."""
    Recogniser.load(cache=tmp_path)
    learned._learn.cache_clear()
    monkeypatch.setattr(Classifier, "train", lambda _: pytest.fail("trained again"))
    started = time.perf_counter()
    Recogniser.load(cache=tmp_path)
    assert time.perf_counter() - started < 2  # 0.4 s on a quiet core
