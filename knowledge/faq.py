"""Everything in the folder `faq`: entries, a store's own cells, and the sheets beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from knowledge import acceptance, lexicon
from knowledge.entry import Entry
from knowledge.folder import Folder, Kind
from knowledge.grid import Grid, Read
from knowledge.overlays import COLUMNS as OVERLAY_COLUMNS
from knowledge.overlays import SHEET_COLUMNS, lay_over, read_overlays
from knowledge.problem import Place, Problem, warning
from knowledge.questions import COLUMNS, Chain, Questions, read_questions
from knowledge.reading import read_file
from knowledge.tables import (
    ACCEPTANCE,
    NOTES,
    OVERLAYS,
    QUESTIONS,
    SYNONYMS,
    Columns,
    Row,
    Table,
    build_table,
    sheet_kind,
)

_COLUMNS: Mapping[str, Columns] = {
    QUESTIONS: COLUMNS,
    ACCEPTANCE: acceptance.COLUMNS,
    SYNONYMS: lexicon.COLUMNS[SYNONYMS],
    OVERLAYS: SHEET_COLUMNS,
}


@dataclass(slots=True)
class Faq:
    """What the files of the folder hold, and what is wrong with them."""

    entries: list[Entry] = field(default_factory=list)  #: without errors of their own, with what stores have changed
    every: list[Entry] = field(default_factory=list)  #: of all rows, right or wrong, as far as they could be read
    numbers: set[str] = field(default_factory=set)  #: of every row, right or wrong
    rows: int = 0  #: of questions, right or wrong
    acceptance: list[Row] = field(default_factory=list)
    synonyms: list[Row] = field(default_factory=list)
    overlays: list[Row] = field(default_factory=list)  #: of sheets that name the store in each row
    problems: list[Problem] = field(default_factory=list)
    written: dict[tuple[str, str], Mapping[str, str]] = field(
        default_factory=dict
    )  #: by file and sheet: our header → HQ's


def read_faq(files: Mapping[str, bytes], folder: Folder, chain: Chain) -> Faq:
    """Read all files of the folder. Never raises on bad input."""
    faq = Faq()
    by_number: dict[str, Row] = {}
    if not folder.files[Kind.QUESTIONS]:
        faq.problems.append(warning(Place(""), "no-questions", "faq 文件夹里还没有问答。"))
    for path in folder.files[Kind.QUESTIONS]:
        if sheet_kind(PurePosixPath(path).stem) == NOTES:
            continue
        for kind, table in _tables(path, read_file(path, files[path])).items():
            _note(faq, table, path)
            if kind == QUESTIONS:
                questions = read_questions(table.rows, chain)
                _add(faq, questions, table)
                by_number = questions.rows | by_number
            else:
                {ACCEPTANCE: faq.acceptance, SYNONYMS: faq.synonyms, OVERLAYS: faq.overlays}[kind].extend(table.rows)
    _lay_over(faq, files, folder, chain, by_number)
    return faq


def _lay_over(faq: Faq, files: Mapping[str, bytes], folder: Folder, chain: Chain, by_number: Mapping[str, Row]) -> None:
    tables: dict[str, Table] = {}
    for path in folder.files[Kind.OVERLAYS]:
        read = read_file(path, files[path])
        grids = [grid for grid in read.grids if sheet_kind(grid.sheet) == QUESTIONS]
        tables[path] = build_table(grids, Place(path), OVERLAY_COLUMNS, read.problems)
        _note(faq, tables[path], path)
    overlays = read_overlays(tables, faq.overlays, faq.numbers, chain.places)
    faq.entries = lay_over(faq.entries, by_number, overlays, chain)
    laid = {(entry.place, entry.number): entry for entry in faq.entries}
    faq.every = [laid.get((entry.place, entry.number), entry) for entry in faq.every]
    faq.problems.extend(overlays.problems)


def _tables(path: str, read: Read) -> dict[str, Table]:
    """The tables of one file by kind; always one of questions, unless the file is plainly of another kind."""
    by_kind: dict[str, list[Grid]] = {}
    for grid in read.grids:
        kind = sheet_kind(grid.sheet)
        if kind == QUESTIONS != grid.sheet:  # Sheet1 of 验收问题.xlsx
            kind = sheet_kind(PurePosixPath(path).stem)
        by_kind.setdefault(kind, []).append(grid)
    by_kind.pop(NOTES, None)
    kinds = list(by_kind) or ([QUESTIONS] if read.problems else [])
    return {
        kind: build_table(by_kind.get(kind, ()), Place(path), _COLUMNS[kind], read.problems if at == 0 else ())
        for at, kind in enumerate(kinds)
    }


def _add(faq: Faq, questions: Questions, table: Table) -> None:
    faq.problems.extend(questions.problems)
    faq.entries.extend(questions.entries)
    faq.numbers.update(questions.rows)
    faq.every.extend(questions.every)
    faq.rows += len(table.rows) + table.spoilt


def _note(faq: Faq, table: Table, path: str) -> None:
    faq.problems.extend(table.problems)
    faq.written.update({(path, sheet): written for sheet, written in table.written.items()})
    is_explained = any(problem.is_error or problem.code == "empty-file" for problem in table.problems)
    if not table.rows and not table.spoilt and not is_explained:
        faq.problems.append(warning(table.header or Place(path), "empty-table", "这个文件只有表头,没有内容。"))
