"""A look at a workbook as a zip, before calamine reads it: is it safe to read, and what would calamine not tell.

A single cell in the last row and column would make calamine ask for gigabytes, and a request for memory that fails ends
the process. So every part is unpacked here first, within bounds, and the addresses of its cells are read.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from knowledge.grid import CELLS_MOST, UNZIPPED_MOST, ZIP_TROUBLES

CellAt = tuple[int, int]  #: (row, column), from 0

_PARTS_MOST = 5_000
_CHUNK = 1 << 20
_ONE_CELL_MOST = 4 << 20  #: bytes of XML; Excel allows 32,767 characters
_NAMESPACE = rb"(?:[^\s<>/:]+:)?"
_CELL_START = re.compile(rb"<" + _NAMESPACE + rb"c(?=[\s/>])")
_ATTRIBUTES = rb"(?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*"
_ROW_OR_CELL = re.compile(
    rb"<" + _NAMESPACE + rb"(?:row(?=[\s/>])(?P<row>" + _ATTRIBUTES + rb")"
    rb"|c(?=[\s/>])(?P<cell>" + _ATTRIBUTES + rb"))>"
    rb"(?P<formula>\s*<f\b[^<>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>)?"
)
_ADDRESS = re.compile(rb"(?<!\S)r\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_ROW_NUMBER = re.compile(rb"(?<!\S)r\s*=\s*[\"'](\d{1,7})[\"']")
_HAS_ADDRESS = re.compile(rb"(?<!\S)r\s*=")
_IS_ERROR = re.compile(rb"(?<!\S)t\s*=\s*[\"']e[\"']")
_IS_TEXT = re.compile(rb"(?<!\S)t\s*=\s*[\"']str[\"']")
_TYPE = re.compile(rb"(?<!\S)t\s*=\s*[\"'](?!n[\"'])")
_STYLE = re.compile(rb"(?<!\S)s\s*=\s*[\"'](\d{1,6})[\"']")
_SHEET = re.compile(rb"<" + _NAMESPACE + rb"sheet\s[^<>]*?:id\s*=\s*[\"']([^\"']+)[\"']")
_RELATION = re.compile(rb"<" + _NAMESPACE + rb"Relationship\s[^<>]*>")
_ATTRIBUTE = re.compile(rb"(\w+)\s*=\s*[\"']([^\"']*)[\"']")
_OTHER_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-?8[\"']|us-ascii[\"'])", re.IGNORECASE)
_MARKUP = (b"<![CDATA[", b"<!DOCTYPE", b"<!ENTITY")
_NUMBER_FORMAT = re.compile(rb"<" + _NAMESPACE + rb"numFmt\s[^<>]*>")
_CELL_STYLES = re.compile(rb"<" + _NAMESPACE + rb"cellXfs\b.*?</" + _NAMESPACE + rb"cellXfs>", re.DOTALL)
_CELL_STYLE = re.compile(rb"<" + _NAMESPACE + rb"xf\b[^<>]*>")
_PERCENTS = {b"9": "0%", b"10": "0.00%"}  #: formats that every Excel knows by number
_TELLING_FORMAT = re.compile(r"[#0,]*0(?:\.0+)?%|0{2,}")  #: 85%; 0007

DAMAGED = "这个文件打不开,可能没有保存完整。请用 Excel 打开它,另存为 .xlsx 再放进来。"


class RefusedError(Exception):
    """The file cannot be used."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass
class Look:
    """What calamine does not tell of one sheet."""

    errors: set[CellAt] = field(default_factory=set)  #: where Excel shows an error or has worked nothing out
    formats: dict[CellAt, str] = field(default_factory=dict)  #: of numbers that mean something else than the number


@dataclass
class _Part(Look):
    """What the look at one part of the zip found."""

    has_sheet_data: bool = False
    has_markup: bool = False  #: CDATA or DOCTYPE: no writer of workbooks puts them into a sheet
    has_unplaced_cell: bool = False  #: a cell outside of a row, or one that is no proper XML
    last_row: int = 0
    last_column: int = 0
    row: int = 0  #: in which the look is, from 1
    column: int = 0  #: of the cell before, from 1


