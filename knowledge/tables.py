"""Makes a table of a file's sheets: rows by our headers, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from knowledge.cells import did_you_mean, plain
from knowledge.grid import ERROR_CELL, ROWS_MOST, Grid, column_letters, too_many_rows
from knowledge.headers import Columns, Dialect, Header, find_header, header_again, tidy, understand
from knowledge.problem import Place, Problem, cut, error, warning
from knowledge.reading import read_file

__all__ = ["Columns", "Row", "Table", "build_table", "read_table", "sheet_kind"]

QUESTIONS, ACCEPTANCE, SYNONYMS, OVERLAYS, NOTES = "问答", "验收问题", "同义词", "门店改动", "说明"
_NOTES = (
    NOTES,
    "填写说明",
    "使用说明",
    "填表说明",
    "模板说明",
    "表格说明",
    "填写须知",
    "填写规范",
    "使用方法",
    "读我",
    "readme",
)
_HINT = re.compile(
    r"[(（\[【]?\s*(?:必填|选填|可选|非必填|不必填|可不填|示例|例如|例[:：]|如[:：]|填写|一行一个|多个用)"
)
_HINTS_WITHIN = 2  #: rows below the header in which people say how to fill it in


@dataclass(frozen=True, slots=True)
class Row:
    place: Place
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, "" when the table has no such column."""
        return self.cells.get(column, "")


@dataclass(slots=True)
class Table:
    """All rows of one kind in one file."""

    rows: list[Row] = field(default_factory=list)
    headers: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    spoilt: int = 0  #: rows left out because of a problem
    header: Place | None = None  #: of the last row of headers
    written: dict[str, Mapping[str, str]] = field(default_factory=dict)  #: by sheet: our header → as HQ wrote it


def read_table(path: str, data: bytes, columns: Columns) -> Table:
    """Read a file of one kind by its ending; sheets of other kinds are passed over. Never raises on bad input."""
    read = read_file(path, data)
    grids = [grid for grid in read.grids if sheet_kind(grid.sheet) == QUESTIONS]
    return build_table(grids, Place(path), columns, read.problems)


def sheet_kind(name: str) -> str:
    """验收问题, 同义词, 门店改动, 说明 by a sheet's name, or a file's without ending; 问答 for every other."""
    said = plain(tidy(name)).lower()
    if said in _NOTES:
        return NOTES
    return next((kind for kind in (ACCEPTANCE, SYNONYMS, OVERLAYS) if said.startswith(kind)), QUESTIONS)


def build_table(grids: Iterable[Grid], place: Place, columns: Columns, problems: Iterable[Problem] = ()) -> Table:
    """The rows of all sheets of one kind. `problems` of reading them: with an error among these, no row is used."""
    table = Table(problems=list(problems))
    if not any(problem.is_error for problem in table.problems):
        _add_grids(table, grids, place, columns)
    if len(table.rows) + table.spoilt > ROWS_MOST:
        return Table(problems=[too_many_rows(place)])
    return table


def _add_grids(table: Table, grids: Iterable[Grid], place: Place, columns: Columns) -> None:
    without_header: list[Grid] = []
    for grid in grids:
        if not any(any(cells) for _, cells in grid.rows):
            continue
        header = find_header(grid, columns)
        if header is None:
            without_header.append(grid)
        else:
            _add_grid(table, grid, header, place, columns)
    for grid in without_header:
        first, cells = next((number, cells) for number, cells in grid.rows if any(cells))
        said = " ".join(cell for cell in cells if cell)
        here = Place(place.file, grid.sheet, first)
        table.problems.append(_no_header(here, columns, said, is_error=not table.headers))


