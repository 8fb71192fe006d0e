"""Sentences as rows of numbers of which nearly all are nought: a weight for each feature that a sentence has.

Of each view the weights are tf-idf, brought to length one; then the views are put side by side.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.views import COUNT, WEIGHTS, Views

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
_FREQUENT = 24  #: sentences; rarer features are multiplied pair by pair, others as a block
_BLOCK = 2048  #: features of a block


@dataclass(frozen=True, slots=True)
class Rows:
    """Row i has `values[bounds[i]:bounds[i + 1]]` in the columns `columns[bounds[i]:bounds[i + 1]]`."""

    bounds: Integers
    columns: Integers
    values: Floats
    width: int  #: columns there are

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def owners(self) -> Integers:
        """The row of each value."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.bounds))

    def pick(self, chosen: NDArray[np.intp]) -> Rows:
        """Some of the rows, over the same columns."""
        lengths = np.diff(self.bounds)[chosen]
        bounds = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
        at = np.repeat(self.bounds[:-1][chosen] - bounds[:-1], lengths) + np.arange(bounds[-1])
        return Rows(bounds, self.columns[at], self.values[at], self.width)

    def products(self) -> Floats:
        """Each row times each row."""
        order = np.argsort(self.columns, kind="stable")
        columns, owners, values = self.columns[order], self.owners()[order], self.values[order]
        counts = np.bincount(columns, minlength=self.width)
        starts = np.concatenate(([0], np.cumsum(counts)))
        found = np.zeros((len(self), len(self)), np.float32)
        for times in range(1, _FREQUENT + 1):
            at = starts[:-1][counts == times][:, None] + np.arange(times)
            _add_pairs(found, owners[at], values[at])
        self._add_blocks(found, np.flatnonzero(counts > _FREQUENT))
        return found

    def _add_blocks(self, found: Floats, frequent: NDArray[np.intp]) -> None:
        for start in range(0, len(frequent), _BLOCK):
            chosen = frequent[start : start + _BLOCK]
            place = np.full(self.width, -1, np.int32)
            place[chosen] = np.arange(len(chosen))
            inside = place[self.columns] >= 0
            block = np.zeros((len(self), len(chosen)), np.float32)
            block[self.owners()[inside], place[self.columns[inside]]] = self.values[inside]
            found += block @ block.T

    def combine(self, table: Floats) -> Floats:
        """For each column the rows of `table`, one to each of ours, weighted with what ours have there."""
        order = np.argsort(self.columns, kind="stable")
        columns, owners, values = self.columns[order], self.owners()[order], self.values[order]
        found = np.zeros((self.width, table.shape[1]), np.float32)
        starts = np.flatnonzero(np.diff(columns, prepend=-1))
        for label in range(table.shape[1]):
            found[columns[starts], label] = np.add.reduceat(values * table[owners, label], starts)
        return found


def _add_pairs(found: Floats, owners: Integers, values: Floats) -> None:
    """Add the products of the rows that share a feature; one line for each feature."""
    first, second = owners[:, :, None], owners[:, None, :]
    np.add.at(found, (first, second), values[:, :, None] * values[:, None, :])


class Vocabulary:
    """The features of the examples, and how rare each is. A feature nobody used is as rare as one used once."""

    def __init__(self, columns: Sequence[dict[str, int]], used: Sequence[int], count: int) -> None:
        """`columns`: of each view, the column of each feature; `used`: how many of the `count` examples have it."""
        self._columns = tuple(columns)
        self.used = np.array(used, np.int32)
        self.count = count  #: examples
        self._rarity: list[float] = (np.log((1 + count) / (1 + self.used)) + 1).tolist()
        self._unused = math.log((1 + count) / 2) + 1
        self.width = len(used)

    @classmethod
    def of(cls, examples: Sequence[Views]) -> Vocabulary:
        """Everything that stands in the examples."""
        columns: tuple[dict[str, int], ...] = tuple({} for _ in range(COUNT))
        used: list[int] = []
        for views in examples:
            for known, view in zip(columns, views, strict=True):
                for feature in set(view):
                    column = known.setdefault(feature, len(used))
                    if column == len(used):
                        used.append(0)
                    used[column] += 1
        return cls(columns, used, len(examples))

    @property
    def features(self) -> list[list[str]]:
        """Of each view, its features."""
        return [list(known) for known in self._columns]

    @property
    def places(self) -> list[list[int]]:
        """Of each view, the columns of `features`."""
        return [list(known.values()) for known in self._columns]

    def shared(self, rows: Rows) -> Floats:
        """Of each row of an example, how much is known from other examples as well."""
        squares = np.square(rows.values) * (self.used > 1)[rows.columns]
        return np.bincount(rows.owners(), squares, minlength=len(rows)).astype(np.float32)

    def row(self, views: Views) -> tuple[list[int], list[float], float]:
        """Columns, values, and how much of the sentence they make up: 1 when every feature is known."""
        found: list[int] = []
        values: list[float] = []
        total = sum(weight for weight, view in zip(WEIGHTS, views, strict=True) if view) or 1.0
        for columns, view, weight in zip(self._columns, views, WEIGHTS, strict=True):
            self._add_view(columns, view, weight / total, found, values)
        return found, values, math.fsum(value * value for value in values)

    def _add_view(
        self, columns: dict[str, int], view: list[str], weight: float, found: list[int], values: list[float]
    ) -> None:
        length, first = 0.0, len(values)
        for feature, times in Counter(view).items():
            column = columns.get(feature)
            value = (1 + math.log(times)) * (self._unused if column is None else self._rarity[column])
            length += value * value
            if column is not None:
                found.append(column)
                values.append(value)
        scale = math.sqrt(weight / length) if length else 0.0
        values[first:] = [value * scale for value in values[first:]]

    def rows(self, sentences: Iterable[Views]) -> Rows:
        """All sentences together."""
        bounds, columns, values = [0], [], []
        for views in sentences:
            found, weights, _ = self.row(views)
            columns += found
            values += weights
            bounds.append(len(columns))
        return Rows(np.array(bounds, np.int32), np.array(columns, np.int32), np.array(values, np.float32), self.width)
