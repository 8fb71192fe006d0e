"""What names a person is taken out; what a question needs stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.masking import mask


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("我电话13812345678 回我", "我电话[电话] 回我"),
        ("打 138-1234-5678 或 +86 139 0000 1111", "打 [电话] 或 [电话]"),
        ("１３８１２３４５６７８", "[电话]"),
        ("一三八一二三四五六七八", "[电话]"),
        ("座机 0571-87654321", "座机 [电话]"),
        ("身份证 11010519900307123X 能入住吗", "身份证 [号码] 能入住吗"),
        ("订单 2026112200001234 退一下", "订单 [号码] 退一下"),
        ("护照 E12345678", "护照 [号码]"),
        ("发我 lin.xiao@example.com", "发我 [邮箱]"),
        ("加我微信 lin_xm1990", "加我微信 [号码]"),
        ("车牌浙A12345能停吗", "车牌[号码]能停吗"),
        ("1203房间漏水了", "[房号]房间漏水了"),
        ("我叫王小明,想续住", "我叫[姓名],想续住"),
        ("帮李女士留个房", "帮[姓名]女士留个房"),
    ],
)
def test_what_names_a_person_is_taken_out(said: str, masked: str) -> None:
    assert mask(said) == masked


@pytest.mark.parametrize(
    "said",
    [
        "3点退房行吗",
        "一晚 298 元含早吗",
        "我是会员能打几折",
        "2026-11-22 有房吗",
        "两个大人一个小孩",
        "三百元的券怎么用",
        "老师有优惠吗",
        "1800平的会议室",
    ],
)
def test_what_a_question_needs_stays(said: str) -> None:
    assert mask(said) == said


def test_known_names_go_and_public_numbers_stay() -> None:
    assert mask("找林小满,电话 0571-8765 4321", ["林小满", "满"], ["0571-87654321"]) == "找[姓名],电话 0571-8765 4321"


@given(st.text(max_size=60))
def test_masking_twice_is_masking_once(said: str) -> None:
    assert mask(mask(said)) == mask(said)


@given(st.text(max_size=30), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(max_size=30))
def test_no_mobile_number_is_left(before: str, number: str, after: str) -> None:
    assert number not in mask(before + "," + number + "," + after)
