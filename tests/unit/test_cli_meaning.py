"""`faq search`, `faq ask` and `faq eval` with an endpoint of embeddings, as a person starts them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.settings import Settings
from tests import pretend_embeddings as pretending
from tests.pretend_embeddings import KEY, MODEL, PretendEmbeddings, pretend_embeddings
from tests.small_chain import write_chain
from tests.unit.test_cli_eval import ROOT, rows_of, write

ODD = "宝马搁哪儿合适"
ACCEPTANCE = "客户原话,期望编号,门店,是否锁定\n宝马搁哪儿合适,Q-1,S1,\n"


@pytest.fixture
async def pretend() -> AsyncIterator[PretendEmbeddings]:
    async with pretend_embeddings() as running:
        yield running


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    return write_chain(tmp_path / "hq", more={"faq/验收问题.csv": ACCEPTANCE})


async def run(folder: Path, pretend: PretendEmbeddings, *words: str, said: str = "") -> str:
    """Run the command with the endpoint set; what it printed."""
    ours = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in ours}
    set_so = {"EMBEDDINGS_URL": pretend.url, "EMBEDDINGS_KEY": KEY, "EMBEDDINGS_MODEL": MODEL, "DATA_DIR": "data"}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bot", "faq", *words],
        cwd=folder,
        env=kept | set_so | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        input=said,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert "Traceback" not in done.stdout + done.stderr and KEY not in done.stdout + done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_search_explains_the_part_of_vectors(tmp_path: Path, chain: Path, pretend: PretendEmbeddings) -> None:
    words = ("search", ODD, "--store", "S1", "--explain", "--content", str(chain))
    said = await run(tmp_path, pretend, *words)
    assert "1. Q-1 停车方便吗" in said
    assert "得分:向量 " in said
    plain = await run(tmp_path, pretend, "search", "停车方便不", "--store", "S1", "--explain", "--content", str(chain))
    assert "+ 向量 " in plain
    pretend.mode = pretending.BROKEN
    without = await run(tmp_path, pretend, *words)  # HQ's texts are known, the question is not
    assert "向量 " not in without
    assert "没有现成答案" in without


async def test_search_says_when_the_endpoint_gave_nothing(
    tmp_path: Path, chain: Path, pretend: PretendEmbeddings
) -> None:
    pretend.mode = pretending.HTML
    said = await run(tmp_path, pretend, "search", "停车方便吗", "--store", "S1", "--content", str(chain))
    assert "向量没有取到" in said
    assert "1. Q-1 停车方便吗" in said


async def test_ask_hears_every_question(tmp_path: Path, chain: Path, pretend: PretendEmbeddings) -> None:
    said = await run(tmp_path, pretend, "ask", "--store", "S1", "--content", str(chain), said=f"{ODD}\n肚子饿咋办\n")
    assert "1. Q-1 停车方便吗" in said
    assert "1. Q-3 早餐几点开始" in said


async def test_eval_counts_with_vectors(tmp_path: Path, chain: Path, pretend: PretendEmbeddings) -> None:
    assert "1 条答对" in await run(tmp_path, pretend, "eval", "--content", str(chain))
    entries = [
        {"id": "k1", "question": "停车方便吗", "similar": ["有停车场吗", "开车来能停吗"]},
        {"id": "k2", "question": "早餐几点开始", "similar": ["早餐到几点", "几点吃早餐"]},
        {"id": "k3", "question": "怎么退款", "similar": ["能退款吗", "我要退款"]},
    ]
    kb = write(tmp_path / "kb.jsonl", entries)
    queries = write(tmp_path / "q.jsonl", [{"id": "a", "text": ODD, "gold": "k1"}])
    out = tmp_path / "p.jsonl"
    await run(tmp_path, pretend, "eval", "--kb", str(kb), "--queries", str(queries), "--out", str(out))
    (row,) = rows_of(out)
    assert row["hits"][0]["id"] == "k1", json.dumps(row)
