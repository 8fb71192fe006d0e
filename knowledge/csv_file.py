"""Reads CSV: UTF-8 with or without a mark, GB18030, and what Excel calls Unicode text; comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from knowledge.encoding import UnreadableError, decode
from knowledge.grid import FILE_MOST, LINES_MOST, Grid, Read, too_many_rows
from knowledge.problem import Place, error

_DELIMITERS = (",", ";", "\t")
_RARE_DELIMITERS = ("|", "，")  # only where nothing else divides: an answer holds them, too
_SAMPLE_ROWS = 20
_GUARDED = re.compile(r"'[=+\-@\t]")  #: a quote that an export puts before what Excel would take for a formula

csv.field_size_limit(FILE_MOST)


def read_csv(data: bytes, place: Place) -> Read:
    """Rows are counted as Excel counts them: a cell with line breaks is still one row."""
    try:
        text = decode(data)
    except UnreadableError as failure:
        message = "认不出这一行的文字编码。请用 Excel 另存为「CSV UTF-8(逗号分隔)」或 .xlsx。"
        here = Place(place.file, row=_row_at(failure.before.decode("utf-8", "replace")))
        return Read.failed(error(here, "bad-encoding", message))
    if "\0" in text:
        message = "这不是表格文件,这一行里有打不出来的字符。请另存为 .xlsx 或 CSV 再放进来。"
        here = Place(place.file, row=_row_at(text[: text.index("\0")]))
        return Read.failed(error(here, "not-a-table", message))
    rows: list[tuple[int, tuple[str, ...]]] = []
    try:
        for number, cells in enumerate(_records(text, _delimiter(text)), start=1):
            if number > LINES_MOST:
                return Read.failed(too_many_rows(place))
            rows.append((number, tuple(_cell(cell) for cell in cells)))
    except csv.Error:
        return Read.failed(
            error(
                Place(place.file, row=len(rows) + 1),
                "bad-quotes",
                "这一行的英文双引号不成对,后面的内容分不清是哪一格。请补上或删掉它;格子里要写双引号,请连写两个。",
            )
        )
    return Read(grids=(Grid("", tuple(rows), is_text=True),))


def _cell(cell: str) -> str:
    said = cell.strip()
    return said[1:] if said[:1] == "'" and _GUARDED.match(said) else said


def _row_at(before: str) -> int:
    """The row in which a text ends, counted as `read_csv` does."""
    rows = sum(1 for _ in csv.reader(io.StringIO(before.replace("\0", " "), newline=""), delimiter=_delimiter(before)))
    return rows + (not before or before.endswith(("\n", "\r")))


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Raises csv.Error."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _delimiter(text: str) -> str:
    """The one that cuts most of the first rows into the same number of cells: an answer has semicolons, too."""
    best = max(_DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))
    if _evenness(text, best) == (0, 0):
        return max((best, *_RARE_DELIMITERS), key=lambda delimiter: _evenness(text, delimiter))
    return best


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    """How many of the first rows have as many cells as most, and how many that are; no row of one cell counts."""
    widths: Counter[int] = Counter()
    try:
        for number, row in enumerate(_records(text, delimiter)):
            if number >= _SAMPLE_ROWS:
                break
            if len(row) > 1:
                widths[len(row)] += 1
    except csv.Error:
        pass  # counted as far as it could be read
    return max(((rows, width) for width, rows in widths.items()), default=(0, 0))
