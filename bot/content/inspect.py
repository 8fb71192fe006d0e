"""Look at HQ's folder from the command line: is it valid, and what would a customer be answered?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clock import SystemClock
from bot.content import folder as hq_folder
from bot.errors import SettingsError
from knowledge import report
from knowledge.chain import Store
from knowledge.content import Content, Loaded, load
from knowledge.entry import Audience
from knowledge.index import Hit, Scope
from knowledge.template import EmptyVariableError, render


@dataclass(frozen=True, slots=True)
class Report:
    """What `faq check` says."""

    text: str
    as_json: dict[str, Any]
    has_errors: bool


def check(path: Path) -> Report:
    """Check a folder, or one file as if it lay in `faq/`."""
    loaded = look(path)
    text = "\n".join(part for part in (report.format_problems(loaded.problems), report.summary(loaded)) if part)
    return Report(text, dict(report.to_json(loaded)), loaded.content is None)


def look(path: Path) -> Loaded:
    """A folder or one file, with whatever is wrong with it. Raises SettingsError when there is none."""
    return load(_files(path))


def load_or_explain(path: Path) -> Content:
    """The content of a folder. Raises SettingsError with HQ's problems where it has errors."""
    loaded = look(path)
    if loaded.content is None:
        raise SettingsError(f"CONTENT_DIR: {path}\n{report.format_problems(loaded.problems)}\n{report.summary(loaded)}")
    return loaded.content


def find_store(content: Content, wanted: str) -> Store:
    """A store by number, name or alias. Raises SettingsError that lists what there is."""
    for store in content.stores.values():
        if wanted in (store.number, store.name, *store.aliases):
            return store
    known = "、".join(f"{store.number} {store.name}" for store in content.stores.values())
    raise SettingsError(f"--store: 没有「{wanted}」这家店。现有:{known}")


def search(path: Path, question: str, store: str) -> str:
    """The nearest entries for a customer, best first, and why."""
    content = load_or_explain(path)
    place = find_store(content, store) if store else None
    now = SystemClock().now().astimezone(content.policy.zone)
    hits = content.index.search(question, Scope(Audience.CUSTOMER, place, now.date(), now.time()))
    where = place.name if place else "未指定门店(只看不限门店的条目)"
    lines = [f"{where} · 作答线 {content.policy.answer_line:.2f} · 版本 {content.version}"]
    if not hits or hits[0].confidence < content.policy.answer_line:
        lines.append("没有现成答案" + (",最接近的是:" if hits else "。"))
    lines += [_describe(rank, hit, place) for rank, hit in enumerate(hits, start=1)]
    return "\n".join(lines)


def _describe(rank: int, hit: Hit, store: Store | None) -> str:
    entry = hit.entry
    reasons = [f"像「{hit.wording}」", f"命中:{' '.join(hit.words)}" if hit.words else "", *hit.vetoes]
    try:
        answer = render(entry.customer_answer, store)
    except EmptyVariableError:
        answer = entry.customer_answer
    return (
        f"{rank}. {entry.number} {entry.question} · 把握 {hit.confidence:.2f} · {entry.autonomy.value}\n"
        f"   {' · '.join(reason for reason in reasons if reason)}\n"
        f"   {answer}\n"
        f"   ({entry.place})"
    )


def _files(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        return hq_folder.read(path)
    if not path.is_file():
        raise SettingsError(f"PATH: 没有这个文件或文件夹:{path}")
    with path.open("rb") as stream:
        return {f"faq/{path.name}": stream.read(hq_folder.FILE_MOST + 1)}
