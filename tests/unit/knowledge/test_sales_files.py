"""What HQ writes about selling: products with options, stock, commission, the rules for orders; and what is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from knowledge.content import Content, Loaded, load
from knowledge.options import Choice, Group, sizes_in
from knowledge.terms import Terms
from tests.unit.knowledge.making import content_of, csv_bytes, errors, folder, questions, xlsx_bytes

FAQ = questions({"编号": "F-1", "标准问题": "能停车吗", "客户版答案": "可以停。"})
PRODUCTS = [["商品编号", "名称", "类别", "价格"], ["R1", "大床房", "客房", "300"], ["D1", "拿铁", "饮品", "26"]]
STOCK = ["商品编号", "门店编号", "日期从", "日期到", "星期", "数量", "价格"]


def loaded(**files: list[list[str]] | str) -> Loaded:
    """HQ's folder; `stock=[[…]]` is a table, `orders="…"` a YAML file."""
    tables = {"products": PRODUCTS, **files}
    made = {
        f"{name}.yaml" if isinstance(rows, str) else f"{name}.csv": rows.encode()
        if isinstance(rows, str)
        else csv_bytes(rows)
        for name, rows in tables.items()
    }
    return load(folder(FAQ) | made)


def sold(**files: list[list[str]] | str) -> Content:
    return content_of(loaded(**files))


def product_row(**cells: str) -> list[list[str]]:
    row = {"商品编号": "D1", "名称": "拿铁", "类别": "饮品", "价格": "26", **cells}
    return [list(row), list(row.values())]


# --- products --------------------------------------------------------------------------------------------------------
def test_options_with_what_they_cost() -> None:
    cells = {
        "杯型": "中杯/大杯+4/小杯-3",
        "温度": "热、冰",
        "小料": "珍珠(+3元)/椰果加2",
        "选项": "奶:牛奶/燕麦奶+4;袋(可选):要+0.5",
    }
    options = sold(products=product_row(**cells)).products["D1"].options
    assert [(group.name, group.is_free) for group in options] == [
        *(("杯型", False), ("温度", False), ("加料", True)),
        *(("奶", False), ("袋", True)),
    ]
    assert options[0].choices == (Choice("中杯"), Choice("大杯", Decimal(4)), Choice("小杯", Decimal(-3)))
    assert options[2].choices == (Choice("珍珠", Decimal(3)), Choice("椰果", Decimal(2)))
    assert options[4].choices == (Choice("要", Decimal("0.5")),)


@pytest.mark.parametrize(
    ("price", "base", "extras"),
    [
        ("中杯 28 / 大杯 32", "28", ("杯型", [("中杯", 0), ("大杯", 4)])),
        ("小份18元、大份¥25元", "18", ("规格", [("小份", 0), ("大份", 7)])),
        ("¥26", "26", None),
        ("26元/杯", "26", None),
        ("1,280", "1280", None),
        ("38 起", None, None),
        ("28-32", None, None),
        ("时价", None, None),
        ("免费", "0", None),
        ("", None, None),
    ],
)
def test_what_a_price_says(price: str, base: str | None, extras: tuple[str, list[tuple[str, int]]] | None) -> None:
    product = sold(products=product_row(价格=price)).products["D1"]
    assert product.base == (None if base is None else Decimal(base))
    said = [(group.name, [(choice.name, int(choice.extra)) for choice in group.choices]) for group in product.options]
    assert said == ([extras] if extras else [])
    assert (sizes_in(price) is not None) == (extras is not None)


def test_a_room_is_told_by_its_category_or_its_beds_and_other_columns_are_kept() -> None:
    header = ["商品编号", "名称", "类别", "价格", "可住人数", "床型", "适用门店", "状态", "窗户"]
    rows = [
        ["1", "大床房", "客房", "3", "", "", "", "", ""],
        ["2", "塔楼", "", "3", "2人", "大床", "T001", "在售", "有"],
    ]
    products = sold(products=[header, *rows, ["3", "伞", "商品", "3", "", "", "", "停售", ""]]).products
    assert [product.is_room for product in products.values()] == [True, True, False]
    assert products["2"].guests == 2 and products["2"].facts == {"窗户": "有"}
    assert [product.sold_in("T001") for product in products.values()] == [True, True, False]
    assert [product.sold_in("T002") for product in products.values()] == [True, False, False]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("可住人数", "一家子", "bad-number"),
        ("可住人数", "0", "bad-number"),
        ("适用门店", "火星店", "unknown-store"),
        ("状态", "也许", "bad-choice"),
        ("杯型", "中杯/中杯+3", "bad-options"),
        ("杯型", "大杯+很多", "bad-options"),
        ("杯型", "小杯-60", "bad-options"),
        ("选项", "中杯/大杯", "bad-options"),
        ("选项", "奶:牛奶;奶:豆奶", "bad-options"),
    ],
)
def test_a_wrong_product_is_named(column: str, cell: str, code: str) -> None:
    (problem,) = errors(loaded(products=product_row(**{column: cell})))
    assert (problem.code, problem.file, problem.row) == (code, "products.csv", 2)
    assert problem.message.endswith("。")