def look_at(data: bytes) -> dict[int, Look]:
    """Look through the whole file. Returns what was found by number of the sheet. Raises RefusedError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_directory(infos)
            styles = _styles(archive)
            parts = {info.filename: _look(data, info, styles) for info in infos}
            names = _sheet_parts(archive)
    except ZIP_TROUBLES as failure:
        raise RefusedError("damaged-file", DAMAGED) from failure
    for part in parts.values():
        _check_part(part)
    return {at: parts[name] for at, name in enumerate(names) if name in parts}


def _styles(archive: zipfile.ZipFile) -> Mapping[bytes, str]:
    """The number formats by which a number is shown as something else, by the number of the style."""
    try:
        xml = archive.read("xl/styles.xml")
    except KeyError:
        return {}
    formats = dict(_PERCENTS)
    for tag in _NUMBER_FORMAT.findall(xml):
        attributes = dict(_ATTRIBUTE.findall(tag))
        formats[attributes.get(b"numFmtId", b"")] = attributes.get(b"formatCode", b"").decode("utf-8", "replace")
    found = _CELL_STYLES.search(xml)
    styles = _CELL_STYLE.findall(found[0]) if found else []
    used = (formats.get(dict(_ATTRIBUTE.findall(tag)).get(b"numFmtId", b""), "") for tag in styles)
    return {str(at).encode(): shown for at, shown in enumerate(used) if _TELLING_FORMAT.fullmatch(shown)}


def _check_directory(infos: list[zipfile.ZipInfo]) -> None:
    if sum(info.file_size for info in infos) > UNZIPPED_MOST or len(infos) > _PARTS_MOST:
        raise _too_big()
    if any(
        info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos
    ):
        raise RefusedError("damaged-file", DAMAGED)


def _check_part(part: _Part) -> None:
    if not part.has_sheet_data:
        return
    if part.has_markup or part.has_unplaced_cell:
        raise RefusedError("damaged-file", DAMAGED)
    if part.last_row * part.last_column > CELLS_MOST:
        raise RefusedError(
            "too-many-cells",
            "表格占的范围太大了,可能很远的地方有内容(按 Ctrl+End 可以看到最远的一格)。请删掉用不到的行和列再保存。",
        )


def _look(data: bytes, info: zipfile.ZipInfo, styles: Mapping[bytes, str]) -> _Part:
    """Go through one part in pieces that each begin with a cell or at least a tag. Raises RefusedError."""
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
        _note(part, piece[:cut], styles)
        rest = piece[cut:]
        if len(rest) > _ONE_CELL_MOST:
            if part.has_sheet_data:
                raise RefusedError("damaged-file", DAMAGED)
            rest = b""  # a picture
    _note(part, rest, styles)
    return part


def _note(part: _Part, piece: bytes, styles: Mapping[bytes, str]) -> None:
    part.has_sheet_data |= b"sheetData" in piece
    part.has_markup |= any(mark in piece for mark in _MARKUP)
    cells = 0
    for match in _ROW_OR_CELL.finditer(piece):
        if match["cell"] is None:
            number = _ROW_NUMBER.search(match["row"])
            part.row, part.column = int(number[1]) if number else part.row + 1, 0
            continue
        cells += 1
        _note_cell(part, match, styles)
    part.has_unplaced_cell |= cells != len(_CELL_START.findall(piece))


def _note_cell(part: _Part, match: re.Match[bytes], styles: Mapping[bytes, str]) -> None:
    attributes = match["cell"]
    address = _ADDRESS.search(attributes)
    if address is not None:
        part.row, part.column = int(address[2]), _column(address[1])
    elif part.row and not _HAS_ADDRESS.search(attributes):
        part.column += 1  # the next one in its row, as some programs write it
    else:
        part.has_unplaced_cell = True
        return
    if attributes.endswith(b"/"):
        return  # a format without content, which may reach down to the last row
    part.last_row, part.last_column = max(part.last_row, part.row), max(part.last_column, part.column)
    here = part.row - 1, part.column - 1
    if _is_unknown(match) or _IS_ERROR.search(attributes):
        part.errors.add(here)
    style = _STYLE.search(attributes) if styles and not _TYPE.search(attributes) else None
    if style and style[1] in styles:
        part.formats[here] = styles[style[1]]


def _is_unknown(cell: re.Match[bytes]) -> bool:
    """Whether a formula was never worked out. One whose text is empty was: =IF(A2="","",A2)."""
    formula = cell["formula"]
    return bool(formula) and not (b"<v" in formula and _IS_TEXT.search(cell["cell"]))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _check_encoding(start: bytes) -> None:
    head = start.removeprefix(b"\xef\xbb\xbf")
    if start[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<") or _OTHER_ENCODING.match(head):
        raise RefusedError("damaged-file", DAMAGED)


def _unpacked(data: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in chunks, never more than the directory promises. Raises RefusedError."""
    header = data[info.header_offset : info.header_offset + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise RefusedError("damaged-file", DAMAGED)
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


def _too_big() -> RefusedError:
    return RefusedError(
        "too-big", f"这个文件解压后超过 {UNZIPPED_MOST >> 20} MB,太大了。请拆成几个文件,或者去掉里面的图片。"
    )
