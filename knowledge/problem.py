"""What is wrong with a file of HQ's, said so that the person who wrote it can mend it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Level(StrEnum):
    ERROR = "error"  #: the folder is not published
    WARNING = "warning"  #: it is, but somebody should look


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in HQ's folder."""

    file: str  #: relative, with forward slashes; "" for the folder as a whole
    sheet: str = ""  #: XLSX only
    row: int = 0  #: as the editor counts: from 1; 0 for the file as a whole
    column: str = ""  #: the header as HQ knows it

    def at(self, column: str) -> Place:
        """The same row, another column."""
        return replace(self, column=column)

    def __str__(self) -> str:
        row = f"第 {self.row} 行" if self.row else ""
        return " · ".join(part for part in (self.file, self.sheet, row, self.column) if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and what to do about it."""

    file: str
    sheet: str
    row: int  #: 0 when it concerns the file as a whole
    column: str
    level: Level
    code: str  #: stable, for machines, such as `bad-date`
    quoted: str  #: the cell as written, cut to 40 characters
    message: str  #: Chinese: what is wrong, why it matters if that is not plain, what to do

    @property
    def is_error(self) -> bool:
        return self.level is Level.ERROR

    @property
    def place(self) -> Place:
        return Place(self.file, self.sheet, self.row, self.column)

    @property
    def row_key(self) -> tuple[str, str, int]:
        """File, sheet and row: what two problems of one row have in common."""
        return self.file, self.sheet, self.row

    def __str__(self) -> str:
        return f"{str(self.place) or '整个文件夹'}\n  {self.message}"


def error(place: Place, code: str, message: str, quoted: str = "") -> Problem:
    """A problem that stops the folder from being published."""
    return _problem(place, Level.ERROR, code, message, quoted)


def warning(place: Place, code: str, message: str, quoted: str = "") -> Problem:
    """A problem that does not."""
    return _problem(place, Level.WARNING, code, message, quoted)


def cut(text: str, most: int = 40) -> str:
    """`text` on one line, short enough to quote in a message."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _problem(place: Place, level: Level, code: str, message: str, quoted: str) -> Problem:
    return Problem(place.file, place.sheet, place.row, place.column, level, code, cut(quoted), message)
