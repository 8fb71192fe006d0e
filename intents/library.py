"""The sentence files: those that come with the package, and what HQ adds to them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import yaml

from intents.hq import Addition, parse
from intents.rule import COLUMNS, Rule


def shipped() -> Mapping[str, Mapping[str, Any]]:
    """What each file of `sentences/` says, by its name without ending, in alphabetical order."""
    folder = files("intents") / "sentences"
    found = {file.name: file for file in folder.iterdir() if file.name.endswith(".yaml")}
    return {
        name.removesuffix(".yaml"): yaml.load(found[name].read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 (safe)
        for name in sorted(found)
    }


#: The one in C reads all files in a tenth of the time; both are safe loaders.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_rules(extra: Mapping[str, bytes]) -> list[Rule]:
    """Every rule; HQ's additions count as if they stood in our own file of that intent (and kind)."""
    files_of_ours = [dict(data) for data in shipped().values()]
    for path in sorted(extra):
        addition, _ = parse(path, extra[path])
        if addition is not None:
            _add(addition, files_of_ours)
    return [Rule.parse(data) for data in files_of_ours]


def _add(addition: Addition, files_of_ours: list[dict[str, object]]) -> None:
    """To the first file of the same intent and kind."""
    for data in files_of_ours:
        if (data["intent"], data.get("kind", "")) == (addition.intent, addition.kind):
            for column in ("examples", *COLUMNS):
                if more := addition.columns.get(column):
                    data[column] = [*_listed(data.get(column)), *more]
            lists = data.get("lists")
            data["lists"] = {**(lists if isinstance(lists, Mapping) else {}), **addition.lists}
            return


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []
