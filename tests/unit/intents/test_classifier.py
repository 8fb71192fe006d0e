"""What the classifier learns from examples, how sure it is, and what it costs."""

from __future__ import annotations

import time

import numpy as np
import pytest

from intents import least_squares
from intents.classifier import Classifier
from intents.sparse import Vocabulary
from intents.views import look

EXAMPLES = {
    "water": ["送两瓶水", "房间没水了", "再拿点矿泉水上来", "帮我送瓶水到1806", "水喝完了能补吗", "来两瓶矿泉水"],
    "taxi": ["帮我叫个车", "能叫出租车吗", "明早想打车去机场", "约一辆车八点走", "叫辆出租车", "打车方便吗"],
    "pool": ["泳池几点开", "游泳池在几楼", "游泳要泳帽吗", "泳池开到几点", "小孩能游泳吗", "游泳池现在能去吗"],
}
PAIRS = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.train(PAIRS)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("麻烦送瓶矿泉水", "water"),
        ("幫我送兩瓶礦泉水", "water"),
        ("帮我叫一辆出租车吧", "taxi"),
        ("嗯那个我想打个车", "taxi"),
        ("游泳吃几点开", "pool"),
        ("泳池在哪层", "pool"),
    ],
)
def test_sentence_like_the_examples_is_understood(classifier: Classifier, text: str, intent: str) -> None:
    assert classifier.guess(text).intent == intent


def test_strange_sentence_is_less_sure_than_a_known_one(classifier: Classifier) -> None:
    assert classifier.guess("论语第三章讲什么").confidence < classifier.guess("送两瓶矿泉水").confidence


@pytest.mark.parametrize("text", ["", "   ", "?!", "🙂", "a" * 5000, "水" * 5000])
def test_any_text_is_guessed_at(classifier: Classifier, text: str) -> None:
    assert 0 <= classifier.guess(text).confidence <= 1


def test_same_examples_give_the_same_classifier(classifier: Classifier) -> None:
    assert Classifier.train(PAIRS).guess("送水") == classifier.guess("送水")


def test_one_intent_alone_can_be_learned() -> None:
    assert Classifier.train([("你好", "greet")]).guess("随便").intent == "greet"


def test_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(ValueError, match="no examples"):
        Classifier.train([])


def test_left_out_scores_are_what_training_without_the_example_gives() -> None:
    """The shortcut against the long way: train on all others, look at the one."""
    views = [look(text) for text, _ in PAIRS]
    rows = Vocabulary.of(views).rows(views)
    labels = np.repeat(np.arange(3, dtype=np.int32), 6)
    unseen = least_squares.solve(rows, labels, 3).unseen
    for left_out in range(18):
        others = np.array([at for at in range(18) if at != left_out])
        solution = least_squares.solve(rows.pick(others), labels[others], 3)
        own = slice(rows.bounds[left_out], rows.bounds[left_out + 1])
        scores = rows.values[own] @ solution.weights[rows.columns[own]] + solution.bias
        assert unseen[left_out] == pytest.approx(scores, abs=0.1)


def test_many_examples_are_solved_apart_and_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Classifier.train(PAIRS)
    monkeypatch.setattr(least_squares, "MOST", 9)
    apart = Classifier.train(PAIRS)
    assert [apart.guess(text).intent for text, _ in PAIRS] == [whole.guess(text).intent for text, _ in PAIRS]


def test_three_thousand_examples_are_learned_quickly() -> None:
    places = ["一楼", "二楼", "大堂", "餐厅", "房间", "泳池", "健身房", "停车场", "会议室", "门口"]
    things = [
        "毛巾",
        "牙刷",
        "拖鞋",
        "杯子",
        "被子",
        "枕头",
        "衣架",
        "浴袍",
        "水壶",
        "雨伞",
        "充电器",
        "吹风机",
        "剃须刀",
        "梳子",
        "电池",
    ]
    ways = [
        "送{}到{}",
        "{}在{}吗",
        "{}里有{}吗",
        "帮我把{}拿到{}",
        "{}落在{}了",
        "想要{}放{}",
        "要换{}去{}",
        "{}和{}",
        "{}不是{}",
    ]
    examples = [
        (way.format(thing, place) + tail, way)
        for way in ways
        for thing in things
        for place in places
        for tail in ("", "谢谢", "快点")
    ][:3000]
    Classifier.train(examples[:50])
    started = time.perf_counter()
    classifier = Classifier.train(examples)
    assert time.perf_counter() - started < 6  # 1 s on a quiet core; others may use it too
    started = time.perf_counter()
    for text, _ in examples[:100]:
        classifier.guess(text)
    assert (time.perf_counter() - started) / 100 < 0.005
