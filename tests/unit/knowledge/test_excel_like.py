"""Files as HQ's programs really write them (peers.md §5.2): nothing that Excel or WPS does goes wrong quietly."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.styles import Font

from knowledge.entry import Autonomy, Entry
from knowledge.faq import Faq, read_faq
from knowledge.folder import sort_files
from knowledge.questions import Chain
from tests.unit.knowledge.excel_like import formula, inline, rich, sheet_xml, workbook
from tests.unit.knowledge.making import csv_bytes, xlsx_bytes

HEADERS = ["编号", "标准问题", "相似问题", "客户版答案", "适用门店", "失效日期"]
ANSWER = '可以停,\n门口有 "12" 个车位;先到先得。'
_EVENING = dt.datetime.fromisoformat("2026-12-31 18:30")
PLAIN: list[list[str | float | None]] = [
    [*HEADERS],
    ["F-1", "能停车吗", "有车位吗##停哪儿", ANSWER, 1001.0, 46387.75],
    ["F-2", "几点退房", None, "12 点前。", None, "长期"],
]


def read(data: bytes, name: str = "前台.xlsx") -> Faq:
    files = {f"faq/{name}": data}
    return read_faq(files, sort_files(files), Chain())


def check(entries: list[Entry]) -> None:
    parking, checkout = entries
    assert (parking.number, parking.question, parking.similar) == ("F-1", "能停车吗", ("有车位吗", "停哪儿"))
    assert (parking.customer_answer, parking.stores) == (ANSWER, frozenset({"1001"}))
    assert str(parking.ends_at) == "2026-12-31 18:00:00"
    assert (checkout.question, checkout.ends_at, checkout.stores) == ("几点退房", None, frozenset())


@pytest.mark.parametrize("write", [inline, rich, formula])
@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize("target", ["worksheets/sheet{}.xml", "/xl/worksheets/sheet{}.xml"])
def test_text_in_cells_bold_words_formulas_and_namespaces(
    write: Callable[[str, str | float | None], str], prefix: str, target: str
) -> None:
    faq = read(workbook({"问答": sheet_xml(PLAIN, write, prefix=prefix)}, target=target))
    assert [problem.code for problem in faq.problems] == []
    check(faq.entries)


def test_cells_formatted_down_to_the_last_row_cost_nothing() -> None:
    far = '<row r="1048576"><c r="A1048576" s="3"/><c r="XFD1048576" s="3"/></row>'
    text = sheet_xml(PLAIN).replace("</sheetData>", far + "</sheetData>")
    check(read(workbook({"问答": text})).entries)


def test_parts_that_wps_adds_are_left_alone() -> None:
    more = {"docProps/custom.xml": "<Properties/>", "xl/theme/theme1.xml": "<a/>", "xl/cellimages.xml": "<etc/>"}
    check(read(workbook({"问答": sheet_xml(PLAIN), "WpsReserved_CellImgList": sheet_xml([])}, more=more)).entries)


def test_several_sheets_notes_and_helpers() -> None:
    notes: list[list[str | float | None]] = [["本表由前台部维护,请勿删除表头"], [None], ["更新:2026-11-20"], *PLAIN]
    others: list[list[str | float | None]] = [["列 1", "列 2"], [1.0, 2.0]]
    sheets = {
        "说明": sheet_xml([["编号", "标准问题"], ["X", "不该读"]]),
        "前台": sheet_xml(notes),
        "草稿纸": sheet_xml(others),
    }
    faq = read(workbook(sheets))
    check(faq.entries)
    assert [problem.code for problem in faq.problems] == ["no-header"]
    assert faq.entries[0].place.row == 5
    assert not any(problem.is_error for problem in faq.problems)


def test_a_workbook_by_openpyxl_with_everything_people_do() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "问答"
    sheet.append(["前台常见问题(2026 版)"])
    sheet.merge_cells("A1:H1")
    sheet.append(
        [
            "编  号",
            "一级分类",
            "二级分类",
            "标准问题（必填）",
            "相似问题*",
            "相似问题*",
            "客户版答案【必填】",
            "失效时间:",
            "自主级别",
        ]
    )
    sheet.append(["F-1", "设施", "停车", "能停车吗", "有车位吗", "停哪儿", "可以", _EVENING, "自动"])
    sheet.append([2, None, None, "能充电吗", None, None, "可以", dt.date(2026, 12, 31), "　确认　"])
    sheet.append([3.0, "餐饮", "早餐", "有早餐吗", None, None, "有", "2026年12月31日", "仅人工"])
    sheet.append(["F-4", None, None, "早餐几点", None, None, "7:00", "２０２６．１２．３１", None])
    for merged in ("B3:B4", "C3:C4", "B5:B6", "C5:C6"):
        sheet.merge_cells(merged)
    sheet["D3"].font = Font(bold=True)
    sheet.freeze_panes = "A3"
    sheet.auto_filter.ref = "A2:H6"
    data = io.BytesIO()
    book.save(data)
    faq = read(data.getvalue())
    assert [entry.number for entry in faq.entries] == ["F-1", "2", "3", "F-4"]
    assert [(entry.category, entry.subcategory) for entry in faq.entries] == [("设施", "停车")] * 2 + [
        ("餐饮", "早餐")
    ] * 2
    assert faq.entries[0].similar == ("有车位吗", "停哪儿")
    assert [str(entry.ends_at)[:16] for entry in faq.entries] == ["2026-12-31 18:30"] + ["2026-12-31 23:59"] * 3
    assert [entry.autonomy for entry in faq.entries][:3] == [Autonomy.AUTO, Autonomy.CONFIRM, Autonomy.PERSON]
    assert [problem.code for problem in faq.problems] == ["mapped-columns"]


# --- CSV -------------------------------------------------------------------------------------------------------------
TEXTS = [["" if cell is None else str(cell) for cell in row] for row in PLAIN]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_csv_however_it_was_saved(encoding: str, delimiter: str, ends: str) -> None:
    data = csv_bytes(TEXTS, "utf-8", delimiter).decode().replace("\r\n", ends).encode(encoding)
    faq = read(data, "前台.csv")
    assert faq.problems == []
    check(faq.entries)


@pytest.mark.parametrize(
    "text",
    [
        '问题,答案\n能停吗,"能;好;是;的"\n怎么走,左;右;左;右\n',
        "问题\t答案\n能停吗,大车\t能,可以,好\n怎么走\t左,右,左\n",
        "sep=;\n问题;答案\n能停吗,大车;能,可以\n怎么走;左,右\n",
    ],
)
def test_answers_full_of_other_delimiters(text: str) -> None:
    entries = read(text.encode(), "a.csv").entries
    assert [entry.question[:3] for entry in entries] == ["能停吗", "怎么走"]
    assert all(len(entry.customer_answer) > 2 for entry in entries)


def test_csv_of_a_data_frame() -> None:
    """A column of row numbers without a header, numbers as floats, gaps as nothing."""
    rows = [["", *TEXTS[0]], ["0", *TEXTS[1]], ["1", *TEXTS[2]]]
    faq = read(csv_bytes(rows), "前台.csv")
    check(faq.entries)
    assert [problem.code for problem in faq.problems] == ["no-header"]


def test_merged_categories_that_became_gaps_in_a_csv() -> None:
    rows = [
        ["一级分类", "二级分类", "编号", "标准问题", "客户版答案"],
        ["设施", "停车", "1", "能停车吗", "能"],
        ["", "", "2", "能充电吗", "能"],
        ["", "泳池", "3", "有泳池吗", "有"],
        ["餐饮", "", "4", "能点餐吗", "能"],
        ["", "", "5", "有早餐吗", "有"],
    ]
    faq = read(csv_bytes(rows), "前台.csv")
    assert [(entry.category, entry.subcategory) for entry in faq.entries] == [
        ("设施", "停车"),
        ("设施", "停车"),
        ("设施", "泳池"),
        ("餐饮", ""),
        ("餐饮", ""),
    ]


def test_who_repeats_a_category_leaves_a_gap_on_purpose() -> None:
    rows = [["一级分类", "编号", "标准问题", "客户版答案"]]
    rows += [[category, str(at), f"问题{at}", "好"] for at, category in enumerate(["设施", "设施", "", "餐饮", ""])]
    for name, data in (("前台.csv", csv_bytes(rows)), ("前台.xlsx", xlsx_bytes(("问答", rows)))):
        assert [entry.category for entry in read(data, name).entries] == ["设施", "设施", "", "餐饮", ""]


@pytest.mark.parametrize("name", ["前台.csv", "前台.xlsx"])
def test_one_row_and_header_only(name: str) -> None:
    def made(rows: list[list[str]]) -> bytes:
        return csv_bytes(rows) if name.endswith("csv") else xlsx_bytes(("问答", rows))

    assert len(read(made(TEXTS[:2]), name).entries) == 1
    faq = read(made(TEXTS[:1]), name)
    assert [(problem.code, problem.row, problem.is_error) for problem in faq.problems] == [("empty-table", 1, False)]


def test_order_is_kept() -> None:
    rows = [["编号", "标准问题", "客户版答案"], *([str(9_000 - at), f"第{at}个问题", "好"] for at in range(300))]
    entries = read(xlsx_bytes(("问答", rows))).entries
    assert [entry.number for entry in entries] == [str(9_000 - at) for at in range(300)]


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2026-12-01", "2026-12-01 00:00", "2026-12-01 23:59"),
        ("2026/12/1 08:05", "2026-12-01 08:05", "2026-12-01 08:05"),
        ("2026.12.01 18:00:00", "2026-12-01 18:00", "2026-12-01 18:00"),
        ("２０２６年１２月１日 １８：３０", "2026-12-01 18:30", "2026-12-01 18:30"),
        ("2026年12月1日下午3点", "2026-12-01 15:00", "2026-12-01 15:00"),
        ("2026年12月1日 8点半", "2026-12-01 08:30", "2026-12-01 08:30"),
        ("2026-12-01T09:00", "2026-12-01 09:00", "2026-12-01 09:00"),
        ("2026-12-01 24:00", "2026-12-01 23:59", "2026-12-01 23:59"),
        ("20261201", "2026-12-01 00:00", "2026-12-01 23:59"),
        ("46357", "2026-12-01 00:00", "2026-12-01 23:59"),
        ("46357.5", "2026-12-01 12:00", "2026-12-01 12:00"),
        ("长期", "None", "None"),
        ("永久有效", "None", "None"),
    ],
)
def test_dates_and_times(written: str, first: str, last: str) -> None:
    rows = [["编号", "标准问题", "客户版答案", "生效日期", "失效日期"], ["1", "能停吗", "能", written, written]]
    (entry,) = read(csv_bytes(rows), "a.csv").entries
    assert (str(entry.starts_at)[:16], str(entry.ends_at)[:16]) == (first, last)
