"""`faq check`: what is wrong with HQ's files, told to people and to machines, and written beside the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

from bot.content import folder as hq_folder
from bot.content.copies import is_copy, write_copies
from bot.content.loading import load_all
from bot.errors import SettingsError
from knowledge import report
from knowledge.content import Loaded
from knowledge.entry import Entry, Status

_SOON = timedelta(days=14)  #: before an entry expires, it is worth a word
_NAMED_MOST = 5  #: entries in one note


@dataclass(frozen=True, slots=True)
class Report:
    """What `faq check` says."""

    text: str
    as_json: dict[str, Any]
    notes: tuple[str, ...]  #: about the copies: no part of the JSON
    has_errors: bool


def check(path: Path, now: datetime, *, with_copies: bool = True) -> Report:
    """Check a folder, or one file as if it lay in `faq/`. `now`: aware. Raises SettingsError where there is none."""
    places, files = _read(path)
    loaded = load_all(files)
    is_sample = path.resolve().is_relative_to(Path(str(resources("knowledge"))))  # nobody's to mend
    notes = write_copies(places, files, loaded.problems) if with_copies and not is_sample else ()
    parts = (report.format_problems(loaded.problems), *notes, *_dates(loaded, now), report.summary(loaded))
    return Report("\n".join(filter(None, parts)), dict(report.to_json(loaded)), notes, loaded.content is None)


def _read(path: Path) -> tuple[Mapping[str, Path], Mapping[str, bytes]]:
    """Where each file lies, and what is in it, by the name that messages have."""
    if path.is_dir():
        files = hq_folder.read(path)
        return {name: path / name for name in files}, files
    if not path.is_file():
        raise SettingsError(f"PATH: 没有这个文件或文件夹:{path}")
    if is_copy(path):
        raise SettingsError(f"PATH: {path.name} 是检查结果,只是给人看的。请检查原来的文件。")
    name = f"faq/{path.name}"
    with path.open("rb") as stream:
        return {name: path}, {name: stream.read(hq_folder.FILE_MOST + 1)}


def _dates(loaded: Loaded, now: datetime) -> list[str]:
    """What will soon be over, and what already is: no mistake, but worth a word."""
    if loaded.content is None:
        return []
    local = now.astimezone(loaded.content.policy.zone).replace(tzinfo=None)
    ends = [
        (entry.ends_at, entry)
        for entry in loaded.content.entries.values()
        if entry.ends_at and entry.status is Status.ACTIVE
    ]
    soon = [entry for end, entry in sorted(ends, key=lambda pair: pair[0]) if local <= end <= local + _SOON]
    over = [entry for end, entry in ends if end < local]
    lines = []
    if soon:
        lines.append(f"{_SOON.days} 天内到期的有 {len(soon)} 条:{_named(soon)}。要接着用,请改失效日期。")
    if over:
        lines.append(f"已经过期、不再使用的有 {len(over)} 条:{_named(over)}。")
    return lines


def _named(entries: Iterable[Entry]) -> str:
    every = list(entries)
    names = "、".join(f"{entry.number} {entry.question}({entry.ends_on})" for entry in every[:_NAMED_MOST])
    return names + (" 等" if len(every) > _NAMED_MOST else "")
