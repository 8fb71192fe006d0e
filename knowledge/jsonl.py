"""A knowledge base and questions from files of one JSON object a line, for measuring the search on anybody's data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.entry import Entry
from knowledge.problem import Place, cut

#: Whatever makes an entry one that customers may have, and has no letter that a question could match.
_ANSWER = "-"


class BadLineError(ValueError):
    """A line cannot be used; the message says which and why, in Chinese."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"第 {line} 行:{reason}")


@dataclass(frozen=True, slots=True)
class Query:
    """A question, and what is known about its right answer."""

    id: str | int
    text: str
    has_gold: bool = False  #: somebody said what answers it, be it nothing
    gold: str | None = None  #: number of the right entry; None when none is
    part: str = ""  #: train or test; "" when not said
    is_suspect: bool = False  #: what it says of its answer is doubtful: counts for no figure


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message, and what somebody said that it means."""

    id: str | int
    text: str
    intent: str | None  #: None: nobody said


def read_entries(data: bytes) -> tuple[Entry, ...]:
    """`{id, question, similar[]}` a line. Raises BadLineError for what is no such thing, and for an id given twice."""
    entries: dict[str, Entry] = {}
    for line, row in _rows(data):
        number = str(_name(row, line))
        if number in entries:
            raise BadLineError(line, f"编号「{cut(number)}」前面已经有了。每条的 id 要不一样。")
        question, similar = _text(row, "question", line).strip(), row.get("similar") or []
        if not question:
            raise BadLineError(line, "question 是空的。请写上标准问题。")
        if not isinstance(similar, list) or not all(isinstance(said, str) for said in similar):
            raise BadLineError(line, 'similar 要写成一列句子,例如 ["几点退房", "退房时间"]。')
        wordings = tuple(dict.fromkeys(said.strip() for said in similar if said.strip() not in ("", question)))
        entries[number] = Entry(number, question, Place("", row=line), similar=wordings, customer_answer=_ANSWER)
    if not entries:
        raise BadLineError(1, "文件里没有内容。每行要有一个 {id, question, similar}。")
    return tuple(entries.values())


def read_queries(data: bytes) -> tuple[Query, ...]:
    """`{id, text, gold, sub, suspect}` a line; only the first two have to be there. Raises BadLineError."""
    return tuple(_query(row, line) for line, row in _rows(data))


def read_labelled(data: bytes, *, need_intent: bool) -> tuple[Labelled, ...]:
    """`{id, text, intent}` a line; `intent` may be missing unless it is needed. Raises BadLineError."""
    rows = tuple(_labelled(row, line, need_intent=need_intent) for line, row in _rows(data))
    if need_intent and not rows:
        raise BadLineError(1, "文件里没有内容。每行要有一个 {id, text, intent}。")
    return rows


def read_texts(data: bytes) -> tuple[str, ...]:
    """The `text` of each line that has one; other lines are left out. Raises BadLineError."""
    return tuple(_text(row, "text", line) for line, row in _rows(data) if "text" in row)


def _labelled(row: dict[str, object], line: int, *, need_intent: bool) -> Labelled:
    intent = row.get("intent")
    if (intent is None and need_intent) or (intent is not None and (not isinstance(intent, str) or not intent)):
        raise BadLineError(line, "没有 intent,或者它不是一个名字。")
    return Labelled(_name(row, line), _text(row, "text", line), None if intent is None else str(intent))


def _query(row: dict[str, object], line: int) -> Query:
    gold, part = row.get("gold"), row.get("sub") or ""
    if gold is not None and not isinstance(gold, str | int):
        raise BadLineError(line, "gold 要写知识库里的编号,没有答案写 null。")
    if not isinstance(part, str):
        raise BadLineError(line, "sub 要写 train 或 test。")
    return Query(
        id=_name(row, line),
        text=_text(row, "text", line),
        has_gold="gold" in row,
        gold=None if gold is None else str(gold),
        part=part,
        is_suspect=bool(row.get("suspect")),
    )


def _rows(data: bytes) -> Iterator[tuple[int, dict[str, object]]]:
    """Each line that is not blank, from 1."""
    for line, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw.decode("utf-8"))
        except UnicodeDecodeError:
            raise BadLineError(line, "不是 UTF-8 编码。请另存为 UTF-8。") from None
        except (ValueError, RecursionError):
            raise BadLineError(line, f"不是一个 JSON 对象:「{cut(raw.decode('utf-8').strip())}」。") from None
        if not isinstance(row, dict):
            raise BadLineError(line, f"要写成 {{…}},现在是「{cut(raw.decode('utf-8').strip())}」。")
        yield line, row


def _name(row: dict[str, object], line: int) -> str | int:
    value = row.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise BadLineError(line, "没有 id。每行都要有一个编号。")
    return value


def _text(row: dict[str, object], key: str, line: int) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise BadLineError(line, f"没有 {key},或者它不是一句话。")
    return value
