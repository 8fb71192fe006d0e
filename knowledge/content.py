"""HQ's folder, read and checked as a whole. (Being filled in: the signatures stand.)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.chain import StaffMember, Store
from knowledge.entry import Entry
from knowledge.index import Index
from knowledge.persona import Persona
from knowledge.policy import Policy
from knowledge.problem import Problem
from knowledge.welcome import Welcome


@dataclass(frozen=True)
class Content:
    """One version of everything HQ maintains; never changes after it was made."""

    version: str  #: 12 hex digits
    stores: Mapping[str, Store]  #: by number
    staff: Mapping[str, StaffMember]  #: by lower-cased account
    entries: Mapping[str, Entry]  #: by number; also those that are stopped or drafts
    persona: Persona
    policy: Policy
    welcome: Welcome
    index: Index

    def store_by_account(self, account: str) -> tuple[Store, ...]:
        """The stores that share this 客服账号."""
        return tuple(store for store in self.stores.values() if account in store.accounts)

    def find_stores(self, text: str) -> tuple[Store, ...]:
        """The stores that `text` names: the longest name or alias wins; else all stores of a city it names."""
        return ()


@dataclass(frozen=True)
class Loaded:
    """What came of reading a folder."""

    content: Content | None  #: None when there is any error
    problems: tuple[Problem, ...]
    version: str = ""  #: of the files as read, also when they are wrong
    entries: int = 0  #: rows with an entry, right or wrong
    usable: int = 0  #: of these, rows without an error


def load(files: Mapping[str, bytes]) -> Loaded:
    """Read HQ's folder: relative paths with forward slashes, and what is in the files. Never raises on bad input."""
    raise NotImplementedError
