"""What a check found, and how it is told: one line, and under it what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    GOOD = "✓"
    WARNING = "⚠"  #: works, but somebody should look
    BAD = "✗"
    SKIPPED = "–"  #: not looked at


@dataclass(frozen=True, slots=True)
class Finding:
    """Never holds a secret, a customer's name or a customer's words."""

    mark: Mark
    text: str
    steps: tuple[str, ...] = ()  #: a line each, under the text

    def lines(self, name: str) -> str:
        """As printed for the check `name`."""
        return "\n  ".join([f"{self.mark} {name}: {self.text}", *self.steps])


def good(text: str, *steps: str) -> Finding:
    return Finding(Mark.GOOD, text, steps)


def warn(text: str, *steps: str) -> Finding:
    return Finding(Mark.WARNING, text, steps)


def bad(text: str, *steps: str) -> Finding:
    return Finding(Mark.BAD, text, steps)


def skipped(need: str) -> Finding:
    return Finding(Mark.SKIPPED, f"没有检查,先解决上一项({need})")


def listed(names: Iterable[str], most: int = 8) -> str:
    """`甲、乙、丙 等 12 个`."""
    every = list(names)
    shown = "、".join(every[:most])
    return f"{shown} 等 {len(every)} 个" if len(every) > most else shown


def closing(marks: Sequence[Mark]) -> str:
    """The last line: how it stands, and what to do next."""
    bads, warnings = marks.count(Mark.BAD), marks.count(Mark.WARNING)
    if bads:
        return f"有 {bads} 项要处理:从第一个 {Mark.BAD} 开始,改好后再运行一次 dianxiaoer doctor。"
    return f"可以用了,另有 {warnings} 处提醒。" if warnings else "都好了。"
