"""The command line. No logic: each command reads its arguments and calls one thing."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.clock import SystemClock
from bot.errors import SettingsError
from bot.intent_commands import intent
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.content.meaning import Waiting

app = typer.Typer(
    help="店小二: the assistant behind a chain's store staff on WeCom.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, and those hold secrets
)
faq = typer.Typer(help="HQ's files: check them, try a question.", no_args_is_help=True)
auto = typer.Typer(help="Whether 自动 answers may go out; in force at once.", no_args_is_help=True)
app.add_typer(faq, name="faq")
app.add_typer(auto, name="auto")
app.add_typer(intent, name="intent")
assistant = typer.Typer(help="What staff ask the app.", no_args_is_help=True)
app.add_typer(assistant, name="assistant")
orders = typer.Typer(help="Orders, and the commission on them.", no_args_is_help=True)
app.add_typer(orders, name="orders")

T = TypeVar("T")
Port = Annotated[int | None, typer.Option(help="Port to listen on; else PORT.")]
StoreNumber = Annotated[str, typer.Option("--store", help="Store number, name or alias; none means every store.")]
Folder = Annotated[Path | None, typer.Option("--content", help="HQ's folder; else CONTENT_DIR.")]


def main() -> None:
    """Entry point; a bad setting ends with its name and no traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no Chinese gets ?, not a traceback
    try:
        app()
    except SettingsError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


@app.command()
def demo(port: Port = None) -> None:
    """The demo: a pretend WeCom with a page for the customer and a page for the clerk. Needs no account."""
    from bot.demo import run_demo

    settings = load_settings(need_wecom=False)
    _serve(run_demo(settings, port or settings.port))


@app.command()
def serve(role: Annotated[str, typer.Option(help="all, web, worker or scheduler")] = "all", port: Port = None) -> None:
    """The service. Migrates the database by itself."""
    from bot.app import Role
    from bot.serving import serve_for_ever

    if role not in set(Role):
        raise SettingsError(f"--role: expected all, web, worker or scheduler, got {role}")
    _serve(serve_for_ever(load_settings(need_wecom=True, **_given(port=port)), Role(role)))


@app.command()
def migrate() -> None:
    """Bring the database to the newest migration."""
    from bot.serving import migrate_once

    print(_run(migrate_once(load_settings(need_wecom=False))))


@app.command()
def doctor(fix: Annotated[bool, typer.Option("--fix", help="Add clerks who are not servicers yet.")] = False) -> None:
    """Look at everything that must be right, and say what to click where it is not."""
    from bot.doctor import examine

    raise typer.Exit(_run(examine(fix=fix)))


@app.command()
def sandbox(port: Annotated[int, typer.Option(min=1, max=65535, help="Port on loopback.")] = 8099) -> None:
    """The pretend WeCom alone, on loopback, for trying a service against it."""
    from bot.serving import sandbox_for_ever

    _serve(sandbox_for_ever(load_settings(need_wecom=False), port))


@app.command("store-link")
def store_link(store: str) -> None:
    """The signed scene_param of a store, for the address behind its QR code."""
    from bot.serving import scene_param

    print(scene_param(load_settings(need_wecom=False), store))


@faq.command("check")
def faq_check(
    path: Annotated[Path | None, typer.Argument(help="HQ's folder, or one file of it; else CONTENT_DIR.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object, for machines.")] = False,
    copies: Annotated[bool, typer.Option("--copy/--no-copy", help="Write 检查结果.xlsx beside a file.")] = True,
) -> None:
    """Check HQ's files: file, row, column, what is wrong, what to do. Exit status 1 on errors."""
    from bot.content.check import check

    folder = path or load_settings(need_wecom=False).content_dir
    report = check(folder, SystemClock().now(), with_copies=copies)
    print(json.dumps(report.as_json, ensure_ascii=False, indent=2) if as_json else report.text)
    if as_json:
        print(*report.notes, sep="\n", end="\n" if report.notes else "", file=sys.stderr)
    raise typer.Exit(1 if report.has_errors else 0)


