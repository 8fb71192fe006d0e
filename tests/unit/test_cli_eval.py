"""`faq eval` as a person starts it: rows for each question, figures where the answers are known."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = [
    {"id": "k1", "question": "几点退房", "similar": ["退房时间", "最晚什么时候走"]},
    {"id": "k2", "question": "早餐多少钱", "similar": ["吃早饭要付费吗"]},
    {"id": "k3", "question": "可以带宠物吗", "similar": ["小狗能住吗"]},
]
ASKED = [
    {"id": "a", "text": "请问退房时间是几点", "gold": "k1", "oos": None, "sub": "test", "suspect": False},
    {"id": "b", "text": "早饭多少钱呀", "gold": "k2", "oos": None, "sub": "train", "suspect": False},
    {"id": "c", "text": "量子力学怎么学", "gold": None, "oos": "far", "sub": "test", "suspect": False},
    {"id": "d", "text": "可以带宠物吗", "gold": "k1", "oos": None, "sub": "test", "suspect": True},
]


def run(folder: Path, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in `folder` with no settings; nothing that a person sees is ever a traceback."""
    ours = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in ours}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "faq", *words],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        input=said,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def write(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def kb(tmp_path: Path) -> str:
    return str(write(tmp_path / "kb.jsonl", ENTRIES))


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_question_gets_a_row_and_the_table_counts_those_that_are_sure(tmp_path: Path, kb: str) -> None:
    asked, out = write(tmp_path / "q.jsonl", ASKED), tmp_path / "p.jsonl"
    done = run(tmp_path, "eval", "--kb", kb, "--queries", str(asked), "--out", str(out))
    assert done.returncode == 0, done.stderr
    rows = rows_of(out)
    assert [row["id"] for row in rows] == ["a", "b", "c", "d"]
    for row in rows:
        assert set(row) == {"id", "hits", "confidence", "outcome"}
        assert row["outcome"] in ("answer", "offer", "none")
    assert rows[0]["hits"][0]["id"] == "k1"
    assert rows[0]["hits"][0]["score"] == rows[0]["confidence"]
    assert rows[2]["outcome"] == "none"
    assert rows[3]["outcome"] == "answer"
    table = {line.split("  ")[0]: line.split()[-3:] for line in done.stdout.splitlines()}
    assert table["问题(句)"] == ["3", "1", "2"]  # all, train, test; the suspect one is left out
    assert table["首条答对 top-1"] == ["1.000", "1.000", "1.000"]
    for said in ("suspect", "recall@3", "MRR", "AUROC", "90%", "95%", "ECE", "p50", "p99", "建库", "内存", "作答线"):
        assert said in done.stdout


def test_without_known_answers_there_are_rows_and_no_table(tmp_path: Path, kb: str) -> None:
    asked = write(tmp_path / "q.jsonl", [{"id": row["id"], "text": row["text"]} for row in ASKED])
    out = tmp_path / "p.jsonl"
    done = run(tmp_path, "eval", "--kb", kb, "--queries", str(asked), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert len(rows_of(out)) == 4
    assert "top-1" not in done.stdout and "gold" in done.stdout


def test_a_bad_line_is_named_with_its_file(tmp_path: Path, kb: str) -> None:
    asked = write(tmp_path / "q.jsonl", [*ASKED, {"id": "e"}])
    done = run(tmp_path, "eval", "--kb", kb, "--queries", str(asked), "--out", "p.jsonl")
    assert done.returncode == 2
    assert f"--queries: {asked} · 第 5 行:没有 text" in done.stderr
    assert not (tmp_path / "p.jsonl").exists()


def test_files_that_cannot_be_read_or_written_are_named(tmp_path: Path, kb: str) -> None:
    asked = str(write(tmp_path / "q.jsonl", ASKED))
    missing = run(tmp_path, "eval", "--kb", "nowhere.jsonl", "--queries", asked)
    assert (missing.returncode, "--kb" in missing.stderr, "nowhere.jsonl" in missing.stderr) == (2, True, True)
    unwritten = run(tmp_path, "eval", "--kb", kb, "--queries", asked, "--out", "no/such/p.jsonl")
    assert (unwritten.returncode, "--out" in unwritten.stderr) == (2, True)
    half = run(tmp_path, "eval", "--kb", kb)
    assert (half.returncode, "--queries" in half.stderr) == (2, True)
