"""Workbooks that we write for people: every cell is text or an amount, nothing in them runs, and Excel can hold it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from knowledge.grid import LETTERS_MOST

AUTHOR = "店小二"  #: stands in the file as who saved it last; Excel puts the person's name there

#: What XML cannot hold: control characters, halves of pairs, and two that are none.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read _x0041_ as A
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")  #: as a cell's first character: a formula to some program
_SPECIAL = (*_ACTIVE, "#")  #: #N/A and the like would become errors

HEADER_FILL = PatternFill("solid", fgColor="E7EFE9")
_BOLD, _TOP = Font(bold=True), Alignment(vertical="top", wrap_text=True)
_WIDE, _NARROW = 40, 12  #: characters
_WIDE_FROM = 12  #: a column with a cell of more characters is wide
_NAME_MOST = 31  #: characters of a sheet's name
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


def holdable(text: str) -> str:
    """The text without characters that no workbook can hold."""
    return _FORBIDDEN.sub("", text)


def put(cell: Any, text: str) -> Any:
    """Write `text` into a cell of openpyxl's so that it stays text in every program, also after somebody edits it."""
    cell.value = _ESCAPE_LIKE.sub("_x005F_", holdable(text))[:LETTERS_MOST]
    cell.data_type = "s" if cell.value else "n"
    cell.number_format = "@"
    if text.startswith(_ACTIVE):
        cell.quotePrefix = True
    return cell


def quick(sheet: Any, text: str) -> Any:
    """What to append to a write-only sheet: the bare text where that is safe, which is much faster, or a cell."""
    is_plain = not text.startswith(_SPECIAL) and not text[:1].isdigit() and len(text) <= LETTERS_MOST
    if is_plain and not _FORBIDDEN.search(text) and "_x" not in text and "\n" not in text:
        return text or None
    cell = put(WriteOnlyCell(sheet), text)
    if "\n" in text:
        cell.alignment = _TOP
    return cell


def sheet_name(wanted: str) -> str:
    """A name that Excel takes."""
    return _NOT_IN_NAMES.sub(" ", holdable(wanted)).strip()[:_NAME_MOST] or "问答"


def table_bytes(*sheets: tuple[str, Sequence[Sequence[str | Decimal]]]) -> bytes:
    """A workbook of plain tables by name, headers in the first row. An amount is a number, which Excel can add up."""
    workbook = Workbook(write_only=True)
    for name, rows in sheets:
        sheet = workbook.create_sheet(sheet_name(name))
        set_widths(sheet, rows)
        sheet.freeze_panes = "A2"
        for at, row in enumerate(rows):
            sheet.append([_heading(sheet, str(cell)) if at == 0 else _written(sheet, cell) for cell in row])
    return saved(workbook)


def _written(sheet: Any, content: str | Decimal) -> Any:
    if isinstance(content, str):
        return quick(sheet, content)
    cell = WriteOnlyCell(sheet, value=content)
    cell.number_format = "#,##0.00"
    return cell


def _heading(sheet: Any, text: str) -> Any:
    cell = put(WriteOnlyCell(sheet), text)
    cell.font, cell.fill, cell.alignment = _BOLD, HEADER_FILL, _TOP
    return cell


def set_widths(sheet: Any, rows: Iterable[Sequence[str | Decimal]]) -> None:
    """Wide columns for sentences, narrow ones for words."""
    longest: dict[int, int] = {}
    for row in rows:
        for column, text in enumerate(row, start=1):
            longest[column] = max(longest.get(column, 0), len(str(text)))
    for column, length in longest.items():
        sheet.column_dimensions[get_column_letter(column)].width = _WIDE if length > _WIDE_FROM else _NARROW


def saved(workbook: Any) -> bytes:
    """The file's bytes, with us as its author."""
    workbook.properties.creator = workbook.properties.lastModifiedBy = AUTHOR
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()
