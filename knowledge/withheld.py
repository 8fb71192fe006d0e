"""Why this entry and not another: how near to the store it comes from, and what is kept back here though it fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from knowledge import template
from knowledge.chain import Store
from knowledge.content import Content
from knowledge.entry import Audience, Entry, first_minute, last_minute
from knowledge.index import Hit, Scope

_STORES_MOST = 50  #: other stores that are looked at
_DAYS_MOST = 20  #: other days
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Withheld:
    """An entry that fits the question and may not be used here."""

    hit: Hit
    reason: str  #: Chinese


def level_of(entry: Entry, store: Store | None) -> str:
    """Where an entry that may be used in `store` comes from, the nearest first: 门店 > 城市 > 总部."""
    if entry.changed:
        return f"门店:{store.name if store else '、'.join(sorted(entry.stores))} 自己改了{'、'.join(entry.changed)}"
    if store is not None and store.number in entry.stores:
        return f"门店:写明给 {_some(entry.stores)}"
    if store is not None and store.city in entry.cities:
        return f"城市:写明给 {_some(entry.cities)}"
    return "总部:所有门店通用"


def find_withheld(content: Content, text: str, scope: Scope, shown: Iterable[Hit]) -> tuple[Withheld, ...]:
    """What would come before the first of `shown` in another store, on another day or for staff; at most three."""
    shown = tuple(shown)
    least = max(content.policy.offer_line, shown[0].confidence if shown else 0.0)
    best: dict[str, Hit] = {}
    for other in _other_scopes(content, scope):
        for hit in content.index.search(text, other, _SHOWN):
            number = hit.entry.number
            if hit.confidence >= least and (number not in best or hit.confidence > best[number].confidence):
                best[number] = hit
    for hit in shown:
        best.pop(hit.entry.number, None)
    found = sorted(best.values(), key=lambda hit: -hit.confidence)
    return tuple(Withheld(hit, "；".join(_reasons(hit.entry, scope))) for hit in found[:_SHOWN])


def _other_scopes(content: Content, scope: Scope) -> Iterator[Scope]:
    yield replace(scope, audience=Audience.STAFF)
    for store in list(content.stores.values())[:_STORES_MOST]:
        yield replace(scope, store=store)
    days = {day for entry in content.entries.values() for day in (entry.starts_on, entry.ends_on) if day is not None}
    for day in sorted(days, key=lambda day: abs(day - scope.on))[:_DAYS_MOST]:
        yield replace(scope, on=day, at=None)


def _reasons(entry: Entry, scope: Scope) -> list[str]:
    reasons = []
    answer = entry.answer_for(scope.audience)
    if not answer:
        reasons.append("只给员工看")
    if not entry.holds_in(scope.store):
        reasons.append(f"只给 {_some(entry.stores | entry.cities)}")
    elif holes := template.holes(answer, scope.store):
        where = "在这家店是空的" if scope.store else "要知道是哪家店"
        reasons.append(f"{'、'.join(f'「{name}」' for name in holes)}{where}")
    if not _is_valid(entry, scope):
        reasons.append(f"有效期是 {first_minute(entry.starts_at) or '…'} 至 {last_minute(entry.ends_at) or '…'}")
    return reasons or ["有更近的一条同样问题的问答(门店 > 城市 > 总部)"]


def _is_valid(entry: Entry, scope: Scope) -> bool:
    if scope.at is None:
        return entry.is_valid_on(scope.on)
    return entry.is_valid_at(datetime.combine(scope.on, scope.at))


def _some(names: Iterable[str]) -> str:
    listed = sorted(names)
    return "、".join(listed[:5]) + (f" 等 {len(listed)} 个" if len(listed) > 5 else "")
