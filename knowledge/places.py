"""Which store is meant, by number, name or alias, in a cell of HQ's or in a customer's words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from knowledge.cells import Hints, code, plain
from knowledge.chain import Store
from knowledge.text import normalise

_BETWEEN = re.compile(r"[/|\\\s+&]+")
_REMARK = re.compile(r"\([^()]*\)")
_SHORTEST_NAME = 2  #: characters; a shorter alias would be found in half of all sentences


def city_name(text: str) -> str:
    """杭州市 and 杭州 are one city."""
    name = plain(text)
    return name[:-1] if len(name) > 2 and name.endswith("市") else name


class Places:
    """Every way of naming a store."""

    def __init__(self, stores: Iterable[Store]) -> None:
        self._stores = tuple(stores)
        self._numbers = {plain(store.number).lower(): store for store in self._stores}
        self._names = _by_name((name, store) for store in self._stores for name in (store.name, *store.aliases))
        self._cities = _by_name((store.city, store) for store in self._stores if store.city)
        self._like_a_store = Hints(
            [name for store in self._stores for name in (store.number, store.name, *store.aliases)]
        )
        self._like_a_city = Hints(self._cities)
        self._said = _by_name((said, store) for store in self._stores for said in _ways_of_saying(store))
        self._said_pattern = _pattern(self._said)
        self._city_pattern = _pattern({normalise(city): stores for city, stores in self._cities.items()})

    @property
    def cities(self) -> tuple[str, ...]:
        return tuple(self._cities)

    @property
    def names(self) -> tuple[str, ...]:
        """Every way of naming a store in a sentence, brought to one form."""
        return tuple(self._said)

    def resolve(self, name: str) -> Store:
        """The store that a cell of HQ's names. Raises ValueError with a Chinese reason."""
        wanted = plain(code(name)).lower()
        if store := self._numbers.get(wanted):
            return store
        found = self._names.get(wanted, ())
        if len(found) == 1:
            return found[0]
        if found:
            numbers = "、".join(store.number for store in found)
            raise ValueError(f"有几家店都叫「{name}」({numbers}),不知道是哪家。请写门店编号。")
        raise ValueError(f"门店表里没有「{name}」。{self._like_a_store(name)}请核对编号或店名。")

    def named(self, said: str) -> tuple[str, ...]:
        """The names in a cell's part: T001/T002 and T001 T002 are two, T002(望江店) is one by its number."""
        if self._is_known(said):
            return (said,)
        bare = _REMARK.sub("", unicodedata.normalize("NFKC", said)).strip()
        parts = tuple(part for part in _BETWEEN.split(bare) if part)
        return parts if parts and all(map(self._is_known, parts)) else (said,)

    def _is_known(self, name: str) -> bool:
        wanted = plain(code(name)).lower()
        return wanted in self._numbers or wanted in self._names

    def resolve_city(self, name: str) -> str:
        """The city as the stores' table has it. Raises ValueError with a Chinese reason."""
        wanted = city_name(name)
        if wanted.lower() in self._cities:
            return wanted
        raise ValueError(f"门店表里没有在「{name}」的店。{self._like_a_city(wanted)}请核对城市。")

    def find(self, text: str) -> tuple[Store, ...]:
        """The stores that the words name: the longest name wins; else all stores of a city they name."""
        plain_text = normalise(text)
        in_cities = _found(self._city_pattern, self._cities, plain_text)
        named = _found(self._said_pattern, self._said, plain_text)
        if named:
            return tuple(store for store in named if store in in_cities) or named
        return in_cities


def _by_name(pairs: Iterable[tuple[str, Store]]) -> dict[str, tuple[Store, ...]]:
    names: dict[str, tuple[Store, ...]] = {}
    for name, store in pairs:
        key = plain(name).lower()
        if key and store not in names.get(key, ()):
            names[key] = (*names.get(key, ()), store)
    return names


def _ways_of_saying(store: Store) -> set[str]:
    """Number, name and aliases as a customer may say them; 西湖银泰店 also without 店."""
    names = {normalise(name) for name in (store.name, *store.aliases)}
    names |= {name[:-1] for name in names if len(name) > 3 and name.endswith("店")}
    number = normalise(store.number)
    return {name for name in names if len(name) >= _SHORTEST_NAME} | ({number} if not number.isdigit() else set())


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Longest first, so that 西湖银泰 is not taken for 银泰; Latin names stand alone."""
    ordered = sorted((name for name in names if name), key=lambda name: (-len(name), name))
    alternatives = [
        ("(?<![a-z0-9])" if name[0].isascii() else "")
        + re.escape(name)
        + ("(?![a-z0-9])" if name[-1].isascii() else "")
        for name in ordered
    ]
    return re.compile("|".join(alternatives)) if alternatives else None


def _found(pattern: re.Pattern[str] | None, names: dict[str, tuple[Store, ...]], text: str) -> tuple[Store, ...]:
    matches = [match.group() for match in pattern.finditer(text)] if pattern else []
    return tuple(dict.fromkeys(store for match in matches for store in names.get(plain(match), ())))
