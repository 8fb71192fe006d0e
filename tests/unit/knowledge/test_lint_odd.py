"""What the checks must find, and what they must leave alone, beyond the plainest cases."""

from __future__ import annotations

import pytest

from knowledge.content import load
from tests.unit.knowledge.making import csv_bytes, questions

STORES = [
    ["门店编号", "门店名称", "城市", "电话"],
    ["T001", "西塘路店", "杭州", "0571-88881234"],
    ["T002", "望江店", "杭州", "400-820-1111"],
]
PRODUCTS = [["商品编号", "名称", "价格"], ["P1", "拿铁", "28"]]


def found(**row: str) -> set[str]:
    files = {"stores.csv": csv_bytes(STORES), "products.csv": csv_bytes(PRODUCTS), "faq/a.csv": questions(row)}
    return {problem.code for problem in load(files).problems if problem.file == "faq/a.csv"}


@pytest.mark.parametrize(
    ("answer", "store", "is_wrong"),
    [
        ("请拨打电话 88881235", "T001", True),
        ("请拨打电话 88881234", "T001", False),
        ("客服 400-820-2222", "T002", True),
        ("客服 400-820-1111", "T002", False),
        ("全国热线 400-820-2222", "T001", False),
        ("前台电话:0571-99998888", "", True),
        ("总部电话:0571-99998888", "", False),
        ("请拨打 0571-99998888", "", False),
        ("房间电话拨 8302", "T001", False),
    ],
)
def test_phones(answer: str, store: str, is_wrong: bool) -> None:
    assert ("phone-differs" in found(客户版答案=answer, 适用门店=store)) is is_wrong


@pytest.mark.parametrize(
    ("answer", "is_wrong"),
    [("拿铁 30 元", True), ("两杯拿铁 50 元", False), ("12 份拿铁共 300 元", False), ("一杯拿铁 30 元", True)],
)
def test_prices_of_several_are_no_price(answer: str, is_wrong: bool) -> None:
    assert ("price-differs" in found(客户版答案=answer)) is is_wrong


@pytest.mark.parametrize(
    ("answer", "is_wrong"),
    [
        ("国际一流的服务", True),
        ("最舒适的床", True),
        ("最美的湖景房", True),
        ("销量冠军", True),
        ("唯一的入口在北门", False),
        ("唯一官方电话", False),
        ("附近有最美术馆", False),
        ("最近的地铁站走 5 分钟", False),
    ],
)
def test_claims(answer: str, is_wrong: bool) -> None:
    assert ("absolute-word" in found(客户版答案=answer)) is is_wrong


def test_an_internal_answer_where_only_customers_ask_reaches_nobody() -> None:
    row = {"客户版答案": "", "员工版答案": "内部", "受众": "员工"}
    assert "empty-audience" in found(**row, 渠道="微信客服")
    assert "empty-audience" not in found(**row, 渠道="员工助手")


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [("几点关门", "几点打烊", True), ("接机要钱吗", "接机收费吗", True), ("几点关门", "几点开门", False)],
)
def test_more_words_that_ask_the_same(one: str, other: str, is_near: bool) -> None:
    rows = [{"标准问题": said, "客户版答案": f"{said}的答案,各不相同"} for said in (one, other)]
    codes = {problem.code for problem in load({"faq/a.csv": questions(*rows)}).problems}
    assert ("near-question" in codes) is is_near
