"""Finds the table in a sheet: which row holds the headers, which column is which, where notes and other sheets end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from knowledge.cells import did_you_mean, plain
from knowledge.csv_file import read_csv
from knowledge.grid import COLUMNS_MOST, ERROR_CELL, FILE_MOST, LETTERS_MOST, ROWS_MOST, Grid, Read, too_many_rows
from knowledge.problem import Place, Problem, error, warning
from knowledge.xlsx_file import read_xlsx
from knowledge.yaml_file import read_yaml

READERS = {".csv": read_csv, ".xlsx": read_xlsx, ".xlsm": read_xlsx, ".yaml": read_yaml, ".yml": read_yaml}

_HEADER_WITHIN = 30  #: rows of notes that may stand above the headers
_OTHER_SHEETS = ("说明", "填写说明", "使用说明", "验收问题", "同义词")
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
_MARKS = "*:﹡※✱"


@dataclass(frozen=True, slots=True)
class Columns:
    """The headers that a kind of table knows."""

    known: tuple[str, ...]
    required: tuple[str, ...]
    joined: frozenset[str] = frozenset()  #: may stand over several columns: their cells are read as lines of one
    keeps_others: bool = False  #: unknown columns are kept under their own header


@dataclass(frozen=True, slots=True)
class Row:
    place: Place
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, "" when the table has no such column."""
        return self.cells.get(column, "")


@dataclass(slots=True)
class Table:
    """All rows of one file."""

    rows: list[Row] = field(default_factory=list)
    headers: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    spoilt: int = 0  #: rows left out because of a problem


def read_table(path: str, data: bytes, columns: Columns) -> Table:
    """Read a file by its ending. Never raises on bad input."""
    place = Place(path)
    if len(data) > FILE_MOST:
        return Table(problems=[error(place, "too-big", f"这个文件超过 {FILE_MOST >> 20} MB,太大了。请拆成几个文件。")])
    if not data.strip():
        return Table(problems=[warning(place, "empty-file", "这个文件是空的,没有读到内容。")])
    read = _reader(path, data)(data, place)
    if oversized := _oversized(read, place):
        return Table(problems=[oversized])
    table = Table(problems=list(read.problems))
    if not any(problem.is_error for problem in read.problems):
        _add_grids(table, read, place, columns)
    if len(table.rows) + table.spoilt > ROWS_MOST:
        return Table(problems=[too_many_rows(place)])
    return table


def _oversized(read: Read, place: Place) -> Problem | None:
    """A row or a cell that nobody wrote by hand; to compare such names with each other would take for ever."""
    for grid in read.grids:
        for number, cells in grid.rows:
            here = Place(place.file, grid.sheet, number)
            if any(cells[COLUMNS_MOST:]):
                return error(here, "too-wide", f"这一行有 {len(cells):,} 格,太多了。请检查分隔符和引号,或者删掉空列。")
            if max(map(len, cells), default=0) > LETTERS_MOST:
                return error(here, "too-long", f"这一行有一格超过 {LETTERS_MOST:,} 个字,太长了。请检查引号是否成对。")
    return None


def _reader(path: str, data: bytes) -> Callable[[bytes, Place], Read]:
    """By the ending, unless the file is plainly a workbook under another name."""
    is_workbook = data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    return read_xlsx if is_workbook else READERS[PurePosixPath(path).suffix.lower()]


def _add_grids(table: Table, read: Read, place: Place, columns: Columns) -> None:
    without_header: list[Grid] = []
    for grid in read.grids:
        if plain(grid.sheet) in _OTHER_SHEETS or not any(any(cells) for _, cells in grid.rows):
            continue
        at = _header_row(grid, columns)
        if at is None:
            without_header.append(grid)
        else:
            _add_grid(table, grid, at, place, columns)
    for grid in without_header:
        table.problems.append(_no_header(Place(place.file, grid.sheet), columns, is_error=not table.headers))


def _header_row(grid: Grid, columns: Columns) -> int | None:
    """Where the headers stand: the early row that knows most of them."""
    best, best_count = None, 0
    for at, (_, cells) in enumerate(grid.rows[:_HEADER_WITHIN]):
        names = {name for cell in cells if (name := _known_name(cell, columns))}
        count = len(names) + 2 * len(names.intersection(columns.required))
        if count > best_count and (len(names) > 1 or names == set(columns.required)):
            best, best_count = at, count
    return best


