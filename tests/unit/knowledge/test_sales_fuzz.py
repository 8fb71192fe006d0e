"""Whatever the tables about selling hold, reading them gives rows or a problem, and never a traceback."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.commission import COLUMNS as COMMISSION_COLUMNS
from knowledge.content import load
from knowledge.products import COLUMNS as PRODUCT_COLUMNS
from knowledge.stock import COLUMNS as STOCK_COLUMNS
from tests.unit.knowledge.making import csv_bytes

TABLES = {"products": PRODUCT_COLUMNS, "stock": STOCK_COLUMNS, "commission": COMMISSION_COLUMNS}
DAY = date(2026, 12, 1)
AMOUNTS = (
    *("NaN", "-NaN", "sNaN", "Infinity", "-inf", "1e999999", "1E-40", "9" * 60, "0." + "0" * 40 + "1"),
    *("5%", "100%", "%", "中杯 28/大杯 32", "中杯 " + "9" * 40 + "/大杯 3", "大杯+4", "大杯+" + "9" * 40),
    *("R1", "2026-12-01", "2026-13-01", "周五", "周", "不限", "全部", "免费", "起", "=1+1", "1,2,3", "+"),
    *("1_000", "٣", "²", "奶:牛奶+1;", ":", "/", "(可选)", "\n"),
)


@pytest.mark.parametrize("name", TABLES)
@given(st.data())
@settings(max_examples=80, deadline=None)
def test_any_rows_about_selling(name: str, data: st.DataObject) -> None:
    """Amounts, shares, days and options as nobody should write them; and then the catalogue is still asked."""
    columns = TABLES[name]
    amount = st.one_of(st.text(max_size=8), st.sampled_from(AMOUNTS), st.decimals().map(str), st.integers().map(str))
    rows = data.draw(st.lists(st.lists(amount, min_size=len(columns.known), max_size=len(columns.known)), max_size=4))
    products = csv_bytes([["商品编号", "名称", "类别", "价格"], ["R1", "大床房", "客房", "300"]])
    files = {"products.csv": products, f"{name}.csv": csv_bytes([list(columns.known), *rows])}
    loaded = load(files | {"faq/a.csv": csv_bytes([["编号", "标准问题", "客户版答案"], ["Q-1", "能停车吗", "能。"]])})
    assert (loaded.content is None) == any(problem.is_error for problem in loaded.problems)
    for product in loaded.content.products.values() if loaded.content else ():
        assert loaded.content is not None
        stand = loaded.content.sales.stock.stand(product, "T001", DAY)
        assert stand.price is None or 0 <= stand.price <= 1_000_000
        assert 0 <= loaded.content.sales.commission.rate(product.number, product.category, DAY) <= 1