@faq.command("search")
def faq_search(
    question: str,
    store: StoreNumber = "",
    content: Folder = None,
    explain: Annotated[bool, typer.Option("--explain", help="Each view's part, and why this and no other.")] = False,
) -> None:
    """What a customer of a store would be answered, and why."""
    from bot.content.ask import Asking

    settings = load_settings(need_wecom=False)
    with _meaning(settings) as meaning:
        asking = Asking.open(content or settings.content_dir, store, explain=explain, meaning=meaning)
        print(f"{asking.where}\n{asking.answer(question)}")


@faq.command("ask")
def faq_ask(
    store: StoreNumber = "",
    content: Folder = None,
    explain: Annotated[bool, typer.Option("--explain", help="As of faq search.")] = False,
) -> None:
    """Try one question after another; also from a pipe, one a line."""
    from bot.content.ask import Asking, converse

    settings = load_settings(need_wecom=False)
    with _meaning(settings) as meaning:
        asking = Asking.open(content or settings.content_dir, store, explain=explain, meaning=meaning)
        for reply in converse(asking, _lines()):
            print(reply, flush=True)


@faq.command("eval")
def faq_eval(
    kb: Annotated[Path | None, typer.Option("--kb", help="Entries: {id, question, similar[]} a line.")] = None,
    queries: Annotated[Path | None, typer.Option("--queries", help="Questions: {id, text, gold …} a line.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the row of each question goes.")] = None,
    content: Annotated[Path | None, typer.Option("--content", help="HQ's folder: its 验收问题 instead.")] = None,
) -> None:
    """How good the search is, in figures. With --content, exit status 1 when a locked 验收问题 comes out wrong."""
    from bot.content.evaluation import evaluate, evaluate_content

    if content is not None and kb is queries is out is None:
        with _meaning(load_settings(need_wecom=False)) as meaning:
            verdict = evaluate_content(content, meaning)
        print(verdict.text)
        raise typer.Exit(1 if verdict.is_refused else 0)
    if content is not None or kb is None or queries is None:
        raise SettingsError("faq eval: 写 --kb KB.jsonl --queries Q.jsonl --out P.jsonl,或者 --content 文件夹")
    with _meaning(load_settings(need_wecom=False)) as meaning:
        print(evaluate(kb, queries, out, meaning))


@faq.command("export")
def faq_export(
    out: Annotated[Path, typer.Argument(help="OUT.xlsx; for the robot OUT.json or a folder.")],
    content: Folder = None,
    shape: Annotated[str, typer.Option("--for", help="wecom-robot: 微信客服's own robot.")] = "",
    store: StoreNumber = "",
    only_auto: Annotated[bool, typer.Option("--only-auto", help="For the robot: nothing to be confirmed.")] = False,
) -> None:
    """A workbook that reads back to the same entries; or what fits 微信客服's own robot, and what does not."""
    from bot.content.export import export_robot, export_workbook

    folder = content or load_settings(need_wecom=False).content_dir
    if shape not in ("", "wecom-robot"):
        raise SettingsError(f"--for: expected wecom-robot, got {shape}")
    if shape:
        print(export_robot(folder, out, SystemClock().now(), store, only_auto=only_auto))
    else:
        print(export_workbook(folder, out))


@faq.command("versions")
def faq_versions() -> None:
    """What was published and what was refused, newest first, and which version stores use."""
    from bot.serving import list_versions

    print(_run(list_versions(load_settings(need_wecom=False))))


@faq.command("diff")
def faq_diff(
    old: Annotated[str, typer.Argument(help="A version, or how it begins; else the one in force.")] = "",
    new: Annotated[str, typer.Argument(help="Another one; else the folder as it is now.")] = "",
    content: Folder = None,
) -> None:
    """What a change would bring: entries and cells, old → new. Without arguments: the version in force → the folder."""
    from bot.serving import diff_versions

    settings = load_settings(need_wecom=False)
    print(_run(diff_versions(settings, content or settings.content_dir, old, new)))


