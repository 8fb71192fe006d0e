"""The small language of the sentence files."""

from __future__ import annotations

import re

import pytest

from intents.message import clean
from intents.pattern import GAP, BadTemplateError, any_of, read_template
from intents.rule import Rule


def matches(template: str, text: str, **lists: str) -> bool:
    known = {name: read_template(inside, {}, clean) for name, inside in lists.items()}
    return re.fullmatch(read_template(template, known, clean).expression(GAP), clean(text)) is not None


@pytest.mark.parametrize(
    ("template", "text", "expected"),
    [
        ("别(发|推)了", "别推了", True),
        ("别(发|推)了", "别了", False),
        ("别[再]发了", "别发了", True),
        ("别[再|总]发了", "别总发了", True),
        ("等了#分钟", "等了20分钟", True),
        ("等了#分钟", "等了三十分钟", True),
        ("等了#分钟", "等了分钟", False),
        ("找…经理", "找一下你们经理", True),
        ("找…经理", "找一下你们这里今天值班的经理", False),
        ("<stop>发", "不要发", True),
        ("轉人工", "转人工", True),
        ("Thank you", "thank  YOU", True),
        ("谢谢[(你|您)[们]]", "谢谢您们", True),
    ],
)
def test_template(template: str, text: str, expected: bool) -> None:
    assert matches(template, text, stop="(别|不要)") is expected


@pytest.mark.parametrize(("literal", "text"), [("t", "t恤td"), ("hi", "history"), ("12315", "123156")])
def test_latin_literal_does_not_match_inside_a_longer_word(literal: str, text: str) -> None:
    assert re.search(read_template(literal, {}, clean).expression(GAP), text.removeprefix("t恤")) is None


@pytest.mark.parametrize("template", ["(别", "别)", "[别", "(别|)", "<nothing>", "?!", "别]发", "()"])
def test_bad_template_is_refused_with_its_text(template: str) -> None:
    with pytest.raises(BadTemplateError, match=re.escape(template)):
        read_template(template, {}, clean)


def test_no_templates_match_nothing() -> None:
    assert re.search(any_of([]), "什么都行") is None


@pytest.mark.parametrize("data", [{"intent": "greet", "form": ["你好"]}, {"intent": "greet", "whole": "你好"}])
def test_sentence_file_with_a_wrong_key_or_value_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(BadTemplateError):
        Rule.parse(data)
