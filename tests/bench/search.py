"""Searching HQ's questions: ours beside rapidfuzz's WRatio, bm25s and SQLite FTS5, over the same texts, in turn.

bm25s and FTS5 are given characters and pairs of them, on which BM25 does best; WRatio gets the texts as they are.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.bench.apart import ROOT
from tests.bench.contender import CONTENDERS
from tests.bench.figures import Bound, Figure, median, quantile

SIZES = (10_000, 100_000)  #: texts, six to an entry
ROUNDS = 5
QUESTIONS = 200  #: of each round
QUESTIONS_OF_SLOW = 10  #: of each round, where one question may take a third of a second
SLOW = ("wratio", "fts5")
SLOWER_THAN_BM25S = 8.0
SHARE_OF_WRATIO = 0.1
BUILD_OF_BM25S = 2.0
MEMORY_MOST = 450.0  #: megabytes


@dataclass(slots=True)
class Contender:
    """A process that searches, and what it said of itself."""

    process: subprocess.Popen[str]
    build: float  #: seconds
    memory: float = 0.0  #: megabytes
    p50s: list[float] = field(default_factory=list)  #: milliseconds, of each round
    p99s: list[float] = field(default_factory=list)

    def ask(self) -> None:
        """One round."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        said = _hear(self.process)
        self.memory = said["memory"]
        self.p50s.append(quantile(said["asking"], 0.50) * 1000)
        self.p99s.append(quantile(said["asking"], 0.99) * 1000)


def measure() -> list[Figure]:
    """Both sizes; each ratio is taken within a round, and the middle one counts."""
    return [figure for size in SIZES for figure in _measure(size)]


def _measure(size: int) -> list[Figure]:
    with ExitStack() as stack:
        found = {name: stack.enter_context(_contender(name, size)) for name in CONTENDERS}
        for number in range(ROUNDS):
            names = list(found)
            for name in names[number % len(names) :] + names[: number % len(names)]:
                found[name].ask()
        return _figures(f"search, {size} texts", found)


@contextmanager
def _contender(name: str, size: int) -> Iterator[Contender]:
    """Built when it is given out; ends when its stdin is closed."""
    questions = QUESTIONS_OF_SLOW if name in SLOW else QUESTIONS
    command = [sys.executable, "-m", "tests.bench.contender", name, str(size), str(questions)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        yield Contender(process, build=_hear(process)["build"])


def _hear(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What it says next. Raises RuntimeError when it has ended instead; its own words are on stderr."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"{process.args!r} ended without an answer")
    return dict(json.loads(line))


def _figures(name: str, found: dict[str, Contender]) -> list[Figure]:
    ours, bm25s = found["ours"], found["bm25s"]
    return [
        Figure(f"{name}: p50 / bm25s", _ratio(ours, bm25s), "×", Bound.AT_MOST, SLOWER_THAN_BM25S),
        Figure(f"{name}: p50 / WRatio", _ratio(ours, found["wratio"]), "×", Bound.AT_MOST, SHARE_OF_WRATIO),
        Figure(f"{name}: p50 / FTS5", _ratio(ours, found["fts5"]), "×"),
        Figure(f"{name}: build / bm25s", ours.build / bm25s.build, "×", Bound.AT_MOST, BUILD_OF_BM25S),
        Figure(f"{name}: memory", ours.memory, " MB", Bound.AT_MOST, MEMORY_MOST, places=0),
        *(Figure(f"{name}: {who}, p50", median(each.p50s), " ms") for who, each in found.items()),
        *(Figure(f"{name}: {who}, p99", median(each.p99s), " ms") for who, each in found.items()),
        *(Figure(f"{name}: {who}, build", each.build, " s") for who, each in found.items()),
        *(Figure(f"{name}: {who}, memory", each.memory, " MB", places=0) for who, each in found.items()),
    ]


def _ratio(ours: Contender, other: Contender) -> float:
    return median(mine / theirs for mine, theirs in zip(ours.p50s, other.p50s, strict=True))
