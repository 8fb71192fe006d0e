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
    """Every rule, HQ's additions among them."""
    return [Rule.parse(data) for data in merged(extra).values()]


def merged(extra: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Our files, by name; HQ's additions count as if they stood in the one of their intent and kind."""
    ours = {name: dict(data) for name, data in shipped().items()}
    for path in sorted(extra):
        addition, _ = parse(path, extra[path])
        if addition is not None:
            _add(addition, ours)
    return ours


def _add(addition: Addition, ours: Mapping[str, dict[str, Any]]) -> None:
    for data in ours.values():
        if (data["intent"], data.get("kind", "")) == (addition.intent, addition.kind):
            for column in ("examples", *COLUMNS):
                if more := addition.columns.get(column):
                    known = list(data.get(column, ()))
                    data[column] = [*known, *(said for said in more if said not in known)]
            data["lists"] = {**data.get("lists", {}), **addition.lists}
            return
