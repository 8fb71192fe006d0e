"""Confidences that are fitted to a chain: deterministic, kept as JSON, and what they promise."""

from __future__ import annotations

import json
from datetime import date

import pytest

from knowledge.calibration import Calibration, calibrate
from knowledge.confidence import Measures, share
from knowledge.entry import Audience
from knowledge.index import Index, Scope
from tests.unit.knowledge.making import entry

SCOPE = Scope(Audience.CUSTOMER, None, date(2026, 11, 23))
THINGS = ("停车场", "早餐", "健身房", "游泳池", "洗衣房", "会议室", "酒吧", "茶室", "书店", "花园", "露台", "桑拿")


def chain(alike: bool) -> Index:
    """Entries whose wordings resemble each other, or have nothing in common."""
    if alike:
        return Index(
            entry(thing, f"{thing}几点开门", f"{thing}什么时候开始营业", f"请问{thing}几点开") for thing in THINGS
        )
    odd = ("天地玄黄宇宙", "日月盈昃辰宿", "寒来暑往秋收", "云腾致雨露结")
    return Index(entry(str(at), odd[at % 4][:3] + thing[0], odd[(at + 1) % 4][:3]) for at, thing in enumerate(THINGS))


@pytest.fixture(scope="module")
def fitted() -> Calibration:
    return calibrate(chain(alike=True))


def test_the_same_content_gives_the_same_calibration(fitted: Calibration) -> None:
    assert calibrate(chain(alike=True)) == fitted
    assert fitted.questions >= 3 * len(THINGS)
    assert fitted != Calibration()


def test_it_survives_json(fitted: Calibration) -> None:
    assert Calibration.from_json(json.loads(json.dumps(fitted.to_json()))) == fitted


@pytest.mark.parametrize("broken", [{}, {"base": 1.0}, {**Calibration().to_json(), "weights": [1.0]}])
def test_that_of_another_version_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a calibration"):
        Calibration.from_json(broken)


def test_a_chain_that_understands_itself_is_surer(fitted: Calibration) -> None:
    def confidence(index: Index, said: str) -> float:
        return index.search(said, SCOPE)[0].confidence

    index = chain(alike=True)
    trusting, doubting = index.calibrated(fitted), index.calibrated(calibrate(chain(alike=False)))
    assert index.calibration == Calibration()
    assert trusting.calibration == fitted
    assert confidence(trusting, "茶室几点钟开门营业") > confidence(doubting, "茶室几点钟开门营业")
    assert confidence(trusting, "茶室几点开门") >= 0.97


def test_too_small_a_chain_keeps_the_prior() -> None:
    assert calibrate(Index([entry("甲", "几点开门", "什么时候开门")])) == Calibration()
    assert calibrate(Index([])) == Calibration()


def test_small_talk_stays_below_the_lines(fitted: Calibration) -> None:
    index = chain(alike=True).calibrated(fitted)
    for said in ("给我唱首歌", "你觉得人生有意义吗", "我的快递丢在楼下了"):
        assert all(hit.confidence < 0.55 for hit in index.search(said, SCOPE))


def test_somebody_who_tells_more_than_is_asked_is_answered_as_well(fitted: Calibration) -> None:
    index = chain(alike=True).calibrated(fitted)
    (best, *_) = index.search("我们明天带孩子过来茶室几点钟开门", SCOPE)
    assert best.entry.number == "茶室"
    assert best.confidence > 0.5


def test_a_share_is_whole_without_rivals_and_small_among_many() -> None:
    assert share(0.5, []) == 1
    assert share(0.5, [0.5]) == pytest.approx(0.5)
    assert share(0.5, [0.5] * 9) == pytest.approx(0.2)  # only the nearest few count
    assert share(0.5, [0.1]) > 0.99
    assert share(0.1, [0.5]) < 0.01


def test_confidences_near_the_top_stay_in_order_and_below_it() -> None:
    sure = Calibration(base=0.0, weights=(1.0,) * len(Calibration().weights))
    low, high = (Measures(score, *[0.0] * (len(sure.weights) - 1)) for score in (3.0, 6.0))
    assert 0.9 < sure.estimate(low) < sure.estimate(high) < 0.96
