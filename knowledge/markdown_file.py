"""Reads Markdown: `# 分类`, `## 问题`, below it lines such as `编号: FAQ-1` and `相似问题:`, and then the answer.

Several `##` lines without anything between them ask for the same answer: the first is the standard question. Where
`###` follows a `##` that has no answer of its own, that `##` is 二级分类 and `###` are the questions below it.

Without any `##` a file may also hold a table with `|`, or lines such as 问: and 答:.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from knowledge.encoding import UnreadableError, decode
from knowledge.grid import LINES_MOST, Grid, Read, too_many_rows
from knowledge.header_words import SYNONYMS
from knowledge.headers import folded
from knowledge.problem import Place, Problem, error, warning

_HEADING = re.compile(r"(?P<marks>[#＃]{1,6}+)(?P<space>\s*+)(?P<text>[^\s#＃].*)")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*")
_NAMED = re.compile(r"\s*(?:[-*+]\s+)?(?:\*\*)?(?P<name>[^\s:：*]{1,10})(?:\*\*)?\s*[:：](?:\*\*)?\s*(?P<value>.*)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,3}[.、)])\s+(?P<text>.*)")
_ASKED = re.compile(
    r"\s*(?:[-*+]\s+)?(?:\*\*)?(?:[Qq]|问题?|提问)\s*\d{0,4}\s*[:：.、](?:\*\*)?\s*(?P<said>\S.*?)\s*(?:\*\*)?\s*"
)
_ANSWERS = re.compile(r"[Aa]\s?\d{0,4}")
_BARS = re.compile(r"(?<!\\)\|")
_BELOW_HEADERS = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|)+(?:\s*:?-{2,}:?\s*)?")
_ASKS = re.compile(r"(?:问题?|[Qq])\s*\d{0,4}\s*[:：.、]\s*|\d{1,3}[.、)）]\s*(?!\d)")

_ANSWER, _STAFF_ANSWER, _SIMILAR, _COUNTER = "客户版答案", "员工版答案", "相似问题", "反例问题"
_QUESTION, _CATEGORY, _SUBCATEGORY = "标准问题", "一级分类", "二级分类"
_LISTS = (_SIMILAR, _COUNTER)
_BELOW_ANSWER = ("编号", _SIMILAR, _COUNTER, _ANSWER, _STAFF_ANSWER)  #: names that are no part of an answer's text
_COLUMNS = tuple(dict.fromkeys(("编号", _CATEGORY, _QUESTION, *SYNONYMS.values())))


@dataclass(slots=True)
class _Item:
    line: int  #: of the first heading
    cells: dict[str, list[str]] = field(default_factory=dict)  #: lines by column
    column: str = ""  #: to which the next lines belong; "" before the answer
    is_open: bool = True  #: nothing stands below the headings yet

    @property
    def is_bare(self) -> bool:
        """Whether there is a single heading and nothing below it."""
        return set(self.cells) == {_QUESTION, _CATEGORY, _SUBCATEGORY}

    def add(self, column: str, text: str) -> None:
        self.cells.setdefault(column, []).append(text)


def read_markdown(data: bytes, place: Place) -> Read:
    """Each question is a row that bears the number of its line."""
    try:
        text = decode(data)
    except UnreadableError as failure:
        here = Place(place.file, row=failure.line)
        return Read.failed(error(here, "bad-encoding", "认不出这一行的文字编码。请另存为 UTF-8。"))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not any(_is_question(line) for line in lines):
        if table := _table(lines):
            return Read((table,))
        lines = [f"## {asked['said']}" if (asked := _ASKED.fullmatch(line)) else line for line in lines]
    reader = _Reader(place)
    for number, line in enumerate(lines, start=1):
        reader.take(number, line)
    if len(reader.items) >= LINES_MOST:
        return Read.failed(too_many_rows(place))
    if not reader.items:
        return Read.failed(
            error(
                Place(place.file, row=1), "no-header", "没有找到问题。请每个问题单独一行、以「## 」开头,答案写在下面。"
            )
        )
    rows = ((item.line, tuple(_cells(item))) for item in reader.items)
    return Read((Grid("", ((0, _COLUMNS), *rows)),), tuple(reader.problems))


def _is_question(line: str) -> bool:
    heading = _HEADING.fullmatch(line)
    return heading is not None and len(heading["marks"]) > 1


def _table(lines: list[str]) -> Grid | None:
    """Every row with bars; None without a line of dashes below the headers."""
    if not any(_BELOW_HEADERS.fullmatch(line) for line in lines):
        return None
    rows = [
        (number, tuple(_bar_cell(cell) for cell in _BARS.split(line.strip().removeprefix("|").removesuffix("|"))))
        for number, line in enumerate(lines, start=1)
        if "|" in line and not _BELOW_HEADERS.fullmatch(line)
    ]
    return Grid("", tuple(rows), is_text=True)


def _bar_cell(cell: str) -> str:
    return re.sub(r"<br\s*/?>", "\n", cell.replace("\\|", "|")).strip()


class _Reader:
    """Goes through the lines once."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._category = self._subcategory = ""
        self._is_fenced = False
        self._last_heading = 0
        self.items: list[_Item] = []
        self.problems: list[Problem] = []

    def take(self, number: int, line: str) -> None:
        if _FENCE.match(line):
            self._is_fenced = not self._is_fenced
        heading = None if self._is_fenced else _HEADING.fullmatch(line)
        level = len(heading["marks"]) if heading else 0
        said = heading["text"].rstrip().rstrip("#").rstrip() if heading else ""
        if heading and level == 1 and heading["space"]:
            self._category, self._subcategory = said, ""
        elif heading and level == 2:
            self._subcategory = ""
            self._ask(number, _question(said))
        elif heading and level == 3 and (self._is_below_subcategory() or _ASKED.fullmatch(said)):
            self._ask(number, _question(said))
        elif heading and level > 2 and self.items:
            message = "这一行标题在答案里面,当作一行文字。请去掉前面的 # 号;要另起一个问题,请写成「## 」。"
            self.problems.append(warning(Place(self._place.file, row=number), "deep-heading", message, line))
            self._say(said)
        elif self.items:
            self._say(line)

    def _is_below_subcategory(self) -> bool:
        """Whether questions are `###` here, as they are once one follows a `##` that says nothing."""
        if not self._subcategory and self.items and self.items[-1].is_bare:
            self._subcategory = self.items.pop().cells[_QUESTION][0]
        return bool(self._subcategory)

    def _ask(self, number: int, question: str) -> None:
        follows = self.items and self.items[-1].is_open and number == self._last_heading + 1
        self._last_heading = number
        if follows:
            self.items[-1].add(_SIMILAR, question)
            return
        item = _Item(number)
        item.add(_QUESTION, question)
        item.add(_CATEGORY, self._category)
        item.add(_SUBCATEGORY, self._subcategory)
        self.items.append(item)

    def _say(self, line: str) -> None:
        item = self.items[-1]
        named = None if self._is_fenced else _named(line, is_above=item.column not in (_ANSWER, _STAFF_ANSWER))
        listed = _ITEM.fullmatch(line)
        if named:
            column, value = named
            item.column = column if column in (*_LISTS, _ANSWER, _STAFF_ANSWER) else ""
            item.add(column, value)
        elif item.column in _LISTS and listed:
            item.add(item.column, listed["text"])
        elif item.column in (_ANSWER, _STAFF_ANSWER):
            item.add(item.column, line)
        elif line.strip():
            item.column = _ANSWER
            item.add(_ANSWER, line)
        item.is_open = item.is_open and not line.strip()


def _question(heading: str) -> str:
    """Without Q1: or a number before it."""
    return _ASKS.sub("", heading, count=1) if not _ASKS.fullmatch(heading) else heading


def _named(line: str, *, is_above: bool) -> tuple[str, str] | None:
    """The column that a line fills, and with what. Below the answer only names count that no answer contains."""
    match = _NAMED.fullmatch(line)
    if match is None:
        return None
    name = match["name"]
    column = name if name in _COLUMNS else SYNONYMS.get(folded(name)) if is_above else None
    if _ANSWERS.fullmatch(name) and is_above:
        column = _ANSWER
    if column in (None, _QUESTION) or not (is_above or column in _BELOW_ANSWER):
        return None
    return str(column), match["value"].strip()


def _cells(item: _Item) -> Iterator[str]:
    for column in _COLUMNS:
        lines = item.cells.get(column, [])
        while lines and (not lines[-1].strip() or _RULE.fullmatch(lines[-1])):
            lines.pop()
        yield "\n".join(line.rstrip() for line in lines).strip()
