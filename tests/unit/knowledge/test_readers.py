from __future__ import annotations

import datetime as dt
import io
import time
import zipfile

import openpyxl
import pytest

from knowledge.csv_file import read_csv
from knowledge.grid import ERROR_CELL, Grid, Read
from knowledge.problem import Place
from knowledge.xlsx_file import read_xlsx
from knowledge.yaml_file import Block, read_tree, read_yaml
from tests.unit.knowledge.making import Rows, csv_bytes, xlsx_bytes

HERE = Place("faq/x")
ROWS = [["编号", "标准问题"], ["007", '有"引号"、逗号,\n和换行吗'], ["8", "第二问"]]


def cells(read: Read, sheet: int = 0) -> list[tuple[str, ...]]:
    assert read.problems == (), read.problems
    return [row for _, row in read.grids[sheet].rows]


def code(read: Read) -> str:
    (problem,) = read.problems
    assert read.grids == ()
    assert problem.message.endswith(("。", "」"))
    return problem.code


# --- CSV -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_every_encoding_and_with_every_delimiter(encoding: str, delimiter: str) -> None:
    assert cells(read_csv(csv_bytes(ROWS, encoding, delimiter), HERE)) == [tuple(map(str, row)) for row in ROWS]


def test_a_cell_with_line_breaks_is_one_row_and_blank_rows_count() -> None:
    read = read_csv(b'a,b\r\n1,"x\r\ny"\r\n\r\n2,z\r\n', HERE)
    assert [number for number, row in read.grids[0].rows if any(row)] == [1, 2, 4]


def test_quotes_that_do_not_close_are_named_with_their_row() -> None:
    read = read_csv('a,b\n1,2\n3,"四\n5,6\n'.encode(), HERE)
    assert code(read) == "bad-quotes"
    assert read.problems[0].row == 3


def test_csv_that_is_no_text_is_refused() -> None:
    assert code(read_csv(b"\xff\xff\x00\x81", HERE)) == "bad-encoding"
    assert code(read_csv(b"a,b\n\x00,1\n", HERE)) == "not-a-table"


# --- XLSX ------------------------------------------------------------------------------------------------------------
def test_cells_read_as_excel_shows_them() -> None:
    values = [
        1001.0,
        12.5,
        dt.date(2026, 2, 28),
        dt.datetime(2026, 2, 28, 9, 30),  # noqa: DTZ001  # Excel knows no zones
        dt.time(12, 0),
        True,
        " 空格 ",
        "a\nb",
    ]
    read = read_xlsx(xlsx_bytes(("问答", [values])), HERE)
    assert cells(read)[0] == ("1001", "12.5", "2026-02-28", "2026-02-28 09:30:00", "12:00", "是", "空格", "a\nb")


def test_merged_cells_all_hold_the_first() -> None:
    rows: Rows = [["分类", "问题"], ["住店", "几点入住"], [None, "几点退房"], ["用餐", "早餐几点"]]
    assert [row[0] for row in cells(read_xlsx(xlsx_bytes(("s", rows), merged=["A2:A3"]), HERE))] == [
        "分类",
        "住店",
        "住店",
        "用餐",
    ]


def test_an_empty_margin_keeps_rows_and_columns_in_place() -> None:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    workbook.active["C4"] = "在这里"
    data = io.BytesIO()
    workbook.save(data)
    assert read_xlsx(data.getvalue(), HERE).grids[0].rows[-1] == (4, ("", "", "在这里"))


def test_error_cells_and_formulas_without_result_are_marked() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet["A1"], sheet["B1"], sheet["C1"] = "好", "=1/0", "#N/A"
    sheet["C1"].data_type = "e"
    data = io.BytesIO()
    workbook.save(data)
    assert cells(read_xlsx(data.getvalue(), HERE))[0] == ("好", ERROR_CELL, ERROR_CELL)


def test_all_sheets_are_read_but_hidden_ones_are_named() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(("一", [["a"]]), ("二", [["b"]]), ("三", [["c"]]))))
    workbook["二"].sheet_state = "hidden"
    data = io.BytesIO()
    workbook.save(data)
    read = read_xlsx(data.getvalue(), HERE)
    assert [grid.sheet for grid in read.grids] == ["一", "三"]
    assert [(problem.code, problem.sheet) for problem in read.problems] == [("hidden-sheet", "二")]


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"hello", xlsx_bytes(("s", ROWS))[:1500], b"PK\x05\x06" + bytes(18)]
)
def test_a_damaged_workbook_is_a_problem(data: bytes) -> None:
    assert code(read_xlsx(data, HERE)) == "damaged-file"


def test_an_old_workbook_or_one_with_a_password_is_named() -> None:
    assert code(read_xlsx(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), HERE)) == "old-format"


