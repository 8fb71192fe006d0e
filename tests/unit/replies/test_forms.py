"""How each thing is asked for, and what HQ may say otherwise in orders.yaml."""

from __future__ import annotations

import pytest

from bot.replies.filling import fill
from bot.replies.forms import Forms
from bot.replies.step import Ask
from intents.slots import SlotName
from knowledge.problem import Place
from tests.unit.replies.counter import Counter

PLACE = Place("orders.yaml")
OWN = {"store", "items", "choice", "agree", "any", "errand", "detail", "title", "tax_number", "email", "until"}


def test_every_form_can_ask_for_what_it_needs() -> None:
    forms = Forms.load()
    for form in forms.by_intent.values():
        for need in form.needs:
            assert form.ask([need]), (form.intent, need)
        assert form.ask(["any"]) if form.any_of else True
        for question in form.questions:
            assert question.say.count("?") == 1
            assert question.say.endswith("?")


def test_every_slot_is_one_that_messages_carry_and_has_a_short_label() -> None:
    forms = Forms.load()
    known = {name.value for name in SlotName} | OWN
    for form in forms.by_intent.values():
        names = {*form.needs, *form.any_of, *form.takes, *form.profile, *form.fixed, *form.silent}
        assert names <= known, form.intent
        assert {len(forms.label(name)) <= 5 for name in names - {"size", "sugar", "ice"}} <= {True}


def test_the_sentence_that_asks_for_most_of_what_is_missing_is_taken() -> None:
    form = Forms.load().by_intent["stay.book"]
    assert form.ask(["date", "nights"]) == "想几号入住,住几晚呢?"
    assert form.ask(["nights"]) == "打算住几晚呢?"
    assert form.ask(["rooms"]) is None


def test_hq_s_own_words_are_asked() -> None:
    data = {"问法": {"订房": {"几号和几晚": "亲,哪天来、住几晚呀?"}}, "过期分钟": 10, "没听懂几次转人": 1}
    forms, problems = Forms.parse(data, PLACE)
    assert problems == ()
    assert (forms.expires_in.total_seconds(), forms.misses_most) == (600, 1)
    counter = Counter(forms=forms)
    asked = counter.take(counter.hear("订房", means=["stay.book"]))
    assert isinstance(asked, Ask)
    assert asked.text == "亲,哪天来、住几晚呀?"


@pytest.mark.parametrize(
    ("data", "column", "words"),
    [
        ({"问法": {"订房": {"几号": "几号?住几晚?"}}}, "几号", "两个问号"),
        ({"问法": {"订房": {"几号": "告诉我几号"}}}, "几号", "以问号结尾"),
        ({"问法": {"订房": {"几号": "长" * 70 + "?"}}}, "几号", "最多 60 个字"),
        ({"问法": {"订房": {"几号": "{房型}几号?"}}}, "几号", "不认识 {房型}"),
        ({"说法": {"没听明白": "没懂"}}, "没听明白", "少了 {问}"),
        ({"问法": {"订方": {}}}, "订方", "不认识「订方」"),
        ({"问法": {"订房": {"几日": "几号?"}}}, "几日", "不认识「几日」"),
        ({"过期分钟": "半小时"}, "过期分钟", "1 到 1440"),
        ({"过其分钟": 5}, "过其分钟", "不认识"),
    ],
)
def test_what_hq_cannot_mean_is_refused_and_the_shipped_words_hold(
    data: dict[str, object], column: str, words: str
) -> None:
    forms, problems = Forms.parse(data, PLACE)
    assert [problem.column for problem in problems] == [column]
    assert words in problems[0].message
    assert forms == Forms.load()


def test_what_a_form_does_not_take_is_left_alone() -> None:
    counter = Counter()
    form = counter.forms.by_intent["stay.extend"]
    frame = counter.hear("两间大床")
    start = counter.take(counter.hear("订房", means=["stay.book"]))
    assert isinstance(start, Ask)
    assert fill(start.frame, form, frame, counter.facts()).filled == frozenset()
