"""The annotated copy beside a file of HQ's: `前台.检查结果.xlsx` for `前台.xlsx`. HQ's own files are never touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.content.folder import COPY_MARK
from knowledge.annotate import annotate, is_ours
from knowledge.problem import Problem
from knowledge.reading import READERS

_MARK = COPY_MARK.rstrip(".")
_TABLES = tuple(READERS)


def write_copies(
    places: Mapping[str, Path], files: Mapping[str, bytes], problems: Iterable[Problem]
) -> tuple[str, ...]:
    """Write a copy for each file with problems, and remove those of files that are right again.

    `places` and `files`: where each file lies and what is in it, by the name that `problems` have. Returns what to tell
    people, in Chinese; nothing is raised where a copy cannot be written.
    """
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.file, []).append(problem)
    taken: set[Path] = set()
    notes = []
    for name in sorted(places, key=lambda name: (places[name].suffix.lower() != ".xlsx", name)):
        source = places[name]
        if source.suffix.lower() in _TABLES and not is_copy(source):
            copy = _copy_of(source, taken)
            taken.add(copy)
            notes.append(_update(source, copy, name, files[name], found.get(name, ())))
    return tuple(filter(None, notes))


def is_copy(path: Path) -> bool:
    """Whether the name is that of an annotated copy."""
    return Path(path.stem).suffix == _MARK


def _copy_of(source: Path, taken: set[Path]) -> Path:
    """前台.csv beside 前台.xlsx gets 前台.csv.检查结果.xlsx."""
    copy = source.with_name(f"{source.stem}{_MARK}.xlsx")
    return copy if copy not in taken else source.with_name(f"{source.name}{_MARK}.xlsx")


def _update(source: Path, copy: Path, name: str, data: bytes, problems: Iterable[Problem]) -> str:
    mine = list(problems)
    try:
        if not _is_free(copy):
            return f"「{copy.name}」有人改过,没有动它。请把要留的改动抄到 {source.name},删掉它,再检查一次。"
        if not mine:
            copy.unlink(missing_ok=True)
            return ""
        annotated = annotate(name, data, mine)
        if annotated is None:
            return ""
        _replace(copy, annotated)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return f"没能写「{copy.name}」(文件夹不能写,或者文件正开着:{reason})。问题都在上面,照着改就行。"
    return f"已写好「{copy}」:每一行的问题在最右边一列。请改 {source.name},这份只是给您看的。"


def _is_free(copy: Path) -> bool:
    """Whether nobody would lose what they wrote. Raises OSError."""
    if copy.is_symlink() or not copy.exists():
        return not copy.is_symlink()
    return is_ours(copy.read_bytes())


def _replace(copy: Path, data: bytes) -> None:
    """Whole or not at all; a name that begins with a dot is read by nobody. Raises OSError."""
    draft = copy.with_name(f".{copy.name}.tmp")
    try:
        draft.write_bytes(data)
        draft.replace(copy)
    finally:
        draft.unlink(missing_ok=True)
