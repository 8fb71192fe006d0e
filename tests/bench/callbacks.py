"""The callback with its durable commit, beside the same handler without it and a bare handler that reads its body."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench import load
from tests.bench.apart import python
from tests.bench.figures import Bound, Figure, median, quantile

KINDS = ("bare", "decoded", "stored")
ROUNDS = 7
WARM_UP = 200  #: requests before each measured round
REQUESTS = 3_000  #: of each measured round: about a second
TARGET = {"sqlite": 0.75, "postgresql": 0.65}
SLOWEST = 10.0  #: p99 of the stored one, in p99s of the one without a commit

Rounds = dict[str, list[load.Measured]]


def measure(database: str, url: str, folder: Path, rounds: int = ROUNDS) -> list[Figure]:
    """Three sites side by side, loaded in turn; each ratio is taken within a round, and the middle one counts."""
    with _sites(url, folder) as ports, _loader() as loader:
        found: Rounds = {kind: [] for kind in KINDS}
        for number in range(rounds):
            for kind in KINDS[number % 3 :] + KINDS[: number % 3]:
                found[kind].append(loader.submit(load.run, ports[kind], REQUESTS, WARM_UP).result())
    return _figures(database, found)


@contextmanager
def _sites(url: str, folder: Path) -> Iterator[dict[str, int]]:
    with ExitStack() as stack:
        yield {
            kind: stack.enter_context(python(["-m", "tests.bench.site", kind, "{port}", url], folder)) for kind in KINDS
        }


@contextmanager
def _loader() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as loader:
        yield loader


def _figures(database: str, found: Rounds) -> list[Figure]:
    name = f"callback, {database}"
    rates = {kind: median(each.rate for each in found[kind]) for kind in KINDS}
    p99 = {kind: median(quantile(each.latencies, 0.99) for each in found[kind]) for kind in KINDS}
    slower = [
        quantile(stored.latencies, 0.99) / quantile(decoded.latencies, 0.99)
        for stored, decoded in zip(found["stored"], found["decoded"], strict=True)
    ]
    return [
        Figure(
            f"{name}: with commit / without", _ratio(found, "decoded"), bound=Bound.AT_LEAST, target=TARGET[database]
        ),
        Figure(f"{name}: p99 with / without", median(slower), "×", Bound.AT_MOST, SLOWEST, places=1),
        Figure(f"{name}: with commit / bare handler", _ratio(found, "bare")),
        *(Figure(f"{name}: {kind}", rates[kind], " /s", places=0) for kind in KINDS),
        *(Figure(f"{name}: {kind}, p99", p99[kind] * 1000, " ms", places=1) for kind in KINDS),
    ]


def _ratio(found: Rounds, other: str) -> float:
    return median(mine.rate / theirs.rate for mine, theirs in zip(found["stored"], found[other], strict=True))
