"""HQ's files, read and checked by all who know them: `knowledge`, and `intents` for sentences and days off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from intents import hq
from intents.calendar import BadHolidayError, Calendar
from knowledge.content import Loaded, load
from knowledge.problem import Place, Problem, error

_SENTENCES = re.compile(r"intents/[^/.~][^/]*\.ya?ml", re.IGNORECASE)


def load_all(files: Mapping[str, bytes]) -> Loaded:
    """As `knowledge.content.load`, with what is wrong in HQ's `intents/*.yaml`. Never raises on bad input."""
    loaded = load(files)
    wrong = _holidays(loaded.content.holidays) if loaded.content is not None else []
    wrong += [problem for path in sorted(files) if _SENTENCES.fullmatch(path) for problem in _read(path, files[path])]
    if not wrong:
        return loaded
    return replace(loaded, content=None, problems=tuple(sorted((*loaded.problems, *wrong), key=_order)))


def _read(path: str, data: bytes) -> list[Problem]:
    _, problems = hq.parse(path, data)
    return [error(Place(path, row=each.line), "sentence", each.message) for each in problems]


def _holidays(trees: Mapping[str, Mapping[str, object]]) -> list[Problem]:
    found = []
    for path, tree in trees.items():
        try:
            Calendar.load({path: tree})
        except BadHolidayError as failure:
            found.append(error(Place(path), "holidays", f"{str(failure).removeprefix(f'{path}: ')}。"))
    return found


def _order(problem: Problem) -> tuple[bool, str, str, int]:
    return not problem.is_error, problem.file, problem.sheet, problem.row
