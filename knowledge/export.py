"""HQ's entries as one workbook that reads back to the same entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from knowledge import acceptance, lexicon
from knowledge.acceptance import NOT_ANSWERED, Acceptance
from knowledge.entry import Entry, first_minute, last_minute
from knowledge.overlays import SHEET_COLUMNS as OVERLAY_COLUMNS
from knowledge.questions import COLUMNS
from knowledge.tables import ACCEPTANCE, OVERLAYS, QUESTIONS, SYNONYMS
from knowledge.wordings import join_wordings
from knowledge.workbook import table_bytes

_EMPTIED = "(清空)"  #: what a store writes where it wants nothing and HQ has something
_CELL_MOST = 30_000  #: characters of questions in one cell; the rest goes into a second column of that name
_MANY = ("相似问题", "反例问题")


def to_workbook(
    entries: Iterable[Entry], questions: Iterable[Acceptance] = (), synonyms: Mapping[str, str] | None = None
) -> bytes:
    """An XLSX file with the sheets 问答, 门店改动, 验收问题 and 同义词; a sheet without rows is left out."""
    every = list(entries)
    sheets: list[tuple[str, list[list[str]]]] = [
        (QUESTIONS, _widened([COLUMNS.known, *(_row(entry) for entry in every)])),
        (OVERLAYS, _widened([OVERLAY_COLUMNS.known, *_overlays(every)])),
        (ACCEPTANCE, [list(acceptance.COLUMNS.known), *map(_acceptance, questions)]),
        (SYNONYMS, [list(lexicon.COLUMNS[SYNONYMS].known), *_synonyms(synonyms or {})]),
    ]
    return table_bytes(*(sheet for at, sheet in enumerate(sheets) if at == 0 or len(sheet[1]) > 1))


def _cells(entry: Entry) -> dict[str, str]:
    return {
        "编号": entry.number,
        "一级分类": entry.category,
        "二级分类": entry.subcategory,
        "标准问题": entry.question,
        "相似问题": join_wordings(entry.similar),
        "反例问题": join_wordings(entry.counterexamples),
        "客户版答案": entry.customer_answer,
        "员工版答案": entry.staff_answer,
        "适用门店": "、".join(sorted(entry.stores)),
        "适用城市": "、".join(sorted(entry.cities)),
        "渠道": "、".join(sorted(entry.channels)),
        "受众": entry.audience.value,
        "生效日期": first_minute(entry.starts_at),
        "失效日期": last_minute(entry.ends_at),
        "自主级别": entry.autonomy.value,
        "状态": entry.status.value,
    }


def _row(entry: Entry) -> list[str]:
    cells = _cells(entry)
    return [cells[column] for column in COLUMNS.known]


def _overlays(entries: Iterable[Entry]) -> Iterable[list[str]]:
    """For each store that has an entry its own way a row with just those cells."""
    for entry in entries:
        for store, version in entry.overlaid.items():
            said = _cells(version)
            cells = {column: said[column] or _EMPTIED for column in version.changed}
            cells |= {"门店编号": store, "编号": entry.number}
            yield [cells.get(column, "") for column in OVERLAY_COLUMNS.known]


def _acceptance(one: Acceptance) -> list[str]:
    expected = NOT_ANSWERED if one.expected is None else one.expected
    return [one.text, expected, one.store, "是" if one.is_locked else "否"]


def _synonyms(synonyms: Mapping[str, str]) -> list[list[str]]:
    by_standard: dict[str, list[str]] = {}
    for alias, standard in synonyms.items():
        by_standard.setdefault(standard, []).append(alias)
    return [[standard, "、".join(aliases), ""] for standard, aliases in by_standard.items()]


def _widened(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Cells with more questions than Excel lets a cell hold go on in further columns of the same name."""
    columns: list[list[list[str]]] = []
    for at, name in enumerate(rows[0]):
        parts = [_parts(row[at]) if name in _MANY and row is not rows[0] else [row[at]] for row in rows]
        columns.append(parts)
    widths = [max(map(len, parts)) for parts in columns]
    return [
        [
            part
            for parts, width in zip(columns, widths, strict=True)
            for part in (parts[at] * width if at == 0 else [*parts[at], *[""] * (width - len(parts[at]))])
        ]
        for at in range(len(rows))
    ]


def _parts(cell: str) -> list[str]:
    if len(cell) <= _CELL_MOST:
        return [cell]
    parts = [""]
    for line in cell.split("\n"):
        if parts[-1] and len(parts[-1]) + len(line) >= _CELL_MOST:
            parts.append("")
        parts[-1] = f"{parts[-1]}\n{line}" if parts[-1] else line
    return parts
