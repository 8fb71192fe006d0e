"""待补充问答.xlsx: the gaps as rows that HQ fills in and drops into `faq/`, and beside them where each comes from.

The sheet 问答 has the columns of HQ's own; every row is a 草稿, so nothing is published before somebody at headquarters
says so. The sheet 说明 is read by nobody but people.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from knowledge.entry import Audience, Autonomy, Entry, Status
from knowledge.gaps import Gap
from knowledge.questions import COLUMNS
from knowledge.text import key
from knowledge.wordings import join_wordings
from knowledge.workbook import table_bytes

SHEET, NOTES = "问答", "说明"
CATEGORY = "待补充"
WORDINGS_MOST = 20  #: of one gap
_QUESTION_MOST, _ANSWER_MOST = 200, 500  #: characters
_STORES_MOST = 10
_SIGNS = re.compile(r"(?<=[{}%#])(?=[{}%#])")  # two of them would open or close what a template has


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A draft from an entry that somebody sent in quite other words."""

    entry: str  #: its number
    on: date
    store: str = ""
    asked: str = field(default="", repr=False)
    drafted: str = field(default="", repr=False)
    sent: str = field(default="", repr=False)


def gap_book(
    gaps: Iterable[Gap],
    rewritten: Iterable[Rewritten],
    *,
    entries: Mapping[str, Entry],
    stores: Mapping[str, str],
    since: date,
    until: date,
) -> bytes:
    """The workbook. `stores`: names by number; `until` is the last day."""
    new = [gap for gap in gaps if not _is_known(gap, entries)]
    ours = [gap for gap in new if not gap.chosen or gap.chosen not in entries]
    wordings = [gap for gap in new if gap.chosen in entries and gap.chosen]
    rows = _rows(ours, entries)
    notes = [
        *_guide(since, until, len(rows)),
        *_sources([gap for gap in ours if gap.number in {row["编号"] for row in rows}], entries, stores),
        *_rewritings(rewritten, entries, stores),
        *_wordings(wordings, entries),
    ]
    sheet = [list(COLUMNS.known), *([row.get(column, "") for column in COLUMNS.known] for row in rows)]
    return table_bytes((SHEET, sheet), (NOTES, notes))


def is_worth_a_file(gaps: Collection[Gap], rewritten: Collection[Rewritten], entries: Mapping[str, Entry]) -> bool:
    """Whether the workbook would have anything to say."""
    return bool(rewritten) or any(not _is_known(gap, entries) for gap in gaps)


def _is_known(gap: Gap, entries: Mapping[str, Entry]) -> bool:
    """HQ has this row already, perhaps still as a 草稿 from an earlier week."""
    return gap.number in entries


def _rows(gaps: Sequence[Gap], entries: Mapping[str, Entry]) -> list[dict[str, str]]:
    """One row for each gap; no question twice, and none that is an entry's own."""
    taken = {(entry.audience, key(said)) for entry in entries.values() for said in entry.wordings}
    rows = []
    for gap in gaps:
        said = [_line(one, _QUESTION_MOST) for one in gap.wordings]
        fresh = [one for one in dict.fromkeys(said) if key(one) and (gap.audience, key(one)) not in taken]
        if not fresh:
            continue
        taken.update((gap.audience, key(one)) for one in fresh[:WORDINGS_MOST])
        rows.append(_row(gap, fresh[:WORDINGS_MOST]))
    return rows


def _row(gap: Gap, said: list[str]) -> dict[str, str]:
    answer = _SIGNS.sub(" ", gap.answer)[:_ANSWER_MOST].strip()
    column = "客户版答案" if gap.audience is Audience.CUSTOMER else "员工版答案"
    similar = dict.fromkeys(one for one in said[1:] if key(one) != key(said[0]))
    return {
        "编号": gap.number,
        "一级分类": CATEGORY,
        "标准问题": said[0],
        "相似问题": join_wordings(tuple(similar)),
        column: answer,
        "受众": gap.audience.value,
        "自主级别": Autonomy.CONFIRM.value,
        "状态": Status.DRAFT.value,
    }


