"""`intent dates` as a person starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATES = ROOT / "tests/unit/intents/dates.jsonl"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "intent", "dates", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def test_each_message_gets_its_row_in_order(tmp_path: Path) -> None:
    done = run(tmp_path, str(DATES), "--now", "2026-11-22T10:00+08:00", "--out", "P.jsonl")
    assert done.returncode == 0, done.stderr
    asked = [json.loads(line)["text"] for line in DATES.read_text(encoding="utf-8").splitlines()]
    rows = [json.loads(line) for line in (tmp_path / "P.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["text"] for row in rows] == asked
    assert {tuple(row) for row in rows} == {("text", "start", "end", "time", "ask")}
    by_text = {row["text"]: row for row in rows}
    assert by_text["12月3日入住,住三晚"] == {
        "text": "12月3日入住,住三晚",
        "start": "2026-12-03",
        "end": "2026-12-06",
        "time": None,
        "ask": False,
    }
    assert by_text["明早七点的早餐"]["time"] == "07:00"
    assert by_text["后天到下周一住两晚"]["ask"] is True
    assert by_text["三间大床"] == {"text": "三间大床", "start": None, "end": None, "time": None, "ask": False}


def test_rows_without_a_text_are_left_out_and_any_text_is_written(tmp_path: Path) -> None:
    rows = ['{"id": 1}', '{"text": "明天\\ud800"}', "", '{"text": ""}', '{"text": "后天", "note": "x"}']
    (tmp_path / "a.jsonl").write_text("\n".join(rows), encoding="utf-8")
    assert run(tmp_path, "a.jsonl", "--now", "2026-11-22T10:00", "--out", "P.jsonl").returncode == 0
    written = [json.loads(line) for line in (tmp_path / "P.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["start"] for row in written] == ["2026-11-23", None, "2026-11-24"]


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": 1}\n', encoding="utf-8")
    for words, named in (
        (("a.jsonl", "--out", "P.jsonl"), "第 1 行"),
        (("b.jsonl", "--out", "P.jsonl"), "b.jsonl"),
        ((str(DATES), "--now", "明天", "--out", "P.jsonl"), "--now"),
        ((str(DATES), "--out", "no/where/P.jsonl"), "--out"),
    ):
        done = run(tmp_path, *words)
        assert done.returncode == 2 and named in done.stderr
