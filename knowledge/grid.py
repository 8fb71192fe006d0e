"""What every reader makes of a file: sheets of rows of text. And how much a file may hold."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass

from knowledge.problem import Place, Problem, error

FILE_MOST = 20 * 2**20  #: bytes of one file
UNZIPPED_MOST = 200 * 2**20  #: bytes of everything inside an XLSX file
ROWS_MOST = 200_000  #: of one file, without what stands above them
LINES_MOST = ROWS_MOST + 100  #: of one sheet as it is read, with notes, header and blank lines
CELLS_MOST = 4_000_000  #: of one sheet, as a rectangle around what is written; 200,000 rows of 20 columns
COLUMNS_MOST = 1_000  #: of one row
LETTERS_MOST = 32_767  #: of one cell, as in Excel

#: What `zipfile` raises for an archive that is damaged, locked or packed in a way that it does not know.
ZIP_TROUBLES = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    NotImplementedError,
    EOFError,
    OSError,
    RuntimeError,
)

#: Stands where Excel shows an error (#N/A, #REF!) or a formula that was never worked out.
ERROR_CELL = "#错误"


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. CSV and YAML have one, without a name."""

    sheet: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]  #: (row number as the editor shows it, cells without outer spaces)
    is_text: bool = False  #: from a file of separated values: a comma too many moves cells, and nothing is merged


@dataclass(frozen=True, slots=True)
class Read:
    """What came of reading one file."""

    grids: tuple[Grid, ...] = ()
    problems: tuple[Problem, ...] = ()

    @classmethod
    def failed(cls, problem: Problem) -> Read:
        return cls(problems=(problem,))


def column_letters(column: int) -> str:
    """The letters that Excel shows above a column, counted from 0."""
    letters, left = "", column + 1
    while left:
        left, last = divmod(left - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


def too_many_rows(place: Place) -> Problem:
    return error(
        place, "too-many-rows", f"这个文件超过 {ROWS_MOST:,} 行,太大了。请拆成几个文件,或者删掉表格下面的空行再保存。"
    )
