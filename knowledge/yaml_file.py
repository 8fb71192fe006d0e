"""Reads YAML as plain text in lists and mappings, with line numbers.

The parser's events are used, not its loader: no alias, tag or anchor is obeyed, every value stays the text that HQ
wrote (`编号: 007` is 007, `免打扰: no` is no), a key that stands twice is refused, and depth and size are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from knowledge.encoding import UnreadableError, decode
from knowledge.grid import CELLS_MOST, FILE_MOST, LINES_MOST, Grid, Read, too_many_rows
from knowledge.problem import Place, Problem, cut, error

DEPTH_MOST = 8
NODES_MOST = 4_000_000
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it was built in, thirty times as fast
_FULL_WIDTH = re.compile(r"\s*(?:-\s+)?[\u4e00-\u9fff]{1,8}：")
_EMPTY = ("", "~", "null", "Null", "NULL")


class Block(dict[str, "Tree"]):
    """A mapping that knows on which line it and each of its keys stand."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


Tree = str | list["Tree"] | Block


@dataclass
class _RefusedError(Exception):
    """The file cannot be used."""

    code: str
    message: str
    line: int = 0
    quoted: str = ""


def read_tree(data: bytes, place: Place) -> tuple[Tree, list[Problem]]:
    """The whole file; an empty one is an empty mapping."""
    try:
        return _Builder(_events(data)).document(), []
    except _RefusedError as refused:
        return Block(1), [error(Place(place.file, row=refused.line), refused.code, refused.message, refused.quoted)]


def read_yaml(data: bytes, place: Place) -> Read:
    """Lists of mappings, as tables: each mapping is a row that bears the number of its first line."""
    tree, problems = read_tree(data, place)
    if problems:
        return Read(problems=tuple(problems))
    if not isinstance(tree, Block) or not any(isinstance(value, list) for value in tree.values()):
        return Read() if tree == Block(1) else _sheet("", tree, place)
    found = [_sheet(name if len(tree) > 1 else "", value, place) for name, value in tree.items()]
    failed = next((read for read in found if read.problems), None)
    return failed or Read(tuple(grid for read in found for grid in read.grids))


def _sheet(name: str, tree: Tree, place: Place) -> Read:
    """The list below one name; several names are sheets: 问答 and 验收问题 may stand in one file."""
    if not isinstance(tree, list) or not all(isinstance(item, Block) for item in tree):
        line = getattr(tree, "line", 1)
        return Read.failed(
            error(
                Place(place.file, row=line),
                "not-a-table",
                "这个文件要写成一条一条的列表:每条以「- 编号: …」开头,下面是「标准问题: …」等。",
            )
        )
    if len(tree) >= LINES_MOST:
        return Read.failed(too_many_rows(place))
    items = [item for item in tree if isinstance(item, Block)]
    headers = tuple(dict.fromkeys(key for item in items for key in item))
    if len(items) * len(headers) > CELLS_MOST:
        return Read.failed(
            error(
                place,
                "too-many-cells",
                f"这个文件里有 {len(headers):,} 种名字,太多了。每条要用同样的名字,如「编号:」。",
            )
        )
    return Read(grids=(_grid(name, items, headers),))


def _grid(name: str, items: list[Block], headers: tuple[str, ...]) -> Grid:
    rows = [(item.line, tuple(_cell(item.get(header, "")) for header in headers)) for item in items]
    return Grid(name, ((0, headers), *rows))


def _cell(tree: Tree) -> str:
    """A list in a cell reads like lines in a cell."""
    if isinstance(tree, str):
        return tree.strip()
    if isinstance(tree, list):
        return "\n".join(_cell(item) for item in tree)
    return "\n".join(f"{key}: {_cell(value)}" for key, value in tree.items())


def _events(data: bytes) -> Iterator[yaml.Event]:
    """Raises _RefusedError."""
    if len(data) > FILE_MOST:
        raise _RefusedError("too-big", "这个文件太大了。")
    try:
        text = decode(data)
    except UnreadableError as failure:
        raise _RefusedError("bad-encoding", "认不出这一行的文字编码。请另存为 UTF-8。", failure.line) from failure
    try:
        yield from yaml.parse(text, Loader=_PARSER)
    except yaml.reader.ReaderError as failure:
        bad = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, bad.start()) + 1 if bad else 0
        raise _RefusedError("bad-yaml", "这一行有不能用的字符(比如控制字符)。请删掉它。", line) from failure
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        line = _full_width_colon(text, mark.line + 1) if mark else 0
        said = text.splitlines()[line - 1 : line]
        raise _RefusedError(
            "bad-yaml",
            "这里的写法读不懂。常见原因:冒号写成了中文的「：」、冒号后面少了空格、缩进没对齐、用了 Tab、引号不成对。"
            "文字里有冒号或井号时,请把整句放进英文引号。",
            line,
            cut(said[0]) if said else "",
        ) from failure
    except (yaml.YAMLError, RecursionError, ValueError) as failure:
        raise _RefusedError("bad-yaml", "这个文件读不懂,请检查写法。") from failure


def _full_width_colon(text: str, line: int) -> int:
    """The line just above in which 「：」 stands behind a name, which the parser minds a line later; else `line`."""
    lines = text.splitlines()
    near = range(line, max(0, line - 3), -1)
    return next((at for at in near if at <= len(lines) and _FULL_WIDTH.match(lines[at - 1])), line)


class _Builder:
    """Puts the events together, counting as it goes."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._nodes = 0

    def document(self) -> Tree:
        tree: Tree = Block(1)
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _refused(event, "several-documents", "一个文件里只能有一份内容,请去掉中间的「---」。")
            elif isinstance(event, yaml.NodeEvent):
                tree = self._node(event, depth=1)
        return Block(1) if tree == "" else tree

    def _node(self, event: yaml.Event, depth: int) -> Tree:
        self._check(event, depth)
        if isinstance(event, yaml.ScalarEvent):
            is_empty = event.style in (None, "") and event.value in _EMPTY
            return "" if is_empty else str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(depth)
        return self._mapping(event, depth)

    def _check(self, event: yaml.Event, depth: int) -> None:
        self._nodes += 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused(
                event, "yaml-alias", "这里用了 YAML 的引用(& 或 *)。请把内容直接写出来;以这两个符号开头的文字请加引号。"
            )
        if getattr(event, "tag", None):
            raise _refused(event, "yaml-tag", "这里用了 YAML 的类型标记(!)。请去掉它;以感叹号开头的文字请加引号。")
        if depth > DEPTH_MOST:
            raise _refused(event, "too-deep", f"这里套了超过 {DEPTH_MOST} 层,请检查缩进和括号。")
        if self._nodes > NODES_MOST:
            raise _refused(event, "too-big", "这个文件的内容太多了,请拆成几个文件。")

    def _sequence(self, depth: int) -> list[Tree]:
        items: list[Tree] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return items

    def _mapping(self, start: yaml.Event, depth: int) -> Block:
        block = Block(_line(start))
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key, str):
                raise _refused(event, "bad-yaml", "冒号前面要是一个名字。以 { 或 [ 开头的文字请加引号。")
            name = key.strip()
            if name in block:
                raise _refused(
                    event,
                    "duplicate-key",
                    f"「{cut(name)}」写了两次(上一次在第 {block.lines[name]} 行),请留一个。",
                    name,
                )
            block.lines[name] = _line(event)
            block[name] = self._node(next(self._events), depth + 1)
        return block


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _refused(event: yaml.Event, code: str, message: str, quoted: str = "") -> _RefusedError:
    return _RefusedError(code, message, _line(event), quoted)
