"""Tables as people really leave them: captions, hints, a second table below, words of other systems, odd writers."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import openpyxl
import pytest

from knowledge.content import Loaded, load
from knowledge.problem import Problem
from tests.unit.knowledge.biff_like import compound, xls_bytes
from tests.unit.knowledge.excel_like import HEAD, MAIN, sheet_xml, workbook
from tests.unit.knowledge.making import STORES, codes, content_of, csv_bytes, xlsx_bytes

HEADERS = ["编号", "标准问题", "客户版答案"]
ONE = ["F-1", "能停车吗", "可以"]


def loaded(data: bytes, name: str = "前台.xlsx") -> Loaded:
    return load({"stores.csv": csv_bytes(STORES), f"faq/{name}": data})


def sheet(*rows: Sequence[object]) -> bytes:
    return xlsx_bytes(("问答", rows))


def told(read: Loaded) -> list[tuple[str, int]]:
    return [(one.code, one.row) for one in read.problems if one.file.startswith("faq/")]


def numbers(read: Loaded) -> list[str]:
    return list(content_of(read).entries)


# --- rows that are no questions --------------------------------------------------------------------------------------
def test_captions_between_the_rows_are_told_and_do_no_harm() -> None:
    read = loaded(sheet(HEADERS, ONE, ["餐饮"], ["F-2", "有早餐吗", "有"], ["合计"], ["", "", "", ""]))
    assert numbers(read) == ["F-1", "F-2"]
    assert told(read) == [("caption-row", 3), ("caption-row", 5)]


def test_a_question_alone_is_no_caption() -> None:
    assert codes(loaded(sheet(HEADERS, ONE, ["", "有早餐吗", ""]))) == ["no-answer"]


def test_the_rest_of_an_answer_that_was_cut_off_is_no_caption() -> None:
    text = "编号,标准问题,客户版答案\nF-1,能停车吗,可以\n先到先得\n"
    assert codes(loaded(text.encode(), "a.csv")) == ["no-question", "no-answer"]
    assert told(loaded(b"\xef\xbb\xbf" + (text[:-5] + "餐饮,,\n").encode(), "a.csv")) == [("caption-row", 3)]


def test_how_to_fill_it_in_below_the_header() -> None:
    read = loaded(sheet(HEADERS, ["(必填)", "必填,一句话", "选填"], ONE))
    assert (numbers(read), told(read)) == (["F-1"], [("hint-row", 2)])


def test_a_second_table_below_with_other_columns() -> None:
    read = loaded(sheet(HEADERS, ONE, [], ["标准问题", "客户版答案", "编号"], ["有早餐吗", "有", "F-2"]))
    entries = content_of(read).entries
    assert (entries["F-2"].question, entries["F-2"].customer_answer, entries["F-2"].place.row) == ("有早餐吗", "有", 5)


def test_sheets_that_explain_are_passed_over() -> None:
    data = xlsx_bytes(
        ("使用说明(必看)", [["编号", "必填"]]), ("填写须知", [HEADERS, ["x", "y", "z"]]), ("问答", [HEADERS, ONE])
    )
    assert (numbers(loaded(data)), told(loaded(data))) == (["F-1"], [])


def test_a_column_without_a_header_bears_its_letters() -> None:
    read = loaded(sheet(HEADERS, [*ONE, *[""] * 24, "x"]))
    assert "第 28 列(AB 列)" in read.problems[-1].message


def test_no_header_quotes_what_was_read() -> None:
    (problem,) = [one for one in loaded("編號,標準問題\n1,能停車嗎\n".encode("big5"), "a.csv").problems if one.is_error]
    assert (problem.code, problem.row) == ("no-header", 1)
    assert problem.quoted and "UTF-8" in problem.message


def test_a_row_with_a_formula_gone_wrong_is_looked_at_to_its_end() -> None:
    rows = [[*HEADERS, "失效日期", "状态"], [*ONE, "", ""], ["F-2", "有早餐吗", "#REF!", "2026-02-30", "#N/A"]]
    read = loaded(sheet(*rows, ["F-3", "#N/A", "有"], ["F-4", "#N/A", "有"]))
    errors = [(one.code, one.row, one.column) for one in read.problems if one.is_error]
    assert sorted(errors) == [
        ("bad-date", 3, "失效日期"),
        ("error-cell", 3, "客户版答案"),
        ("error-cell", 3, "状态"),
        ("error-cell", 4, "标准问题"),
        ("error-cell", 5, "标准问题"),
    ]
    assert (read.entries, read.usable) == (4, 1)


# --- headers ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "headers",
    [
        ["＊编号：", "【标准问题】（必填）", "客户版答案*"],
        ["編號", "標準問題", "客戶版答案"],
        ["ID", "Question", "Answer"],
        ["\ufeff编号", "标准\u200b问题", "答案内容"],
    ],
)
def test_headers_in_other_spellings(headers: list[object]) -> None:
    assert numbers(loaded(sheet(headers, list(ONE)))) == ["F-1"]


def test_english_headers_beside_question_and_answer_are_not_lost() -> None:
    read = loaded(
        sheet(
            ["ID", "Question", "Similar Questions", "Answer", "Category"], ["7", "能停车吗", "有车位吗", "可以", "停车"]
        )
    )
    entry = content_of(read).entries["7"]
    assert (entry.similar, entry.category) == (("有车位吗",), "停车")


@pytest.mark.parametrize(
    ("cell", "stores"),
    [
        ("T001/T002", {"T001", "T002"}),
        ("T001 T002", {"T001", "T002"}),
        ("西塘店、T002（望江店）", {"T001", "T002"}),
        ("所有门店", set()),
    ],
)
def test_stores_however_they_are_divided(cell: str, stores: set[str]) -> None:
    read = loaded(sheet([*HEADERS, "适用门店"], [*ONE, cell]))
    assert content_of(read).entries["F-1"].stores == stores


@pytest.mark.parametrize("answer", ["电话 {门店.停车}", "电话【门店.停车】", "电话｛｛门店.停车｝｝"])
def test_what_looks_like_a_variable_and_is_none(answer: str) -> None:
    (problem,) = [
        one for one in loaded(sheet(HEADERS, ["F-1", "能停吗", answer])).problems if one.code == "not-a-variable"
    ]
    assert "{{门店.停车}}" in problem.message and problem.row == 2


# --- dates and choices -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "last"),
    [
        ("2026年12月31号", "2026-12-31 23:59"),
        ("2026-12-31(周四)", "2026-12-31 23:59"),
        ("2026/12/31 星期四", "2026-12-31 23:59"),
        ("截止2026-12-31（含）", "2026-12-31 23:59"),
        ("2026-12-31 6:30 PM", "2026-12-31 18:30"),
        ("2026-12-31 12:05 am", "2026-12-31 00:05"),
        ("2026-12-31T18:30:00+08:00", "2026-12-31 18:30"),
        ("2026/12/31-18:30", "2026-12-31 18:30"),
        ("2026/01/01-2026/12/31", "2026-12-31 23:59"),
        ("2026-01-01 至 2026-12-31 18:00", "2026-12-31 18:00"),
        ("不限期", "None"),
        ("永不过期", "None"),
        ("99991231", "None"),
        ("9999-12-31", "None"),
        ("NaT", "None"),
    ],
)
def test_more_ways_of_writing_an_end(cell: str, last: str) -> None:
    entry = content_of(loaded(sheet([*HEADERS, "失效日期"], [*ONE, cell]))).entries["F-1"]
    assert str(entry.ends_at)[:16] == last


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("12月31日", "没有写年份"),
        ("12/31/2026", "年份要写在前面"),
        ("26-12-31", "年份要写在前面"),
        ("待定", "不是有效日期"),
    ],
)
def test_what_is_wrong_with_a_date_is_said(cell: str, said: str) -> None:
    (problem,) = [one for one in loaded(sheet([*HEADERS, "失效日期"], [*ONE, cell])).problems if one.is_error]
    assert (problem.code, problem.row, problem.column) == ("bad-date", 2, "失效日期")
    assert said in problem.message


@pytest.mark.parametrize(
    ("cell", "status"), [("√", "启用"), ("在用", "启用"), ("×", "停用"), ("已下线", "停用"), (True, "启用")]
)
def test_more_words_for_a_status(cell: object, status: str) -> None:
    assert content_of(loaded(sheet([*HEADERS, "状态"], [*ONE, cell]))).entries["F-1"].status == status


# --- text files ------------------------------------------------------------------------------------------------------
TEXT = "编号,标准问题,客户版答案\r\nF-1,能停车吗,可以的\r\nF-2,几点退房,一退房就走\r\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.xlsx", "a.xls"])
def test_text_in_any_encoding_under_any_name(encoding: str, name: str) -> None:
    assert numbers(loaded(TEXT.replace(",", "\t").encode(encoding), name)) == ["F-1", "F-2"]


@pytest.mark.parametrize("delimiter", ["|", "，"])
def test_rare_delimiters(delimiter: str) -> None:
    assert numbers(loaded(TEXT.replace(",", delimiter).encode(), "a.csv")) == ["F-1", "F-2"]


def test_marks_of_an_encoding_in_the_middle_of_a_file_are_gone() -> None:
    data = b"\xef\xbb\xbf\xef\xbb\xbf" + TEXT.replace("F-2", "\ufeffF-2").encode()
    assert numbers(loaded(data, "a.csv")) == ["F-1", "F-2"]


def test_a_quote_that_guards_a_formula_is_no_part_of_the_text() -> None:
    assert (
        content_of(loaded("编号,问题,答案\n1,能停吗,'=1+1\n".encode(), "a.csv")).entries["1"].customer_answer == "=1+1"
    )


@pytest.mark.parametrize(("bad", "code"), [(b"\xff\xff", "bad-encoding"), (b"\x00", "not-a-table")])
def test_a_bad_byte_is_found_in_the_row_that_excel_shows(bad: bytes, code: str) -> None:
    data = (
        '编号,标准问题,客户版答案\nF-1,能停车吗,"可以,\n先到先得,\n一车一位"\nF-2,'.encode()
        + bad
        + "几点,好的\n".encode()
    )
    (problem,) = [one for one in loaded(data, "a.csv").problems if one.is_error]
    assert (problem.code, problem.row) == (code, 3)


# --- workbooks by other writers --------------------------------------------------------------------------------------
def test_cells_without_addresses_count_from_the_left() -> None:
    text = sheet_xml([["编号", "标准问题", None, "客户版答案"], [7.0, "能停车吗", None, "可以"]])
    bare = "".join(part if not at % 2 else "" for at, part in enumerate(_without_addresses(text)))
    assert numbers(loaded(workbook({"问答": bare}))) == ["7"]


def _without_addresses(text: str) -> list[str]:
    return re.split(r'( r="[A-Z]*\d+")', text)


def test_a_cell_without_an_address_far_down_asks_for_no_memory() -> None:
    text = (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData><row r="1048576">'
        + "<c><v>1</v></c>" * 9
        + "</row></sheetData></worksheet>"
    )
    assert told(loaded(workbook({"问答": text}))) == [("too-many-cells", 0)]


def test_a_comment_in_a_sheet_does_no_harm() -> None:
    text = sheet_xml([list(HEADERS), list(ONE)]).replace("<sheetData>", "<!-- made by a report --><sheetData>")
    assert numbers(loaded(workbook({"问答": text}))) == ["F-1"]


def test_numbers_read_as_excel_shows_them() -> None:
    book = openpyxl.Workbook()
    page = book.active
    for row in (HEADERS, [7, "打几折", 0.85], [8, "几成", 0.125], [9, "多少钱", 128.0]):
        page.append(row)
    page["A2"].number_format, page["C2"].number_format, page["C3"].number_format = "0000", "0%", "0.0%"
    page["C4"].number_format = '"¥"#,##0.00'
    data = io.BytesIO()
    book.save(data)
    entries = content_of(loaded(data.getvalue())).entries
    assert {number: entry.customer_answer for number, entry in entries.items()} == {
        "0007": "85%",
        "8": "12.5%",
        "9": "128",
    }


OLD: list[list[str | float]] = [
    ["分段标题（选填）", "分段内容（必填，问题答案，最长不超过4096个字符）", "问题（选填，单元格内一行一个）"],
    ["停车", "可以停", "能停车吗\n有车位吗"],
]


@pytest.mark.parametrize("name", ["MaxKB.xls", "MaxKB.et", "MaxKB.xlsx"])
def test_an_old_workbook_is_read(name: str) -> None:
    data = xls_bytes({"产品手册": OLD, "第二": [["编号", "问题", "答案"], [1001.0, "几点退房", "12 点"]]})
    first, second = content_of(loaded(data, name)).entries.values()
    assert (first.question, first.similar, first.customer_answer) == ("能停车吗", ("有车位吗",), "可以停")
    assert (second.number, second.place.sheet, second.place.row) == ("1001", "第二", 2)


def reason(data: bytes, name: str) -> Problem:
    (problem,) = [one for one in loaded(data, name).problems if one.is_error]
    return problem


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (compound("EncryptedPackage", b"x"), "a.xlsx", "locked-file"),
        (xls_bytes({"a": OLD})[:2000], "a.xls", "old-format"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.xls", "web-page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "a.xlsx", "web-page"),
        (b"", "a.xlsx", "empty-workbook"),
        (sheet(HEADERS, ONE)[:900], "a.xlsx", "damaged-file"),
        (bytes(300), "a.xlsx", "damaged-file"),
    ],
)
def test_what_is_wrong_with_a_workbook_is_said(data: bytes, name: str, code: str) -> None:
    problem = reason(data, name)
    assert (problem.code, problem.file) == (code, f"faq/{name}")
    assert "请" in problem.message
