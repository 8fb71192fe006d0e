"""Everything that is found out about HQ's files before they may go into service. Pure, and takes seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from bot.content.loading import load_all
from knowledge.acceptance import Acceptance
from knowledge.content import Content, Loaded
from knowledge.entry import Entry
from knowledge.problem import Place, Problem, cut, error, warning
from knowledge.text import forget_keys
from knowledge.trial import Failed, run_acceptance, try_acceptance

T = TypeVar("T")


@dataclass(frozen=True)
class Prepared:
    """HQ's files, loaded, and which 验收问题 come out wrong."""

    loaded: Loaded
    failed: tuple[Failed, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)  #: what took how long


def prepare(files: Mapping[str, bytes], now: datetime) -> Prepared:
    """Load the files and put their 验收问题 to them. Never raises on bad input."""
    loaded, loading = _timed(lambda: load_all(files))
    forget_keys()
    content = loaded.content
    if content is None:
        return Prepared(loaded, (), {"load": loading})
    failed, trying = _timed(lambda: run_acceptance(content, now.astimezone(content.policy.zone).date()))
    return Prepared(loaded, failed, {"load": loading, "acceptance": trying})


def refuse_whole(code: str, message: str, version: str) -> Prepared:
    """A folder that is not worth loading."""
    return Prepared(Loaded(None, (error(Place(""), code, message),), version))


def judge(prepared: Prepared, in_force: Content | None, now: datetime) -> Loaded:
    """What was loaded, with what the 验收问题 say: a locked one that changes its answer refuses the whole.

    One that fails just as it does in force is a warning, like one that is not locked: nothing has become worse.
    """
    loaded = prepared.loaded
    if loaded.content is None or not prepared.failed:
        return loaded
    before = _answers(in_force, [one.acceptance for one in prepared.failed if one.acceptance.is_locked], now)
    found = [_problem(one, before.get(one.acceptance), loaded.content.entries) for one in prepared.failed]
    problems = tuple(sorted((*loaded.problems, *found), key=_order))
    is_refused = any(problem.is_error for problem in found)
    return replace(loaded, content=None if is_refused else loaded.content, problems=problems)


def _answers(in_force: Content | None, asked: Iterable[Acceptance], now: datetime) -> dict[Acceptance, str]:
    """What the version in force answers: the number of an entry, or "" for none. Empty when nothing is in force."""
    if in_force is None:
        return {}
    today = now.astimezone(in_force.policy.zone).date()
    tried = try_acceptance(replace(in_force, acceptance=tuple(asked)), today)
    return {one.acceptance: one.found for one in tried}


def _problem(failed: Failed, before: str | None, entries: Mapping[str, Entry]) -> Problem:
    asked = failed.acceptance
    place = asked.place.at("客户原话")
    said = f"验收问题「{cut(asked.text)}」:{failed.reason}。"
    if before is None or before == failed.found:
        return warning(place, "acceptance-failed", f"{said}请看看是答案变了,还是期望编号要改。", asked.text)
    was = _name(before, entries) if before else "没有答案"
    hint = "这一题锁定了,改变它的回答就不能发布。请改回问答,或者改这一题的期望编号。"
    return error(place, "locked-answer-changed", f"{said}门店在用的版本是 {was}。{hint}", asked.text)


def _order(problem: Problem) -> tuple[bool, str, str, int]:
    return not problem.is_error, problem.file, problem.sheet, problem.row


def _name(number: str, entries: Mapping[str, Entry]) -> str:
    entry = entries.get(number)
    return f"{number}「{entry.question}」" if entry else f"{number}(这次没有了)"


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started