# --- stock -----------------------------------------------------------------------------------------------------------
def stand(content: Content, on: date, store: str = "T001", product: str = "R1") -> tuple[bool, int | None, int | None]:
    found = content.sales.stock.stand(content.products[product], store, on)
    return found.is_listed, found.quantity, None if found.price is None else int(found.price)


def test_the_nearest_row_counts_cell_by_cell() -> None:
    rows = [
        ["R1", "", "2026-12-24", "2026-12-26", "", "", "500"],
        ["R1", "", "", "", "", "10", ""],
        ["R1", "", "", "", "周五、周六", "", "360"],
        ["R1", "T001", "", "", "", "8", ""],
        ["R1", "T001", "2026-12-25", "2026-12-25", "", "3", ""],
        ["R1", "T002", "2026-12-25", "2026-12-25", "", "", "700"],
        ["R1", "T002", "2026-12-25", "2026/12/25", "", "0", "800"],
        ["D1", "", "", "", "", "不限", ""],
    ]
    content = sold(stock=[STOCK, *rows])
    assert stand(content, date(2026, 11, 23)) == (True, 8, 300)  # Monday
    assert stand(content, date(2026, 11, 27)) == (True, 8, 360)  # Friday
    assert stand(content, date(2026, 12, 24)) == (True, 8, 500)
    assert stand(content, date(2026, 12, 25)) == (True, 3, 500)
    assert stand(content, date(2026, 12, 25), "T002") == (True, 0, 800)
    assert stand(content, date(2026, 11, 23), "T002") == (True, 10, 300)
    assert stand(content, date(2026, 11, 23), product="D1") == (True, None, 26)
    assert stand(sold(), date(2026, 11, 23)) == (False, None, 300)


def test_the_later_of_two_rows_alike_counts_and_a_workbook_does_as_well() -> None:
    rows = [STOCK, ["R1", "T001", "", "", "", "8间", "1,200"], ["R1", "西塘店", "", "", "", "9.0", ""]]
    assert stand(sold(stock=rows), date(2026, 11, 23)) == (True, 9, 1200)
    products = {"products.csv": csv_bytes(PRODUCTS), "stock.xlsx": xlsx_bytes(("库存", rows))}
    assert stand(content_of(load(folder(FAQ) | products)), date(2026, 11, 23)) == (True, 9, 1200)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (["", "", "", "", "", "1", ""], "missing-value", "商品编号"),
        (["R9", "", "", "", "", "1", ""], "unknown-product", "商品编号"),
        (["R1", "火星店", "", "", "", "1", ""], "unknown-store", "门店编号"),
        (["R1", "T001、T002", "", "", "", "1", ""], "several-stores", "门店编号"),
        (["R1", "", "2026-02-30", "", "", "1", ""], "bad-date", "日期从"),
        (["R1", "", "2026-12-02", "2026-12-01", "", "1", ""], "bad-span", "日期到"),
        (["R1", "", "", "", "周八", "1", ""], "bad-weekday", "星期"),
        (["R1", "", "", "", "", "很多", ""], "bad-quantity", "数量"),
        (["R1", "", "", "", "", "-1", ""], "bad-quantity", "数量"),
        (["R1", "", "", "", "", "1.5", ""], "bad-quantity", "数量"),
        (["R1", "", "", "", "", "1", "贵"], "bad-price", "价格"),
        (["R1", "", "", "", "", "1", "1.234"], "bad-price", "价格"),
        (["R1", "", "", "", "", "", ""], "missing-value", "数量"),
    ],
)
def test_a_wrong_row_of_stock_is_named(row: list[str], code: str, column: str) -> None:
    (problem,) = errors(loaded(stock=[STOCK, ["R1", "", "", "", "", "9", ""], row]))
    assert (problem.code, problem.file, problem.row, problem.column) == (code, "stock.csv", 3, column)


def test_what_cannot_be_sold_is_said() -> None:
    rows = [*PRODUCTS, ["R2", "套房", "客房", "688 起"], ["D2", "蛋糕", "甜品", ""], ["D3", "茶", "饮品", "时价"]]
    found = loaded(products=rows, stock=[STOCK, ["R2", "", "", "", "", "2", ""], ["D2", "", "", "", "", "2", ""]])
    assert {(problem.code, problem.row) for problem in found.problems if problem.file == "products.csv"} == {
        ("room-without-stock", 2),
        ("no-sale-price", 4),
        ("no-sale-price", 5),
    }


