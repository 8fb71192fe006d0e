"""Figures as tables that a person reads in a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from knowledge.figures import Figures, Judged, advise, curve

_ROWS: tuple[tuple[str, str], ...] = (
    ("问题(句)", "asked"),
    ("其中有答案", "known"),
    ("首条答对 top-1", "top1"),
    ("前三有它 recall@3", "recall3"),
    ("平均倒数排名 MRR@3", "mrr"),
    ("对错分得开 AUROC", "auroc"),
    ("准确率 90% 时的作答占比", "coverage90"),
    ("准确率 95% 时的作答占比", "coverage95"),
    ("校准误差 ECE", "calibration_error"),
)


def figures_table(parts: Mapping[str, Sequence[Judged]]) -> str:
    """One column for each part of the questions."""
    figures = {name: Figures.of(judged) for name, judged in parts.items()}
    rows = [[label, *(_show(getattr(each, key)) for each in figures.values())] for label, key in _ROWS]
    return columns([["", *figures], *rows])


def curve_table(judged: Sequence[Judged]) -> str:
    """What each line would do, and which lines these questions speak for."""
    rows = [["线", "到线的占比", "首条答对", "前三有它"]]
    rows += [
        [f"{point.line:.2f}", f"{point.above:.3f}", _show(point.right), _show(point.among)] for point in curve(judged)
    ]
    lines = advise(judged)
    advice = [
        f"自动回复线 {_line(lines.auto)}(到线的 95% 答对)",
        f"作答线 {_line(lines.answer)}(到线的 75% 答对)",
        f"备选线 {_line(lines.offer)}(没到作答线的,一半以上前三条里有它)",
    ]
    return f"{columns(rows)}\n照这条曲线,policy.yaml 可以写:{' · '.join(advice)}"


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Cells below each other, the first column to the left, the others to the right."""
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(_pad(cell, widths[at], at) for at, cell in enumerate(row)).rstrip() for row in rows)


def _pad(cell: str, width: int, at: int) -> str:
    space = " " * (width - _width(cell))
    return space + cell if at else cell + space


def _show(value: float | None) -> str:
    if value is None:
        return "—"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _line(value: float | None) -> str:
    return "达不到" if value is None else f"{value:.2f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