def _add_grid(table: Table, grid: Grid, header: Header, place: Place, columns: Columns) -> None:
    header_line, header_cells = grid.rows[header.at]
    place = Place(place.file, grid.sheet, header_line)
    names = list(header.names)
    if header.dialect and header.dialect.rest:
        widest = max(len(cells) for _, cells in grid.rows)
        names += [header.dialect.rest] * (widest - len(names))
    headers = names if header.dialect is None else list(header.dialect.columns.values())
    table.headers = tuple(dict.fromkeys((*table.headers, *(name for name in headers if name))))
    table.header = place
    table.written[grid.sheet] = header.written
    table.problems.extend(_check_header(header, place, columns))
    rows: list[Row] = []
    without_name: set[int] = set()
    for at, (number, cells) in enumerate(grid.rows[header.at + 1 :], start=header.at + 1):
        if not any(cells) or cells == header_cells:
            continue
        here = replace(place, row=number)
        if header.dialect is None and header_again(cells, columns):
            header = understand(at, cells, columns)
            names = list(header.names)
            continue
        if remark := _no_row(cells, names, at - header.at, here, columns, header, is_text=grid.is_text):
            table.problems.append(remark)
            continue
        problems = _check_row(cells, names, here, columns, header, is_text=grid.is_text)
        table.problems.extend(problems)
        if any(problem.code == "extra-cells" for problem in problems):  # nobody knows what stands under which header
            table.spoilt += 1
            continue
        sound = _without_errors(cells, names, columns, header) if problems else cells
        without_name.update(column for column, cell in enumerate(sound) if cell and not _name_at(names, column))
        rows.append(_row(here, _named(sound, names, columns, header.dialect), header.dialect, table.problems))
    table.rows.extend(_filled_down(rows, columns) if grid.is_text else rows)
    for column in sorted(without_name):
        table.problems.append(
            warning(
                place,
                "no-header",
                f"第 {column + 1} 列({column_letters(column)} 列)有内容但没有表头,没有读。请补上表头,或者删掉这一列。",
            )
        )


def _without_errors(cells: Sequence[str], names: list[str], columns: Columns, header: Header) -> tuple[str, ...]:
    """The rest of the row is looked at, too. Where something has to stand, the error stays: it is told already."""
    needed = columns.telling.union(columns.required)
    ours = header.dialect.columns if header.dialect else {}
    return tuple(
        "" if cell == ERROR_CELL and ours.get(name := _name_at(names, at), name) not in needed else cell
        for at, cell in enumerate(cells)
    )


def _no_row(
    cells: Sequence[str],
    names: Sequence[str],
    below: int,
    place: Place,
    columns: Columns,
    header: Header,
    *,
    is_text: bool,
) -> Problem | None:
    """Told of a row that holds nothing but a word for people: a caption between the rows, or how to fill them in."""
    is_cut_off = is_text and len(cells) < len(names)  # the rest of an answer with a line break and no quotes
    if not columns.telling or header.dialect is not None or is_cut_off:
        return None
    said = [(name, cell) for name, cell in zip([*names, *[""] * len(cells)], cells, strict=False) if cell]
    if below <= _HINTS_WITHIN and sum(bool(_HINT.match(cell)) for _, cell in said) * 2 > len(said):
        message = "这一行像是填写说明,没有读。如果是问答,请改掉「必填」「示例」这些字。"
        return warning(place, "hint-row", message, said[0][1])
    if len(said) == 1 and said[0][0] not in columns.telling:
        message = f"这一行只写了「{cut(said[0][1], 20)}」,没有读。是小标题就不用管它;是问答,请补上问题和答案。"
        return warning(place, "caption-row", message, said[0][1])
    return None


def _row(place: Place, cells: dict[str, str], dialect: Dialect | None, problems: list[Problem]) -> Row:
    if dialect is None:
        return Row(place, cells)
    converted = dialect.convert(cells)
    problems.extend(
        warning(place.at(column), "not-carried-over", message) for column, message in converted.remarks.items()
    )
    return Row(place, converted.cells)


def _named(cells: Sequence[str], names: list[str], columns: Columns, dialect: Dialect | None) -> dict[str, str]:
    row: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if not name:
            continue
        is_joined = name in columns.joined or (dialect is not None and name == dialect.rest)
        row[name] = f"{row[name]}\n{cell}" if is_joined and row.get(name) and cell else row.get(name) or cell
    return row


