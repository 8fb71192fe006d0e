"""Answers with names in them: `{{门店.停车}}`, and one filter, `{{门店.停车|默认("请问前台")}}`.

A renderer of our own: there is nothing in it that HQ's text could run. `{{门店.名称}}` stands for the column 门店名称.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from knowledge.cells import nearest
from knowledge.chain import Store

_TAG = re.compile(r"\{\{(.{0,400}?)\}\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%|%\}|\{#|#\}|\$\{|<%|%>")
_INSIDE = re.compile(r"\s*门店\s*+[.。·．]\s*+(?P<column>[^|{}()]+?)\s*(?:[|｜]\s*(?P<filter>[^|]*?)\s*)?", re.DOTALL)
_DEFAULT = re.compile(r"默认\s*[(\uff08]\s*[\"'“‘「”](?P<text>[^\"'“”‘’「」{}]*)[\"'”’」]\s*[)\uff09]")


class EmptyVariableError(Exception):
    """A name in the answer has no value for this store; the answer would have a hole."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name  #: such as 门店.停车


@dataclass(frozen=True, slots=True)
class _Tag:
    column: str
    default: str  #: "" when there is none

    @property
    def name(self) -> str:
        return f"门店.{self.column}"


def variables(text: str) -> tuple[str, ...]:
    """The names in `text` in order, each once, such as 门店.停车. What `check` refuses is left out."""
    return tuple(dict.fromkeys(tag.name for tag in _tags(text)))


def without_names(text: str) -> str:
    """`text` with a space where a name stands."""
    return _TAG.sub(" ", text)


def check(text: str, known: Collection[str] | None) -> list[str]:
    """Why `text` cannot be used, in Chinese; empty when it can.

    `known` holds the stores' columns, such as 停车; None leaves the names unchecked.
    """
    reasons = []
    if _STATEMENT.search(text):
        reasons.append("答案里有程序语句的写法({% … %} 之类),这里只能写 {{门店.列名}}。请删掉它。")
    for raw in _TAG.findall(text):
        reasons.extend(_refusal(raw, known))
    rest = _TAG.sub("", text)
    if "{{" in rest or "}}" in rest:
        reasons.append("双花括号没有成对。请写成 {{门店.列名}}。")
    return reasons


def needs(text: str) -> tuple[str, ...]:
    """The names in `text` that a store must have a value for: those without a default, and those `check` refuses."""
    tags = ((raw, _parse(raw)) for raw in _TAG.findall(text))
    return tuple(dict.fromkeys(tag.name if tag else raw.strip() for raw, tag in tags if not (tag and tag.default)))


def has_value(name: str, store: Store | None) -> bool:
    """Whether `store` has something to say for a name such as 门店.停车."""
    tag = _parse(name)
    return tag is not None and bool(_value(tag, store))


def holes(text: str, store: Store | None) -> tuple[str, ...]:
    """The names in `text` that have no value for `store`; for no store, all that have no default."""
    return tuple(name for name in needs(text) if not has_value(name, store))


def render(text: str, store: Store | None) -> str:
    """The finished sentence. Raises EmptyVariableError rather than leave a hole."""

    def fill(match: re.Match[str]) -> str:
        tag = _parse(match.group(1))
        value = _value(tag, store) if tag else ""
        if not value:
            raise EmptyVariableError(tag.name if tag else match.group(1).strip())
        return value

    return _TAG.sub(fill, text)


def _tags(text: str) -> Iterator[_Tag]:
    for raw in _TAG.findall(text):
        if tag := _parse(raw):
            yield tag


def _parse(raw: str) -> _Tag | None:
    match = _INSIDE.fullmatch(raw)
    if match is None:
        return None
    default = ""
    if match["filter"] is not None:
        filtered = _DEFAULT.fullmatch(match["filter"])
        if filtered is None or not filtered["text"].strip():
            return None
        default = filtered["text"].strip()
    return _Tag(match["column"].strip(), default)


def _value(tag: _Tag, store: Store | None) -> str:
    if store is None:
        return tag.default
    cell = store.cells.get(tag.column) or store.cells.get(f"门店{tag.column}") or ""
    return cell.strip() or tag.default


def _refusal(raw: str, known: Collection[str] | None) -> list[str]:
    tag = _parse(raw)
    if tag is None:
        return [f'没看懂「{{{{{raw}}}}}」。请写成 {{{{门店.列名}}}},或 {{{{门店.列名|默认("没有时说的话")}}}}。']
    if known is None or tag.column in known or f"门店{tag.column}" in known:
        return []
    near = nearest(tag.column, known)
    hint = f"是不是「{{{{门店.{near}}}}}」?" if near else "请核对名字。"
    return [f"门店表里没有「{tag.column}」这一列,所以「{{{{{raw}}}}}」填不出来。{hint}也可以在门店表里加上这一列。"]
