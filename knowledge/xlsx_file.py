"""Reads XLSX with calamine, after a look at the file as a zip: calamine trusts what it is given, and a file may lie.

A single cell in the last row and column would make calamine ask for gigabytes, and a request for memory that fails ends
the process. So every part is unpacked here first, within bounds, and the addresses of its cells are read.
"""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from knowledge.grid import (
    CELLS_MOST,
    ERROR_CELL,
    LINES_MOST,
    UNZIPPED_MOST,
    ZIP_TROUBLES,
    Grid,
    Read,
    too_many_rows,
)
from knowledge.problem import Place, Problem, error, warning

T = TypeVar("T")
CellAt = tuple[int, int]  #: (row, column), from 0

_PARTS_MOST = 5_000
_CHUNK = 1 << 20
_ONE_CELL_MOST = 4 << 20  #: bytes of XML; Excel allows 32,767 characters
_OLE = b"\xd0\xcf\x11\xe0"  # an old .xls, or an .xlsx behind a password
_NAMESPACE = rb"(?:[^\s<>/:]+:)?"
_CELL_START = re.compile(rb"<" + _NAMESPACE + rb"c(?=[\s/>])")
_CELL = re.compile(
    _CELL_START.pattern + rb"(?P<attributes>(?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*)>"
    rb"(?P<formula>\s*<f\b[^<>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>)?"
)
_ADDRESS = re.compile(rb"(?<!\S)r\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_IS_ERROR = re.compile(rb"(?<!\S)t\s*=\s*[\"']e[\"']")
_IS_TEXT = re.compile(rb"(?<!\S)t\s*=\s*[\"']str[\"']")
_SHEET = re.compile(rb"<" + _NAMESPACE + rb"sheet\s[^<>]*?:id\s*=\s*[\"']([^\"']+)[\"']")
_RELATION = re.compile(rb"<" + _NAMESPACE + rb"Relationship\s[^<>]*>")
_ATTRIBUTE = re.compile(rb"(\w+)\s*=\s*[\"']([^\"']*)[\"']")
_OTHER_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-?8[\"']|us-ascii[\"'])", re.IGNORECASE)

_DAMAGED = "这个文件打不开,可能没有保存完整。请用 Excel 打开它,另存为 .xlsx 再放进来。"


class _RefusedError(Exception):
    """The file cannot be used."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def read_xlsx(data: bytes, place: Place) -> Read:
    """All visible sheets. Merged cells all hold what the first one holds."""
    try:
        error_cells = _inspect(data)
        return _guarded(lambda: _read(data, error_cells, place))
    except _RefusedError as refused:
        return Read.failed(error(place, refused.code, refused.message))


# --- calamine --------------------------------------------------------------------------------------------------------
def _read(data: bytes, error_cells: dict[int, set[CellAt]], place: Place) -> Read:
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
        grids.append(Grid(about.name, tuple(_rows(sheet, error_cells.get(at, set())))))
    if not grids and not problems:
        raise _RefusedError("damaged-file", _DAMAGED)  # no program saves a workbook without a sheet
    return Read(tuple(grids), tuple(problems))


def _guarded(read: Callable[[], T]) -> T:
    """Raises _RefusedError for whatever calamine does when a file is wrong."""
    try:
        return read()
    except (CalamineError, ValueError, OverflowError, OSError) as failure:
        raise _RefusedError("damaged-file", _DAMAGED) from failure
    except BaseException as failure:
        # A panic in Rust arrives as a BaseException whose class cannot be imported.
        if type(failure).__name__ != "PanicException":
            raise
        raise _RefusedError("damaged-file", _DAMAGED) from failure


def _rows(sheet: CalamineSheet, error_cells: set[CellAt]) -> Iterator[tuple[int, tuple[str, ...]]]:
    if sheet.start is None:
        return
    merged = _merged(sheet)
    values: dict[CellAt, str] = {}
    left = [""] * sheet.start[1]
    for row, cells in enumerate(sheet.iter_rows()):  # from the very first row, but the first column written in
        texts = left + [_text(cell) for cell in cells]
        for column in range(len(texts)):
            if (row, column) in error_cells:
                texts[column] = ERROR_CELL
            if origin := merged.get((row, column)):
                texts[column] = values.setdefault(origin, texts[column])
        yield row + 1, tuple(texts)


def _merged(sheet: CalamineSheet) -> dict[CellAt, CellAt]:
    """For each merged cell the one that holds the text. Raises _RefusedError."""
    last_row, last_column = sheet.end or (0, 0)
    origins: dict[CellAt, CellAt] = {}
    for start, end in sheet.merged_cell_ranges or ():
        rows, columns = range(start[0], min(end[0], last_row) + 1), range(start[1], min(end[1], last_column) + 1)
        if len(rows) * len(columns) + len(origins) > CELLS_MOST:
            raise _RefusedError("too-many-cells", "合并的单元格太多了。请取消合并再保存。")
        origins.update({(row, column): start for row in rows for column in columns})
    return origins


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


# --- the zip around it -----------------------------------------------------------------------------------------------
@dataclass
class _Part:
    """What the look at one part of the zip found."""

    has_sheet_data: bool = False
    has_markup: bool = False  #: comments, CDATA or DOCTYPE: no writer of workbooks puts them into a sheet
    has_unplaced_cell: bool = False  #: a cell without an address, or one that is no proper XML
    last_row: int = 0
    last_column: int = 0
    errors: set[CellAt] = field(default_factory=set)  #: where Excel shows an error or has worked nothing out


def _inspect(data: bytes) -> dict[int, set[CellAt]]:
    """Look through the whole file. Returns the error cells by number of the sheet. Raises _RefusedError."""
    if data.startswith(_OLE):
        raise _RefusedError("old-format", "这是旧版 .xls,或者设了打开密码。请去掉密码,另存为 .xlsx 再放进来。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_directory(infos)
            parts = {info.filename: _look(data, info) for info in infos}
            names = _sheet_parts(archive)
    except ZIP_TROUBLES as failure:
        raise _RefusedError("damaged-file", _DAMAGED) from failure
    for part in parts.values():
        _check_part(part)
    return {at: parts[name].errors for at, name in enumerate(names) if name in parts}


def _check_directory(infos: list[zipfile.ZipInfo]) -> None:
    if sum(info.file_size for info in infos) > UNZIPPED_MOST or len(infos) > _PARTS_MOST:
        raise _too_big()
    if any(
        info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos
    ):
        raise _RefusedError("damaged-file", _DAMAGED)


def _check_part(part: _Part) -> None:
    if not part.has_sheet_data:
        return
    if part.has_markup or part.has_unplaced_cell:
        raise _RefusedError("damaged-file", _DAMAGED)
    if part.last_row * part.last_column > CELLS_MOST:
        raise _RefusedError(
            "too-many-cells",
            "表格占的范围太大了,可能很远的地方有内容(按 Ctrl+End 可以看到最远的一格)。请删掉用不到的行和列再保存。",
        )


def _look(data: bytes, info: zipfile.ZipInfo) -> _Part:
    """Go through one part in pieces that each begin with a cell or at least a tag. Raises _RefusedError."""
    part = _Part()
    rest = b""
    is_first = True
    for chunk in _unpacked(data, info):
        if is_first:
            _check_encoding(chunk)
            is_first = False
        piece = rest + chunk
        cut = max(piece.rfind(b"<c "), piece.rfind(b":c "))
        cut = cut if cut > 0 else max(0, piece.rfind(b"<"))
        _note(part, piece[:cut])
        rest = piece[cut:]
        if len(rest) > _ONE_CELL_MOST:
            if part.has_sheet_data:
                raise _RefusedError("damaged-file", _DAMAGED)
            rest = b""  # a picture
    _note(part, rest)
    return part


def _note(part: _Part, piece: bytes) -> None:
    part.has_sheet_data |= b"sheetData" in piece
    part.has_markup |= b"<!" in piece
    cells = list(_CELL.finditer(piece))
    part.has_unplaced_cell |= len(cells) != len(_CELL_START.findall(piece))
    for match in cells:
        address = _ADDRESS.search(match["attributes"])
        if address is None:
            part.has_unplaced_cell = True
            continue
        if match["attributes"].endswith(b"/"):
            continue  # a format without content, which may reach down to the last row
        row, column = int(address[2]), _column(address[1])
        part.last_row, part.last_column = max(part.last_row, row), max(part.last_column, column)
        if _is_unknown(match) or _IS_ERROR.search(match["attributes"]):
            part.errors.add((row - 1, column - 1))


def _is_unknown(cell: re.Match[bytes]) -> bool:
    """Whether a formula was never worked out. One whose text is empty was: =IF(A2="","",A2)."""
    formula = cell["formula"]
    return bool(formula) and not (b"<v" in formula and _IS_TEXT.search(cell["attributes"]))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _check_encoding(start: bytes) -> None:
    head = start.removeprefix(b"\xef\xbb\xbf")
    if start[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<") or _OTHER_ENCODING.match(head):
        raise _RefusedError("damaged-file", _DAMAGED)


def _unpacked(data: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in chunks, never more than the directory promises. Raises _RefusedError."""
    header = data[info.header_offset : info.header_offset + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise _RefusedError("damaged-file", _DAMAGED)
    start = info.header_offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = data[start : start + info.compress_size]
    left = info.file_size
    for chunk in _inflate(packed) if info.compress_type == zipfile.ZIP_DEFLATED else iter([packed]):
        left -= len(chunk)
        if left < 0:
            raise _too_big()
        yield chunk


def _inflate(packed: bytes) -> Iterator[bytes]:
    """Raises zlib.error."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    while packed and not inflater.eof:
        yield inflater.decompress(packed, _CHUNK)
        packed = inflater.unconsumed_tail
    yield inflater.flush(_CHUNK)


def _sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """The part of each sheet in the workbook's order; none where the workbook is laid out unusually."""
    try:
        workbook, relations = archive.read("xl/workbook.xml"), archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return []
    targets: dict[bytes, bytes] = {}
    for tag in _RELATION.findall(relations):
        attributes = dict(_ATTRIBUTE.findall(tag))
        targets[attributes.get(b"Id", b"")] = attributes.get(b"Target", b"")
    names = [targets.get(match, b"").decode("utf-8", "replace") for match in _SHEET.findall(workbook)]
    return [posixpath.normpath(posixpath.join("/xl", name)).lstrip("/") for name in names]


def _too_big() -> _RefusedError:
    return _RefusedError(
        "too-big", f"这个文件解压后超过 {UNZIPPED_MOST >> 20} MB,太大了。请拆成几个文件,或者去掉里面的图片。"
    )