# --- commission ------------------------------------------------------------------------------------------------------
def test_the_nearest_rate_counts() -> None:
    rows = [
        ["商品编号", "类别", "开始", "结束", "比例"],
        ["R1", "", "2026-12-01", "2026-12-31", "8%"],
        ["R1", "", "", "", "0.05"],
        ["", "饮品", "", "", "2.5%"],
        ["全部", "", "", "", "1%"],
        ["", "客房", "2026-12-24", "2026-12-24", "20%"],
    ]
    commission = sold(commission=rows).sales.commission
    november, eve = date(2026, 11, 23), date(2026, 12, 24)
    assert commission.rate("R1", "客房", november) == Decimal("0.05")
    assert commission.rate("R1", "客房", eve) == Decimal("0.08")
    assert commission.rate("R9", "客房", eve) == Decimal("0.2")
    assert commission.rate("D1", "饮品", november) == Decimal("0.025")
    assert commission.rate("G1", "", november) == Decimal("0.01")
    assert sold().sales.commission.rate("R1", "客房", november) == 0


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["", "", "", "", ""], "missing-value"),
        (["", "", "", "", "5"], "bad-share"),
        (["", "", "", "", "120%"], "bad-share"),
        (["", "", "", "", "一点"], "bad-share"),
        (["R9", "", "", "", "5%"], "unknown-product"),
        (["", "客方", "", "", "5%"], "unknown-category"),
        (["R1", "", "2026-12-02", "2026-12-01", "5%"], "bad-span"),
        (["R1", "", "", "", "9%"], "duplicate-rate"),
    ],
)
def test_a_wrong_rate_is_named(row: list[str], code: str) -> None:
    header = ["商品编号", "类别", "开始", "结束", "比例"]
    (problem,) = errors(loaded(commission=[header, ["R1", "", "", "", "5%"], row if any(row) else ["D1", *row[1:]]]))
    assert (problem.code, problem.file, problem.row) == (code, "commission.csv", 3)


# --- the rules for orders --------------------------------------------------------------------------------------------
RULES = """留房分钟: 20
付款链接: https://pay.example.com/{订单号}?a={金额}&c={金额分}&s={门店编号}
退订规则:
  客房:
    说明: 早取消全退。
    规则:
      - 入住前小时: 24
        退款: 100%
      - 入住当天: "18:00"
        退款: 一半
  默认:
    说明: 五分钟内全退。
    规则:
      - 下单后分钟: 5
        退款: 100%
"""


def test_rules_and_the_pay_link() -> None:
    terms = sold(orders=RULES).sales.terms
    assert (terms.hold_for, terms.pay_within) == (timedelta(minutes=20), timedelta(minutes=15))
    url = terms.pay_url("26-2", Decimal("9.9"), "T 1")
    assert url == "https://pay.example.com/26-2?a=9.90&c=990&s=T%201"
    assert Terms().pay_url("1", Decimal(1), "T001") is None and Terms().refund_terms("客房") is None


def test_the_kindest_rule_that_holds_counts() -> None:
    terms = sold(orders=RULES).sales.terms
    room, other = terms.refund_terms("客房"), terms.refund_terms("饮品")
    assert room is not None and other is not None
    start, placed = datetime(2026, 12, 3, 14, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    for now, share in (
        (start - timedelta(hours=24), "1"),
        (start - timedelta(hours=23), "0.5"),
        (start + timedelta(hours=4), "0.5"),
        (start + timedelta(hours=4, seconds=1), "0"),
    ):
        assert room.share(now, placed, start) == Decimal(share)
    assert room.share(placed, placed, None) == 0
    assert other.share(placed + timedelta(minutes=5), placed, None) == 1
    assert other.share(placed + timedelta(minutes=6), placed, None) == 0


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("留房分钟: 很久\n", 1),
        ("留房分种: 15\n", 1),
        ("付款链接: http://pay.example.com/{订单号}\n", 1),
        ("付款链接: https://pay.example.com/{单号}\n", 1),
        ("付款链接: https://pay.example.com/\n", 1),
        ("退订规则:\n  客房:\n    规则:\n      - 退款: 100%\n", 2),
        ("退订规则:\n  客房:\n    说明: 好\n    规则:\n      - 入住前小时: 24\n", 5),
        ("退订规则:\n  客房:\n    说明: 好\n    规则:\n      - 入住前: 24\n        退款: 100%\n", 5),
        ("退订规则:\n  客房:\n    说明: 好\n    规则:\n      - 入住当天: 25点\n        退款: 100%\n", 5),
        ("退订规则:\n  客房:\n    说明: 好\n    规则:\n      - 入住前小时: 24\n        退款: 150\n", 6),
    ],
)
def test_a_wrong_rule_is_named(text: str, row: int) -> None:
    found = errors(loaded(orders=text))
    assert found and {problem.file for problem in found} == {"orders.yaml"} and row in {each.row for each in found}


def test_a_category_that_nothing_has_is_asked_about() -> None:
    found = loaded(orders="退订规则:\n  客方:\n    说明: 好\n")
    assert [(problem.code, problem.column) for problem in found.problems if problem.file == "orders.yaml"] == [
        ("unknown-category", "客方")
    ]


def test_a_group_keeps_its_order() -> None:
    assert sizes_in("大杯 32/中杯 28") == (
        Decimal(32),
        Group("杯型", (Choice("大杯", Decimal(0)), Choice("中杯", Decimal(-4)))),
    )
