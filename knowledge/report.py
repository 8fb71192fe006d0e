"""What a check of HQ's folder says: to people, and to machines."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.content import Loaded
from knowledge.problem import Problem


def format_problems(problems: Iterable[Problem]) -> str:
    """All problems in two parts, what stops a publish first; "" when there are none."""
    every = list(problems)
    errors = [problem for problem in every if problem.is_error]
    warnings = [problem for problem in every if not problem.is_error]
    parts = [
        *([f"【错误】{len(errors)} 处,改好才能发布"] if errors else []),
        *map(str, errors),
        *([f"【提醒】{len(warnings)} 处,不影响发布,请看一眼"] if warnings else []),
        *map(str, warnings),
    ]
    return "\n".join(parts)


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
