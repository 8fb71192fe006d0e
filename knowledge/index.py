"""Finds the entry that answers a question. (Being filled in: the signatures stand.)"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from knowledge.chain import Store
from knowledge.entry import Audience, Entry


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, where and when."""

    audience: Audience
    store: Store | None  #: None when it is not known: only entries that hold everywhere
    on: date  #: the store's local date
    is_anywhere: bool = False  #: limits and empty cells do not count: would some store answer this? `store` is ignored


@dataclass(frozen=True, slots=True)
class Hit:
    entry: Entry
    confidence: float  #: 0–1
    wording: str  #: the wording of HQ's that matched
    words: tuple[str, ...] = ()  #: matched words, for people
    is_own_wording: bool = False  #: the question equals one of the entry's wordings
    vetoes: tuple[str, ...] = ()  #: Chinese: why the confidence was lowered


class Index:
    def __init__(self, entries: Iterable[Entry], *, words: Iterable[str] = ()) -> None:
        self._entries = tuple(entries)

    def search(self, text: str, scope: Scope, limit: int = 3) -> tuple[Hit, ...]:
        """The best entries for `text`, best first."""
        return ()
