"""The rules of the house that no type checker knows, held by reading the source; and proof that each rule bites."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "intents", "knowledge")
MOST_LINES = 400
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")

Rule = Callable[[str, ast.Module], Iterator[tuple[ast.AST, str]]]


# --- the rules: (path, syntax tree) -> what breaks them --------------------------------------------------------------
def only_the_gate_approves(path: str, tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Outside gate/approval.py, ApprovedDraft may be imported, and named in annotations and isinstance(); no more."""
    if path == "bot/gate/approval.py":
        return
    names = {"ApprovedDraft"} | {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == "ApprovedDraft" and alias.asname
    }
    harmless = set(_inside_annotations(tree)) | set(_second_arguments_of_isinstance(tree))
    for node in ast.walk(tree):
        if _last_name(node) in names and node not in harmless:
            yield node, "only gate/approval.py makes an ApprovedDraft"


def only_outer_loops_catch_everything(path: str, tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """`except Exception` stands in the worker loops and the web middleware, where it is logged.

    A handler that first raises again all but what it knows (a panic in Rust has no class to name) catches no more.
    """
    if path.startswith("bot/workers/") or path == "bot/web/middlewares.py":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and not _first_raises_again(node):
            caught = [node.type] if not isinstance(node.type, ast.Tuple) else node.type.elts
            if any(kind is None or _last_name(kind) in {"Exception", "BaseException"} for kind in caught):
                yield node, "catch what you can name; `except Exception` is for the worker loop and the web middleware"


def logs_carry_ids_only(_: str, tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Names, phones and message text never appear in a log; an event is `noun.past_verb`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_log_call(node.func):
            for keyword in node.keywords:
                if keyword.arg in {
                    "text",
                    "content",
                    "phone",
                    "name",
                    "nickname",
                    "said",
                    "answer",
                    "question",
                    "body",
                }:
                    yield node, f"a log line has no key {keyword.arg!r}"
            event = node.args[0] if node.args else None
            if isinstance(event, ast.JoinedStr):
                yield node, "an event has a fixed name; what varies goes into keys"


def only_the_clock_knows_the_time(path: str, tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """`now` is an argument; bot/clock.py alone asks the machine. Stopwatches (monotonic, perf_counter) are free."""
    if path == "bot/clock.py":
        return
    asks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and f"{_last_name(node.value)}.{node.attr}" in asks:
            yield node, "`now` is an argument; only bot/clock.py asks the machine"
        imported = {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
        if isinstance(node, ast.ImportFrom) and node.module == "time" and imported & {"time", "time_ns"}:
            yield node, "`now` is an argument; only bot/clock.py asks the machine"


def only_edges_call_out(path: str, tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """aiohttp's client: in the edges, the sandbox, and app.py, which builds the one session."""
    if path.startswith(("bot/wecom/", "bot/sources/", "bot/sandbox/")) or path == "bot/app.py":
        return
    for node in ast.walk(tree):
        named = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else [_last_name(node)]
        if {"ClientSession", "TCPConnector"} & set(named):
            yield node, "aiohttp's client is used in wecom/ and sources/"


def wecom_spelling_stays_at_the_edge(path: str, tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """WeCom's field names stop at wecom/, the pages and callbacks, the sandbox, and the two workers that translate."""
    translators = {"bot/web/callback.py", "bot/web/sidebar.py", "bot/workers/events.py", "bot/workers/kf.py"}
    if path.startswith(("bot/wecom/", "bot/sandbox/")) or path in translators:
        return
    words = {"external_userid", "open_kfid", "errcode"}
    for node in ast.walk(tree):
        spelled = [_last_name(node)]
        if isinstance(node, ast.arg | ast.keyword):
            spelled.append(node.arg or "")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            spelled.append(node.value)
        if words & set(spelled):
            yield node, "WeCom's own spelling belongs to WeCom's edge"


RULES: tuple[Rule, ...] = (
    only_the_gate_approves,
    only_outer_loops_catch_everything,
    logs_carry_ids_only,
    only_the_clock_knows_the_time,
    only_edges_call_out,
    wecom_spelling_stays_at_the_edge,
)


# --- reading a tree --------------------------------------------------------------------------------------------------
def _last_name(node: ast.AST) -> str:
    """`b` for `b` and `a.b`; "" for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _first_raises_again(handler: ast.ExceptHandler) -> bool:
    first = handler.body[0]
    return isinstance(first, ast.If) and isinstance(first.body[0], ast.Raise) and first.body[0].exc is None


def _inside_annotations(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            annotation = getattr(node, field, None)
            if annotation is not None:
                yield from ast.walk(annotation)


def _second_arguments_of_isinstance(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _last_name(node.func) == "isinstance":
            yield from ast.walk(node.args[1])


def _is_log_call(function: ast.expr) -> bool:
    levels = {"debug", "info", "warning", "error", "exception", "critical", "log", "bind", "bind_contextvars"}
    if isinstance(function, ast.Name):
        return function.id == "bind_contextvars"
    if not isinstance(function, ast.Attribute) or function.attr not in levels:
        return False
    receiver = function.value.func if isinstance(function.value, ast.Call) else function.value  # log.bind(…).info(…)
    if isinstance(receiver, ast.Attribute) and receiver.attr in levels:
        return _is_log_call(receiver)
    return _last_name(receiver).strip("_") in {"log", "logger", "contextvars"}


def _sources() -> list[str]:
    return sorted(
        str(path.relative_to(ROOT).as_posix()) for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    )


@cache
def _tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), path)


# --- the house keeps its rules ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_source_keeps_the_rule(rule: Rule) -> None:
    broken = [
        f"{path}:{getattr(node, 'lineno', 0)}: {why}" for path in _sources() for node, why in rule(path, _tree(path))
    ]
    assert broken == []


BREAKS = [
    (only_the_gate_approves, "draft = ApprovedDraft(key='x')"),
    (only_the_gate_approves, "from bot.gate.approval import ApprovedDraft as Innocent\nInnocent(key='x')"),
    (only_the_gate_approves, "draft = approval.ApprovedDraft(key='x')"),
    (only_the_gate_approves, "class Mine(ApprovedDraft): ..."),
    (only_the_gate_approves, "make = ApprovedDraft"),
    (only_the_gate_approves, "object.__new__(ApprovedDraft)"),
    (only_outer_loops_catch_everything, "try: ...\nexcept Exception: ..."),
    (only_outer_loops_catch_everything, "try: ...\nexcept (ValueError, BaseException): ..."),
    (only_outer_loops_catch_everything, "try: ...\nexcept: ..."),
    (logs_carry_ids_only, "log.info('message.stored', text=text)"),
    (logs_carry_ids_only, "self._log.bind(a=1).warning('customer.added', nickname=nick)"),
    (logs_carry_ids_only, "log.bind(phone=phone)"),
    (logs_carry_ids_only, "log.info(f'{customer} wrote')"),
    (only_the_clock_knows_the_time, "now = datetime.now(UTC)"),
    (only_the_clock_knows_the_time, "now = datetime.datetime.utcnow()"),
    (only_the_clock_knows_the_time, "field(default_factory=time.time)"),
    (only_the_clock_knows_the_time, "from time import time"),
    (only_edges_call_out, "session = aiohttp.ClientSession()"),
    (only_edges_call_out, "from aiohttp import ClientSession"),
    (wecom_spelling_stays_at_the_edge, "row['open_kfid']"),
    (wecom_spelling_stays_at_the_edge, "def find(external_userid: str) -> None: ..."),
    (wecom_spelling_stays_at_the_edge, "answer.errcode"),
]
KEEPS = [
    (
        only_the_gate_approves,
        "from bot.gate.approval import ApprovedDraft\ndef send(draft: ApprovedDraft) -> None: ...",
    ),
    (only_the_gate_approves, "isinstance(draft, ApprovedDraft)"),
    (only_outer_loops_catch_everything, "try: ...\nexcept (ValueError, OSError): ..."),
    (only_outer_loops_catch_everything, "try: ...\nexcept BaseException as e:\n if type(e).__name__ != 'Panic': raise"),
    (logs_carry_ids_only, "log.info('message.stored', msgid=msgid)\nperson.info(name='x')"),
    (only_the_clock_knows_the_time, "clock.now(); time.monotonic(); time.perf_counter()"),
    (only_edges_call_out, "aiohttp.web.Response()"),
    (wecom_spelling_stays_at_the_edge, "'the errcode in a sentence'"),
]


@pytest.mark.parametrize(("rule", "source"), BREAKS, ids=lambda value: getattr(value, "__name__", None))
def test_rule_finds_what_breaks_it(rule: Rule, source: str) -> None:
    assert list(rule("bot/staff/example.py", ast.parse(source)))


@pytest.mark.parametrize(("rule", "source"), KEEPS, ids=lambda value: getattr(value, "__name__", None))
def test_rule_lets_the_rest_pass(rule: Rule, source: str) -> None:
    assert not list(rule("bot/staff/example.py", ast.parse(source)))


# --- layout ----------------------------------------------------------------------------------------------------------
def test_layers_hold() -> None:
    checker = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([checker, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_has_an_init() -> None:
    """Without it, import-linter does not see the folder."""
    folders = {PurePosixPath(path).parent for path in _sources()}
    assert [str(folder) for folder in sorted(folders) if not (ROOT / folder / "__init__.py").exists()] == []


def test_no_file_is_too_long() -> None:
    lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in _sources()}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_folder_is_too_deep() -> None:
    deepest = {"bot": 3, "intents": 3, "knowledge": 3}  # bot/<package>/<file>.py
    assert [path for path in _sources() if len(PurePosixPath(path).parts) > deepest[path.split("/")[0]]] == []


@pytest.mark.parametrize("package", ["knowledge", "intents"])
def test_pure_package_pulls_in_no_server(package: str) -> None:
    script = (
        "import importlib, pkgutil, sys\n"
        f"root = importlib.import_module({package!r})\n"
        f"for found in pkgutil.walk_packages(root.__path__, {package + '.'!r}):\n"
        "    importlib.import_module(found.name)\n"
        "print(*sorted({'sqlalchemy', 'aiohttp', 'redis', 'apscheduler', 'bot'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


# --- lock files ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", LOCKS)
def test_lock_file_names_no_host_and_hashes_everything(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"https?://\S+|file:\S+|^-.*|\s@\s.*", text, re.MULTILINE) == []
    pinned = re.findall(r"^[A-Za-z0-9._-]+(?:\[[^\]]*\])?==\S+", text, re.MULTILINE)
    hashed = re.findall(r"^[A-Za-z0-9._-]+(?:\[[^\]]*\])?==[^\n]*\\\n\s+--hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert pinned
    assert len(hashed) == len(pinned)


def test_test_tools_run_on_the_versions_that_are_served() -> None:
    def versions(name: str) -> dict[str, str]:
        return dict(
            re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.M)
        )

    served, tested = versions("requirements.lock"), versions("requirements-dev.lock")
    assert {name: version for name, version in served.items() if tested.get(name) != version} == {}
