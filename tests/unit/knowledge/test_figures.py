"""The figures by which a search is judged, on cases that can be worked out by hand."""

from __future__ import annotations

import pytest

from knowledge.figures import Figures, Judged, Lines, advise, auroc, calibration_error, coverage, curve

RIGHT, SECOND, MISSED = 1, 2, None


def judged(*cases: tuple[float, int | None]) -> list[Judged]:
    return [Judged(confidence, rank) for confidence, rank in cases]


def test_ranking_counts_only_questions_that_have_an_answer() -> None:
    asked = [*judged((0.9, 1), (0.8, 2), (0.7, 3), (0.6, None)), Judged(0.9, None, is_known=False)]
    figures = Figures.of(asked)
    assert (figures.asked, figures.known) == (5, 4)
    assert (figures.top1, figures.recall3) == (0.25, 0.75)
    assert figures.mrr == pytest.approx((1 + 1 / 2 + 1 / 3) / 4)


def test_auroc_is_the_chance_that_right_is_surer_than_wrong() -> None:
    assert auroc(judged((0.9, RIGHT), (0.8, RIGHT), (0.1, MISSED))) == 1.0
    assert auroc(judged((0.1, RIGHT), (0.9, SECOND))) == 0.0
    assert auroc(judged((0.5, RIGHT), (0.5, MISSED))) == 0.5
    assert auroc(judged((0.9, RIGHT), (0.5, RIGHT), (0.7, MISSED), (0.5, MISSED))) == pytest.approx(2.5 / 4)
    assert auroc(judged((0.9, RIGHT))) is None


def test_coverage_is_what_some_line_lets_through_at_that_precision() -> None:
    asked = judged((0.9, RIGHT), (0.8, MISSED), (0.7, RIGHT), (0.6, RIGHT), (0.5, RIGHT), (0.4, MISSED))
    assert coverage(asked, 0.8) == pytest.approx(5 / 6)
    assert coverage(asked, 0.95) == pytest.approx(1 / 6)
    assert coverage(judged((0.9, MISSED)), 0.9) == 0.0


def test_what_is_equally_sure_is_let_through_together() -> None:
    assert coverage(judged((0.9, RIGHT), (0.9, MISSED)), 0.9) == 0.0


def test_calibration_error_is_the_distance_between_sure_and_right() -> None:
    assert calibration_error(judged(*[(0.85, RIGHT)] * 17, *[(0.85, MISSED)] * 3)) == pytest.approx(0.0)
    assert calibration_error(judged((1.0, MISSED), (0.0, MISSED))) == pytest.approx(0.5)
    assert calibration_error([Judged(0.05, RIGHT), Judged(0.15, MISSED)]) == pytest.approx((0.95 + 0.15) / 2)


def test_nothing_asked_gives_no_figure() -> None:
    figures = Figures.of([])
    assert figures.asked == 0
    assert figures.top1 is figures.auroc is figures.coverage90 is figures.calibration_error is None


def test_the_curve_says_what_each_line_would_do() -> None:
    asked = judged((0.9, RIGHT), (0.6, SECOND), (0.3, MISSED), (0.02, MISSED))
    points = {point.line: point for point in curve(asked)}
    assert (points[0.05].above, points[0.05].right, points[0.05].among) == (0.75, 1 / 3, 2 / 3)
    assert (points[0.6].above, points[0.6].right, points[0.6].among) == (0.5, 0.5, 1.0)
    assert (points[0.95].above, points[0.95].right) == (0.0, None)


def test_advice_is_the_lowest_line_that_keeps_what_it_promises() -> None:
    sure = [(0.92, RIGHT)] * 20
    middling = [*[(0.62, RIGHT)] * 8, *[(0.62, SECOND)] * 4]
    poor = [*[(0.32, SECOND)] * 6, *[(0.32, MISSED)] * 4]
    hopeless = [(0.11, MISSED)] * 40
    assert advise(judged(*sure, *middling, *poor, *hopeless)) == Lines(auto=0.65, answer=0.35, offer=0.15)
    assert advise(judged(*hopeless)) == Lines(None, None, None)
