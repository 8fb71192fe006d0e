"""The annotated copy: every problem beside its row, everything else as HQ has it, and nothing in it that runs."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from knowledge.annotate import COLUMN, annotate, is_ours
from knowledge.content import load
from tests.unit.knowledge.making import csv_bytes, folder, xlsx_bytes

ROWS = [
    ["编号", "标准问题", "客户版答案", "失效日期"],
    ["Q-1", "几点退房", "中午十二点", "2026-02-30"],
    ["Q-2", "几点能走", "随时", ""],
    ["Q-3", "早餐好吗", "全城最佳", ""],
]


def annotated(name: str, data: bytes) -> Any:
    """The copy of one FAQ file, opened."""
    files = {**folder(data), name: data}
    if name != "faq/前台.csv":
        del files["faq/前台.csv"]
    copy = annotate(name, data, load(files).problems)
    assert copy is not None
    assert is_ours(copy)
    return openpyxl.load_workbook(io.BytesIO(copy))


def texts(sheet: Any) -> list[list[str]]:
    return [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("name", ["faq/前台.csv", "faq/前台.xlsx"])
def test_every_problem_stands_beside_its_row(name: str) -> None:
    data = csv_bytes(ROWS) if name.endswith("csv") else xlsx_bytes(("问答", ROWS))
    sheet = annotated(name, data).worksheets[0]
    rows = texts(sheet)
    assert [row[:4] for row in rows] == ROWS
    assert rows[0][4] == COLUMN
    assert rows[1][4].startswith("【错误】失效日期:「2026-02-30」不是有效日期")
    assert rows[2][4] == ""
    assert rows[3][4].startswith("【提醒】客户版答案:「全城最佳」")
    colours = [row[0].fill.fgColor.rgb for row in sheet.iter_rows()]
    assert len({colours[1], colours[2], colours[3]}) == 3  # error, nothing, warning
    assert sheet["D2"].fill.fgColor.rgb != sheet["A2"].fill.fgColor.rgb  # the very cell


def test_a_workbook_stays_as_hq_made_it() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "问答"
    for row in [["填写说明:一行一条"], *ROWS]:
        sheet.append(row)
    sheet["B3"].font = Font(italic=True)
    sheet.merge_cells("A1:D1")
    sheet.column_dimensions["B"].width = 33
    notes = workbook.create_sheet("说明")
    notes["C5"] = "给自己看的"
    data = io.BytesIO()
    workbook.save(data)
    copy = annotated("faq/前台.xlsx", data.getvalue())
    assert copy.sheetnames == ["问答", "说明"]
    assert copy["说明"]["C5"].value == "给自己看的"
    assert copy["问答"]["B3"].font.italic
    assert copy["问答"].column_dimensions["B"].width == 33
    assert [str(merged) for merged in copy["问答"].merged_cells.ranges] == ["A1:D1"]
    assert (copy["问答"]["E2"].value, copy["问答"]["E3"].value[:4]) == (COLUMN, "【错误】")


DANGEROUS = ["=1+1", "+8613800001111", "-2+3", "@SUM(A1)", '=HYPERLINK("x")', "#N/A"]


@pytest.mark.parametrize("name", ["faq/前台.csv", "faq/前台.yaml"])
def test_nothing_of_a_text_file_becomes_a_formula(name: str) -> None:
    rows = [[f"Q-{at}", f"问题{at}", text, "2026-02-30"] for at, text in enumerate(DANGEROUS)]
    if name.endswith("csv"):
        data = csv_bytes([ROWS[0], *rows])
    else:
        lines = (f"- 编号: {a}\n  标准问题: {b}\n  客户版答案: '{c}'\n  失效日期: {d}\n" for a, b, c, d in rows)
        data = "".join(lines).encode()
    sheet = annotated(name, data).worksheets[0]
    assert [row[2] for row in texts(sheet)[1:]] == DANGEROUS
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert sheet["C2"].quotePrefix


def test_a_formula_of_hqs_is_shown_and_does_not_run() -> None:
    workbook = openpyxl.Workbook()
    for row in [*ROWS, ["Q-4", "有水吗", '="a"&"b"', ""]]:
        workbook.active.append(row)
    data = io.BytesIO()
    workbook.save(data)
    sheet = annotated("faq/前台.xlsx", data.getvalue()).worksheets[0]
    assert (sheet["C5"].data_type, sheet["C5"].value) == ("s", '="a"&"b"')
    assert "公式" in sheet["E5"].value


def test_what_belongs_to_no_row_has_a_sheet() -> None:
    rows = [[*ROWS[0], "备忘"], [*ROWS[2], "记一下"]]
    copy = annotated("faq/前台.xlsx", xlsx_bytes(("问答", rows)))
    assert copy.sheetnames == ["问答", "检查结果"]
    assert "备忘" in texts(copy["检查结果"])[1][4]


def test_lines_of_a_yaml_file_are_named() -> None:
    wrong = "- 编号: Q-2\n  标准问题: 有水吗\n  失效日期: 昨天\n  客户版答案: 有\n"
    data = f"- 编号: Q-1\n  标准问题: 几点退房\n  客户版答案: 好\n\n{wrong}"
    rows = texts(annotated("faq/前台.yaml", data.encode()).worksheets[0])
    assert "(原文件第 5 行)" in rows[2][-1]


@pytest.mark.parametrize("data", [b"PK\x03\x04 broken", b"\x00\xff" * 50, b"", b"hello"])
def test_what_cannot_be_read_has_no_copy(data: bytes) -> None:
    assert annotate("faq/前台.xlsx", data, []) is None


def test_strange_characters_do_no_harm() -> None:
    rows = [ROWS[0], ["Q-1", "几点\x0b退房", "好\x01的\uffff_x0041_", "2026-02-30"]]
    sheet = annotated("faq/前台.csv", csv_bytes(rows)).worksheets[0]
    assert sheet["E2"].value.startswith("【错误】")


def test_a_copy_that_somebody_saved_is_not_ours() -> None:
    copy = annotate("faq/前台.csv", csv_bytes(ROWS), [])
    assert copy is not None
    workbook = openpyxl.load_workbook(io.BytesIO(copy))
    workbook.properties.lastModifiedBy = "王姐"
    data = io.BytesIO()
    workbook.save(data)
    assert not is_ours(data.getvalue())
    assert not is_ours(b"hello")
