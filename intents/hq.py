"""HQ's `intents/*.yaml`: more ways of saying things, without code.

意思: stay.extend          the intent, as in intents.yaml      种类: 送物   its kind, where it has kinds
例句: [...]                plain sentences
句式: [...]                templates, found anywhere in a message
整句: [...]                templates that are the whole message
不算: [...]                what looks alike and means something else
词组: {名字: "甲|乙"}      lists for the templates
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from intents.catalogue import Intent, load_catalogue
from intents.message import clean
from intents.pattern import BadTemplateError, read_template

_KEYS = {
    "意思": "intent",
    "意图": "intent",
    "种类": "kind",
    "例句": "examples",
    "句式": "parts",
    "整句": "whole",
    "不算": "not",
    "词组": "lists",
}
_CHINESE = {english: chinese for chinese, english in reversed(_KEYS.items())}
_COLUMNS = ("examples", "parts", "whole", "not")
_LARGEST = 1 << 18  #: bytes of a file
_GAPS_MOST = 3  #: of a template; each makes a search six times as long
_LONGEST = 200  #: characters of a sentence or template


@dataclass(frozen=True, slots=True)
class SentenceProblem:
    """Something wrong in one of HQ's files; Chinese, with what to do."""

    path: str
    line: int  #: from 1; 0 when it is about the whole file
    message: str

    def __str__(self) -> str:
        at = f" 第 {self.line} 行" if self.line else ""
        return f"{self.path}{at}:{self.message}"


@dataclass(frozen=True, slots=True)
class Addition:
    """What one file of HQ's adds to an intent."""

    intent: str
    kind: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)


def parse(path: str, data: bytes) -> tuple[Addition | None, tuple[SentenceProblem, ...]]:
    """Read one file. Lines with a problem are left out; None when nothing of it can be used. Never raises."""
    reading = _Reading(path)
    tree = reading.tree(data)
    addition = reading.addition(tree) if tree is not None else None
    return addition, tuple(reading.problems)


