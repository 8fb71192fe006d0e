"""`dianxiaoer intent …`. No logic: each command reads its arguments and calls one thing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.clock import SystemClock

intent = typer.Typer(help="What people mean: sentences, and how well they are understood.", no_args_is_help=True)
Folder = Annotated[Path | None, typer.Option("--content", help="HQ's folder: its sentences count as well.")]


@intent.command("check")
def intent_check(
    content: Folder = None,
    proofs: Annotated[Path | None, typer.Option("--proofs", help="Folder of proofs, such as tests/sentences.")] = None,
) -> None:
    """Sentences, ours with HQ's, against proofs and against each other. Exit status 1 on errors."""
    from bot.content.sentences import check_sentences

    verdict = check_sentences(content, proofs)
    print(verdict.text)
    raise typer.Exit(1 if verdict.is_refused else 0)


@intent.command("try")
def intent_try(text: str, content: Folder = None) -> None:
    """What a message is taken for, how sure, and by what."""
    from bot.content.sentences import try_sentence

    print(try_sentence(text, content))


@intent.command("sample")
def intent_sample(
    name: Annotated[str, typer.Argument(help="An intent, such as stay.book.")],
    count: Annotated[int, typer.Option("-n", min=1, max=1000, help="How many.")] = 20,
    content: Folder = None,
) -> None:
    """Sentences that the templates of an intent stand for."""
    from bot.content.sentences import sample_sentences

    print(sample_sentences(name, count, content))


@intent.command("eval")
def intent_eval(
    train: Annotated[Path, typer.Option("--train", help="To learn from: {id, text, intent} a line.")],
    test: Annotated[Path, typer.Option("--test", help="To be understood: {id, text, intent} a line, or no intent.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where {id, intent, confidence} of each goes.")] = None,
) -> None:
    """How well intents are told apart, learning from one file alone; in figures if the other says what is right."""
    from bot.content.intent_evaluation import evaluate_intents

    print(evaluate_intents(train, test, out))


@intent.command("dates")
def intent_dates(
    messages: Annotated[Path, typer.Argument(metavar="FILE", help="Messages: {text} a line.")],
    out: Annotated[Path, typer.Option("--out", help="Where {text, start, end, time, ask} of each goes.")],
    now: Annotated[str, typer.Option("--now", help="As of when: 2026-11-22T10:00+08:00; else now.")] = "",
) -> None:
    """The days, nights and times of day that messages speak of."""
    from bot.content.intent_dates import read_now, write_dates

    print(write_dates(messages, out, read_now(now, SystemClock().now())))
