"""Makes HQ's files for the tests: tables from rows, folders from tables."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence

import openpyxl

from knowledge.chain import Store
from knowledge.content import Content, Loaded, load
from knowledge.entry import Audience, Entry
from knowledge.problem import Place, Problem

Rows = Sequence[Sequence[object]]

STORES: Rows = [
    ["门店编号", "门店名称", "别名", "城市", "客服账号", "停车", "早餐时间"],
    ["T001", "西塘路店", "西塘店、老街店", "杭州", "wk1", "门口有 12 个车位", "07:00-10:00"],
    ["T002", "望江店", "江边店", "杭州市", "wk2;wk9", "地下停车场", ""],
    ["T003", "梧桐里店", "", "苏州", "wk9", "", "06:30-09:30"],
]
STAFF: Rows = [
    ["员工账号", "姓名", "门店编号", "角色", "上班时间"],
    ["ZhangYi", "张一", "T001", "店员", "周一至周五 09:00-18:00"],
    ["liyue", "李月", "望江店", "店长", ""],
    ["boss", "王总", "", "总部", ""],
]


def csv_bytes(rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(*sheets: tuple[str, Rows], merged: Sequence[str] = ()) -> bytes:
    """A workbook; `merged` ranges are of the first sheet."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets:
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for cells in merged:
        workbook.worksheets[0].merge_cells(cells)
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()


def zip_bytes(files: Mapping[str, bytes | str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def questions(*rows: Mapping[str, str]) -> bytes:
    """A CSV with as many columns as the rows name; 编号, 标准问题 and 客户版答案 have values unless given."""
    full = [{"编号": f"Q-{at}", "标准问题": f"问题{at}", "客户版答案": "好的", **row} for at, row in enumerate(rows, 1)]
    headers = list(dict.fromkeys(header for row in full for header in row))
    return csv_bytes([headers, *([row.get(header, "") for header in headers] for row in full)])


def folder(faq: bytes, **others: bytes) -> dict[str, bytes]:
    """A whole folder around one FAQ file; other files by name, with _ for the dot."""
    files = {"stores.csv": csv_bytes(STORES), "staff.csv": csv_bytes(STAFF), "faq/前台.csv": faq}
    return files | {name.replace("_", "."): data for name, data in others.items()}


def load_rows(*rows: Mapping[str, str]) -> Loaded:
    return load(folder(questions(*rows)))


def content_of(loaded: Loaded) -> Content:
    assert loaded.content is not None, [str(problem) for problem in loaded.problems]
    return loaded.content


def errors(loaded: Loaded) -> list[Problem]:
    return [problem for problem in loaded.problems if problem.is_error]


def codes(loaded: Loaded) -> list[str]:
    """Of the errors."""
    return [problem.code for problem in errors(loaded)]


def entry(number: str, question: str, *similar: str, **fields: object) -> Entry:
    values: dict[str, object] = {"customer_answer": "好的", "audience": Audience.CUSTOMER, **fields}
    return Entry(number=number, question=question, place=Place("faq/x.csv", row=1), similar=similar, **values)  # type: ignore[arg-type]


def store(number: str = "T001", city: str = "杭州", **cells: str) -> Store:
    return Store(number=number, name=f"{number}店", city=city, cells=cells)
