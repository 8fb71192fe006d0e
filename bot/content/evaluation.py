"""`faq eval`: how well the search does on questions whose answers are known, in figures."""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from bot.clock import SystemClock
from bot.content.figures_table import curve_table, figures_table
from bot.content.inspect import load_or_explain
from bot.content.meaning import Waiting
from bot.errors import SettingsError
from knowledge.calibration import calibrate
from knowledge.entry import Audience, Entry
from knowledge.evaluate import OFFERED, Answered
from knowledge.index import Index, Scope
from knowledge.jsonl import BadLineError, Query, read_entries, read_queries
from knowledge.policy import Policy
from knowledge.text import warm_up
from knowledge.trial import run_acceptance, try_acceptance

T = TypeVar("T")
_LOCKED = {True: " · 锁定", False: ""}
_WARM_UP = 20  #: questions that are asked once before any is measured


@dataclass(frozen=True, slots=True)
class Costs:
    """What it took on this machine."""

    build: float  #: seconds from entries to index
    calibrate: float  #: seconds
    asking: tuple[float, ...]  #: seconds of each question
    memory: float  #: megabytes of the whole process, at most

    def __str__(self) -> str:
        p50, p99 = (quantile(self.asking, share) * 1000 for share in (0.50, 0.99))
        return (
            f"建库 {self.build:.2f} 秒 · 校准 {self.calibrate:.2f} 秒 · 每问 p50 {p50:.2f} 毫秒,p99 {p99:.2f} 毫秒 · "
            f"内存最多 {self.memory:.0f} MB"
        )


def evaluate(kb: Path, queries: Path, out: Path | None, meaning: Waiting | None = None) -> str:
    """Ask every question, write a row for each to `out`; the table, if the questions say what is right.

    Raises SettingsError for a file that cannot be read or written, with its line.
    """
    entries = read_or_explain("--kb", kb, read_entries)
    asked = read_or_explain("--queries", queries, read_queries)
    answered, costs = measure(entries, asked, Policy(), SystemClock().now(), meaning)
    if out is not None:
        write_rows(out, (json.dumps(each.as_json) for each in answered))
    lines = [f"知识库 {kb.name}:{len(entries)} 条 · 问题 {queries.name}:{len(asked)} 句", str(costs)]
    lines += [meaning.note] if meaning and meaning.note else []
    return "\n".join([*lines, *_tables(answered, {entry.number for entry in entries})])


def measure(
    entries: Sequence[Entry], asked: Sequence[Query], policy: Policy, now: datetime, meaning: Waiting | None = None
) -> tuple[list[Answered], Costs]:
    """Build, calibrate, ask; everywhere and on the day that it is in store time at `now`, as a customer."""
    warm_up()
    gc.collect()
    index, build = timed(lambda: Index(entries))
    index, calibrating = timed(lambda: index.calibrated(calibrate(index)))
    index = meaning.learn(index, [query.text for query in asked]) if meaning else index
    scope = Scope(Audience.CUSTOMER, None, now.astimezone(policy.zone).date())
    for query in asked[:_WARM_UP]:
        index.search(query.text, scope, OFFERED)
    answered, asking = [], []
    for query in asked:
        hits, seconds = timed(lambda said=query.text: index.search(said, scope, OFFERED))  # type: ignore[misc]
        answered.append(Answered.of(query, hits, policy))
        asking.append(seconds)
    return answered, Costs(build, calibrating, tuple(asking), _memory())


@dataclass(frozen=True, slots=True)
class Verdict:
    """What HQ's 验收问题 say of HQ's answers."""

    text: str
    is_refused: bool  #: a locked one comes out wrong


def evaluate_content(path: Path, meaning: Waiting | None = None) -> Verdict:
    """HQ's 验收问题, each asked where and when it is meant. Raises SettingsError for a folder with errors."""
    content = load_or_explain(path)
    if not content.acceptance:
        return Verdict(
            "还没有验收问题。请在 faq 文件夹里加一张「验收问题」表:客户原话、期望编号、门店、是否锁定。", False
        )
    index = content.index.calibrated(calibrate(content.index))
    index = meaning.learn(index, [each.text for each in content.acceptance]) if meaning else index
    content = content.with_index(index)
    on = SystemClock().now().astimezone(content.policy.zone).date()
    tried = try_acceptance(content, on)
    failed = run_acceptance(content, on)
    locked = [each for each in failed if each.acceptance.is_locked]
    right = len(tried) - len(failed)
    lines = [
        f"{each.acceptance.place}{_LOCKED[each.acceptance.is_locked]}\n  「{each.acceptance.text}」{each.reason}。"
        for each in failed
    ]
    lines.append(
        f"验收问题 {len(tried)} 条:{right} 条答对({right / len(tried):.1%}),"
        f"{len(failed)} 条不对,其中锁定的 {len(locked)} 条。"
    )
    judged = [each.judged for each in tried]
    lines += [figures_table({"全部": judged}), "\n按把握划线:", curve_table(judged), f"版本 {content.version}"]
    lines += [meaning.note] if meaning and meaning.note else []
    return Verdict("\n".join(lines), bool(locked))


def quantile(values: Iterable[float], share: float) -> float:
    """The value below which `share` (0–1) of the values lie; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _tables(answered: Sequence[Answered], known: set[str]) -> list[str]:
    """The figures and the curve; a sentence instead when the questions do not say what is right."""
    if not all(each.query.has_gold for each in answered):
        return ["问题里没有都写 gold,只写了结果,算不出指标。"]
    counted = [each for each in answered if not each.query.is_suspect]
    lines = []
    if left_out := len(answered) - len(counted):
        lines.append(f"标注存疑(suspect)的 {left_out} 句不计入。")
    if strange := sum(each.query.gold is not None and each.query.gold not in known for each in counted):
        lines.append(f"有 {strange} 句的 gold 不在知识库里,按没找到算。")
    parts = {"全部": [each.judged for each in counted]}
    for part in sorted({each.query.part for each in counted} - {""}, reverse=True):
        parts[part] = [each.judged for each in counted if each.query.part == part]
    tuned_on = "train" if "train" in parts else "全部"
    return [*lines, figures_table(parts), f"\n按把握划线({tuned_on}):", curve_table(parts[tuned_on])]


def read_or_explain(option: str, path: Path, parse: Callable[[bytes], T]) -> T:
    """What `parse` makes of the file. Raises SettingsError, with the option, and the line that is wrong."""
    try:
        return parse(path.read_bytes())
    except OSError as failure:
        raise SettingsError(f"{option}: 读不了 {path}:{failure.strerror}") from None
    except BadLineError as failure:
        raise SettingsError(f"{option}: {path} · {failure}") from None


def write_rows(path: Path, rows: Iterable[str]) -> None:
    """One a line. Raises SettingsError."""
    try:
        with path.open("w", encoding="utf-8") as stream:
            stream.writelines(row + "\n" for row in rows)
    except OSError as failure:
        raise SettingsError(f"--out: 写不了 {path}:{failure.strerror}") from None


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What came of it, and the seconds it took."""
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


def _memory() -> float:
    """Megabytes; the system counts in kilobytes on Linux, in bytes on macOS."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10
