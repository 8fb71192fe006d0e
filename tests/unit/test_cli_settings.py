"""The command line stops on a bad setting with one readable line a variable: no traceback, no secret."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SECRET = "sesame-of-the-app"
COMPLETE = {
    "WECOM_CORP_ID": "ww0123456789abcdef",
    "WECOM_AGENT_ID": "1000002",
    "WECOM_SECRET": SECRET,
    "WECOM_TOKEN": "Tok3nOfTheCallback",
    "WECOM_AES_KEY": "Tq4vXc81Lm0ZsRw7YbNd2EoUgHj5KpAiFt9VxC3Bn6M",
}


def _run(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in an empty folder, with these settings and no others."""
    ours = {name.upper() for name in Settings.model_fields}
    environment = {name: value for name, value in os.environ.items() if name.upper() not in ours}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"} | variables
    command = [sys.executable, "-c", "from bot.cli import main; main()", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=60)


@pytest.mark.parametrize("command", ["serve", "doctor"])
def test_missing_settings_stop_the_start(tmp_path: Path, command: str) -> None:
    done = _run(tmp_path, command)
    assert done.returncode != 0
    assert [name for name in COMPLETE if name not in done.stdout + done.stderr] == []
    assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "data").exists()  # nothing was begun


def test_bad_settings_are_named_and_no_secret_is_shown(tmp_path: Path) -> None:
    bad = {"DATABASE_URL": f"mysql://bot:{SECRET}@db/bot", "SECRET_KEY": "sesame", "PORT": "many"}
    done = _run(tmp_path, "serve", **COMPLETE | bad)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert [name for name in bad if f"{name}:" not in said] == []
    assert "sesame" not in said
    assert "Traceback" not in said


def test_help_needs_no_settings(tmp_path: Path) -> None:
    done = _run(tmp_path, "--help", PORT="many")
    assert done.returncode == 0
    assert [
        word for word in ("demo", "serve", "migrate", "doctor", "faq", "auto", "sandbox") if word not in done.stdout
    ] == []
