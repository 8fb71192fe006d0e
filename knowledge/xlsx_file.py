"""Reads workbooks with calamine: XLSX after a look at the file as a zip, and the old XLS that others export."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from typing import TypeVar

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from knowledge.grid import CELLS_MOST, ERROR_CELL, LINES_MOST, Grid, Read, too_many_rows
from knowledge.problem import Place, Problem, error, warning
from knowledge.xlsx_look import DAMAGED, CellAt, Look, RefusedError, look_at

T = TypeVar("T")

_OLE = b"\xd0\xcf\x11\xe0"  # an old .xls, or an .xlsx behind a password
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_NOTHING = Look()
_OLD = "这个文件打不开,可能没有保存完整,或者设了打开密码。请用 Excel 打开它,另存为 .xlsx 再放进来。"


def read_xlsx(data: bytes, place: Place) -> Read:
    """All visible sheets. Merged cells all hold what the first one holds."""
    try:
        is_old = data.startswith(_OLE)
        if is_old and _LOCKED in data:
            message = "这个文件设了打开密码,读不了。请用 Excel 打开它,去掉打开密码,保存后再放进来。"
            raise RefusedError("locked-file", message)
        looks = {} if is_old else look_at(data)
        trouble = RefusedError("old-format", _OLD) if is_old else RefusedError("damaged-file", DAMAGED)
        return _guarded(lambda: _read(data, looks, place), trouble)
    except RefusedError as refused:
        return Read.failed(error(place, refused.code, refused.message))


# --- calamine --------------------------------------------------------------------------------------------------------
def _read(data: bytes, looks: dict[int, Look], place: Place) -> Read:
    grids: list[Grid] = []
    problems: list[Problem] = []
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for at, about in enumerate(workbook.sheets_metadata):
        if about.typ is not SheetTypeEnum.WorkSheet:
            continue
        if about.visible is not SheetVisibleEnum.Visible:
            problems.append(_hidden(Place(place.file, about.name)))
            continue
        sheet = workbook.get_sheet_by_index(at)
        if sheet.total_height > LINES_MOST:
            return Read.failed(too_many_rows(Place(place.file, about.name)))
        if sheet.total_height * sheet.total_width > CELLS_MOST:  # an old .xls: of others it is known before
            raise RefusedError("too-many-cells", "表格占的范围太大了。请删掉用不到的行和列,另存为 .xlsx 再放进来。")
        grids.append(Grid(about.name, tuple(_rows(sheet, looks.get(at, _NOTHING)))))
    if not grids and not problems:
        raise RefusedError("damaged-file", DAMAGED)  # no program saves a workbook without a sheet
    return Read(tuple(grids), tuple(problems))


def _guarded(read: Callable[[], T], trouble: RefusedError) -> T:
    """Raises `trouble` for whatever calamine does when a file is wrong."""
    try:
        return read()
    except (CalamineError, ValueError, OverflowError, OSError) as failure:
        raise trouble from failure
    except BaseException as failure:
        # A panic in Rust arrives as a BaseException whose class cannot be imported.
        if type(failure).__name__ != "PanicException":
            raise
        raise trouble from failure


def _rows(sheet: CalamineSheet, look: Look) -> Iterator[tuple[int, tuple[str, ...]]]:
    if sheet.start is None:
        return
    merged = _merged(sheet)
    values: dict[CellAt, str] = {}
    left = [""] * sheet.start[1]
    for row, cells in enumerate(sheet.iter_rows()):  # from the very first row, but the first column written in
        texts = left + [_text(cell) for cell in cells]
        for column in range(len(texts)):
            if (row, column) in look.errors:
                texts[column] = ERROR_CELL
            elif shown := look.formats.get((row, column)):
                texts[column] = _in_format(cells[column - len(left)], shown)
            if origin := merged.get((row, column)):
                texts[column] = values.setdefault(origin, texts[column])
        yield row + 1, tuple(texts)


def _merged(sheet: CalamineSheet) -> dict[CellAt, CellAt]:
    """For each merged cell the one that holds the text. Raises RefusedError."""
    last_row, last_column = sheet.end or (0, 0)
    origins: dict[CellAt, CellAt] = {}
    for start, end in sheet.merged_cell_ranges or ():
        rows, columns = range(start[0], min(end[0], last_row) + 1), range(start[1], min(end[1], last_column) + 1)
        if len(rows) * len(columns) + len(origins) > CELLS_MOST:
            raise RefusedError("too-many-cells", "合并的单元格太多了。请取消合并再保存。")
        origins.update({(row, column): start for row in rows for column in columns})
    return origins


def _in_format(cell: object, shown: str) -> str:
    """0.85 as 85% and 7 as 0007, where Excel shows it so."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return _text(cell)
    if shown.endswith("%"):
        return f"{cell * 100:.{len(shown.partition('.')[2].rstrip('%'))}f}%"
    return _text(cell).zfill(len(shown))


def _text(cell: object) -> str:
    """The cell as Excel would show it in its plainest format."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, dt.time):
        return cell.isoformat("minutes")
    if isinstance(cell, dt.timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    return str(cell).strip()


def _hidden(place: Place) -> Problem:
    return warning(place, "hidden-sheet", "这张工作表是隐藏的,没有读。要用它,请在 Excel 里取消隐藏再保存。")
