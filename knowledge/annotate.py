"""A copy of HQ's table with a column 问题 at its right end, and the rows in question in colour."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import MergedCell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from knowledge import acceptance, lexicon, products, questions, staff, stores
from knowledge.grid import ERROR_CELL, ZIP_TROUBLES, Grid
from knowledge.headers import Columns, Header, find_header, folded
from knowledge.problem import Problem
from knowledge.reading import read_file
from knowledge.workbook import AUTHOR, put, quick, saved, set_widths, sheet_name

COLUMN = "问题"
_REST = "检查结果"  #: the sheet for what belongs to no row

_KINDS: Sequence[Columns] = (
    questions.COLUMNS,
    stores.COLUMNS,
    staff.COLUMNS,
    products.COLUMNS,
    acceptance.COLUMNS,
    *lexicon.COLUMNS.values(),
)
_ROW_FILLS = {True: PatternFill("solid", fgColor="FFE3E0"), False: PatternFill("solid", fgColor="FFF6D6")}
_CELL_FILLS = {True: PatternFill("solid", fgColor="FF9B90"), False: PatternFill("solid", fgColor="FFDF80")}
_TOP, _BOLD = Alignment(vertical="top", wrap_text=True), Font(bold=True)
_WIDTH = 60  #: characters
_LARGE = 20_000  #: rows from which the copy is made of plain text: openpyxl would hold every cell with its looks
_FROM_A_PERSON = re.compile(rb"<cp:lastModifiedBy>([^<]*)</cp:lastModifiedBy>")


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is to be said of one sheet."""

    grid: Grid
    header: Header | None
    by_row: Mapping[int, Sequence[Problem]]
    column: int  #: where 问题 goes, counted from 1: right of everything that is written

    @property
    def header_row(self) -> int:
        return self.grid.rows[self.header.at][0] if self.header else 1

    def worst(self, row: int) -> bool:
        """Whether the row has an error."""
        return any(problem.is_error for problem in self.by_row[row])

    def columns_of(self, row: int) -> dict[int, bool]:
        """The cells in question, counted from 1, and whether they hold an error."""
        names = [folded(name) for name in self.grid.rows[self.header.at][1]] if self.header else []
        found: dict[int, bool] = {}
        for problem in self.by_row[row]:
            if problem.column and folded(problem.column) in names:
                at = names.index(folded(problem.column)) + 1
                found[at] = found.get(at, False) or problem.is_error
        return found


def annotate(path: str, data: bytes, problems: Iterable[Problem]) -> bytes | None:
    """An XLSX file with what `problems` of this file say; None for a file that is no table, or cannot be read."""
    mine = [problem for problem in problems if problem.file == path]
    grids = read_file(path, data).grids
    headers = [_header(grid) for grid in grids]
    if not any(headers):
        return None
    marks = [_marks(grid, header, mine) for grid, header in zip(grids, headers, strict=True)]
    placed = {problem for mark in marks for row in mark.by_row.values() for problem in row}
    rest = [problem for problem in mine if problem not in placed]
    is_small = sum(len(grid.rows) for grid in grids) <= _LARGE
    return (is_small and _marked(data, marks, rest)) or _rebuilt(path, marks, rest)


def is_ours(data: bytes) -> bool:
    """Whether a workbook is as `annotate` made it: nobody has opened and saved it since."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = _FROM_A_PERSON.search(archive.read("docProps/core.xml"))
    except (*ZIP_TROUBLES, KeyError):  # KeyError: it has no such part
        return False
    return found is not None and found[1].decode("utf-8", "replace") == AUTHOR


def _header(grid: Grid) -> Header | None:
    """The header by whichever kind of table knows most of it."""
    found = [(header, kind) for kind in _KINDS if (header := find_header(grid, kind))]
    return max(found, key=lambda pair: _known(*pair), default=(None, None))[0]


def _known(header: Header, columns: Columns) -> int:
    return sum(name in columns.known for name in header.names) + 100 * (header.dialect is not None)


def _marks(grid: Grid, header: Header | None, problems: Iterable[Problem]) -> _Marks:
    """Problems of the header stand on the sheet for the rest: the column's own header is there."""
    by_row: dict[int, list[Problem]] = defaultdict(list)
    rows = {number for number, _ in grid.rows}
    header_row = grid.rows[header.at][0] if header else 0
    for problem in problems:
        if problem.sheet == grid.sheet and problem.row in rows and problem.row != header_row:
            by_row[problem.row].append(problem)
    column = 1 + max((at for _, cells in grid.rows for at, cell in enumerate(cells, start=1) if cell), default=0)
    return _Marks(grid, header, by_row, column)


def _said(problems: Iterable[Problem], line: int = 0) -> str:
    where = f"(原文件第 {line} 行)" if line else ""
    return "\n".join(f"【{_level(problem)}】{_column(problem)}{problem.message}{where}" for problem in problems)


def _level(problem: Problem) -> str:
    return "错误" if problem.is_error else "提醒"


def _column(problem: Problem) -> str:
    return f"{problem.column}:" if problem.column else ""


