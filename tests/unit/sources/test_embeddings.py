"""The endpoint of embeddings on good days and bad ones: what is asked, what is kept, and what is believed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.errors import EmbeddingsError
from bot.sources import embeddings
from bot.sources.embeddings import BATCH, Embeddings, read_vectors
from bot.sources.vector_file import VectorFile
from tests import pretend_embeddings as pretending
from tests.pretend_embeddings import KEY, MODEL, PretendEmbeddings, pretend_embeddings, vector_of

TEXTS = [f"第{number}个问法" for number in range(25)]


@pytest.fixture
async def pretend() -> AsyncIterator[PretendEmbeddings]:
    async with pretend_embeddings() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "PAUSE", 0.01)
    monkeypatch.setattr(embeddings, "LEARNS_WITHIN", 0.5)


def embedder(http: aiohttp.ClientSession, pretend: PretendEmbeddings, folder: Path, model: str = MODEL) -> Embeddings:
    return Embeddings(http, url=pretend.url + "/", key=KEY, model=model, file=VectorFile(folder / "deep" / "v.db"))


def near(vector: list[float], text: str) -> bool:
    return vector == pytest.approx(vector_of(text), abs=1e-6)


async def test_texts_are_learnt_in_batches_in_whatever_order_they_come_back_and_once(
    http: aiohttp.ClientSession, pretend: PretendEmbeddings, tmp_path: Path
) -> None:
    learnt = await embedder(http, pretend, tmp_path).learn(TEXTS)
    assert all(near(learnt[text], text) for text in TEXTS)
    assert [len(batch) for batch in pretend.batches] == [BATCH, BATCH, 5]
    assert pretend.wrong_keys == 0
    again = await embedder(http, pretend, tmp_path).learn([*TEXTS, "新的问法"])  # another process, or another day
    assert pretend.batches[3:] == [["新的问法"]]
    assert all(near(again[text], text) for text in TEXTS)


async def test_what_was_learnt_before_it_broke_is_kept(
    http: aiohttp.ClientSession, pretend: PretendEmbeddings, tmp_path: Path
) -> None:
    await embedder(http, pretend, tmp_path).learn(TEXTS[:BATCH])
    pretend.mode = pretending.BROKEN
    with pytest.raises(EmbeddingsError, match="HTTP 500"):
        await embedder(http, pretend, tmp_path).learn(TEXTS)
    pretend.mode, pretend.batches = pretending.HONEST, []
    assert len(await embedder(http, pretend, tmp_path).learn(TEXTS)) == len(TEXTS)
    assert TEXTS[0] not in pretend.texts


@pytest.mark.parametrize("mode", pretending.BAD_DAYS)
async def test_nothing_odd_is_learnt_or_heard(
    http: aiohttp.ClientSession, pretend: PretendEmbeddings, tmp_path: Path, mode: str
) -> None:
    ours = embedder(http, pretend, tmp_path)
    await ours.learn(TEXTS[:2])
    pretend.mode = mode
    with pytest.raises(EmbeddingsError) as caught:
        await ours.learn(TEXTS)
    assert KEY not in str(caught.value) and pretend.url not in str(caught.value) and TEXTS[9] not in str(caught.value)
    assert caught.value.__context__ is None or KEY not in repr(caught.value.__context__)
    started = time.monotonic()
    heard = await ours.hear(["宝马搁哪儿"])
    assert time.monotonic() - started < embeddings.HEARS_WITHIN + 0.5
    assert heard == {} or mode == pretending.NARROW  # of one size: only who holds them against HQ's can tell


async def test_whoever_failed_a_customer_is_left_alone_for_a_while(
    http: aiohttp.ClientSession, pretend: PretendEmbeddings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = embedder(http, pretend, tmp_path)
    assert near((await ours.hear(["停车"]))["停车"], "停车")
    pretend.mode = pretending.BROKEN
    assert list(await ours.hear(["停车", "早餐"])) == ["停车"]  # heard before
    asked = len(pretend.batches)
    pretend.mode = pretending.HONEST
    assert await ours.hear(["早餐"]) == {}
    assert len(pretend.batches) == asked
    monkeypatch.setattr(ours, "_rests_until", 0.0)
    assert list(await ours.hear(["早餐"])) == ["早餐"]


async def test_what_customers_say_is_not_written_down(
    http: aiohttp.ClientSession, pretend: PretendEmbeddings, tmp_path: Path
) -> None:
    ours, file = embedder(http, pretend, tmp_path), VectorFile(tmp_path / "deep" / "v.db")
    await ours.learn(["早餐"])
    await ours.hear(["停车"])
    assert list(file.find(f"{pretend.url} {MODEL}", ["早餐", "停车"])) == ["早餐"]


async def test_another_size_under_the_same_name_is_learnt_anew(
    http: aiohttp.ClientSession, pretend: PretendEmbeddings, tmp_path: Path
) -> None:
    pretend.mode = pretending.NARROW
    await embedder(http, pretend, tmp_path).learn(TEXTS[:3])
    pretend.mode = pretending.HONEST
    with pytest.raises(EmbeddingsError, match="sizes"):
        await embedder(http, pretend, tmp_path).learn(TEXTS[:4])
    learnt = await embedder(http, pretend, tmp_path).learn(TEXTS[:4])
    assert {len(vector) for vector in learnt.values()} == {pretending.DIMENSIONS}


async def test_a_file_that_is_no_database_costs_time_only(
    http: aiohttp.ClientSession, pretend: PretendEmbeddings, tmp_path: Path
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "v.db").write_bytes(b"no database at all " * 100)
    assert len(await embedder(http, pretend, tmp_path).learn(TEXTS)) == len(TEXTS)
    await embedder(http, pretend, tmp_path).learn(TEXTS)
    pretend.batches.clear()
    await embedder(http, pretend, tmp_path).learn(TEXTS)
    assert pretend.batches == []


def test_the_file_forgets_what_nobody_needs_when_much_lies_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sources.vector_file._SPARE", 5)
    file = VectorFile(tmp_path / "v.db")
    file.keep("m", {text: [1.0, 2.0] for text in TEXTS})
    file.tidy("m", TEXTS[:10])
    assert len(file.find("m", TEXTS)) == len(TEXTS)
    file.tidy("m", TEXTS[:3])
    assert list(file.find("m", TEXTS)) == TEXTS[:3]
    assert file.find("another", TEXTS) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"data": []}',
        b'{"data": [{"index": 0, "embedding": [1, true]}]}',
        b'{"data": [{"index": 0, "embedding": [1e999]}]}',
        b'{"data": [{"index": 0, "embedding": [' + b"9" * 5000 + b"]}]}",
        b'{"data": [{"index": [], "embedding": [1]}]}',
        b'{"data": [{"index": 0, "embedding": [1]}, {"index": 0, "embedding": [1]}]}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_an_answer_that_is_not_what_was_asked_for(content: bytes) -> None:
    with pytest.raises(EmbeddingsError):
        read_vectors(content, 1)
