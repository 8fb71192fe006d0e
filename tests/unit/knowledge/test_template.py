from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import template
from knowledge.template import EmptyVariableError
from tests.unit.knowledge.making import store

KNOWN = {"停车", "门店名称", "早餐时间"}


def test_names_are_filled_and_a_hole_is_refused() -> None:
    here = store(停车="门口可停", 门店名称="望江店")
    assert template.render("您好,{{门店.停车}}~{{ 门店。名称 }}见", here) == "您好,门口可停~望江店见"
    with pytest.raises(EmptyVariableError) as refused:
        template.render("早餐 {{门店.早餐时间}}", here)
    assert refused.value.name == "门店.早餐时间"
    with pytest.raises(EmptyVariableError):
        template.render("{{门店.停车}}", None)


def test_a_default_fills_the_hole_and_nothing_else() -> None:
    text = "早餐{{门店.早餐时间|默认(“请问前台”)}}"
    assert template.check(text, KNOWN) == []
    assert template.render(text, store()) == "早餐请问前台"
    assert template.render(text, store(早餐时间="7 点")) == "早餐7 点"
    assert template.holes(text, None) == ()


@pytest.mark.parametrize(
    "text",
    [
        "{{门店.停车场}}",
        "{{停车}}",
        "{{门店.停车|大写}}",
        "{{门店.停车|默认()}}",
        "{{ 1+1 }}",
        "{{门店.__class__}}",
        "{% for x in y %}",
        "{# 注释 #}",
        "${门店}",
        "{{门店.停车",
        "门店.停车}}",
        "{{}}",
    ],
)
def test_everything_else_is_refused_at_load(text: str) -> None:
    reasons = template.check(text, KNOWN)
    assert reasons
    assert all("。" in reason for reason in reasons)
    assert template.check("停车:{{门店.停车}},单个{括号}没关系", KNOWN) == []


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    assert "{{门店.停车}}" in template.check("{{门店.停車}}", KNOWN)[0]
    assert template.check("{{门店.随便}}", None) == []


def test_the_cell_itself_is_never_a_template() -> None:
    assert template.render("{{门店.停车}}", store(停车="{{门店.密码}}", 密码="123")) == "{{门店.密码}}"


@given(st.text(alphabet="{}门店.停车|默认(\"')% #x\n", max_size=40))
def test_what_passes_the_check_renders_or_has_a_hole(text: str) -> None:
    if template.check(text, KNOWN):
        return
    full = store(停车="有", 门店名称="店", 早餐时间="早")
    assert "{{" not in template.render(text, full)
    assert bool(template.holes(text, store())) == bool(set(template.needs(text)))