@faq.command("rollback")
def faq_rollback(
    version: Annotated[str, typer.Argument(help="A version, or how it begins.")],
    by: Annotated[str, typer.Option("--by", help="Who asked for it; else your account on this machine.")] = "",
    content: Folder = None,
) -> None:
    """Put an old version back into force. HQ's folder stays as it is, and waits for HQ's next change."""
    from bot.serving import roll_back

    settings = load_settings(need_wecom=False)
    print(_run(roll_back(settings, content or settings.content_dir, version, by)))


@faq.command("gaps")
def faq_gaps(
    since: Annotated[
        datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="First day; else a week ago.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The file; else one in 待补充 beside HQ's files.")] = None,
    content: Folder = None,
) -> None:
    """Write 待补充问答: what customers and staff asked that no entry answers, for HQ to fill in."""
    from bot.serving import write_gaps

    settings = load_settings(need_wecom=False)
    print(_run(write_gaps(settings, content or settings.content_dir, since.date() if since else None, out)))


@faq.command("stale")
def faq_stale(
    content: Folder = None, as_json: Annotated[bool, typer.Option("--json", help="One object, for machines.")] = False
) -> None:
    """Entries that expire soon, that nobody needed for 90 days, or that staff keep rewriting."""
    from bot.serving import list_stale

    settings = load_settings(need_wecom=False)
    print(_run(list_stale(settings, content or settings.content_dir, as_json=as_json)))


@assistant.command("stats")
def assistant_stats(
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days, today among them.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="One object, for machines.")] = False,
) -> None:
    """Questions a day, the share answered at once, the time to a person's answer."""
    from bot.serving import count_assistant

    print(_run(count_assistant(load_settings(need_wecom=False), days, as_json=as_json)))


@orders.command("list")
def orders_list(
    since: Annotated[
        datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="First day; else a week ago.")
    ] = None,
    store: StoreNumber = "",
) -> None:
    """What was ordered, newest first."""
    from bot.serving import list_orders

    print(_run(list_orders(load_settings(need_wecom=False), since.date() if since else None, store)))


@orders.command("ledger")
def orders_ledger(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, which counts too.")],
    out: Annotated[Path, typer.Option("--out", help="OUT.xlsx or OUT.csv.")],
) -> None:
    """Commission booked on these days: every sale and every reversal, a total for each person and over all."""
    from bot.serving import write_ledger

    print(_run(write_ledger(load_settings(need_wecom=False), first.date(), last.date(), out)))


@auto.command("on")
def auto_on(store: StoreNumber = "") -> None:
    """自动 answers may go out."""
    _switch(True, store)


@auto.command("off")
def auto_off(store: StoreNumber = "") -> None:
    """No 自动 answer goes out; a clerk confirms each."""
    _switch(False, store)


def _switch(is_on: bool, store: str) -> None:
    from bot.serving import switch_auto

    print(_run(switch_auto(load_settings(need_wecom=False), is_on=is_on, store=store)))


def _meaning(settings: Settings) -> AbstractContextManager[Waiting | None]:
    if not settings.embeddings_url:
        return nullcontext()
    from bot.serving import waiting_for_meaning

    return waiting_for_meaning(settings)


def _lines() -> Iterator[str]:
    """What a person or a pipe writes, until it ends or Ctrl-C."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    while True:
        try:
            yield input("问> " if sys.stdin.isatty() else "")
        except (EOFError, KeyboardInterrupt):
            return


def _given(**options: object) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; SIGTERM and Ctrl-C break it off in order, with exit status 130."""
    finished = asyncio.run(_until_stopped(work))
    if not finished:
        raise typer.Exit(130)
    return finished[0]


def _serve(work: Coroutine[Any, Any, None]) -> None:
    """Run until SIGTERM or Ctrl-C, which is a good end."""
    asyncio.run(_until_stopped(work))


async def _until_stopped(work: Coroutine[Any, Any, T]) -> tuple[T, ...]:
    """The result alone; nothing when it was stopped."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        return (await task,)
    except asyncio.CancelledError:
        return ()
