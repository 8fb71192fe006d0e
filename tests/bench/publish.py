"""From a saved file to the answer that customers get, at 5,000 entries; and how long it holds up everything else."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.app import Role, Service, running
from bot.content import memory
from bot.log import set_up_logging
from bot.settings import Settings
from knowledge.content import load
from knowledge.index import Index
from knowledge.text import warm_up
from tests.bench import cards
from tests.bench.figures import Bound, Figure, quantile
from tests.bench.pretend import seed_for
from tests.chains import answer, generate_chain, question
from tests.house import files_below, settings_for

STORES, CLERKS_A_STORE, ENTRIES, ASKED = 100, 2, 5_000, 100
SERVED_MOST = 5.0  #: seconds
STALL_MOST = 100.0  #: milliseconds in which the event loop does nothing else
PATIENCE = 60.0
SAVES_EVERY = 6.0  #: seconds; a publish takes about as long, so one runs nearly all the time
_TICK = 0.001


@dataclass
class Watch:
    """Sees how late the event loop is."""

    worst: float = 0.0  #: seconds
    is_over: bool = False
    ticks: list[float] = field(default_factory=list)  #: lateness of each

    async def run(self) -> None:
        while not self.is_over:
            started = time.perf_counter()
            await asyncio.sleep(_TICK)
            self.ticks.append(time.perf_counter() - started - _TICK)
            self.worst = max(self.worst, self.ticks[-1])


@dataclass(frozen=True)
class Published:
    """One save, followed until it was served and calibrated."""

    served: float  #: seconds from the save
    calibrated: float  #: the same
    stall: float  #: seconds, the longest until it was calibrated
    seconds: dict[str, float]


def measure(database: str, url: str, folder: Path) -> list[Figure]:
    """The service in this process, with nothing else to do; both on one core; then customers while HQ publishes."""
    content = generate_chain(folder / "content", stores=STORES, clerks=CLERKS_A_STORE, entries=ENTRIES)
    _write_acceptance(content)
    index = _time_index(content)
    seed = seed_for(content, 9)
    settings = settings_for(
        seed, "http://127.0.0.1:9", database_url=url, folder=folder / "data", content=content, port=9
    )
    free, alone = asyncio.run(_publish(settings, content))
    return [*_figures(database, free, alone, index), *_under_load(database, content, url, folder)]


def _under_load(database: str, content: Path, url: str, folder: Path) -> list[Figure]:
    """Message to card, side by side: nobody saves anything, and one publish after another."""
    with cards.serving(content, url, folder) as base:
        quiet = [each * 1000 for each in asyncio.run(cards.converse(base))]
        busy, saves = asyncio.run(_converse_while_saving(base, content))
    p95, p95_quiet = quantile([each * 1000 for each in busy], 0.95), quantile(quiet, 0.95)
    name = f"publish, {database}, {ENTRIES} entries, {cards.A_SECOND} conversations a second"
    return [
        Figure(f"{name}: message to card p95, publishing", p95, " ms", places=0),
        Figure(f"{name}: message to card p95, quiet", p95_quiet, " ms", places=0),
        Figure(f"{name}: ratio", p95 / p95_quiet, "", places=1),
        Figure(f"{name}: saves meanwhile", saves, "", Bound.AT_LEAST, 2, places=0),
        Figure(f"{name}: cards that came", len(busy), "", Bound.AT_LEAST, cards.COUNTED, places=0),
    ]


async def _converse_while_saving(base: str, content: Path) -> tuple[list[float], int]:
    """How late each card was; how often HQ saved."""
    talking = asyncio.create_task(cards.converse(base, cards.WARM_UP + cards.COUNTED))
    saves = 0
    while not talking.done():
        await asyncio.to_thread(_change, content, f"第{saves}次")
        saves += 1
        await asyncio.wait({talking}, timeout=SAVES_EVERY)
    return talking.result(), saves


def _change(content: Path, mark: str) -> None:
    """HQ changes one answer."""
    path = content / "faq" / "问答.csv"
    text = path.read_text("utf-8-sig")
    path.write_text(text.replace(answer(7), f"{answer(7)}{mark}", 1), "utf-8")


def _figures(database: str, free: Published, alone: Published, index: float) -> list[Figure]:
    name = f"publish, {database}, {ENTRIES} entries"
    seconds = free.seconds
    started = seconds["all"] - seconds["load"] - seconds["acceptance"]
    return [
        Figure(f"{name}: save to served", free.served, " s", Bound.BELOW, SERVED_MOST),
        Figure(f"{name}: · seen and settled", free.served - seconds["all"], " s"),
        Figure(f"{name}: · read and check", seconds["load"] - index, " s"),
        Figure(f"{name}: · index", index, " s"),
        Figure(f"{name}: · {ASKED} 验收问题", seconds["acceptance"], " s"),
        Figure(f"{name}: · start, hand over, store, swap", started, " s"),
        Figure(f"{name}: calibrated after", free.calibrated, " s"),
        Figure(f"{name}: longest stall", free.stall * 1000, " ms", Bound.AT_MOST, STALL_MOST, places=0),
        Figure(f"{name}, one core: save to served", alone.served, " s"),
        Figure(f"{name}, one core: longest stall", alone.stall * 1000, " ms", Bound.AT_MOST, STALL_MOST, places=0),
    ]


def _write_acceptance(content: Path) -> None:
    rows = [f"请问{question(n)},Q-{n:05},,是" for n in range(0, ENTRIES, ENTRIES // ASKED)]
    text = "\n".join(["客户原话,期望编号,门店,是否锁定", *rows]) + "\n"
    (content / "faq" / "验收问题.csv").write_text(text, encoding="utf-8")


def _time_index(content: Path) -> float:
    warm_up()
    loaded = load(files_below(content)).content
    assert loaded is not None
    entries, names = list(loaded.entries.values()), [store.name for store in loaded.stores.values()]
    started = time.perf_counter()
    Index(entries, words=names)
    return time.perf_counter() - started


async def _publish(settings: Settings, content: Path) -> tuple[Published, Published]:
    set_up_logging("ERROR")
    async with running(settings, role=Role.WEB) as service:
        await _until(lambda: service.library.is_calibrated)
        memory.settle()
        free = await _save(service, content, "甲")
        with _one_core():
            return free, await _save(service, content, "乙")


async def _save(service: Service, content: Path, mark: str) -> Published:
    watch = Watch()
    watching = asyncio.create_task(watch.run())
    before, started = service.library.content.version, time.monotonic()
    await asyncio.to_thread(_change, content, mark)
    await _until(lambda: service.library.content.version != before)
    served = time.monotonic() - started
    await _until(lambda: service.library.is_calibrated and not service.library.is_busy)
    calibrated = time.monotonic() - started
    watch.is_over = True
    await watching
    return Published(served, calibrated, watch.worst, dict(service.library.seconds))


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not is_so():  # noqa: ASYNC110  # nobody tells us
            await asyncio.sleep(0.01)


@contextmanager
def _one_core() -> Iterator[None]:
    """This process and those that it starts share one core, where the system allows it."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    _hold_to({min(cores)})
    try:
        yield
    finally:
        _hold_to(cores)


def _hold_to(cores: set[int]) -> None:
    for thread in Path("/proc/self/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)
