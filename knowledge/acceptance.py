"""Questions that HQ wants to see answered right: the sheet 验收问题. A locked one guards every publish."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from types import MappingProxyType

from knowledge.cells import Hints, code, is_everywhere, plain
from knowledge.places import Places
from knowledge.problem import Place, Problem, error, warning
from knowledge.tables import Columns, Row
from knowledge.text import key

NOT_ANSWERED = "不应回答"
_NOT_ANSWERED = (NOT_ANSWERED, "不回答", "不该回答", "不能回答", "没有答案", "无答案", "none")
_YES = ("是", "锁定", "已锁定", "true", "yes", "y", "1", "√", "✓", "✔")
_NO = ("", "否", "不锁定", "false", "no", "n", "0", "×", "-")

COLUMNS = Columns(
    known=("客户原话", "期望编号", "门店", "是否锁定"),
    required=("客户原话", "期望编号"),
    synonyms=MappingProxyType(
        {
            "客人原话": "客户原话",
            "原话": "客户原话",
            "问题": "客户原话",
            "客户问题": "客户原话",
            "测试问题": "客户原话",
            "编号": "期望编号",
            "期望": "期望编号",
            "期望答案编号": "期望编号",
            "正确编号": "期望编号",
            "门店编号": "门店",
            "适用门店": "门店",
            "锁定": "是否锁定",
        }
    ),
)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One question and the entry that has to answer it."""

    text: str  #: as a customer said it
    expected: str | None  #: number of the entry; None: nothing may be answered
    store: str  #: number of the store where it is asked; "": in the first one that can answer it (`trial`)
    is_locked: bool  #: no publish may change its answer
    place: Place


def read_acceptance(
    rows: Iterable[Row], numbers: Collection[str], places: Places | None
) -> tuple[tuple[Acceptance, ...], list[Problem]]:
    """All rows without an error. `numbers`: of every entry; without `places` stores are taken as written."""
    problems: list[Problem] = []
    read: dict[tuple[str, str], Acceptance] = {}
    like = Hints(numbers)
    for row in rows:
        one, found = _read_row(row, numbers, like, places)
        if one is not None:
            other = read.setdefault((key(one.text), one.store), one)
            if other is not one:
                found.append(_twice(one, other))
        problems.extend(found)
    return tuple(read.values()), problems


def _read_row(
    row: Row, numbers: Collection[str], like: Hints, places: Places | None
) -> tuple[Acceptance | None, list[Problem]]:
    problems: list[Problem] = []

    def refuse(column: str, problem: str, message: str) -> None:
        problems.append(error(row.place.at(column), problem, message, row[column]))

    text, wanted = " ".join(row["客户原话"].split()), code(row["期望编号"])
    if not key(text):
        refuse("客户原话", "no-question", "没有写客户原话,这一行没法用。请写上客人会怎么问。")
    expected = None if plain(wanted).lower() in _NOT_ANSWERED else wanted
    if not wanted:
        refuse("期望编号", "missing-value", f"没有写期望编号。请写应当用哪一条的编号,不该回答的写 {NOT_ANSWERED}。")
    elif expected is not None and expected not in numbers:
        hint = like(expected)
        message = f"问答里没有编号「{expected}」。{hint}请核对编号;不该回答的写 {NOT_ANSWERED}。"
        refuse("期望编号", "unknown-entry", message)
    store = ""
    try:
        store = _store(row["门店"], places)
    except ValueError as failure:
        refuse("门店", "unknown-store", str(failure))
    said = plain(row["是否锁定"]).lower()
    if said not in _YES and said not in _NO:
        refuse("是否锁定", "bad-choice", f"「{row['是否锁定']}」不能用在这里。请写 是 或 否,留空就是 否。")
    return (None if problems else Acceptance(text, expected, store, said in _YES, row.place)), problems


def _store(name: str, places: Places | None) -> str:
    """Raises ValueError with a Chinese reason."""
    if not name or is_everywhere(name):
        return ""
    return places.resolve(name).number if places else code(name)


def _twice(one: Acceptance, other: Acceptance) -> Problem:
    where = f"第 {other.place.row} 行" if one.place.file == other.place.file else f" {other.place} "
    if one.expected != other.expected:
        message = f"「{one.text}」在{where}已经写过,期望的却是 {other.expected or NOT_ANSWERED}。请留一个。"
        return error(one.place.at("期望编号"), "contradiction", message, one.text)
    return warning(
        one.place.at("客户原话"), "acceptance-twice", f"「{one.text}」在{where}已经有了,可以删掉一行。", one.text
    )
