"""What HQ adds to the sentences, and what it is told when something is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.hq import parse
from intents.recogniser import EXAMPLE, TEMPLATE, Recogniser

PATH = "intents/取暖.yaml"
GOOD = """\
意思: room.service
种类: 送物
例句:
  - 脚冷,弄点暖和的东西来
句式:
  - (弄|整)[个|点]…<取暖>
不算:
  - <取暖>多少钱
词组:
  取暖: 暖宝宝|汤婆子
"""


def test_good_file_has_no_problem_and_is_understood_at_once() -> None:
    addition, problems = parse(PATH, GOOD.encode())
    assert addition is not None
    assert (addition.intent, addition.kind, problems) == ("room.service", "送物", ())
    recogniser = Recogniser.load({PATH: GOOD.encode()})
    (told,) = recogniser.recognise("给我整个汤婆子")
    assert (told.intent, told.kind, told.source) == ("room.service", "送物", TEMPLATE)
    (guessed,) = recogniser.recognise("脚冷弄点暖和的东西来")
    assert (guessed.intent, guessed.kind, guessed.source) == ("room.service", "送物", EXAMPLE)
    assert Recogniser.load().recognise("给我整个汤婆子")[0].intent == "none"


def test_ours_are_understood_as_before_beside_a_list_of_the_same_name() -> None:
    text = "意思: room.service\n种类: 送物\n句式: [来<thing>]\n词组: {thing: 汤婆子}\n"
    recogniser = Recogniser.load({PATH: text.encode()})
    assert recogniser.recognise("来汤婆子")[0].source == TEMPLATE
    assert recogniser.recognise("送两瓶水")[0].source == TEMPLATE


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("意思: stay.extent\n例句: [续一宿]\n", 1, "是不是「stay.extend」"),
        ("例句: [续一宿]\n", 0, "没有写「意思」"),
        ("意思: stay.extend\n例据: [续一宿]\n", 2, "是不是「例句」"),
        ("意思: stay.extend\n例句: 续一宿\n", 2, "每行以「- 」开头"),
        ("意思: stay.extend\n例句:\n  - 续一宿\n  - '?!'\n", 4, "里面没有字"),
        ("意思: stay.extend\n例句: [再续(一|两)宿, '再[多]留']\n", 2, "不用写"),
        ("意思: stay.extend\n句式:\n  - (续|接\n", 3, "括号不成对"),
        ("意思: stay.extend\n句式:\n  - 续<什么>\n", 3, "词组没有写"),
        ("意思: stay.extend\n句式:\n  - 续…一…两…三…四\n", 3, "「…」太多"),
        ("意思: stay.extend\n句式: ['(续|)']\n", 2, "空的选项"),
        ("意思: stay.extend\n种类: 送物\n例句: [续一宿]\n", 2, "不分种类"),
        ("意思: room.service\n例句: [来点啥]\n", 1, "要写「种类」"),
        ("意思: complain\n例句: [气人]\n", 2, "只认句式"),
        ("意思: stay.extend\n例句: [续一宿]\n例句: [再一宿]\n", 3, "写了两次"),
        ("意思: stay.extend\n例句: &a [续一宿]\n句式: *a\n", 3, "引用"),
        ("- 续一宿\n", 0, "名字: 内容"),
        ("意思: stay.extend\n例句: [续一宿\n", 3, "格式读不懂"),
        ("", 0, "名字: 内容"),
    ],
)
def test_wrong_file_is_told_where_what_and_what_to_do(text: str, line: int, words: str) -> None:
    _, problems = parse(PATH, text.encode())
    found = [problem for problem in problems if words in problem.message]
    assert found, problems
    assert found[0].line == line
    assert str(found[0]).startswith(PATH)
    Recogniser.load({PATH: text.encode()})


def test_file_in_another_encoding_or_too_large_is_told() -> None:
    assert "UTF-8" in parse(PATH, "意思: stay.extend".encode("gbk"))[1][0].message
    assert "太大" in parse(PATH, b"#" * 300_000)[1][0].message


@given(st.text(alphabet="意思例句式不算词组: stay.extend\n-[]()|<>#…&*'\"{},", max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_file_is_read_or_refused_and_never_breaks(text: str) -> None:
    addition, problems = parse(PATH, text.encode())
    assert addition is not None or problems


def test_deep_nesting_is_refused() -> None:
    deep = "意思: stay.extend\n例句: " + "[" * 5000
    assert parse(PATH, deep.encode())[1]
    template = "意思: stay.extend\n句式: ['" + "(" * 90 + "续" + ")" * 90 + "']"
    assert parse(PATH, template.encode())[0] is not None
