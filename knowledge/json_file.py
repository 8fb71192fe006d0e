"""Reads JSON as other systems write it: a list of questions, perhaps below a name. Depth and size are bounded.

Every value stays text. `json` does not say where something stands, so the lines of all objects are counted first.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from knowledge.encoding import UnreadableError, decode
from knowledge.grid import CELLS_MOST, LINES_MOST, Grid, Read, too_many_rows
from knowledge.problem import Place, Problem, cut, error

DEPTH_MOST = 16
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|[{}\[\]\n]')
_NOT_A_LIST = '这个文件要写成一个列表,每条是一个问答,如 [{"标准问题": "…", "客户版答案": "…"}]。'
_SEVERAL = "##"  #: between several answers of one question, as WeKnora's tables have it


class _RefusedError(Exception):
    """The file cannot be used."""

    def __init__(self, code: str, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line


class _Object(dict[str, Any]):
    """A JSON object that knows its line."""

    line = 0


def read_json(data: bytes, place: Place) -> Read:
    """Each object of the list is a row that bears the number of its first line."""
    try:
        items = _items(_parse(data))
        if len(items) >= LINES_MOST:
            return Read.failed(too_many_rows(place))
        return _table([(item.line, _flat(item)) for item in items])
    except _RefusedError as refused:
        return Read.failed(_problem(refused, place))


def _table(rows: Sequence[tuple[int, Mapping[str, str]]]) -> Read:
    """Raises _RefusedError."""
    headers = tuple(dict.fromkeys(key for _, cells in rows for key in cells))
    if len(rows) * len(headers) > CELLS_MOST:
        raise _RefusedError("too-many-cells", f"这个文件里有 {len(headers):,} 种名字,太多了。每条要用同样的名字。")
    body = ((line, tuple(cells.get(header, "") for header in headers)) for line, cells in rows)
    return Read((Grid("", ((0, headers), *body)),))


def read_jsonl(data: bytes, place: Place) -> Read:
    """One object a line; of a talk as Dify writes it, what the customer asked and the assistant said."""
    try:
        text = decode(data)
    except UnreadableError as failure:
        message = "认不出这一行的文字编码。请另存为 UTF-8。"
        return Read.failed(error(Place(place.file, row=failure.line), "bad-encoding", message))
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                rows.append((number, _flat(_line(line, number))))
            if len(rows) >= LINES_MOST:
                return Read.failed(too_many_rows(place))
        return _table(rows)
    except _RefusedError as refused:
        return Read.failed(_problem(refused, place))


def _line(text: str, number: int) -> _Object:
    """Raises _RefusedError."""
    try:
        item = _parse(text.encode())
    except _RefusedError as refused:
        raise _RefusedError(refused.code, refused.message, number) from refused
    if not isinstance(item, _Object):
        raise _RefusedError("not-a-table", '每一行要写成一条问答,如 {"标准问题": "…", "客户版答案": "…"}。', number)
    talk = item.get("messages")
    if not isinstance(talk, list):
        return item
    said = {str(part.get("role", "")): part.get("content", "") for part in talk if isinstance(part, _Object)}
    return _Object({"question": said.get("user", ""), "answer": said.get("assistant", "")})


def _problem(refused: _RefusedError, place: Place) -> Problem:
    return error(Place(place.file, row=refused.line), refused.code, refused.message)


def _parse(data: bytes) -> Any:
    """Raises _RefusedError."""
    try:
        text = decode(data)
    except UnreadableError as failure:
        raise _RefusedError("bad-encoding", "认不出这一行的文字编码。请另存为 UTF-8。", failure.line) from failure
    lines = list(_object_lines(text))
    try:
        tree = json.loads(text, object_pairs_hook=_object, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as failure:
        message = "这里的写法读不懂。常见原因:少了逗号或引号、多了逗号、用了中文引号。"
        raise _RefusedError("bad-json", message, failure.lineno) from failure
    except RecursionError as failure:  # cannot be: the depth was looked at
        raise _RefusedError("too-deep", f"这里套了超过 {DEPTH_MOST} 层。") from failure
    for thing, line in zip(_objects(tree), lines, strict=True):
        thing.line = line
        if twice := thing.get(_TWICE):
            raise _RefusedError("duplicate-key", f"「{cut(twice)}」写了两次,请留一个。", line)
    return tree


_TWICE = "\0twice"


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    thing = _Object(pairs)
    if len(thing) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        thing[_TWICE] = next(name for name, count in counts.items() if count > 1)
    return thing


def _object_lines(text: str) -> Iterator[int]:
    """The line of every object in the order in which they begin. Raises _RefusedError."""
    line, depth = 1, 0
    for match in _TOKEN.finditer(text):
        mark = match.group()
        if mark == "\n":
            line += 1
        elif mark in "{[":
            depth += 1
            if depth > DEPTH_MOST:
                raise _RefusedError("too-deep", f"这里套了超过 {DEPTH_MOST} 层,请检查括号。", line)
            if mark == "{":
                yield line
        elif mark in "}]":
            depth -= 1


def _objects(tree: Any) -> Iterator[_Object]:
    """Every object, the outer before the inner."""
    if isinstance(tree, _Object):
        yield tree
        for value in tree.values():
            yield from _objects(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _objects(value)


def _items(tree: Any) -> Sequence[_Object]:
    """The questions: the list itself, or the longest list of objects in what lies around it. Raises _RefusedError."""
    found = max(_lists(tree, depth=3), key=len, default=None)
    if found is None:
        raise _RefusedError("not-a-table", _NOT_A_LIST, 1)
    groups = _group_names(tree)
    for item in found:
        if (name := groups.get(str(item.get("group_id", "")))) and "group_name" not in item:
            item["group_name"] = name
    return found


def _lists(tree: Any, depth: int) -> Iterator[list[_Object]]:
    if isinstance(tree, list) and tree and all(isinstance(item, _Object) for item in tree):
        yield tree
    elif isinstance(tree, _Object) and depth:
        for name, value in tree.items():
            if name != "group_list":
                yield from _lists(value, depth - 1)


def _group_names(tree: Any) -> Mapping[str, str]:
    """微信客服 keeps the names of groups apart from the questions."""
    groups = tree.get("group_list") if isinstance(tree, _Object) else None
    rows = [group for group in groups if isinstance(group, _Object)] if isinstance(groups, list) else []
    return {str(group.get("group_id", "")): str(group.get("name", "")) for group in rows}


def _flat(item: _Object) -> dict[str, str]:
    cells = {key: _cell(value, _SEVERAL if key == "answers" else "\n") for key, value in item.items()}
    if attachments := "、".join(_attachments(item.get("answers"))):
        cells["attachments"] = attachments
    return cells


def _cell(value: Any, between: str) -> str:
    """A list reads like lines in a cell; of 微信客服's wrapping only the text is kept."""
    if isinstance(value, _Object):
        inner = next((value[name] for name in ("text", "content", "items") if name in value), None)
        if inner is not None:
            return _cell(inner, between)
        return "\n".join(f"{key}: {_cell(part, between)}" for key, part in value.items())
    if isinstance(value, list):
        return between.join(part for item in value if (part := _cell(item, between)))
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value).strip()


def _attachments(answers: Any) -> Iterator[str]:
    for answer in answers if isinstance(answers, list) else ():
        things = answer.get("attachments") if isinstance(answer, _Object) else None
        for thing in things if isinstance(things, list) else ():
            yield str(thing.get("msgtype", "附件")) if isinstance(thing, _Object) else "附件"