# --- into the workbook as HQ made it ---------------------------------------------------------------------------------
def _marked(data: bytes, marks: Sequence[_Marks], rest: Sequence[Problem]) -> bytes | None:
    """None for what openpyxl cannot open: no workbook at all, or one by an unusual writer."""
    if not data.startswith(b"PK\x03\x04"):
        return None
    try:
        _check_markup(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl leaves out, such as pictures of a newer kind
            workbook = load_workbook(io.BytesIO(data), keep_links=False)
            for mark in marks:
                _mark_sheet(workbook[mark.grid.sheet], mark)
            if rest:
                _add_rest(workbook.create_sheet(_REST), rest)
            return saved(workbook)
    except (ValueError, LookupError, TypeError, AttributeError, OSError, SyntaxError, zipfile.BadZipFile):
        return None  # SyntaxError: the parent of what lxml and ElementTree raise


def _check_markup(data: bytes) -> None:
    """Raises ValueError for XML that defines entities: no writer of workbooks does."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if b"<!DOCTYPE" in archive.read(info) or b"<!ENTITY" in archive.read(info):
                raise ValueError(info.filename)


def _mark_sheet(sheet: Any, mark: _Marks) -> None:
    _still_formulas(sheet, mark.grid)
    if not mark.header:
        return
    _head(put(sheet.cell(mark.header_row, mark.column), COLUMN))
    sheet.column_dimensions[get_column_letter(mark.column)].width = _WIDTH
    for row, problems in mark.by_row.items():
        _fill_row(sheet, row, mark)
        put(sheet.cell(row, mark.column), _said(problems)).alignment = _TOP


def _fill_row(sheet: Any, row: int, mark: _Marks) -> None:
    cells = mark.columns_of(row)
    for column in range(1, mark.column + 1):
        fill = _CELL_FILLS[cells[column]] if column in cells else _ROW_FILLS[mark.worst(row)]
        sheet.cell(row, column).fill = fill


def _still_formulas(sheet: Any, grid: Grid) -> None:
    """What a formula had worked out, as text: nothing in our copy runs."""
    results = dict(grid.rows)
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell, MergedCell) or cell.data_type != "f":
                continue
            shown = results.get(cell.row, ())[cell.column - 1 : cell.column]
            formula = str(getattr(cell.value, "text", cell.value))
            put(cell, shown[0] if shown and shown[0] not in ("", ERROR_CELL) else formula)


def _add_rest(sheet: Any, problems: Sequence[Problem]) -> None:
    for row, cells in enumerate(_rest_rows(problems), start=1):
        for column, text in enumerate(cells, start=1):
            cell = put(sheet.cell(row, column), text)
            cell.alignment = _TOP
            if row == 1:
                _head(cell)
    set_widths(sheet, _rest_rows(problems))


def _rest_rows(problems: Sequence[Problem]) -> list[list[str]]:
    rows = [
        [problem.sheet, str(problem.row or ""), problem.column, _level(problem), problem.message]
        for problem in problems
    ]
    return [["工作表", "行", "列", "级别", COLUMN], *rows]


def _head(cell: Any) -> None:
    cell.font, cell.fill, cell.alignment = _BOLD, _ROW_FILLS[False], _TOP


# --- of a file that is no workbook, or a large one -------------------------------------------------------------------
def _rebuilt(path: str, marks: Sequence[_Marks], rest: Sequence[Problem]) -> bytes:
    """The cells as text. CSV keeps its rows; in other files a row is not a line, so the line is named."""
    workbook = Workbook(write_only=True)
    keeps_rows = PurePosixPath(path).suffix.lower() in (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".et")
    for mark in marks:
        sheet = workbook.create_sheet(sheet_name(mark.grid.sheet or PurePosixPath(path).stem))
        set_widths(sheet, (cells for _, cells in mark.grid.rows[:100]))
        sheet.column_dimensions[get_column_letter(mark.column)].width = _WIDTH
        written = 0
        for number, cells in mark.grid.rows:
            while keeps_rows and written + 1 < number:
                sheet.append([])
                written += 1
            sheet.append(_row(sheet, mark, number, cells, keeps_rows=keeps_rows))
            written += 1
    if rest:
        sheet = workbook.create_sheet(_REST)
        set_widths(sheet, _rest_rows(rest))
        for row in _rest_rows(rest):
            sheet.append([put(WriteOnlyCell(sheet), text) for text in row])
    return saved(workbook)


def _row(sheet: Any, mark: _Marks, number: int, cells: Sequence[str], *, keeps_rows: bool) -> list[Any]:
    width = mark.column - 1
    texts = (*cells[:width], *[""] * (width - len(cells)))
    is_header = mark.header is not None and number == mark.header_row
    if not is_header and number not in mark.by_row:
        return [quick(sheet, text) for text in texts]
    written = [put(WriteOnlyCell(sheet), text) for text in texts]
    if is_header:
        written.append(put(WriteOnlyCell(sheet), COLUMN))
        for cell in written:
            _head(cell)
    else:
        written.append(put(WriteOnlyCell(sheet), _said(mark.by_row[number], 0 if keeps_rows else number)))
        marked = mark.columns_of(number)
        for column, cell in enumerate(written, start=1):
            cell.fill = _CELL_FILLS[marked[column]] if column in marked else _ROW_FILLS[mark.worst(number)]
            cell.alignment = _TOP
    return written