def test_one_cell_far_away_asks_for_no_memory() -> None:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    workbook.active["A1"], workbook.active["XFD1048576"] = "近", "远"
    data = io.BytesIO()
    workbook.save(data)
    assert code(read_xlsx(data.getvalue(), HERE)) == "too-many-cells"


def test_formats_down_to_the_last_row_do_no_harm() -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
        b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData></worksheet>'
    )
    assert cells(read_xlsx(with_part("xl/worksheets/sheet1.xml", sheet), HERE)) == [("x",)]


@pytest.mark.parametrize(
    "cell",
    [
        b"<c r='?'><v>1</v></c>",
        b'<c r="A1"><v><![CDATA[1]]></v></c>',
        b'<c x=">" r="XFDD1"><v>1</v></c>',
        b'<c x="<" r="A1"><v>1</v></c>',
    ],
)
def test_a_sheet_that_no_program_writes_is_refused(cell: bytes) -> None:
    sheet = b'<worksheet><sheetData><row r="1">' + cell + b"</row></sheetData></worksheet>"
    assert code(read_xlsx(with_part("xl/worksheets/sheet1.xml", sheet), HERE)) == "damaged-file"


def with_part(name: str, content: bytes) -> bytes:
    """A small workbook with one part replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_bytes(("s", [["x"]])))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return out.getvalue()


def test_a_workbook_that_unpacks_to_too_much_is_refused_also_when_it_lies() -> None:
    big = with_part("docProps/core.xml", bytes(210 * 2**20))
    assert code(read_xlsx(big, HERE)) == "too-big"
    lying = bytearray(with_part("docProps/core.xml", bytes(2**20)))
    entry = lying.rfind(b"PK\x01\x02", 0, lying.rfind(b"docProps/core.xml"))  # in the directory, not before the part
    lying[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    assert code(read_xlsx(bytes(lying), HERE)) == "too-big"


def test_a_hostile_sheet_takes_no_long_time() -> None:
    for piece in (b"<c ", b"<c r='A1'><f ", b'<c x="', b"<sheet ", b"<Relationship "):
        for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            began = time.thread_time()
            read_xlsx(with_part(name, b"<worksheet><sheetData>" + piece * 60_000), HERE)
            assert time.thread_time() - began < 2


def test_a_workbook_in_another_encoding_is_refused() -> None:
    sheet = '<?xml version="1.0" encoding="UTF-16"?><worksheet><sheetData/></worksheet>'.encode("utf-16")
    assert code(read_xlsx(with_part("xl/worksheets/sheet1.xml", sheet), HERE)) == "damaged-file"


# --- YAML ------------------------------------------------------------------------------------------------------------
def test_yaml_is_a_table_of_text_with_line_numbers() -> None:
    text = """# 前台
- 编号: 007
  标准问题: 能停车吗
  相似问题:
    - 停哪儿
    - 有车位吗

- 编号: no
  生效日期: 2026-01-02
"""
    (grid,) = read_yaml(text.encode(), HERE).grids
    assert grid == Grid(
        "",
        (
            (0, ("编号", "标准问题", "相似问题", "生效日期")),
            (2, ("007", "能停车吗", "停哪儿\n有车位吗", "")),
            (8, ("no", "", "", "2026-01-02")),
        ),
    )


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ("a: &x 1\nb: *x", "yaml-alias", 1),
        ("a: 1\nb: *x", "yaml-alias", 2),
        ("a: !!python/object/apply:os.system [ls]", "yaml-tag", 1),
        ("a: 1\nb: 2\na: 3", "duplicate-key", 3),
        ("a: b: c", "bad-yaml", 1),
        ("a:\n\t- b", "bad-yaml", 2),
        ("[" * 5000, "too-deep", 1),
        ("a: 1\n---\nb: 2", "several-documents", 2),
        ("? [x]\n: y", "bad-yaml", 1),
        ("a: '没有关上", "bad-yaml", 1),
        ("a: \x07", "bad-yaml", 1),
    ],
)
def test_yaml_that_could_surprise_is_refused_with_its_line(text: str, problem: str, line: int) -> None:
    tree, problems = read_tree(text.encode(), HERE)
    assert tree == {}
    assert [(found.code, found.row) for found in problems] == [(problem, line)]


def test_values_stay_what_was_written() -> None:
    tree, problems = read_tree(b"a: no\nb: 1.50\nc: ~\nd: '~'\ne: 2026-01-01\nf:\n", HERE)
    assert problems == []
    assert tree == {"a": "no", "b": "1.50", "c": "", "d": "~", "e": "2026-01-01", "f": ""}
    assert isinstance(tree, Block)
    assert tree.lines["c"] == 3


def test_yaml_in_gb18030_is_read_and_a_list_is_wanted() -> None:
    assert read_yaml("- 编号: 甲".encode("gb18030"), HERE).grids[0].rows[1] == (1, ("甲",))
    assert code(read_yaml("就一句话".encode(), HERE)) == "not-a-table"