# --- the sheet for people --------------------------------------------------------------------------------------------
def _guide(since: date, until: date, count: int) -> list[list[str]]:
    return [
        [f"待补充问答 {since} 至 {until}:{count} 条没有现成答案的问题"],
        ["1. 在「问答」表里补好答案,把「状态」从 草稿 改成 启用;不要的整行删掉,没想好的留着草稿就行。"],
        ["2. 把这个文件放进 faq 文件夹(可以改名)。放进去之前什么都不会发布,草稿也不会发给任何人。"],
        ["3. 已经填好的答案是总部或店里同事当时的回复,请核对:价格、时间、政策要以总部为准。"],
        ["4. 电话、证件号、姓名已经遮住,写成 [电话] [号码] [姓名]。这张「说明」表不会被读取。"],
    ]


def _sources(gaps: Sequence[Gap], entries: Mapping[str, Entry], stores: Mapping[str, str]) -> list[list[str]]:
    if not gaps:
        return []
    head = ["编号", "问题", "问了几次", "哪些店", "最早", "最近", "谁问的", "已填的答案来自", "同事选过的条目"]
    return [
        [],
        ["每一条的来历"],
        head,
        *(
            [
                gap.number,
                _line(gap.question, _QUESTION_MOST),
                str(gap.count),
                _named_stores(gap.stores, stores),
                gap.first_on.isoformat(),
                gap.last_on.isoformat(),
                "客人" if gap.audience is Audience.CUSTOMER else "店员",
                ("总部" if gap.is_official else "同事的回复") if gap.answer else "",
                "、".join(_named_entry(number, entries) for number, _ in gap.entries[:3]),
            ]
            for gap in gaps
        ),
    ]


def _rewritings(
    rewritten: Iterable[Rewritten], entries: Mapping[str, Entry], stores: Mapping[str, str]
) -> list[list[str]]:
    by_entry: dict[str, list[Rewritten]] = defaultdict(list)
    for one in sorted(rewritten, key=lambda one: (one.entry, one.on, one.sent)):
        by_entry[one.entry].append(one)
    if not by_entry:
        return []
    head = ["编号", "标准问题", "改了几次", "哪些店", "最近", "客人怎么问的", "原来的答案", "同事改成了"]
    ranked = sorted(by_entry.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        [],
        ["同事改写过的现成答案:要改的话,请直接改原来那一条"],
        head,
        *(_rewriting(number, some, entries, stores) for number, some in ranked),
    ]


def _rewriting(
    number: str, some: list[Rewritten], entries: Mapping[str, Entry], stores: Mapping[str, str]
) -> list[str]:
    newest = some[-1]
    where: dict[str, int] = defaultdict(int)
    for one in some:
        where[one.store] += 1
    return [
        number,
        entries[number].question if number in entries else "(这条已经不在了)",
        str(len(some)),
        _named_stores([(store, count) for store, count in sorted(where.items()) if store], stores),
        newest.on.isoformat(),
        _line(newest.asked, _QUESTION_MOST),
        newest.drafted[:_ANSWER_MOST],
        newest.sent[:_ANSWER_MOST],
    ]


def _wordings(gaps: Sequence[Gap], entries: Mapping[str, Entry]) -> list[list[str]]:
    if not gaps:
        return []
    return [
        [],
        ["可以加进相似问题的问法:同事已经用现成的条目答了"],
        ["编号", "标准问题", "客人怎么问的", "问了几次"],
        *(
            [
                gap.chosen,
                entries[gap.chosen].question,
                "\n".join(dict.fromkeys(_line(one, _QUESTION_MOST) for one in gap.wordings[:WORDINGS_MOST])),
                str(gap.count),
            ]
            for gap in gaps
        ),
    ]


def _named_stores(counted: Iterable[tuple[str, int]], names: Mapping[str, str]) -> str:
    named = [f"{names.get(number, number)} {count} 次" for number, count in counted]
    more = [f"…共 {len(named)} 家"] if len(named) > _STORES_MOST else []
    return "、".join(named[:_STORES_MOST] + more)


def _named_entry(number: str, entries: Mapping[str, Entry]) -> str:
    return f"{number} {entries[number].question}" if number in entries else number


def _line(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
