"""Reads any file of HQ's into grids, by its ending and within bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from types import MappingProxyType

from knowledge.csv_file import read_csv
from knowledge.encoding import UnreadableError, decode
from knowledge.grid import COLUMNS_MOST, FILE_MOST, LETTERS_MOST, Read
from knowledge.json_file import read_json, read_jsonl
from knowledge.markdown_file import read_markdown
from knowledge.problem import Place, Problem, error, warning
from knowledge.xlsx_file import read_xlsx
from knowledge.yaml_file import read_yaml

Reader = Callable[[bytes, Place], Read]

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".csv": read_csv,
        ".tsv": read_csv,
        ".xlsx": read_xlsx,
        ".xlsm": read_xlsx,
        ".xls": read_xlsx,
        ".et": read_xlsx,
        ".yaml": read_yaml,
        ".yml": read_yaml,
        ".md": read_markdown,
        ".markdown": read_markdown,
        ".json": read_json,
        ".jsonl": read_jsonl,
    }
)
#: What no workbook and no message can hold: control characters, halves of pairs, and two that are none; and two that
#: nobody sees and that make 编号 another word: the mark of a file's encoding, and a space without width.
_STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\ufeff\u200b]")
_LINE_END = re.compile(r"\r\n?")
_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  #: a workbook under another name is still one
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|\?xml|html|table|head|body|meta|div|workbook)", re.IGNORECASE)
_WEB_PAGE = "这个文件其实是网页,只是名字像表格(有些系统这样导出)。请用 Excel 打开它,另存为 .xlsx 再放进来。"


def read_file(path: str, data: bytes) -> Read:
    """What is written in a file. Never raises on bad input."""
    place = Place(path)
    if len(data) > FILE_MOST:
        return Read.failed(error(place, "too-big", f"这个文件超过 {FILE_MOST >> 20} MB,太大了。请拆成几个文件。"))
    reader = _reader(path, data)
    if not data.strip():
        if reader is read_xlsx:  # no program saves such a workbook: it was copied halfway, and its entries are missing
            message = "这个文件是空的,可能没有复制或保存完整。请重新放一份;不要它了,就删掉这个文件。"
            return Read.failed(error(place, "empty-workbook", message))
        return Read(problems=(warning(place, "empty-file", "这个文件是空的,没有读到内容。"),))
    if reader is read_xlsx and _PAGE.match(data):
        return Read.failed(error(place, "web-page", _WEB_PAGE))
    read = _cleaned(reader(data, place))
    oversized = _oversized(read, place)
    return Read.failed(oversized) if oversized else read


def _reader(path: str, data: bytes) -> Reader:
    """By what a file is: a workbook under another name, and separated values that are called .xls or .xlsx."""
    if data.startswith(_WORKBOOK_STARTS):
        return read_xlsx
    reader = READERS[PurePosixPath(path).suffix.lower()]
    is_table = reader is read_xlsx and data.strip() and not _PAGE.match(data)
    return read_csv if is_table and _is_text(data) else reader


def _is_text(data: bytes) -> bool:
    """Whether there are lines with something between the cells, and nothing that no text holds."""
    try:
        text = decode(data)
    except UnreadableError:
        return False
    return not _STRANGE.search(text) and any(mark in text for mark in ",\t;")


def _cleaned(read: Read) -> Read:
    """The same without strange characters, each line ending in one way."""
    grids = [
        replace(grid, rows=tuple((number, _clean_row(cells)) for number, cells in grid.rows)) for grid in read.grids
    ]
    return replace(read, grids=tuple(grids))


def _clean_row(cells: tuple[str, ...]) -> tuple[str, ...]:
    row = "".join(cells)
    if "\r" not in row and not _STRANGE.search(row):
        return cells
    return tuple(map(clean, cells))


def clean(cell: str) -> str:
    """The text of a cell as everything here knows it."""
    return _LINE_END.sub("\n", _STRANGE.sub("", cell)).strip()


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
