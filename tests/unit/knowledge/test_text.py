from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import key, normalise, strip_courtesy, words


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("請問WiFi密碼是多少？？[微笑]", "请问wifi密码是多少"),
        ("Ｑ＆Ａ：１２：３０", "q a 12:30"),
        ("早餐 几点 开始", "早餐几点开始"),
        ("iPhone 15 充电器🔌", "iphone 15充电器"),
        ("1,280元/晚", "1280元晚"),
        ("[定金]退吗", "定金退吗"),
        ("a\u200bb", "ab"),
        ("3.5折 50% 10:30", "3.5折50%10:30"),
        ("\t\n", ""),
    ],
)
def test_one_spelling_for_what_reads_the_same(said: str, plain: str) -> None:
    assert normalise(said) == plain


def test_traditional_characters_read_like_simplified_ones() -> None:
    traditional = "請問早餐幾點開始,房間裡沒有熱水,還有電視壞了,麻煩幫我換個枕頭,謝謝您們"
    assert normalise(traditional) == normalise("请问早餐几点开始,房间里没有热水,还有电视坏了,麻烦帮我换个枕头,谢谢您们")


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("您好,请问一下几点退房呀~谢谢", "几点退房"),
        ("亲，亲子房有吗", "亲子房有"),
        ("hi,有人在吗", ""),
        ("你好像没听懂", "你好像没听懂"),
        ("我想问一下停车要钱吗", "停车要钱"),
        ("麻烦您帮我看下有没有房间,辛苦了", "有没有房间"),
        ("有酒吧吗", "有酒吧"),
        ("这是为什么呢", "这是为什么"),
        ("在附近吗", "在附近"),
    ],
)
def test_courtesy_goes_and_the_question_stays(said: str, left: str) -> None:
    assert strip_courtesy(said) == left


def test_words_are_cut_and_own_no_spaces() -> None:
    assert words("请问 WiFi 密码是多少") == ["请问", "wifi", "密码", "是", "多少"]


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert len(strip_courtesy(text)) <= len(once)
    assert bool(key(text)) == bool(once)


@pytest.mark.parametrize(
    "piece", ["你好", "请问一下", "一下", "啊", "么", "谢谢", " ", "我想问", "[微笑", "1,000", "a@", "不好意思 "]
)
def test_long_messages_take_no_long_time(piece: str) -> None:
    began = time.thread_time()
    for text in (piece * 1000, piece * 1000 + "x", "x" + piece * 1000):
        strip_courtesy(text)
    assert time.thread_time() - began < 2
