from __future__ import annotations

import pytest

from knowledge.chain import Role
from knowledge.content import load
from tests.unit.knowledge.making import (
    STAFF,
    STORES,
    Rows,
    codes,
    content_of,
    csv_bytes,
    errors,
    folder,
    questions,
    xlsx_bytes,
)


def test_stores_with_all_their_columns() -> None:
    stores = content_of(load(folder(questions({})))).stores
    assert list(stores) == ["T001", "T002", "T003"]
    first, second = stores["T001"], stores["T002"]
    assert (first.name, first.aliases, first.city) == ("西塘路店", ("西塘店", "老街店"), "杭州")
    assert (second.city, second.accounts) == ("杭州", ("wk2", "wk9"))
    assert first.cells["停车"] == "门口有 12 个车位"
    assert "早餐时间" in second.cells


def test_numbers_that_excel_made_floats() -> None:
    rows: Rows = [
        ["门店编号", "门店名称", "电话", "部门编号", "经度", "纬度"],
        [1001.0, "一店", 13800000000.0, 12.0, 120.5, 30.25],
    ]
    staff: Rows = [["员工账号", "门店编号"], ["a", 1001]]
    files = {"stores.xlsx": xlsx_bytes(("门店", rows)), "staff.xlsx": xlsx_bytes(("员工", staff))}
    content = content_of(load(files | {"faq/a.csv": questions({"适用门店": "1001.0"})}))
    store = content.stores["1001"]
    assert (store.phone, store.departments, store.longitude, store.latitude) == ("13800000000", ("12",), 120.5, 30.25)
    assert content.staff["a"].store == "1001"
    assert content.entries["Q-1"].stores == {"1001"}


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (["T001", "又一家", "", "杭州", "", "", ""], "duplicate-store", "门店编号"),
        (["", "没编号", "", "杭州", "", "", ""], "missing-value", "门店编号"),
        (["T009", "", "", "杭州", "", "", ""], "missing-value", "门店名称"),
        (["T009", "账号太长", "", "杭州", "wk" * 33, "", ""], "bad-account", "客服账号"),
        (["T" * 33, "编号太长", "", "杭州", "", "", ""], "bad-number", "门店编号"),
    ],
)
def test_a_wrong_store_is_named(row: list[str], code: str, column: str) -> None:
    loaded = load(folder(questions({}), stores_csv=csv_bytes([*STORES, row])))
    assert [(found.code, found.column, found.row) for found in errors(loaded)] == [(code, column, 5)]
    assert loaded.content is None


@pytest.mark.parametrize("longitude", ["120,1", "东经", "200", "nan"])
def test_a_wrong_coordinate_is_refused(longitude: str) -> None:
    rows: Rows = [["门店编号", "门店名称", "经度"], ["T1", "一店", longitude]]
    assert codes(load({"stores.csv": csv_bytes(rows)})) == ["bad-number"]


def test_a_shared_alias_is_a_warning() -> None:
    loaded = load(
        folder(questions({}), stores_csv=csv_bytes([*STORES, ["T004", "新店", "老街店", "南京", "", "", ""]]))
    )
    assert [found.code for found in loaded.problems if found.column == "别名"] == ["shared-name"]
    assert len(content_of(loaded).find_stores("老街店怎么走")) == 2


def test_staff_by_any_name_of_their_store() -> None:
    staff = content_of(load(folder(questions({})))).staff
    assert staff["zhangyi"].account == "ZhangYi"
    assert (staff["liyue"].store, staff["liyue"].role) == ("T002", Role.MANAGER)
    assert (staff["boss"].store, staff["boss"].role) == (None, Role.HEADQUARTERS)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (["zhangyi", "又是他", "T001", "店员", ""], "duplicate-account", "员工账号"),
        (["", "没账号", "T001", "店员", ""], "missing-value", "员工账号"),
        (["@all", "全公司", "T001", "店员", ""], "bad-account", "员工账号"),
        (["a|b", "两个人", "T001", "店员", ""], "bad-account", "员工账号"),
        (["a" * 65, "太长", "T001", "店员", ""], "bad-account", "员工账号"),
        (["a", "甲", "T00l", "店员", ""], "unknown-store", "门店编号"),
        (["a", "甲", "", "店员", ""], "missing-value", "门店编号"),
        (["a", "甲", "T001", "经理", ""], "bad-choice", "角色"),
        (["a", "甲", "T001", "店员", "早班"], "bad-shifts", "上班时间"),
    ],
)
def test_a_wrong_member_of_staff_is_named(row: list[str], code: str, column: str) -> None:
    loaded = load(folder(questions({}), staff_csv=csv_bytes([*STAFF, row])))
    assert [(found.file, found.code, found.column, found.row) for found in errors(loaded)] == [
        ("staff.csv", code, column, 5)
    ]


def test_an_unknown_store_is_answered_with_the_nearest() -> None:
    loaded = load(folder(questions({}), staff_csv=csv_bytes([*STAFF, ["a", "甲", "西糖路店", "", ""]])))
    assert "「西塘路店」" in errors(loaded)[0].message
