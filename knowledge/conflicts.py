"""How entries get on with each other: numbers and questions that stand twice, answers with holes in some store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from knowledge import template
from knowledge.chain import Store
from knowledge.entry import Entry, Status
from knowledge.overlays import expand
from knowledge.problem import Place, Problem, error, warning
from knowledge.rivals import Askers, Rivals
from knowledge.text import key

_STORES_NAMED = 5  #: how many stores one message lists


def find_conflicts(entries: Iterable[Entry], stores: Iterable[Store]) -> list[Problem]:
    """All problems that no row shows by itself."""
    every, known_stores = list(entries), list(stores)
    served = [entry for entry in every if entry.status is Status.ACTIVE]
    return [*_same_numbers(every), *_Questions(served, known_stores).problems()]


def _same_numbers(entries: list[Entry]) -> Iterator[Problem]:
    first: dict[str, Entry] = {}
    for entry in entries:
        other = first.setdefault(entry.number, entry)
        if other is not entry:
            yield error(
                entry.place.at("编号"),
                "duplicate-number",
                f"编号「{entry.number}」和{where(other.place, entry.place)}({other.question})相同。请改掉其中一个。",
                entry.number,
            )


class _Questions:
    """Who else asks the same, for the same reader, in the same place, on the same day."""

    def __init__(self, entries: list[Entry], stores: list[Store]) -> None:
        self._entries = entries
        self._rivals = Rivals(stores)

    def problems(self) -> Iterator[Problem]:
        standard: dict[str, Askers] = {}
        for entry in self._entries:
            same = standard.setdefault(key(entry.question), Askers(self._rivals))
            if other := same.first_rival(entry):
                yield error(
                    entry.place.at("标准问题"),
                    "duplicate-question",
                    f"「{entry.question}」和{who(other, entry)}的标准问题相同,适用范围也有重叠,"
                    "客人这样问时会不知道该用哪条。请合并,或者把适用范围分开。",
                    entry.question,
                )
            same.add(entry)
        yield from self._similar(standard)

    def _similar(self, standard: Mapping[str, Askers]) -> Iterator[Problem]:
        similar: dict[str, Askers] = {}
        for entry in self._entries:
            for said in entry.similar:
                question = key(said)
                same = similar.setdefault(question, Askers(self._rivals))
                if question in standard and (other := standard[question].first_rival(entry)):
                    yield error(
                        entry.place.at("相似问题"),
                        "similar-is-standard",
                        f"「{said}」和{who(other, entry)}的标准问题相同,客人这样问时会不知道该用哪条。请删掉其中一处。",
                        said,
                    )
                elif other := same.first_rival(entry):
                    yield warning(
                        entry.place.at("相似问题"),
                        "similar-twice",
                        f"「{said}」在{who(other, entry)}里也有,客人这样问时分不清该用哪条。请只留在更合适的那条。",
                        said,
                    )
                same.add(entry)


def find_holes(entries: Iterable[Entry], stores: Sequence[Store]) -> Iterator[Problem]:
    """A variable without a value: the entry is not served in that store."""
    without: dict[str, list[Store]] = {}
    for entry in expand(entries):
        for column, answer in (("客户版答案", entry.customer_answer), ("员工版答案", entry.staff_answer)):
            for name in template.needs(answer) if _is_own(entry, column) else ():
                if name not in without:
                    without[name] = [store for store in stores if not template.has_value(name, store)]
                where = [store for store in without[name] if _is_said(entry, column, store)]
                if where:
                    yield warning(
                        entry.place.at(column),
                        "empty-variable",
                        f"「{name}」在{_list(where)}是空的,这几家店不会用这条答案。"
                        "请在门店表补上;确实没有的,可以在这条写清适用门店。",
                        name,
                    )


def _is_said(entry: Entry, column: str, store: Store) -> bool:
    """Whether `store` has this very answer; what it has its own way is looked at by itself."""
    own = entry.overlaid.get(store.number)
    return entry.holds_in(store) and (own is None or column not in own.changed)


def _is_own(entry: Entry, column: str) -> bool:
    """Of what a store has its own way, only the cells that it wrote are looked at."""
    return not entry.changed or column in entry.changed


def _list(stores: list[Store]) -> str:
    names = "、".join(store.name for store in stores[:_STORES_NAMED])
    return f"{names} 等 {len(stores)} 家店" if len(stores) > _STORES_NAMED else f" {names} "


def who(other: Entry, seen_from: Entry) -> str:
    return f"{where(other.place, seen_from.place)}({other.number} {other.question})"


def where(place: Place, seen_from: Place) -> str:
    """第 12 行, with the file or sheet when it is another."""
    if place.file != seen_from.file:
        return f" {place} "
    if place.sheet != seen_from.sheet:
        return f"工作表「{place.sheet}」第 {place.row} 行"
    return f"第 {place.row} 行"