def _filled_down(rows: list[Row], columns: Columns) -> list[Row]:
    """Rows of a CSV whose category cells were merged before it was saved: Excel leaves all but the first empty.

    A column is filled only where nobody wrote the same twice in succession: whoever repeats a category leaves a cell
    empty on purpose. A narrower category ends where a wider one begins.
    """
    wanted = [column for column in columns.filled_down if _looks_merged([row[column] for row in rows])]
    if not wanted:
        return rows
    filled: list[Row] = []
    last: dict[str, str] = {}
    for row in rows:
        for wide, column in enumerate(columns.filled_down):
            if row[column]:
                last = {other: last.get(other, "") for other in columns.filled_down[:wide]} | {column: row[column]}
        cells = {column: row[column] or last.get(column, "") for column in wanted}
        filled.append(Row(row.place, {**row.cells, **cells}))
    return filled


def _looks_merged(cells: list[str]) -> bool:
    has_gap = any(before and not cell for before, cell in pairwise(cells))
    return has_gap and not any(cell and before == cell for before, cell in pairwise(cells))


def _check_header(header: Header, place: Place, columns: Columns) -> Iterator[Problem]:
    if header.dialect is not None:
        yield _notice(f"这是 {header.dialect.name} 的格式,", header, place)
        return
    names = header.names
    others = [name for name in names if name and name not in columns.known]
    for required in columns.required:
        if required not in names:
            hint = did_you_mean(required, others)
            yield error(
                place.at(required), "missing-column", f"缺少「{required}」这一列。{hint}请把表头改成「{required}」。"
            )
    for name in dict.fromkeys(name for name in names if name and names.count(name) > 1):
        if name not in columns.joined:
            yield error(place.at(name), "duplicate-column", f"「{name}」这一列有两个,不知道该用哪个。请删掉一个。")
    if header.written:
        yield _notice("", header, place)
    if not columns.keeps_others:
        for name in dict.fromkeys(others):
            hint = did_you_mean(name, [known for known in columns.known if known not in names])
            yield warning(
                place.at(name),
                "unknown-column",
                f"不认识「{name}」这一列,没有读。{hint or '不需要读就不用管它。'}",
                name,
            )


def _notice(start: str, header: Header, place: Place) -> Problem:
    mapped = "、".join(f"「{theirs}」→ {ours}" for ours, theirs in header.written.items() if theirs != ours)
    ignored = ""
    if header.dialect is not None:
        others = [name for name in header.names if name and name not in header.dialect.columns]
        ignored = f"没有读:{'、'.join(dict.fromkeys(others))}。" if others else ""
    return warning(place, "mapped-columns", f"{start}按这样的对应来读:{mapped}。{ignored}请看一眼对不对。")


def _check_row(
    cells: tuple[str, ...], names: list[str], place: Place, columns: Columns, header: Header, *, is_text: bool
) -> list[Problem]:
    problems = []
    if is_text and any(cells[len(names) :]):
        problems.append(
            error(
                place,
                "extra-cells",
                f"这一行有 {len(cells)} 格,表头只有 {len(names)} 格,后面的内容会错位。"
                "多半是文字里有英文逗号:请把那一格放进英文双引号,或改用中文逗号。",
                cells[-1],
            )
        )
    ours = header.dialect.columns if header.dialect else {name: name for name in columns.known}
    for column, cell in enumerate(cells):
        name = _name_at(names, column)
        if cell == ERROR_CELL and (name in ours or columns.keeps_others) and name:
            problems.append(
                error(
                    place.at(ours.get(name, name)),
                    "error-cell",
                    "这一格是公式错误(如 #N/A)或没算出来。请改成文字,或在 Excel 里重新保存。",
                )
            )
    return problems


def _no_header(place: Place, columns: Columns, said: str, *, is_error: bool) -> Problem:
    """`said`: the first row, by which HQ sees whether the text itself was read wrong."""
    wanted = "、".join(columns.required)
    if is_error:
        message = (
            f"没有找到表头,第一行是「{cut(said, 20)}」。请在内容上面加一行,至少写上:{wanted}。"
            "看到的是乱码,请把文件另存为 .xlsx 或 UTF-8。"
        )
        return error(place, "no-header", message, said)
    message = f"这张工作表没有表头,没有读。要用它,请加一行表头:{wanted};不用就不用管它。"
    return warning(place, "no-header", message, said)


def _name_at(names: list[str], column: int) -> str:
    return names[column] if column < len(names) else ""
