"""Both READMEs stay true: their commands run, their files exist, and they say the same commands."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"


def commands(readme: Path) -> list[str]:
    """Indented lines of `dianxiaoer …` and `make …`, without their comments."""
    found = re.findall(r"^    ((?:dianxiaoer|make) .*)$", readme.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [re.split(r"\s{2,}#", line)[0].strip() for line in found]


_FINITE = ("dianxiaoer faq", "dianxiaoer auto", "dianxiaoer intent")
FINITE = [command for command in commands(ENGLISH) if command.startswith(_FINITE)]


def test_both_readmes_have_the_same_commands() -> None:
    assert commands(ENGLISH) == commands(CHINESE)
    assert FINITE


@pytest.mark.parametrize("command", FINITE)
def test_a_command_of_the_readme_works(command: str, tmp_path: Path) -> None:
    environment = dict(os.environ, DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'readme.db'}")
    arguments = [sys.executable, "-m", "bot", *shlex.split(command)[1:]]
    done = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    mentioned = set(re.findall(r"`?make ([a-z]+)", ENGLISH.read_text(encoding="utf-8")))
    assert {"run", "test", "lint", "bench"} <= mentioned
    assert [target for target in mentioned if not re.search(rf"^{target}:", makefile, flags=re.MULTILINE)] == []


@pytest.mark.parametrize("readme", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_files_and_settings_that_a_readme_names_exist(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    linked = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    named = re.findall(r"`((?:bot|knowledge|intents|tests)/[\w./-]+)`", text)
    assert [path for path in {*linked, *named} if not (ROOT / path).exists()] == []
    known = {name.upper() for name in Settings.model_fields}
    table = set(re.findall(r"`([A-Z][A-Z_]+)`", text)) - {"HOST", "PORT"}
    assert table <= known
    assert known - table <= {"HOST", "PORT"}
