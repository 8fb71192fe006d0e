"""`intent …` as a person starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
KNOWN = [
    {"id": number, "text": text, "intent": intent}
    for number, (text, intent) in enumerate(
        [
            ("几点退房", "out"),
            ("最晚什么时候退房", "out"),
            ("退房时间", "out"),
            ("送两瓶水", "water"),
            ("没水了", "water"),
        ]
    )
]
ASKED: list[dict[str, object]] = [
    {"id": "b", "text": "请问退房时间是几点", "intent": "out"},
    {"id": "a", "text": "再送一瓶水", "intent": "water"},
]


def run(*words: str | Path, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command with no settings; nothing that a person sees is ever a traceback."""
    ours = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in ours}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "intent", *map(str, words)],
        cwd=ROOT,
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
def known(tmp_path: Path) -> Path:
    return write(tmp_path / "A.jsonl", KNOWN)


def test_eval_writes_a_row_for_each_message_in_order_and_a_table(tmp_path: Path, known: Path) -> None:
    asked, out = write(tmp_path / "B.jsonl", ASKED), tmp_path / "P.jsonl"
    done = run("eval", "--train", known, "--test", asked, "--out", out)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["intent"]) for row in rows] == [("b", "out"), ("a", "water")]
    assert all(set(row) == {"id", "intent", "confidence"} and 0 <= row["confidence"] <= 1 for row in rows)
    assert all(word in done.stdout for word in ("accuracy", "1.0000", "macro-F1", "95%", "p50"))


def test_eval_without_meanings_writes_rows_and_no_table(tmp_path: Path, known: Path) -> None:
    asked = write(tmp_path / "B.jsonl", [{"id": row["id"], "text": row["text"]} for row in ASKED])
    done = run("eval", "--train", known, "--test", asked, "--out", tmp_path / "P.jsonl")
    assert done.returncode == 0
    assert "accuracy" not in done.stdout
    assert len((tmp_path / "P.jsonl").read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [('{"id": 1, "text": "你好"}', "没有 intent"), ("[]", "要写成 {…}"), ("坏了", "不是一个 JSON"), ("", "没有内容")],
)
def test_eval_names_the_line_that_it_cannot_learn_from(tmp_path: Path, known: Path, line: str, reason: str) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(line, encoding="utf-8")
    done = run("eval", "--train", bad, "--test", known)
    assert done.returncode == 2
    assert "--train" in done.stderr
    assert "第 1 行" in done.stderr
    assert reason in done.stderr


def test_check_finds_our_own_sentences_in_order() -> None:
    done = run("check", "--proofs", ROOT / "tests" / "sentences")
    assert done.returncode == 0, done.stdout
    assert "0 处错误" in done.stdout


def test_check_tells_hq_what_is_wrong_and_what_fights(tmp_path: Path) -> None:
    folder = tmp_path / "intents"
    folder.mkdir()
    (folder / "坏.yaml").write_text("意思: 续住\n例句: [续一宿]\n", encoding="utf-8")
    (folder / "打架.yaml").write_text(
        "意思: parking\n句式: [再也不会说的停车<词>]\n词组: {词: 扣分}\n", encoding="utf-8"
    )
    (folder / "抢.yaml").write_text("意思: parking\n例句: [帮我订一间大床房吧]\n", encoding="utf-8")
    done = run("check", "--content", tmp_path)
    assert done.returncode == 1
    assert "intents/坏.yaml 第 1 行" in done.stdout
    assert "一句也认不出来" in done.stdout
    assert "被 stay.book 的句式认走了" in done.stdout


def test_try_shows_everything_that_a_message_means() -> None:
    done = run("try", "订一间大床,再问下能停车吗")
    assert all(word in done.stdout for word in ("stay.book", "parking", "句式", "再问下能停车吗"))
    assert run("try", "今天星期几").stdout.startswith("none")


def test_sample_shows_what_templates_stand_for() -> None:
    done = run("sample", "stay.extend", "-n", "5")
    assert len(done.stdout.splitlines()) == 5
    assert run("sample", "nothing").returncode == 2
