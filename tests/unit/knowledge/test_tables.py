from __future__ import annotations

import pytest

from knowledge.questions import COLUMNS
from knowledge.tables import Table, read_table
from tests.unit.knowledge.making import Rows, csv_bytes, xlsx_bytes

GOOD: Rows = [["编号", "标准问题", "客户版答案"], ["Q-1", "能停车吗", "能"]]


def table(rows: Rows, path: str = "faq/a.csv") -> Table:
    return read_table(path, csv_bytes(rows), COLUMNS)


def codes(read: Table) -> list[str]:
    return [problem.code for problem in read.problems]


@pytest.mark.parametrize(
    "headers",
    [
        ["编号", "标准问题", "客户版答案"],
        ["编号（必填）", "标准问题 *", "客户版答案:"],
        [" 编 号 ", "标准问题\n(必填,不超过 50 字)", "【必填】客户版答案"],
    ],
)
def test_headers_are_known_with_what_people_add(headers: list[str]) -> None:
    read = table([headers, ["Q-1", "能停车吗", "能"]])
    assert codes(read) == []
    assert read.rows[0]["标准问题"] == "能停车吗"
    assert read.rows[0]["客户版答案"] == "能"


def test_columns_in_any_order_below_notes() -> None:
    read = table(
        [["前台问答,请不要改表头"], [], ["客户版答案", "标准问题"], ["能", "能停车吗"], [], ["不能", "能抽烟吗"]]
    )
    assert [(row.place.row, row["标准问题"]) for row in read.rows] == [(4, "能停车吗"), (6, "能抽烟吗")]


def test_several_columns_of_similar_questions_are_one() -> None:
    read = table([["标准问题", "相似问题", "相似问题", "相似问题"], ["能停车吗", "停哪儿", "", "有车位吗"]])
    assert codes(read) == []
    assert read.rows[0]["相似问题"] == "停哪儿\n有车位吗"


def test_another_column_twice_is_refused() -> None:
    assert codes(table([["标准问题", "客户版答案", "客户版答案"], ["a", "b", "c"]])) == ["duplicate-column"]


def test_an_unknown_column_is_named_once_with_the_nearest() -> None:
    read = table([["编号", "标准问题", "客户版的答案", "责任人"], ["1", "a", "b", "c"], ["2", "d", "e", "f"]])
    assert codes(read) == ["unknown-column", "unknown-column"]
    assert "「客户版答案」" in read.problems[0].message
    assert "不用管它" in read.problems[1].message
    assert not any(problem.is_error for problem in read.problems)


def test_a_comma_that_shifts_the_cells_is_an_error_with_its_row() -> None:
    read = read_table("faq/a.csv", "标准问题,客户版答案\n能停车吗,能,楼下就是\n能抽烟吗,不能\n".encode(), COLUMNS)
    assert [(problem.code, problem.place.row) for problem in read.problems] == [("extra-cells", 2)]
    assert [row["标准问题"] for row in read.rows] == ["能抽烟吗"]


def test_a_missing_column_names_what_looks_like_it() -> None:
    (problem,) = [
        found for found in table([["编号", "标准问句", "客户版答案"], ["1", "a", "b"]]).problems if found.is_error
    ]
    assert problem.code == "missing-column"
    assert "「标准问句」" in problem.message


def test_a_file_without_headers_is_an_error_and_a_sheet_without_is_not() -> None:
    assert codes(table([["随便", "写写"]])) == ["no-header"]
    read = read_table(
        "faq/a.xlsx", xlsx_bytes(("问答", GOOD), ("草稿", [["随便", "写写"]]), ("说明", [["x"]])), COLUMNS
    )
    assert [(problem.code, problem.is_error, problem.sheet) for problem in read.problems] == [
        ("no-header", False, "草稿")
    ]
    assert [(row.place.sheet, row.place.row) for row in read.rows] == [("问答", 2)]


def test_several_sheets_are_one_table() -> None:
    read = read_table("faq/a.xlsx", xlsx_bytes(("前台", GOOD), ("客房", [*GOOD, ["Q-2", "有水吗", "有"]])), COLUMNS)
    assert [(row.place.sheet, row.place.row) for row in read.rows] == [("前台", 2), ("客房", 2), ("客房", 3)]


def test_an_excel_error_spoils_its_row_only() -> None:
    read = read_table("faq/a.xlsx", xlsx_bytes(("问答", [*GOOD, ["Q-2", "有水吗", "=1/0"]])), COLUMNS)
    (problem,) = read.problems
    assert (problem.code, problem.row, problem.column) == ("error-cell", 3, "客户版答案")
    assert [row["编号"] for row in read.rows] == ["Q-1", "Q-2"], "the rest of the row is looked at, too"


def test_a_workbook_under_another_name_is_still_read() -> None:
    assert len(read_table("faq/a.csv", xlsx_bytes(("问答", GOOD)), COLUMNS).rows) == 1


def test_too_big_and_empty_files() -> None:
    assert codes(read_table("faq/a.csv", b"x" * (20 * 2**20 + 1), COLUMNS)) == ["too-big"]
    assert codes(read_table("faq/a.csv", b" \n", COLUMNS)) == ["empty-file"]


@pytest.mark.slow
def test_two_hundred_thousand_rows_and_no_more() -> None:
    lines = "说明\n标准问题,客户版答案\n".encode() + b"a,b\n" * 200_001
    assert codes(read_table("faq/a.csv", lines, COLUMNS)) == ["too-many-rows"]
    assert len(read_table("faq/a.csv", lines[:-4], COLUMNS).rows) == 200_000
    assert codes(read_table("faq/a.csv", lines + b"a,b\n" * 300, COLUMNS)) == ["too-many-rows"]