class _Reading:
    """One pass over a file, collecting what is wrong."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lines: dict[str, int] = {}
        self.problems: list[SentenceProblem] = []

    def note(self, message: str, line: int = 0) -> None:
        self.problems.append(SentenceProblem(self._path, line, message))

    def tree(self, data: bytes) -> dict[str, object] | None:
        """What stands under each key, by our names."""
        if len(data) > _LARGEST:
            self.note(f"文件太大({len(data) // 1024} KB)。请拆成几个文件,每个不超过 {_LARGEST // 1024} KB。")
            return None
        try:
            return self._pairs(data.decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.note("不是 UTF-8 编码。请用记事本另存为 UTF-8。")
        except yaml.MarkedYAMLError as failure:
            mark = failure.problem_mark
            reason = "这一行附近的格式读不懂。[、#、<、- 开头的句子要加引号,冒号后面要有空格,缩进用空格。"
            self.note(reason, mark.line + 1 if mark else 0)
        except (yaml.YAMLError, RecursionError, ValueError):
            self.note("里面有读不懂的字符或太深的缩进。请照说明重写。")
        return None

    def _pairs(self, text: str) -> dict[str, object] | None:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                self.note("不能用 & 和 * 引用。请把内容写全。", event.start_mark.line + 1 if event.start_mark else 0)
                return None
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            self.note("要写成一行一个「名字: 内容」,先写「意思: 」。")
            return None
        found: dict[str, object] = {}
        for key, value in root.value:
            said, line = str(key.value), key.start_mark.line + 1
            name = _KEYS.get(said, said)
            if name not in _CHINESE:
                self.note(f"不认识「{said}」。{_nearest(said, _KEYS)}可以写的有:{'、'.join(_KEYS)}。", line)
                continue
            if name in found:
                self.note(f"「{said}」写了两次,后面的没有用。请合在一起。", line)
                continue
            self._lines[name] = line
            found[name] = loader.construct_object(value, deep=True)
            if isinstance(value, yaml.SequenceNode):
                self._lines.update({f"{name} {at}": node.start_mark.line + 1 for at, node in enumerate(value.value)})
        return found

    def addition(self, tree: Mapping[str, object]) -> Addition | None:
        catalogue = load_catalogue()
        name = str(tree.get("intent", "")).strip()
        intent = catalogue.get(name)
        if intent is None:
            reason = f"没有「{name}」这个意思。{_nearest(name, catalogue)}" if name else "没有写「意思」。"
            known = "、".join(f"{each.name}({each.meaning})" for each in catalogue.values())
            self.note(f"{reason}可以写的有:{known}。", self._lines.get("intent", 0))
            return None
        kind = self._kind(intent, str(tree.get("kind", "") or "").strip())
        if kind is None:
            return None
        lists = dict(self._lists(tree.get("lists")))
        columns = {
            column: tuple(self._sentences(column, tree.get(column), lists, intent))
            for column in _COLUMNS
            if column in tree
        }
        if not any(columns.values()):
            self.note("没有一句可用的话。请写「例句」或「句式」,每行以「- 」开头。")
            return None
        return Addition(intent.name, kind, columns, lists)

    def _kind(self, intent: Intent, kind: str) -> str | None:
        if kind in (intent.kinds or ("",)):
            return kind
        line = self._lines.get("kind", self._lines.get("intent", 0))
        if not intent.kinds:
            self.note(f"「{intent.name}」不分种类,请删掉「种类」这一行。", line)
        else:
            self.note(f"「{intent.name}」要写「种类」,可以写的有:{'、'.join(intent.kinds)}。", line)
        return None

    def _lists(self, written: object) -> Iterator[tuple[str, str]]:
        """Each under a name that no list of ours has."""
        if written is None:
            return
        if not isinstance(written, dict):
            self.note("「词组」要写成「名字: 甲|乙|丙」。", self._lines["lists"])
            return
        above: list[str] = []
        for name, words in written.items():
            known = self._renamed(str(words), [str(each) for each in written])
            if reason := _wrong(known, above):
                self.note(f"词组「{name}」写得不对:{reason}", self._lines["lists"])
            else:
                above.append(f"{self._path}:{name}")
                yield above[-1], known

    def _sentences(self, column: str, written: object, lists: Mapping[str, str], intent: Intent) -> Iterator[str]:
        if not isinstance(written, list):
            self.note(f"「{_CHINESE[column]}」要写成一个列表,每行以「- 」开头,一行一句。", self._lines[column])
            return
        if column == "examples" and not intent.is_learned:
            reason = f"「{intent.name}」只认句式,不从例句里猜,免得认错。请写在「句式」或「整句」下面。"
            self.note(reason, self._lines[column])
            return
        names = [name.removeprefix(f"{self._path}:") for name in lists]
        for at, one in enumerate(written):
            said, line = str(one).strip(), self._lines.get(f"{column} {at}", self._lines[column])
            renamed = said if column == "examples" else self._renamed(said, names)
            if reason := _refused(said, renamed, column, lists):
                self.note(f"「{said[:20]}」{reason}", line)
            else:
                yield renamed

    def _renamed(self, template: str, names: Iterable[str]) -> str:
        for name in names:
            template = template.replace(f"<{name}>", f"<{self._path}:{name}>")
        return template


def _refused(said: str, renamed: str, column: str, lists: Mapping[str, str]) -> str:
    """Why a sentence or template cannot be used; "" when it can."""
    if len(said) > _LONGEST:
        return f"太长了。请不要超过 {_LONGEST} 个字。"
    if not clean(said):
        return "里面没有字。请写一句客人会说的话。"
    if column == "examples":
        return "是例句,不用写 ( ) [ ] < > 这些记号。" if any(mark in said for mark in "[]<>|#") else ""
    if said.count("…") > _GAPS_MOST:
        return f"里的「…」太多。请不要超过 {_GAPS_MOST} 个。"
    return _wrong(renamed, lists)


def _wrong(template: str, lists: Iterable[str]) -> str:
    """What is wrong with a template, in Chinese; `lists`: the names that it may use."""
    try:
        read_template(template, {name: read_template("词", {}, clean) for name in lists}, clean)
    except BadTemplateError as failure:
        return _reason(str(failure))
    except RecursionError:
        return "括号套得太深。"
    return ""


def _reason(failure: str) -> str:
    if "no list" in failure:
        return "用到的词组没有写。请在「词组」里加上它。"
    if "is missing" in failure or "unexpected" in failure:
        return "括号不成对。请检查 ( ) 和 [ ]。"
    if "empty alternative" in failure:
        return "里有空的选项。可有可无的写成 [甲|乙]。"
    return "有一段只有标点。请写上字。"


def _nearest(said: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(said, list(known), n=1, cutoff=0.5)
    return f"是不是「{near[0]}」?" if near else ""
