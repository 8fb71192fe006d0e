"""Numbers in an answer against the tables of stores and products: what contradicts, and what may well be right."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType

import pytest

from knowledge.chain import Store
from knowledge.content import load
from knowledge.lint_facts import Facts, find_contradictions
from knowledge.problem import Problem
from knowledge.products import Product
from tests.unit.knowledge.making import csv_bytes, entry, folder, questions

LAKE = Store(
    "T001",
    "西塘路店",
    ("老街店",),
    "杭州",
    phone="0571-0001 0101",
    cells={
        "电话": "0571-0001 0101",
        "早餐价格": "成人 48 元一位,1.2 米以下的小朋友 24 元",
        "停车费": "每小时 10 元",
        "餐厅电话": "0571-0001 0999",
    },
)
RIVER = Store("T002", "望江店", (), "苏州", phone="0512-0002 0202", cells={"电话": "0512-0002 0202", "早餐价格": "58"})
PRODUCTS = (
    Product("1", "拿铁", ("奶咖",), prices=(Decimal(26),), cells={"价格": "26"}),
    Product("2", "美式", prices=(Decimal(20), Decimal(24)), cells={"价格": "中杯 20 / 大杯 24"}),
    Product("3", "一勺半拿铁", prices=(Decimal(28),), cells={"价格": "28"}),
)
HERE = MappingProxyType({"stores": frozenset({"T001"})})
EVERYWHERE: MappingProxyType[str, object] = MappingProxyType({})


def found(answer: str, **fields: object) -> list[Problem]:
    return list(
        find_contradictions([entry("Q-1", "问", customer_answer=answer, **fields)], Facts((LAKE, RIVER), PRODUCTS))
    )


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        ("请拨打 0571-00010102", HERE),
        ("打 13800001111 找店长", HERE),
        ("打 138 0000 1111", {"cities": frozenset({"杭州"})}),
        ("江边 0512-0002 0202", HERE),
        ("请打 0571 0001 0101", EVERYWHERE),  # one store's phone for the customers of all
        ("拿铁 28 元", HERE),
        ("拿铁(28 元)很好喝", EVERYWHERE),
        ("“一勺半拿铁”(30 元)", EVERYWHERE),
        ("美式是 22 块", EVERYWHERE),
        ("拿铁每杯¥30", EVERYWHERE),
        ("奶咖只要 25 元", EVERYWHERE),
        ("美式 20 元,拿铁 28 元,手冲 38 元起", EVERYWHERE),
        ("早餐 68 元一位", HERE),
        ("早餐 48 元一位", EVERYWHERE),  # right in one store only
        ("早餐价格是 50 元", HERE),
        ("停车费 20 元", HERE),
    ],
)
def test_a_contradiction(answer: str, fields: dict[str, object]) -> None:
    (problem,) = found(answer, **fields)
    assert problem.code in ("phone-differs", "price-differs")
    assert (problem.column, problem.is_error) == ("客户版答案", False)
    assert problem.quoted in problem.message


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        ("请拨打 0571-00010101", HERE),
        ("餐厅 0571-0001 0999", HERE),
        ("最近的医院 0571-8888 9999", HERE),
        ("客服 400-800-1234", HERE),
        ("老街店电话 057100010101", EVERYWHERE),
        ("请打 13800001111", EVERYWHERE),
        ("订单号 20260101123456789", HERE),
        ("拿铁 26 元", EVERYWHERE),
        ("拿铁 26.00 元", EVERYWHERE),
        ("美式 24 元", EVERYWHERE),
        ("烤栗子拿铁 32 元", EVERYWHERE),
        ("拿铁大杯加 4 元", EVERYWHERE),
        ("拿铁 20 元起", EVERYWHERE),
        ("会员日拿铁 18 元", EVERYWHERE),
        ("买拿铁减 5 元", EVERYWHERE),
        ("拿铁和蛋糕一起 40 元", EVERYWHERE),
        ("拿铁第二杯 13 元", EVERYWHERE),
        ("早餐 48 元一位", HERE),
        ("早餐券 30 元", HERE),
        ("含早餐 500 元", HERE),
    ],
)
def test_no_contradiction(answer: str, fields: dict[str, object]) -> None:
    assert found(answer, **fields) == []


def test_the_tables_of_a_folder_are_compared() -> None:
    files = folder(questions({"客户版答案": "拿铁 28 元一杯"})) | {
        "products.csv": csv_bytes([["商品编号", "名称", "价格"], ["P1", "拿铁", "26"]])
    }
    (problem,) = load(files).problems
    assert (problem.code, problem.row, problem.quoted) == ("price-differs", 2, "拿铁 28 元")
    assert "拿铁的价格 26" in problem.message
