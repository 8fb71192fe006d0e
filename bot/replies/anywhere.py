"""Whether some store would have an answer, for when we do not know which store is meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.replies.suggestion import Asked
from knowledge.content import Content
from knowledge.entry import Audience, Entry
from knowledge.index import Hit, Index, Scope
from knowledge.template import holes


@dataclass(frozen=True, slots=True)
class _Version:
    """What HQ maintains, compared by its version alone."""

    number: str
    entries: Mapping[str, Entry] = field(compare=False)


def find_anywhere(text: str, asked: Asked, content: Content) -> Hit | None:
    """The entry that would answer in the right store, at that time; its confidence may lie below any line."""
    index = _index_of_dependents(_Version(content.version, content.entries))
    found = index.search(text, Scope(Audience.CUSTOMER, None, asked.on, asked.at), 1)
    return replace(found[0], entry=content.entries[found[0].entry.number]) if found else None


@lru_cache(maxsize=2)  # the version in service, and the one before while its last questions are answered
def _index_of_dependents(version: _Version) -> Index:
    """The entries that depend on the store, as if they did not. Made when first asked: most chains never need it."""
    dependents = (entry for entry in version.entries.values() if _depends_on_store(entry))
    # Only found, never said: what stands here instead of the answer reaches nobody.
    freed = (replace(entry, stores=frozenset(), cities=frozenset(), customer_answer="…") for entry in dependents)
    return Index(freed)


def _depends_on_store(entry: Entry) -> bool:
    if not entry.answer_for(Audience.CUSTOMER):
        return False
    return bool(entry.stores or entry.cities or holes(entry.customer_answer, None))
