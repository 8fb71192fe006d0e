"""Which column of a sheet is which of ours: our own headers, other words for them, and other systems' exports."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from knowledge.cells import plain
from knowledge.grid import Grid
from knowledge.text import normalise

_HEADER_WITHIN = 30  #: rows of notes that may stand above the headers
_HEADER_LONGEST = 20  #: characters
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
_ROUND = re.compile(r"(?<=[\]】])\s*\([^()]*\)")
_MARKS = "*:﹡※✱"


@dataclass(frozen=True, slots=True)
class Dialect:
    """Another system's export: how to tell it, and what its rows are in our words."""

    name: str
    marks: tuple[frozenset[str], ...]  #: headers as `folded`; all of any one set must be there
    columns: Mapping[str, str]  #: their header, folded → the column of ours that it mostly becomes
    convert: Callable[[Mapping[str, str]], Converted]  #: a row by their folded headers
    rest: str = ""  #: their header to which every nameless column on the right belongs
    is_whole: bool = False  #: its words are also anybody's: then no other column of ours may stand beside them


@dataclass(frozen=True, slots=True)
class Converted:
    """A row of another system in our words."""

    cells: Mapping[str, str]
    remarks: Mapping[str, str] = field(default_factory=dict)  #: by our column: Chinese, what was lost


@dataclass(frozen=True, slots=True)
class Columns:
    """The headers that a kind of table knows."""

    known: tuple[str, ...]
    required: tuple[str, ...]
    joined: frozenset[str] = frozenset()  #: may stand over several columns: their cells are read as lines of one
    keeps_others: bool = False  #: unknown columns are kept under their own header
    synonyms: Mapping[str, str] = field(default_factory=dict)  #: another word, folded → the known header
    dialects: tuple[Dialect, ...] = ()
    telling: frozenset[str] = frozenset()  #: a row with a single cell is one of the table if it is one of these
    filled_down: tuple[str, ...] = ()  #: columns whose cells a writer may have merged, the widest first


@dataclass(frozen=True, slots=True)
class Header:
    """The row of headers of one sheet, understood."""

    at: int  #: of the grid's rows
    names: tuple[str, ...]  #: of each column: ours, or theirs folded with a dialect; "" for none
    written: Mapping[str, str]  #: ours → as HQ's sheet has it, where that differs
    dialect: Dialect | None = None


def find_header(grid: Grid, columns: Columns) -> Header | None:
    """The early row that knows most headers; None when no row does."""
    best, best_count = None, 0
    for at, (_, cells) in enumerate(grid.rows[:_HEADER_WITHIN]):
        dialect = _dialect_of(cells, columns)
        if dialect is not None:
            return _of_dialect(at, cells, dialect)
        count = _worth(cells, columns)
        if count > best_count:
            best, best_count = at, count
    return understand(best, grid.rows[best][1], columns) if best is not None else None


def header_again(cells: Sequence[str], columns: Columns) -> bool:
    """Whether a row below the header is one itself, of another table: every cell is a header that we know."""
    said = [cell for cell in cells if cell]
    if len(said) < 2 or max(map(len, said)) > _HEADER_LONGEST:
        return False
    names: set[str] = set()
    for cell in said:
        name = _known(cell, columns) or columns.synonyms.get(folded(cell))
        if name is None or name in names:
            return False
        names.add(name)
    return names.issuperset(columns.required)


def tidy(header: str) -> str:
    """Without what people add to a header: (必填), a star, a colon, spaces."""
    text = unicodedata.normalize("NFKC", header)
    without = _REMARK.sub("", text).strip().strip(_MARKS).strip()
    if not without:  # 【标准问题】(必填)
        without = _ROUND.sub("", text).strip().strip(_MARKS + "[]【】()").strip()
    return " ".join((without or text).split())


def folded(header: str) -> str:
    """The form in which headers are compared."""
    said = plain(tidy(header)).lower()
    return said if said.isascii() else normalise(said) or said


def _worth(cells: Sequence[str], columns: Columns) -> int:
    """How much a row looks like headers; 0 for not at all."""
    names = {name for cell in cells if (name := _known(cell, columns) or columns.synonyms.get(folded(cell)))}
    is_header = len(names) > 1 or names == set(columns.required)
    return len(names) + 2 * len(names.intersection(columns.required)) if is_header else 0


def understand(at: int, cells: Sequence[str], columns: Columns) -> Header:
    """The row of headers at `at`.

    A header of ours goes before another word for it: 标准问题 beside 问题 leaves 问题 unknown.
    """
    own = [_known(cell, columns) for cell in cells]
    names: list[str] = []
    written: dict[str, str] = {}
    for cell, known in zip(cells, own, strict=True):
        meant = columns.synonyms.get(folded(cell)) if known is None else None
        if meant is not None and meant not in own:
            written.setdefault(meant, tidy(cell))
            names.append(meant)
        else:
            names.append(known or tidy(cell))
    return Header(at, tuple(names), written)


def _known(cell: str, columns: Columns) -> str | None:
    said = folded(cell)
    return _by_folded(columns.known).get(said) if said else None


@functools.cache
def _by_folded(names: tuple[str, ...]) -> Mapping[str, str]:
    return {folded(name): name for name in names}


def _dialect_of(cells: Sequence[str], columns: Columns) -> Dialect | None:
    headers = {folded(cell) for cell in cells} if columns.dialects else set()
    found = (dialect for dialect in columns.dialects if any(marks <= headers for marks in dialect.marks))
    return next(
        (dialect for dialect in found if not (dialect.is_whole and _has_others(headers, dialect, columns))), None
    )


def _has_others(headers: Set[str], dialect: Dialect, columns: Columns) -> bool:
    """Whether columns of ours stand beside those of the dialect."""
    ours = {columns.synonyms.get(name, name) for name in headers - set(dialect.columns)}
    return not ours.isdisjoint(columns.known)


def _of_dialect(at: int, cells: Sequence[str], dialect: Dialect) -> Header:
    names = [folded(cell) for cell in cells]
    if dialect.rest:
        last = max((place for place, name in enumerate(names) if name), default=0)
        names[last + 1 :] = [dialect.rest] * len(names[last + 1 :])
    written: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=True):
        if name in dialect.columns and cell:
            written.setdefault(dialect.columns[name], tidy(cell))
    return Header(at, tuple(names), written, dialect)