def _add_grid(table: Table, grid: Grid, at: int, place: Place, columns: Columns) -> None:
    header_line, header_cells = grid.rows[at]
    place = Place(place.file, grid.sheet, header_line)
    names = [_known_name(cell, columns) or _tidy(cell) for cell in header_cells]
    table.headers = tuple(dict.fromkeys((*table.headers, *(name for name in names if name))))
    table.problems.extend(_check_header(names, place, columns))
    without_name: set[int] = set()
    for number, cells in grid.rows[at + 1 :]:
        if not any(cells) or cells == header_cells:
            continue
        here = replace(place, row=number)
        problems = _check_row(cells, names, here, columns)
        if problems:
            table.problems.extend(problems)
            table.spoilt += 1
            continue
        without_name.update(column for column, cell in enumerate(cells) if cell and not _name_at(names, column))
        table.rows.append(Row(here, _named(cells, names, columns)))
    for column in sorted(without_name):
        table.problems.append(
            warning(place, "no-header", f"第 {column + 1} 列有内容但没有表头,没有读。请补上表头,或者删掉这一列。")
        )


def _named(cells: tuple[str, ...], names: list[str], columns: Columns) -> dict[str, str]:
    row: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if not name:
            continue
        row[name] = (
            f"{row[name]}\n{cell}" if name in columns.joined and row.get(name) and cell else row.get(name) or cell
        )
    return row


def _check_header(names: list[str], place: Place, columns: Columns) -> Iterator[Problem]:
    others = [name for name in names if name and name not in columns.known]
    for required in columns.required:
        if required not in names:
            hint = did_you_mean(required, others)
            yield error(
                place.at(required), "missing-column", f"缺少「{required}」这一列。{hint}请把表头改成「{required}」。"
            )
    for name in dict.fromkeys(name for name in names if name and names.count(name) > 1):
        if name not in columns.joined:
            yield error(place.at(name), "duplicate-column", f"「{name}」这一列有两个,不知道该用哪个。请删掉一个。")
    if not columns.keeps_others:
        for name in dict.fromkeys(others):
            hint = did_you_mean(name, [known for known in columns.known if known not in names])
            yield warning(
                place.at(name),
                "unknown-column",
                f"不认识「{name}」这一列,没有读。{hint or '不需要读就不用管它。'}",
                name,
            )


def _check_row(cells: tuple[str, ...], names: list[str], place: Place, columns: Columns) -> list[Problem]:
    problems = []
    if PurePosixPath(place.file).suffix.lower() == ".csv" and any(cells[len(names) :]):
        problems.append(
            error(
                place,
                "extra-cells",
                f"这一行有 {len(cells)} 格,表头只有 {len(names)} 格,后面的内容会错位。"
                "多半是文字里有英文逗号:请把那一格放进英文双引号,或改用中文逗号。",
                cells[-1],
            )
        )
    for column, cell in enumerate(cells):
        name = _name_at(names, column)
        if cell == ERROR_CELL and (name in columns.known or columns.keeps_others) and name:
            problems.append(
                error(
                    place.at(name),
                    "error-cell",
                    "这一格是公式错误(如 #N/A)或没算出来。请改成文字,或在 Excel 里重新保存。",
                )
            )
    return problems


def _no_header(place: Place, columns: Columns, *, is_error: bool) -> Problem:
    wanted = "、".join(columns.required)
    if is_error:
        return error(place, "no-header", f"没有找到表头。请在内容上面加一行,至少写上:{wanted}。")
    return warning(place, "no-header", f"这张工作表没有表头,没有读。要用它,请加一行表头:{wanted};不用就不用管它。")


def _name_at(names: list[str], column: int) -> str:
    return names[column] if column < len(names) else ""


def _known_name(cell: str, columns: Columns) -> str | None:
    said = plain(_tidy(cell))
    return next((name for name in columns.known if plain(name) == said), None)


def _tidy(header: str) -> str:
    """Without what people add to a header: (必填), a star, a colon, spaces."""
    text = unicodedata.normalize("NFKC", header)
    without = _REMARK.sub("", text).strip().strip(_MARKS).strip()
    return " ".join((without or text).split())
