"""A large folder is read in a process of its own, which gives back what it read, calibrates it, and goes."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import weakref

import psutil
import pytest

from bot.clock import SystemClock
from bot.content import memory
from bot.content.apart import Apart, ApartError
from bot.content.parcel import seal, unseal
from knowledge.calibration import Calibration
from knowledge.content import load
from knowledge.entry import Audience
from knowledge.index import Scope
from tests.house import sample_files
from tests.shelf import BAD_DATE, FAQ, PARKING, NewShelf, Shelf
from tests.stage import ON_SQLITE


def readers() -> list[psutil.Process]:
    """The processes that read for us."""
    return [child for child in psutil.Process().children() if "bot.content.apart" in child.cmdline()]


@pytest.fixture
async def apart(new_shelf: NewShelf) -> Shelf:
    """A shelf to which every folder is large."""
    shelf = new_shelf(apart_from=1)
    shelf.write_faq()
    await shelf.library.open()
    return shelf


def test_what_is_sealed_comes_out_the_same() -> None:
    loaded = load(sample_files())
    assert loaded.content is not None
    content = unseal(seal(loaded)).content
    assert (content.version, dict(content.entries)) == (loaded.content.version, dict(loaded.content.entries))
    assert (content.staff, content.policy) == (loaded.content.staff, loaded.content.policy)
    scope = Scope(Audience.CUSTOMER, content.stores["T001"], SystemClock().now().date())
    for question in ("停车方便吗", "早餐几点", "可以开发票吗", "今天下雨吗"):
        assert content.index.search(question, scope) == loaded.content.index.search(question, scope)
    assert content.find_stores("西湖银泰店") == (content.stores["T001"],)


async def test_a_change_is_read_there_and_the_process_goes(apart: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "a secret")
    apart.write_faq(FAQ.replace(PARKING, "停车要收费。"))
    await apart.library.refresh()
    (process,) = readers()  # it gets ready while the file settles
    assert "DATABASE_URL" not in process.environ()
    for _ in range(500):
        if process.nice() >= 5:
            break
        await asyncio.sleep(0.02)
    else:
        raise AssertionError("it competes with the service")
    assert await apart.settle()
    assert apart.answer("Q-1") == "停车要收费。"
    assert readers() == []
    kept = json.loads((await apart.rows())[-1].calibration or "")
    assert Calibration.from_json(kept) == apart.library.content.index.calibration


@ON_SQLITE
async def test_errors_come_back_too(apart: Shelf) -> None:
    apart.write_faq(BAD_DATE)
    assert not await apart.settle()
    assert [problem.row for problem in apart.library.problems if problem.is_error] == [4]
    assert readers() == []


@ON_SQLITE
async def test_a_process_that_dies_is_followed_by_another(apart: Shelf) -> None:
    apart.write_faq(FAQ.replace(PARKING, "停车要收费。"))
    await apart.library.refresh()
    os.kill(readers()[0].pid, signal.SIGKILL)
    with pytest.raises(ApartError):
        await apart.settle()
    assert apart.answer("Q-1") == PARKING
    assert await apart.settle()
    assert apart.answer("Q-1") == "停车要收费。"


async def test_closing_leaves_no_process_behind(new_shelf: NewShelf) -> None:
    shelf = new_shelf(apart_from=1)
    shelf.write_faq()
    await shelf.library.open()
    shelf.write_faq(FAQ.replace(PARKING, "停车要收费。"))
    await shelf.library.refresh()
    work = asyncio.create_task(shelf.settle())
    await asyncio.sleep(0.05)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await shelf.library.close()
    assert readers() == []


async def test_a_child_whose_parent_has_gone_ends() -> None:
    child = await Apart.start()
    child._process.stdin.close()  # type: ignore[union-attr]  # what the kernel does when we die
    assert await asyncio.wait_for(child._process.wait(), 20) == 0
    await child.close()


@ON_SQLITE
async def test_an_old_version_goes_without_garbage_collection(shelf: Shelf) -> None:
    """What is in force is left out of garbage collection: a cycle in it would stay for ever."""
    await shelf.settle()
    before = weakref.ref(shelf.library.content.index)
    memory.settle()
    try:
        shelf.write_faq(FAQ.replace(PARKING, "停车要收费。"))
        assert await shelf.settle()
        memory.settle()
        assert before() is None
    finally:
        gc.unfreeze()
