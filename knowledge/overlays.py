"""Single cells of HQ's entries that one store has its own way: `faq/stores/<门店编号>.*`, or a sheet 门店改动.

A store may word its answer, add ways of asking, shorten the dates, ask for more care or not use an entry at all. What
an entry is about, and for whom, stays HQ's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from types import MappingProxyType

from knowledge.cells import Hints, code, plain
from knowledge.entry import Entry
from knowledge.headers import Columns
from knowledge.places import Places
from knowledge.problem import Place, Problem, error
from knowledge.questions import COLUMNS as QUESTION_COLUMNS
from knowledge.questions import Chain, read_row
from knowledge.tables import Row, Table

OWN_COLUMNS = ("相似问题", "反例问题", "客户版答案", "员工版答案", "渠道", "生效日期", "失效日期", "自主级别", "状态")
_EMPTIED = ("(空)", "(清空)", "(无)")  #: as `plain` has it: the store wants an empty cell where HQ has none

COLUMNS = Columns(
    known=QUESTION_COLUMNS.known,
    required=("编号",),
    joined=QUESTION_COLUMNS.joined,
    synonyms=QUESTION_COLUMNS.synonyms,
)
#: Of a sheet that holds what several stores have changed, as `faq export` writes it.
SHEET_COLUMNS = Columns(
    known=("门店编号", "编号", *OWN_COLUMNS),
    required=("门店编号", "编号"),
    joined=QUESTION_COLUMNS.joined,
    synonyms=QUESTION_COLUMNS.synonyms,
)


@dataclass(slots=True)
class Overlays:
    """What the stores' files say, by number of the entry and then of the store."""

    by_entry: dict[str, dict[str, Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_overlays(
    tables: Mapping[str, Table], rows: Iterable[Row], numbers: Collection[str], places: Places | None
) -> Overlays:
    """The rows of every store's file (by path), and those that name their store. `numbers`: of all HQ's entries."""
    overlays = Overlays()
    like = Hints(numbers)
    for row in rows:
        try:
            store = places.resolve(row["门店编号"]).number if places else code(row["门店编号"])
        except ValueError as failure:
            overlays.problems.append(error(row.place.at("门店编号"), "unknown-store", str(failure), row["门店编号"]))
            continue
        _add(overlays, row, store, numbers, like)
    for path, table in tables.items():
        name = PurePosixPath(path).stem
        try:
            store = places.resolve(name).number if places else code(name)
        except ValueError as failure:
            message = f"这个文件要用门店编号做名字,比如 T001.xlsx。{failure}"
            overlays.problems.append(error(Place(path), "unknown-store", message, name))
            continue
        for row in table.rows:
            _add(overlays, row, store, numbers, like)
    return overlays


def _add(overlays: Overlays, row: Row, store: str, numbers: Collection[str], like: Hints) -> None:
    number, place = code(row["编号"]), row.place.at("编号")
    by_store = overlays.by_entry.setdefault(number, {})
    if not number:
        message = "没有写编号,不知道改的是哪一条。请填总部问答里的编号。"
        overlays.problems.append(error(place, "no-number", message))
    elif number not in numbers:
        message = (
            f"总部的问答里没有编号「{number}」。{like(number)}这里只能改已有的条目;"
            f"这家店自己的问答,请写进 faq 文件夹的表里,适用门店填 {store}。"
        )
        overlays.problems.append(error(place, "unknown-entry", message, number))
    elif store in by_store:
        other = by_store[store].place
        where = f"第 {other.row} 行" if (other.file, other.sheet) == (place.file, place.sheet) else f" {other} "
        message = f"这家店在{where}已经改过编号「{number}」。请合成一行。"
        overlays.problems.append(error(place, "duplicate-number", message, number))
    else:
        by_store[store] = row


def lay_over(entries: Iterable[Entry], rows: Mapping[str, Row], overlays: Overlays, chain: Chain) -> list[Entry]:
    """HQ's entries, each with the stores' versions of it. `rows`: as HQ wrote them, by number; adds to `problems`."""
    laid: list[Entry] = []
    for entry in entries:
        own = overlays.by_entry.pop(entry.number, {})  # a number that stands twice is an error anyway
        versions: dict[str, Entry] = {}
        for store, row in own.items():
            version, problems = _version(entry, rows[entry.number], row, store, chain)
            overlays.problems.extend(problems)
            if version is not None and not any(problem.is_error for problem in problems):
                versions[store] = version
        laid.append(replace(entry, overlaid=MappingProxyType(versions)) if versions else entry)
    return laid


def _version(entry: Entry, base: Row, row: Row, store: str, chain: Chain) -> tuple[Entry | None, list[Problem]]:
    """The entry as one store has it; None where nothing differs."""
    if problem := _out_of_reach(entry, row, store, chain):
        return None, [problem]
    problems = list(_fixed_cells(base, row))
    cells = {column: _cell(row[column]) for column in OWN_COLUMNS if row[column]}
    changed = tuple(column for column, cell in cells.items() if cell != base[column])
    if not changed:
        return None, problems
    read, found = read_row(Row(row.place, {**base.cells, **cells}), chain)
    problems += [problem for problem in found if problem.column in changed]
    version = replace(
        read,
        number=entry.number,
        stores=frozenset({store}),
        cities=frozenset(),
        audience=entry.audience,
        changed=changed,
    )
    return version, problems


def _cell(text: str) -> str:
    return "" if plain(text) in _EMPTIED else text


def _out_of_reach(entry: Entry, row: Row, store: str, chain: Chain) -> Problem | None:
    if entry.is_everywhere or store in entry.stores:
        return None
    if chain.places is not None and chain.places.resolve(store).city in entry.cities:
        return None
    message = (
        f"总部的 {entry.number}({entry.question})不适用于 {store},改了也用不到。请删掉这一行,或者请总部改适用范围。"
    )
    return error(row.place.at("编号"), "not-for-store", message, entry.number)


def _fixed_cells(base: Row, row: Row) -> Iterable[Problem]:
    """Cells that only HQ may change; the same text as HQ's does no harm."""
    for column in QUESTION_COLUMNS.known:
        if column in OWN_COLUMNS or column == "编号" or not row[column]:
            continue
        if plain(row[column]) != plain(base[column]):
            message = f"「{column}」只能由总部改,门店的文件里不能和总部不一样。请清空这一格。"
            yield error(row.place.at(column), "not-for-stores-to-change", message, row[column])


def expand(entries: Iterable[Entry]) -> Iterable[Entry]:
    """Every entry, each followed by what stores have made of it: what an index has to know."""
    for entry in entries:
        yield entry
        yield from entry.overlaid.values()
