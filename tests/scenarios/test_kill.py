"""kill -9 at random moments: nothing lost, nothing double, order kept."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.play import Player
from bot.sandbox.play_customer import PlayedCustomer
from bot.sandbox.seed import SandboxSeed
from bot.sandbox.server import running as sandbox_running
from knowledge.content import load
from tests.chains import answer, generate_chain, question
from tests.house import files_below, seed_of

SEED = 20261122
POLICY = "静候停顿秒: 0.3\n静候最长秒: 1\n"
STORES, ENTRIES = 20, 60
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Killed:
    """A service in processes of its own, which can be killed."""

    environment: dict[str, str]
    roles: list[list[str]]
    health: str
    log: Path
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)
    starts: int = 0

    async def start(self) -> None:
        with self.log.open("ab") as log:
            for role in self.roles:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot", "serve", *role, env=self.environment, stdout=log, stderr=log, cwd=ROOT
                )
                self.processes.append(process)
        self.starts += 1
        await self._until_ready()

    async def _until_ready(self) -> None:
        deadline = time.monotonic() + 40
        async with aiohttp.ClientSession() as http:
            while time.monotonic() < deadline:
                with suppress(aiohttp.ClientError):
                    async with http.get(f"{self.health}/readyz") as answered:
                        if answered.status == 200:
                            return
                await asyncio.sleep(0.05)
        raise AssertionError(f"the service did not come up:\n{self.log.read_text()[-2000:]}")

    async def kill(self) -> None:
        for process in self.processes:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
            await process.wait()
        self.processes.clear()


async def talk(customer: PlayedCustomer, asked: list[int], received_at: dict[str, float]) -> None:
    """Ask one thing after the other, in two bubbles each, and wait for each answer."""
    for number in asked:
        await customer.says_all(["你好", question(number)])
        while answer(number) not in await customer.received():  # noqa: ASYNC110  # what we wait for is elsewhere
            await asyncio.sleep(0.4)
        received_at[customer.name] = time.monotonic()


async def tap_for_ever(play: Player, seed: SandboxSeed) -> None:
    """Clerks who tap 发送 on whatever is open, again and again: a tap while the service is down may be lost."""
    while True:
        for person in seed.staff:
            for card in await play.staff(person.account).open_cards():
                with suppress(Exception):  # the card may close this very moment
                    await card.press("发送")
        await asyncio.sleep(1.0)


@asynccontextmanager
async def scene(
    tmp_path: Path, port: int, database_url: str, redis_url: str = ""
) -> AsyncIterator[tuple[Player, SandboxSeed, Killed]]:
    folder = generate_chain(tmp_path / "content", stores=STORES, clerks=2, entries=ENTRIES, policy=POLICY)
    content = load(files_below(folder)).content
    assert content is not None
    seed = seed_of(content, callback_url=f"http://127.0.0.1:{port}/wecom/callback")
    async with sandbox_running(seed, answer_within=1.0) as pretend, Player(pretend.base_url) as play:
        environment = dict(
            os.environ,
            WECOM_API_BASE=pretend.base_url,
            WECOM_CORP_ID=seed.corp_id,
            WECOM_AGENT_ID=str(seed.agent_id),
            WECOM_SECRET=seed.secret,
            WECOM_TOKEN=seed.token,
            WECOM_AES_KEY=seed.aes_key,
            DATABASE_URL=database_url,
            REDIS_URL=redis_url,
            CONTENT_DIR=str(folder),
            DATA_DIR=str(tmp_path / "data"),
            PORT=str(port),
            LOG_LEVEL="WARNING",
        )
        roles = [["--role", "all"]]
        killed = Killed(environment, roles, f"http://127.0.0.1:{port}", tmp_path / "service.log")
        try:
            yield play, seed, killed
        finally:
            await killed.kill()


async def run(
    play: Player, seed: SandboxSeed, killed: Killed, *, conversations: int, kills: int, patience: float
) -> None:
    dice = random.Random(SEED)
    await killed.start()
    customers = [play.customer(f"客人{n}", account=f"wkStore{n % STORES:03}") for n in range(conversations)]
    asked = {customer.name: dice.sample(range(ENTRIES), 2 if n % 2 else 1) for n, customer in enumerate(customers)}
    answered: dict[str, float] = {}
    started = time.monotonic()

    async def begin(customer: PlayedCustomer) -> None:
        await asyncio.sleep(dice.uniform(0, kills * 1.5))
        await talk(customer, asked[customer.name], answered)

    talks = [asyncio.create_task(begin(customer)) for customer in customers]
    tapping = asyncio.create_task(tap_for_ever(play, seed))
    for _ in range(kills):
        await asyncio.sleep(dice.uniform(0.1, 2.5))
        await killed.kill()
        await killed.start()
    try:
        await asyncio.wait_for(asyncio.gather(*talks), timeout=patience)
    finally:
        tapping.cancel()
        for task in talks:
            task.cancel()
    await asyncio.sleep(2)  # time for anything that should not come
    wrong = {}
    for customer in customers:
        expected = [answer(number) for number in asked[customer.name]]
        if (received := await customer.received()) != expected:
            wrong[customer.name] = (expected, received)
    questions = sum(len(numbers) for numbers in asked.values())
    print(
        f"kill -9: {kills} kills, {killed.starts} starts, {conversations} conversations, {questions} questions, "
        f"{len(wrong)} lost, double or out of order, {time.monotonic() - started:.0f} s, seed {SEED}"
    )
    assert wrong == {}


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Iterator[str]:
    yield f"sqlite+aiosqlite:///{tmp_path / 'killed.db'}"


@pytest.mark.slow
async def test_nothing_is_lost_or_sent_twice_when_the_process_is_killed(
    sqlite_file: str, tmp_path: Path, free_port: int
) -> None:
    async with scene(tmp_path, free_port, sqlite_file) as (play, seed, killed):
        await run(play, seed, killed, conversations=200, kills=20, patience=300)
