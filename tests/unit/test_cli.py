"""Every command as a person starts it: a process of its own, an empty folder, and no settings but those given."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bot.model import Switch
from bot.sandbox.seed import SandboxSeed
from bot.settings import Settings
from tests.servers import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
FIVE = ("WECOM_CORP_ID", "WECOM_AGENT_ID", "WECOM_SECRET", "WECOM_TOKEN", "WECOM_AES_KEY")
SEED = SandboxSeed()
CORP = {
    "WECOM_CORP_ID": SEED.corp_id,
    "WECOM_AGENT_ID": str(SEED.agent_id),
    "WECOM_SECRET": SEED.secret,
    "WECOM_TOKEN": SEED.token,
    "WECOM_AES_KEY": SEED.aes_key,
}
QUESTIONS = "编号,标准问题,客户版答案,失效日期\nK-1,能带宠物吗,小型犬猫都欢迎~,\nK-2,几点退房,中午十二点前,{ends}\n"


@dataclass(frozen=True)
class Command:
    """The command line in one folder, with these settings and no others."""

    folder: Path
    variables: tuple[tuple[str, str], ...] = ()

    def given(self, **variables: str) -> Command:
        return replace(self, variables=(*self.variables, *variables.items()))

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run to the end. Nothing that a person sees is ever a traceback."""
        done = subprocess.run(
            self._words(*words),
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return done

    @contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """Start, and stop by force if it still runs."""
        log = (self.folder / "said.log").open("wb")
        with (
            log,
            subprocess.Popen(
                self._words(*words), cwd=self.folder, env=self._environment(), stdout=log, stderr=log, encoding="utf-8"
            ) as process,
        ):
            try:
                yield process
            finally:
                process.kill()

    def _words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "bot", *words]

    def _environment(self) -> dict[str, str]:
        ours = {name.upper() for name in Settings.model_fields}
        kept = {name: value for name, value in os.environ.items() if name.upper() not in ours}
        return kept | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **dict(self.variables)}


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path)


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'cli.db'}"


@pytest.fixture
def chain(tmp_path: Path) -> str:
    """HQ's folder of a chain with one store: quicker to load than the sample."""
    folder = tmp_path / "hq"
    folder.mkdir()
    (folder / "stores.csv").write_text("门店编号,门店名称\nA1,湖滨店\n", encoding="utf-8")
    return str(folder)


def _answer(process: subprocess.Popen[str], url: str) -> tuple[int, str]:
    """Status and body, once the process listens there."""
    ends_at = time.monotonic() + 40
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()
        except (URLError, ConnectionError):
            if time.monotonic() > ends_at or process.poll() is not None:
                raise
            time.sleep(0.1)


def _stop(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=15)


def _write(folder: Path, ends: str) -> Path:
    path = folder / "问答.csv"
    path.write_text(QUESTIONS.format(ends=ends), encoding="utf-8")
    return path


