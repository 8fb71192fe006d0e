from __future__ import annotations

from datetime import time, timedelta

import pytest

from knowledge.content import Content, Loaded, load
from knowledge.persona import Persona
from knowledge.policy import Policy
from knowledge.problem import Place
from knowledge.welcome import Greeting
from tests.unit.knowledge.making import content_of, errors, folder, questions

FAQ = questions({}, {"客户版答案": "", "员工版答案": "内部"}, {"状态": "停用"})


def with_file(name: str, text: str) -> Loaded:
    return load(folder(FAQ, **{f"{name}_yaml": text.encode()}))


def served(name: str, text: str) -> Content:
    return content_of(with_file(name, text))


def test_without_files_there_are_defaults() -> None:
    content = content_of(load(folder(FAQ)))
    assert (content.persona, content.policy) == (Persona(), Policy())
    assert content.welcome.for_visit("door", "T001") is None


def test_persona() -> None:
    persona = served(
        "persona", "名字: 小灯\n开头: 您好,\n结尾:\n禁用词:\n  - 绝对\n  - 最低价\n最长字数: 120\n表情上限: 0\n"
    ).persona
    assert (persona.name, persona.opening, persona.closing) == ("小灯", "您好,", "")
    assert (persona.forbidden, persona.longest, persona.emoji_most) == (("绝对", "最低价"), 120, 0)
    assert persona.greeting == Persona().greeting


def test_policy() -> None:
    text = """静候停顿秒: 0.8
自动回复线: 0.9
转店长分钟: 7.5
安抚语: 马上来~
免打扰开始: "22:30"
自动回复: 否
不用回理由: [广告, 找错人]
时区: Asia/Urumqi
"""
    policy = served("policy", text).policy
    assert policy.quiet_pause == timedelta(seconds=0.8)
    assert policy.manager_after == timedelta(minutes=7.5)
    assert (policy.auto_line, policy.auto_on, policy.soothing) == (0.9, False, "马上来~")
    assert policy.quiet_from == time(22, 30)
    assert policy.zone.key == "Asia/Urumqi"
    assert policy.dismiss_reasons == ("广告", "找错人")


def test_two_lines_part_three_outcomes() -> None:
    policy = served("policy", "作答线: 0.6\n备选线: 0.2\n").policy
    outcomes = {confidence: policy.outcome(confidence).value for confidence in (0.9, 0.6, 0.59, 0.2, 0.19, 0.0)}
    assert outcomes == {0.9: "answer", 0.6: "answer", 0.59: "offer", 0.2: "offer", 0.19: "none", 0.0: "none"}


def test_a_low_answer_line_alone_takes_the_offer_line_along() -> None:
    policy = served("policy", "作答线: 0.1\n").policy
    assert policy.offer_line <= policy.answer_line == 0.1


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ("自动回复线: 1.5", "bad-value", 1),
        ("名字: x\n作答线: 高", "unknown-key", 1),
        ("自动回复线: 0.5\n作答线: 0.8", "bad-value", 1),
        ("作答线: 0.5\n备选线: 0.6", "bad-value", 2),
        ("转店长分钟: 1", "bad-value", 1),
        ("静候最长秒: 0.1", "bad-value", 1),
        ("补卡上限: 2.5", "bad-value", 1),
        ("免打扰开始: 25:00", "bad-value", 1),
        ("时区: 北京", "bad-value", 1),
        ("时区: ../etc", "bad-value", 1),
        ("自动回复: 也许", "bad-value", 1),
        ("不用回理由: [一, 二, 三, 四]", "bad-value", 1),
        ("安抚语: [一, 二]", "bad-value", 1),
        ("问门店: '您在 {{门店.名称}} 吗'", "bad-value", 1),
        ("安抚语: '{% if x %}'", "bad-value", 1),
        ("作答线: 0.5\n安抚语: '{{门店.没有的}}'", "bad-template", 2),
        ("- 一\n- 二", "bad-yaml", 0),
    ],
)
def test_a_wrong_policy_is_refused_with_its_line(text: str, code: str, row: int) -> None:
    loaded = with_file("policy", text)
    assert (code, row) in [(found.code, found.row) for found in errors(loaded)]
    assert loaded.content is None
    assert all(found.file == "policy.yaml" for found in errors(loaded))


def test_sentences_may_name_the_store() -> None:
    assert served("policy", "安抚语: '{{门店.名称}}马上回您'").policy.soothing == "{{门店.名称}}马上回您"
    assert served("persona", "结尾: '{{门店.停车}}'").persona.closing == "{{门店.停车}}"
    greeting = served("welcome", "默认: {文字: '{{门店.名称}}欢迎您'}").welcome.default
    assert greeting is not None
    assert greeting.text == "{{门店.名称}}欢迎您"


def test_an_unknown_key_is_answered_with_the_nearest() -> None:
    (problem,) = errors(with_file("policy", "\n自动回复钱: 0.9"))
    assert (problem.row, problem.quoted) == (2, "自动回复钱")
    assert "是不是「自动回复线」" in problem.message


def test_parse_takes_plain_mappings_too() -> None:
    persona, problems = Persona.parse({"最长字数": 150, "表情上限": "1"}, Place("persona.yaml"))
    assert problems == ()
    assert (persona.longest, persona.emoji_most) == (150, 1)


WELCOME = """默认:
  文字: 您好
  菜单:
    - {编号: Q-1, 文字: 问题一}
  结尾: 直接问
渠道:
  door: {文字: 欢迎进店}
门店:
  望江店:
    文字: 望江店欢迎您
"""


def test_welcome_by_store_then_channel_then_default() -> None:
    welcome = served("welcome", WELCOME).welcome
    assert welcome.default == Greeting("您好", (("Q-1", "问题一"),), "直接问")
    assert welcome.for_visit("door", "T002") == Greeting("望江店欢迎您")
    assert welcome.for_visit("door", "T001") == Greeting("欢迎进店")
    assert welcome.for_visit("table", None) == welcome.default


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("默认:\n  文字: 好\n  菜单:\n    - {编号: Q-9, 文字: 没有}", "unknown-entry"),
        ("默认:\n  文字: 好\n  菜单:\n    - {编号: Q-2, 文字: 内部}", "entry-not-served"),
        ("默认:\n  文字: 好\n  菜单:\n    - {编号: Q-3, 文字: 停用}", "entry-not-served"),
        ("默认:\n  文字: 好\n  菜单:\n    - {编号: Q-1}", "bad-value"),
        ("默认:\n  文字: 好\n  菜单:\n" + "    - {编号: Q-1, 文字: 一}\n" * 11, "bad-value"),
        ("默认:\n  菜单: []", "bad-value"),
        ("默认:\n  文字: " + "好" * 400, "bad-value"),
        ("默认:\n  文字: 好\n  菜单:\n    - {编号: Q-1, 文字: " + "长" * 50 + "}", "bad-value"),
        ("门店:\n  没这店: {文字: 好}", "unknown-store"),
        ("默认:\n  文本: 好", "unknown-key"),
        ("默人: 好", "unknown-key"),
    ],
)
def test_a_wrong_welcome_is_refused(text: str, code: str) -> None:
    loaded = with_file("welcome", text)
    assert code in [found.code for found in errors(loaded)]
    assert loaded.content is None
