"""Message to card, after the quiet window, under load; and the memory that the service takes meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from bot.sandbox.play import Player
from knowledge.policy import Policy
from tests.bench.apart import python
from tests.bench.figures import Bound, Figure, median, quantile
from tests.bench.pretend import seed_for
from tests.chains import generate_chain, question
from tests.house import environment_for
from tests.processes import find_free_port

STORES, CLERKS_A_STORE, ENTRIES = 100, 2, 5_000
A_SECOND = 20  #: conversations that begin
WARM_UP = 60  #: conversations that are not counted
COUNTED = 400
P95_MOST = 150.0  #: milliseconds
MEMORY_MOST = 300.0  #: megabytes
SETTLES_WITHIN = 60.0  #: seconds
PATIENCE = 15.0  #: seconds for the last card
_STEP = 37  #: questions are asked in no order; coprime to ENTRIES


def measure(database: str, url: str, folder: Path) -> list[Figure]:
    """The service, the pretend WeCom and the people, each in a process of its own."""
    content = generate_chain(folder / "content", stores=STORES, clerks=CLERKS_A_STORE, entries=ENTRIES)
    with serving(content, url, folder) as base:
        before = _cost()
        late = asyncio.run(converse(base))
        return _figures(database, late, before, _cost())


@contextmanager
def serving(content: Path, url: str, folder: Path) -> Iterator[str]:
    """The service over a chain, with a pretend WeCom, whose address this gives; calibrated and idle."""
    port = find_free_port()
    seed = seed_for(content, port)
    with ExitStack() as stack:
        pretend = stack.enter_context(
            python(["-m", "tests.bench.pretend", str(content), "{port}", str(port)], folder, ready="/sandbox/state")
        )
        base = f"http://127.0.0.1:{pretend}"
        environment = environment_for(seed, base, database_url=url, folder=folder / "data", content=content, port=port)
        stack.enter_context(
            python(["-m", "bot", "serve"], folder, ready="/readyz", environment=environment, listens_on=port)
        )
        _wait_until_settled()
        yield base


@dataclass(frozen=True, slots=True)
class Cost:
    """What the service has taken so far."""

    memory: float  #: resident megabytes
    processor: float  #: seconds


def _figures(database: str, late: list[float], before: Cost, after: Cost) -> list[Figure]:
    name = f"message to card, {database}"
    processor = (after.processor - before.processor) / (WARM_UP + COUNTED) * 1000
    milliseconds = [each * 1000 for each in late]
    memory = f"memory, {database}, {ENTRIES} entries"
    return [
        Figure(f"{name}: p95", quantile(milliseconds, 0.95), " ms", Bound.BELOW, P95_MOST, places=0),
        Figure(f"{name}: median", median(milliseconds), " ms", places=0),
        Figure(f"{name}: slowest", max(milliseconds), " ms", places=0),
        Figure(f"{name}: cards that came", len(late), "", Bound.AT_LEAST, COUNTED, places=0),
        Figure(f"{name}: processor time a conversation", processor, " ms", places=1),
        Figure(f"{memory}: ready", before.memory, " MB", Bound.BELOW, MEMORY_MOST, places=0),
        Figure(f"{memory}: after", after.memory, " MB", Bound.BELOW, MEMORY_MOST, places=0),
    ]


def _service() -> psutil.Process:
    return next(child for child in psutil.Process().children() if "serve" in child.cmdline())


def _wait_until_settled() -> None:
    """After a start it calibrates what it has loaded, in a process of its own: seconds, once a publish."""
    until = time.monotonic() + SETTLES_WITHIN
    while _service().children() and time.monotonic() < until:
        time.sleep(0.5)


def _cost() -> Cost:
    service = _service()
    times = service.cpu_times()
    return Cost(service.memory_info().rss / 2**20, times.user + times.system)


async def converse(base: str, first: int = 0) -> list[float]:
    """Seconds from the end of each quiet window to the card, of the conversations that count.

    `first`: the number of the first customer, so that whoever comes later asks something else.
    """
    async with Player(base) as play:
        asked = {f"客人{n:04}": question(n * _STEP % ENTRIES) for n in range(first, first + WARM_UP + COUNTED)}
        for n, name in enumerate(asked):
            await play.customer(name, account=f"wkStore{n % STORES:03}").id()
        await _ask(play, asked)
        counted = dict(list(asked.items())[WARM_UP:])
        cards = await _cards(play, set(counted.values()))
        pause = Policy().quiet_pause.total_seconds()
        late = []
        for name, words in counted.items():
            said_at = datetime.fromisoformat((await play.customer(name).messages())[0]["at"])
            if words in cards:
                late.append((cards[words] - said_at).total_seconds() - pause)
        return late


async def _ask(play: Player, asked: dict[str, str]) -> None:
    """Everybody says their question, so many a second, whatever becomes of the ones before."""
    started, said = time.monotonic(), list[asyncio.Task[str]]()
    for n, (name, words) in enumerate(asked.items()):
        await asyncio.sleep(max(0.0, started + n / A_SECOND - time.monotonic()))
        said.append(asyncio.create_task(play.customer(name).says(words)))
    await asyncio.gather(*said)


async def _cards(play: Player, wanted: set[str]) -> dict[str, datetime]:
    """When the card with each question came; looks until all are there, or patience ends."""
    until, found = time.monotonic() + PATIENCE, dict[str, datetime]()
    staff = [each["account"] for each in (await play.state())["staff"]]
    while time.monotonic() < until and wanted - found.keys():
        await asyncio.sleep(2)
        for account in staff:
            for item in await play.staff(account).inbox():
                found.setdefault(item["face"]["quote"], datetime.fromisoformat(item["received_at"]))
    return found
