"""What a check of HQ's folder says: to people, and to machines."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.content import Loaded
from knowledge.problem import Problem


def format_problems(problems: Iterable[Problem]) -> str:
    """All problems, errors first as `load` orders them; "" when there are none."""
    blocks = {True: "错误", False: "提醒"}
    return "\n".join(f"【{blocks[problem.is_error]}】{problem}" for problem in problems)


def summary(loaded: Loaded, in_force: str = "") -> str:
    """The closing line. `in_force` is the version that stores use now, such as 11-21 18:02; "" when there is none."""
    errors, warnings = _count(loaded)
    line = f"共 {loaded.entries} 条:{loaded.usable} 条可用,{errors} 处错误,{warnings} 处提醒。"
    if loaded.content is None:
        kept = f",门店仍在使用 {in_force} 的版本" if in_force else ""
        return f"{line}有错误,本次没有发布{kept}。"
    return f"{line}可以发布(版本 {loaded.version})。"


def to_json(loaded: Loaded) -> dict[str, object]:
    """One object: errors, warnings, entries, version, problems."""
    errors, warnings = _count(loaded)
    return {
        "errors": errors,
        "warnings": warnings,
        "entries": loaded.entries,
        "version": loaded.version,
        "problems": [
            {
                "file": problem.file,
                "sheet": problem.sheet,
                "row": problem.row,
                "column": problem.column,
                "level": problem.level.value,
                "code": problem.code,
                "quoted": problem.quoted,
                "message": problem.message,
            }
            for problem in loaded.problems
        ],
    }


def _count(loaded: Loaded) -> tuple[int, int]:
    errors = sum(problem.is_error for problem in loaded.problems)
    return errors, len(loaded.problems) - errors