# --- the installed program -------------------------------------------------------------------------------------------
def test_the_program_is_installed(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("dianxiaoer")
    done = subprocess.run([program, "--help"], cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0
    names = ("demo", "serve", "migrate", "doctor", "faq", "auto", "sandbox", "store-link")
    assert [name for name in names if name not in done.stdout] == []


# --- faq -------------------------------------------------------------------------------------------------------------
def test_faq_check_of_the_sample_needs_no_settings(command: Command, tmp_path: Path) -> None:
    done = command.run("faq", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "条可用,0 处错误" in done.stdout.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_faq_check_names_the_cell_and_fails(command: Command, tmp_path: Path) -> None:
    done = command.run("faq", "check", str(_write(tmp_path, "2026-02-30")))
    assert done.returncode == 1
    assert "faq/问答.csv · 第 3 行 · 失效日期\n  「2026-02-30」不是有效日期" in done.stdout
    assert "共 2 条:1 条可用,1 处错误" in done.stdout.splitlines()[-1]


def test_faq_check_for_machines(command: Command, tmp_path: Path) -> None:
    good = command.run("faq", "check", "--json", str(_write(tmp_path, "2026-02-28")))
    report = json.loads(good.stdout)
    assert good.returncode == 0
    assert set(report) == {"errors", "warnings", "entries", "version", "problems"}
    assert (report["errors"], report["entries"], len(report["version"])) == (0, 2, 12)

    wrong = command.run("faq", "check", str(_write(tmp_path, "2026-02-30")), "--json")
    report = json.loads(wrong.stdout)
    assert (wrong.returncode, report["errors"]) == (1, 1)
    problem = report["problems"][0]
    assert set(problem) == {"file", "sheet", "row", "column", "level", "code", "quoted", "message"}
    assert [problem[key] for key in ("file", "row", "column", "level", "quoted")] == [
        "faq/问答.csv",
        3,
        "失效日期",
        "error",
        "2026-02-30",
    ]


def test_faq_check_leaves_a_copy_unless_told_not_to(command: Command, tmp_path: Path) -> None:
    path, copy = _write(tmp_path, "2026-02-30"), tmp_path / "问答.检查结果.xlsx"
    assert (command.run("faq", "check", str(path), "--no-copy").returncode, copy.exists()) == (1, False)
    machine = command.run("faq", "check", str(path), "--json")
    assert (machine.returncode, copy.exists(), json.loads(machine.stdout)["errors"]) == (1, True, 1)
    assert "问答.检查结果.xlsx」" in machine.stderr
    assert command.run("faq", "check", str(_write(tmp_path, "2099-02-28"))).returncode == 0


def test_faq_export_comes_back_and_fits_the_robot(command: Command, tmp_path: Path) -> None:
    assert command.run("faq", "export", "all.xlsx").returncode == 0
    check = command.run("faq", "check", "all.xlsx", "--json", "--no-copy")
    assert json.loads(check.stdout)["entries"] > 200
    robot = command.run("faq", "export", "robot", "--for", "wecom-robot", "--store", "T001", "--only-auto")
    assert (robot.returncode, "没放进去的" in robot.stdout) == (0, True)
    assert sorted(path.name for path in (tmp_path / "robot").iterdir()) == ["导出报告.xlsx", "微信客服知识库.json"]
    unknown = command.run("faq", "export", "x.xlsx", "--for", "toaster")
    assert (unknown.returncode, "wecom-robot" in unknown.stderr) == (2, True)


def test_faq_of_nothing(command: Command, tmp_path: Path) -> None:
    done = command.run("faq", "check", str(tmp_path / "nowhere.xlsx"))
    assert done.returncode == 2
    assert "没有这个文件或文件夹" in done.stderr


def test_faq_search_answers_for_a_store(command: Command) -> None:
    done = command.run("faq", "search", "停车方便吗", "--store", "西湖银泰店")
    assert done.returncode == 0
    assert done.stdout.startswith("西湖银泰店 · 作答线 ")
    first = done.stdout.split("\n2. ")[0]
    assert "1. Q-001 停车方便吗 · 把握 " in first
    assert "{{" not in first  # the store's own words stand there
    everywhere = command.run("faq", "search", "量子力学怎么学")
    assert "没有现成答案" in everywhere.stdout
    unknown = command.run("faq", "search", "停车", "--store", "火星店")
    assert unknown.returncode == 2
    assert "现有:T001 西湖银泰店" in unknown.stderr


def test_a_terminal_that_knows_no_chinese(command: Command) -> None:
    done = command.given(PYTHONIOENCODING="ascii").run("faq", "check")
    assert done.returncode == 0
    assert "?" in done.stdout


# --- the database ----------------------------------------------------------------------------------------------------
def test_migrate_needs_no_settings(command: Command, tmp_path: Path) -> None:
    for _ in range(2):
        done = command.run("migrate")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("数据库已是最新版本(0001)")
    assert (tmp_path / "data" / "dianxiaoer.db").exists()


def test_migrate_says_why_it_cannot(command: Command, tmp_path: Path, postgres: PostgresServer) -> None:
    wrong = postgres.admin.set(password="sesame").render_as_string(hide_password=False)
    done = command.given(DATABASE_URL=wrong).run("migrate")
    assert done.returncode == 2
    assert done.stderr.startswith("DATABASE_URL: PostgreSQL 127.0.0.1")
    assert "用户名或密码不对" in done.stderr
    assert "sesame" not in done.stderr
    (tmp_path / "not.db").write_text("stores and staff " * 100)
    done = command.given(DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'not.db'}").run("migrate")
    assert (done.returncode, "不是 SQLite 数据库" in done.stderr) == (2, True)


def test_migrate_leaves_a_newer_database_alone(command: Command, database: str) -> None:
    command = command.given(DATABASE_URL=database)
    command.run("migrate")
    engine = create_engine(database.replace("+aiosqlite", ""))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    done = command.run("migrate")
    assert (done.returncode, "比程序新" in done.stderr) == (2, True)


def test_auto_is_switched_for_all_and_for_one_store(command: Command, database: str, chain: str) -> None:
    command = command.given(DATABASE_URL=database, CONTENT_DIR=chain)
    assert command.run("auto", "off", "--store", "湖滨店").stdout == "湖滨店:自动回复已关闭\n"
    assert command.run("auto", "on").stdout == "所有门店:自动回复已打开\n"
    unknown = command.run("auto", "off", "--store", "火星店")
    assert unknown.returncode == 2
    assert "现有:A1 湖滨店" in unknown.stderr
    engine = create_engine(database.replace("+aiosqlite", ""))
    with Session(engine) as session:
        switches = {(each.store, each.is_on) for each in session.scalars(select(Switch))}
    engine.dispose()
    assert switches == {("", True), ("A1", False)}


# --- what runs on ----------------------------------------------------------------------------------------------------
def test_sandbox_starts_answers_and_stops(command: Command, free_port: int, tmp_path: Path) -> None:
    with command.running("sandbox", "--port", str(free_port)) as process:
        query = f"corpid={SEED.corp_id}&corpsecret={SEED.secret}"
        status, body = _answer(process, f"http://127.0.0.1:{free_port}/cgi-bin/gettoken?{query}")
        assert (status, json.loads(body)["errcode"]) == (200, 0)
        taken = command.run("sandbox", "--port", str(free_port))
        assert taken.returncode == 2
        assert taken.stderr.startswith(f"--port: 127.0.0.1:{free_port} 用不了")
        assert _stop(process) == 0
    said = (tmp_path / "said.log").read_text(encoding="utf-8")
    assert f"export WECOM_API_BASE=http://127.0.0.1:{free_port}" in said
    assert "Traceback" not in said
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("role", ["all", "web", "worker", "scheduler"])
def test_serve_in_each_role(command: Command, free_port: int, tmp_path: Path, database: str, role: str) -> None:
    nobody = "http://127.0.0.1:9"  # WeCom is away: no reason not to start
    settings = CORP | {"DATABASE_URL": database, "WECOM_API_BASE": nobody, "PORT": str(free_port)}
    with command.given(**settings).running("serve", "--role", role) as process:
        assert _answer(process, f"http://127.0.0.1:{free_port}/healthz") == (200, '{"status": "alive"}')
        ready = _until_ready(process, free_port)
        assert ready == {"database": True, "migrations": True, "content": True, "worker": True}
        assert _stop(process) == 0
    said = (tmp_path / "said.log").read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert [secret for secret in (SEED.secret, SEED.token, SEED.aes_key) if secret in said] == []


def _until_ready(process: subprocess.Popen[str], port: int) -> dict[str, bool]:
    ends_at = time.monotonic() + 20
    while True:
        status, body = _answer(process, f"http://127.0.0.1:{port}/readyz")
        if status == 200 or time.monotonic() > ends_at:
            checks: dict[str, bool] = json.loads(body)["checks"]
            return checks
        time.sleep(0.1)


def test_serve_on_a_port_that_is_taken(command: Command, database: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = command.given(**CORP, DATABASE_URL=database, PORT=str(port)).run("serve", "--role", "web")
    assert done.returncode == 2
    assert f"HOST, PORT: 127.0.0.1:{port} 用不了" in done.stderr


def test_serve_without_a_database(command: Command, free_port: int) -> None:
    url = f"postgresql+asyncpg://bot:sesame@127.0.0.1:{free_port}/bot"
    done = command.given(**CORP, DATABASE_URL=url).run("serve")
    assert done.returncode == 2
    assert f"DATABASE_URL: PostgreSQL 127.0.0.1:{free_port}/bot 用不了。连不上数据库" in done.stderr
    assert "sesame" not in done.stdout + done.stderr


@pytest.mark.parametrize("words", [["serve"], ["serve", "--role", "worker"], ["doctor"], ["doctor", "--fix"]])
def test_serve_and_doctor_with_nothing_set(command: Command, tmp_path: Path, words: list[str]) -> None:
    done = command.run(*words)
    assert done.returncode != 0
    assert [name for name in FIVE if f"{name}:" not in done.stdout + done.stderr] == []
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_role(command: Command) -> None:
    done = command.given(**CORP).run("serve", "--role", "boss")
    assert (done.returncode, "expected all, web, worker or scheduler" in done.stderr) == (2, True)


# --- doctor ----------------------------------------------------------------------------------------------------------
def test_doctor_says_what_comes_first(command: Command, tmp_path: Path) -> None:
    done = command.run("doctor")
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (1, "")
    assert lines[0].startswith("✗ 设置")
    assert "  WECOM_CORP_ID: expected a value (我的企业 › 企业信息 › 企业ID), it is not set" in lines
    assert "– 数据库: 没有检查,先解决上一项(设置)" in lines
    assert lines[-1].startswith("有 1 项要处理")


def test_doctor_against_the_sandbox(command: Command, free_port: int, database: str) -> None:
    command = command.given(**CORP, DATABASE_URL=database, WECOM_API_BASE=f"http://127.0.0.1:{free_port}")
    with command.running("sandbox", "--port", str(free_port)) as process:
        _answer(process, f"http://127.0.0.1:{free_port}/sandbox/state")
        done = command.run("doctor")
        assert done.returncode == 1
        assert "✗ 数据库: 还没有数据库文件" in done.stdout
        command.run("migrate")
        done = command.given(PORT="9").run("doctor")
    bad = [line for line in done.stdout.splitlines() if line.startswith("✗")]
    assert bad == ["✗ 回调: 服务没有在运行(http://127.0.0.1:9 连不上)"]
    assert done.stderr == ""
    assert [secret for secret in (SEED.secret, SEED.token, SEED.aes_key) if secret in done.stdout] == []


# --- store-link ------------------------------------------------------------------------------------------------------
def test_a_store_link_is_signed(command: Command, chain: str) -> None:
    command = command.given(CONTENT_DIR=chain)
    signed = command.given(WECOM_AES_KEY=SEED.aes_key)
    by_number, by_name = (signed.run("store-link", store).stdout for store in ("A1", "湖滨店"))
    assert by_number == by_name
    assert 0 < len(by_number.strip().encode()) <= 128  # WeCom's limit for a scene_param
    unsigned = command.run("store-link", "A1")
    assert (unsigned.returncode, unsigned.stdout) == (2, "")
    assert "WECOM_AES_KEY" in unsigned.stderr
