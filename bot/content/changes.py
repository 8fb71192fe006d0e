"""What is different between two versions of HQ's content: which entries, which cells, which files. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from knowledge.content import Content
from knowledge.entry import Entry, first_minute, last_minute
from knowledge.problem import cut

_CELL = 120  #: characters of a cell that are shown
_BEFORE = 20  #: of these, the same in both, before the first that differs
_FAQ = "faq/"


@dataclass(frozen=True)
class Version:
    """One side of a comparison."""

    name: str  #: Chinese, for people
    content: Content
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry that both versions have, with the cells that differ."""

    key: str
    question: str
    cells: tuple[tuple[str, str, str], ...]  #: header, old, new


@dataclass(frozen=True, slots=True)
class Changes:
    """From one version to the other."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Changed, ...]
    others: tuple[str, ...]  #: Chinese, one thing each: settings files, 验收问题, 同义词

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed or self.others)


def compare(old: Version, new: Version) -> Changes:
    """What became of the entries by number, and of everything beside them."""
    before, after = _rows(old.content), _rows(new.content)
    both = [key for key in before if key in after]
    found = (Changed(key, after[key]["标准问题"], tuple(_differing(before[key], after[key]))) for key in both)
    return Changes(
        added=tuple(f"{key} {after[key]['标准问题']}" for key in after if key not in before),
        removed=tuple(f"{key} {before[key]['标准问题']}" for key in before if key not in after),
        changed=tuple(each for each in found if each.cells),
        others=tuple(_others(old, new)),
    )


def describe(old: Version, new: Version) -> str:
    """The same for people."""
    changes = compare(old, new)
    lines = [f"{old.name} → {new.name}"]
    if changes.is_empty:
        return "\n".join([*lines, "没有差别。"])
    lines += [f"+ {each}" for each in changes.added]
    lines += [f"- {each}" for each in changes.removed]
    for each in changes.changed:
        lines.append(f"~ {each.key} {each.question}")
        lines += [f"    {header}:{' → '.join(map(_shown, _from_there(was, now)))}" for header, was, now in each.cells]
    lines += [f"* {each}" for each in changes.others]
    count = f"新增 {len(changes.added)} 条,删除 {len(changes.removed)} 条,改动 {len(changes.changed)} 条"
    return "\n".join([*lines, f"共:{count},其他 {len(changes.others)} 处。"])


def _rows(content: Content) -> dict[str, dict[str, str]]:
    """Every entry's cells by its number; a store's own cells of it below number and store."""
    rows: dict[str, dict[str, str]] = {}
    for number, entry in content.entries.items():
        rows[number] = _cells(entry)
        rows |= {f"{number}({store})": _cells(own) for store, own in sorted(entry.overlaid.items())}
    return rows


def _cells(entry: Entry) -> dict[str, str]:
    """As HQ's table would show it."""
    return {
        "标准问题": entry.question,
        "一级分类": entry.category,
        "二级分类": entry.subcategory,
        "相似问题": "##".join(entry.similar),
        "反例问题": "##".join(entry.counterexamples),
        "客户版答案": entry.customer_answer,
        "员工版答案": entry.staff_answer,
        "适用门店": _list(entry.stores),
        "适用城市": _list(entry.cities),
        "受众": entry.audience.value,
        "渠道": _list(entry.channels),
        "生效日期": first_minute(entry.starts_at),
        "失效日期": last_minute(entry.ends_at),
        "自主级别": entry.autonomy.value,
        "状态": entry.status.value,
    }


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for header, now in new.items():
        if old[header] != now:
            yield header, old[header], now


def _others(old: Version, new: Version) -> Iterator[str]:
    for name in sorted({*old.files, *new.files}):
        if not name.lower().startswith(_FAQ) and old.files.get(name) != new.files.get(name):
            what = "新增" if name not in old.files else "删除" if name not in new.files else "改动"
            yield f"{name} {what}"
    if old.content.acceptance != new.content.acceptance:
        yield f"验收问题 {len(old.content.acceptance)} 条 → {len(new.content.acceptance)} 条"
    if old.content.lexicon.synonyms != new.content.lexicon.synonyms:
        yield f"同义词 {len(old.content.lexicon.synonyms)} 个 → {len(new.content.lexicon.synonyms)} 个"


def _list(names: Iterable[str]) -> str:
    return "、".join(sorted(names))


def _from_there(was: str, now: str) -> tuple[str, str]:
    """Both from shortly before where they part, when that is far behind the start."""
    pairs = enumerate(zip(was, now, strict=False))
    start = next((at for at, (old, new) in pairs if old != new), min(len(was), len(now))) - _BEFORE
    return (was, now) if start < _CELL // 2 else (f"…{was[start:]}", f"…{now[start:]}")


def _shown(cell: str) -> str:
    return f"「{cut(cell, _CELL)}」" if cell else "空"
