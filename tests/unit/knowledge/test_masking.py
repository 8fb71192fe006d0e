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
        ("订单号123456能退吗", "订单号[号码]能退吗"),
        ("单号DD20261122A0012", "单号[号码]"),
        ("确认号 HX-99231 查一下", "确认号 [号码] 查一下"),
        ("手机尾号1234", "手机尾号[号码]"),
        ("税号91330106MA2XXXXX1B", "税号[号码]"),
        ("加v:hello123", "加v:[号码]"),
        ("806的客人要退房", "[房号]的客人要退房"),
        ("我住 806,想换房", "我住 [房号],想换房"),
        ("我爱人叫李雷,想一起住", "我爱人叫[姓名],想一起住"),
        ("我姓陈", "我姓[姓名]"),
        ("张经理说可以免费", "[姓名]经理说可以免费"),
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
        "订单什么时候发货",
        "会员卡2张能叠加吗",
        "密码忘了怎么办",
        "预订2026-11-22的房",
        "预定 100 元押金够吗",
        "入住2晚多少钱",
        "住300元的房间",
        "满1000减100",
        "高总共能住几个人",
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
