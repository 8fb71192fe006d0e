"""The persona's sentences around HQ's answer."""

from __future__ import annotations

import pytest

from bot.replies.persona import count_emoji, find_forbidden, own_sentence, word_answer
from knowledge.chain import Store
from knowledge.persona import Persona

STORE = Store("1", "湖边店", cells={"门店名称": "湖边店", "停车": ""})
PERSONA = Persona(opening="您好,", closing="祝您开心~")


def worded(answer: str, persona: Persona = PERSONA, *, is_first: bool = True) -> str:
    return word_answer(answer, persona, STORE, is_first=is_first)


def test_opening_stands_before_the_first_answer_of_the_day_only() -> None:
    assert worded("楼下有停车场。") == "您好,楼下有停车场。祝您开心~"
    assert worded("楼下有停车场。", is_first=False) == "楼下有停车场。祝您开心~"


@pytest.mark.parametrize("answer", ["您好,有的。", "你好呀~有的", "早上好!有的。", "亲,有的哦", "Hi 有的", "大家好"])
def test_answer_that_greets_gets_no_opening(answer: str) -> None:
    assert worded(answer).startswith(answer)


@pytest.mark.parametrize("answer", ["您先别动。", "亲子房有两间。", "欢迎带宠物。", "His 是一种系统。"])
def test_answer_that_only_looks_like_a_greeting_gets_the_opening(answer: str) -> None:
    assert worded(answer).startswith("您好," + answer)


def test_answer_that_ends_so_already_gets_no_closing() -> None:
    assert worded("有的。祝您开心~", is_first=False) == "有的。祝您开心~"


def test_open_end_is_closed_with_a_comma() -> None:
    assert worded("早餐在二楼", Persona(closing="欢迎来尝"), is_first=False) == "早餐在二楼,欢迎来尝"


def test_own_words_give_way_to_length_and_the_answer_is_never_cut() -> None:
    answer = "很长的答案" * 50
    assert worded(answer) == answer
    assert worded("12345678。", Persona(opening="您好,", closing="祝您开心~", longest=12)) == "您好,12345678。"


def test_own_emoji_give_way_and_hq_s_stay() -> None:
    persona = Persona(closing="等您来😊", emoji_most=1)
    assert worded("有的。", persona) == "有的。等您来😊"
    assert worded("有的🎉。", persona) == "有的🎉。"
    assert worded("有的🎉🎉🎉。", Persona(closing="等您来", emoji_most=1)) == "有的🎉🎉🎉。等您来"


def test_own_sentence_with_a_forbidden_word_or_a_hole_is_left_out() -> None:
    assert worded("有的。", Persona(opening="亲亲,", forbidden=("亲亲",))) == "有的。"
    assert worded("有的。", Persona(closing="停车:{{门店.停车}}")) == "有的。"


def test_own_sentence_is_rendered_for_the_store() -> None:
    persona = Persona(greeting="您好,这里是{{门店.名称}}")
    assert own_sentence(persona.greeting, persona, STORE) == "您好,这里是湖边店"
    assert own_sentence(persona.greeting, persona, None) == ""


def test_forbidden_words_are_found_whatever_their_case() -> None:
    assert find_forbidden("全国NO.1,绝对好", Persona(forbidden=("绝对", "No.1", "顶级"))) == ("绝对", "No.1")


@pytest.mark.parametrize(
    ("text", "count"), [("好", 0), ("😊", 1), ("👍🏽", 1), ("👨‍👩‍👧", 1), ("❤️❤️", 2), ("[微笑]好", 1), ("[定金 30%]", 0)]
)
def test_emoji_are_counted_as_seen(text: str, count: int) -> None:
    assert count_emoji(text) == count
