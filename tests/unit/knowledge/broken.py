"""Files that are wrong in every way that peers.md §5.2 knows, each with where the message has to point."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.unit.knowledge.biff_like import compound, xls_bytes
from tests.unit.knowledge.excel_like import formula, inline, sheet_xml, workbook
from tests.unit.knowledge.making import Rows, csv_bytes, xlsx_bytes

GOOD = {"编号": "F-1", "一级分类": "设施", "标准问题": "能停车吗", "客户版答案": "可以停,\n先到先得。"}
FILLED = {"编号": "F-2", "一级分类": "餐饮", "标准问题": "有早餐吗", "客户版答案": "有,7 点起。"}


@dataclass(frozen=True, slots=True)
class Broken:
    """One file among right ones."""

    name: str  #: path in HQ's folder
    data: bytes
    code: str
    row: int  #: as the editor counts
    is_error: bool = True

    def __str__(self) -> str:
        return f"{self.code}-{self.name}"


#: What may stand in one row, and which problem that is. The row before it is GOOD.
ROWS: tuple[tuple[Mapping[str, str], str], ...] = (
    ({"标准问题": ""}, "no-question"),
    ({"标准问题": "？？！"}, "no-question"),
    ({"客户版答案": ""}, "no-answer"),
    ({"失效日期": "2026-02-30"}, "bad-date"),
    ({"失效日期": "２０２６－１３－０１"}, "bad-date"),
    ({"生效日期": "下个月"}, "bad-date"),
    ({"失效日期": "99999999"}, "bad-date"),
    ({"失效日期": "2026-12-01 25:00"}, "bad-date"),
    ({"生效日期": "2026-12-02", "失效日期": "46357"}, "ends-before-start"),
    ({"适用门店": "1001.5"}, "unknown-store"),
    ({"适用门店": "T001；火星店"}, "unknown-store"),
    ({"适用城市": "火星"}, "unknown-city"),
    ({"受众": "路人"}, "bad-choice"),
    ({"自主级别": "看心情"}, "bad-choice"),
    ({"状态": "也许"}, "bad-choice"),
    ({"编号": "F 2 3"}, "bad-number"),
    ({"编号": "F" * 65}, "bad-number"),
    ({"编号": "F-1"}, "duplicate-number"),
    ({"标准问题": "能停车吗?"}, "duplicate-question"),
    ({"相似问题": "有餐厅吗##请问能停车吗"}, "similar-is-standard"),
    ({"客户版答案": "{{门店.没有这一列}}"}, "bad-template"),
    ({"客户版答案": "{% if 1 %}好{% endif %}"}, "bad-template"),
)


def table(row: Mapping[str, str]) -> list[list[str]]:
    rows = [GOOD, {**FILLED, **row}]
    headers = list(dict.fromkeys(name for one in rows for name in one))
    return [headers, *([one.get(name, "") for name in headers] for one in rows)]


def yaml_bytes(rows: list[list[str]]) -> bytes:
    """Each cell in quotes, as JSON writes it; one row a line."""
    items = (zip(rows[0], row, strict=True) for row in rows[1:])
    lines = (", ".join(f"{name}: {json.dumps(cell)}" for name, cell in item) for item in items)
    return "".join(f"- {{{line}}}\n" for line in lines).encode()


def json_bytes(rows: list[list[str]]) -> bytes:
    items = (json.dumps(dict(zip(rows[0], row, strict=True)), ensure_ascii=False) for row in rows[1:])
    return ("[\n" + ",\n".join(items) + "\n]").encode()


def jsonl_bytes(rows: list[list[str]]) -> bytes:
    return "\n".join(json.dumps(dict(zip(rows[0], row, strict=True)), ensure_ascii=False) for row in rows[1:]).encode()


def markdown_bytes(rows: list[list[str]]) -> bytes:
    """One blank line between questions; an empty question is left to the other formats."""
    blocks = []
    for row in rows[1:]:
        cells = dict(zip(rows[0], row, strict=True))
        named = [f"{name}: {cell}" for name, cell in cells.items() if cell and name not in ("标准问题", "客户版答案")]
        blocks.append("\n".join([f"## {cells['标准问题']}", *named, cells["客户版答案"].replace("\n", " ")]))
    return "\n\n".join(blocks).encode()


#: ending, writer, and the row of the second entry.
WRITERS: tuple[tuple[str, Callable[[list[list[str]]], bytes], int], ...] = (
    (".csv", lambda rows: csv_bytes(rows, "utf-8-sig"), 3),
    (".csv", lambda rows: csv_bytes(rows, "gb18030", ";"), 3),
    (".csv", lambda rows: csv_bytes(rows, "utf-16", "\t"), 3),
    (".xlsx", lambda rows: xlsx_bytes(("问答", rows)), 3),
    (".xlsx", lambda rows: xlsx_bytes(("说明", [["先看这里"]]), ("前台", [["本表由前台部维护"], [], *rows])), 5),
    (".xlsx", lambda rows: workbook({"问答": sheet_xml(rows, inline, prefix="x:")}), 3),
    (".xlsx", lambda rows: workbook({"问答": sheet_xml(rows, formula)}), 3),
    (".yaml", yaml_bytes, 2),
    (".json", json_bytes, 3),
    (".jsonl", jsonl_bytes, 2),
    (".tsv", lambda rows: csv_bytes(rows, "utf-16-le", "\t"), 3),
    (".xls", lambda rows: xls_bytes({"说明": [["先看这里"]], "前台": rows}), 3),
    (".et", lambda rows: xls_bytes({"问答": [["本表由前台部维护"], *rows]}), 4),
    (".xlsx", lambda rows: workbook({"问答": re.sub(r' r="[A-Z]*\d+"', "", sheet_xml(rows))}), 3),
    (".xlsx", lambda rows: csv_bytes(rows, "gb18030", "\t"), 3),
)


def wrong_rows() -> Iterator[Broken]:
    for row, code in ROWS:
        for at, (ending, write, number) in enumerate(WRITERS):
            yield Broken(f"faq/第{at}种{ending}", write(table(row)), code, number)
        if row.get("标准问题") != "":
            lines = markdown_bytes(table(row)).decode().split("\n")
            second = max(at for at, line in enumerate(lines, 1) if line.startswith("## "))
            yield Broken("faq/前台.md", markdown_bytes(table(row)), code, second)


EXPORTS: tuple[tuple[str, Rows, str, int], ...] = (
    ("MaxKB", [["分段标题", "分段内容", "问题"], ["停车", "可以", "能停车吗"], ["", "没有标题", ""]], "no-question", 3),
    ("MaxKB", [["分段标题", "分段内容", "问题"], ["停车", "", "能停车吗"]], "no-answer", 2),
    ("FastGPT", [["q", "a", "indexes"], ["能停车吗", "可以", ""], ["一段长文字", "", ""]], "no-answer", 3),
    ("FastGPT", [["q", "a", "indexes"], ["", "可以", "能停吗"]], "no-question", 2),
    ("Dify", [["question", "answer"], ["能停车吗", "可以"], ["能停车吗", "不行"]], "duplicate-number", 3),
    ("Dify", [["question", "answer"], ["能停车吗", ""]], "no-answer", 2),
    ("WeKnora", [["标签", "问题", "机器人回答", "是否停用"], ["停车", "能停吗", "能", "看情况"]], "bad-choice", 2),
    ("WeKnora", [["标签", "问题", "机器人回答", "是否停用"], ["停车", "", "能", "FALSE"]], "no-question", 2),
    ("企点", [["标准问题", "答案", "问题分类", "有效期"], ["能停吗", "能", "停车", "下周"]], "bad-date", 2),
    ("同义表头", [["标准问", "机器人回答", "结束时间"], ["能停吗", "能", "2026-02-30"]], "bad-date", 2),
)


def wrong_exports() -> Iterator[Broken]:
    for name, rows, code, number in EXPORTS:
        yield Broken(f"faq/{name}.csv", csv_bytes(rows, "gb18030"), code, number)
        yield Broken(f"faq/{name}.xlsx", xlsx_bytes(("导出", rows)), code, number)


HEAD = "编号,标准问题,客户版答案\nF-1,能停车吗,可以\n"
STRUCTURES: tuple[Broken, ...] = (
    Broken("faq/逗号.csv", f"{HEAD}F-2,有早餐吗,有,7 点起\n".encode(), "extra-cells", 3),
    Broken("faq/逗号.csv", f"{HEAD}F-2,有早餐吗,有,7 点起\n".encode("gb18030"), "extra-cells", 3),
    Broken("faq/引号.csv", f'{HEAD}F-2,"有早餐吗,有\nF-3,几点,7 点\n'.encode(), "bad-quotes", 3),
    Broken("faq/引号.csv", f'{HEAD}F-2,"有"早餐"吗,有\n'.encode("utf-8-sig"), "bad-quotes", 3),
    Broken("faq/换行.csv", f"{HEAD}F-2,有早餐吗,有\n7 点起。\n".encode(), "no-question", 4),
    Broken("faq/编码.csv", HEAD.encode() + "F-2,有早餐吗,".encode() + b"\xff\xff\n", "bad-encoding", 3),
    Broken("faq/编码.csv", HEAD.encode("gb18030") + b"F-2,\xb0", "bad-encoding", 3),
    Broken("faq/编码.md", "## 能停吗\n能\n".encode() + b"\xff\xff\n", "bad-encoding", 3),
    Broken("faq/编码.yaml", "- 标准问题: 能停吗\n".encode() + b"  \xff\xff\n", "bad-encoding", 2),
    Broken("faq/编码.json", b"[\n" + b"\xff\xff]", "bad-encoding", 2),
    Broken("faq/零.csv", f"{HEAD}F-2,有\0早餐吗,有\n".encode(), "not-a-table", 3),
    Broken("faq/表头.csv", "编号,问什么,客户版答案\nF-1,能停车吗,可以\n".encode(), "missing-column", 1),
    Broken("faq/表头.xlsx", xlsx_bytes(("a", [["注"], ["编号", "客户版答案"], ["1", "好"]])), "missing-column", 2),
    Broken("faq/表头.xlsx", xlsx_bytes(("a", [[], ["随便写写"], ["没有表头"]])), "no-header", 2),
    Broken("faq/表头.csv", "随便写写\n没有表头\n".encode(), "no-header", 1),
    Broken("faq/两列.csv", "标准问题,客户版答案,客户版答案\na,b,c\n".encode(), "duplicate-column", 1),
    Broken("faq/两列.csv", "问题,答案,回答\na,b,c\n".encode(), "duplicate-column", 1),
    Broken("faq/只有表头.csv", "编号,标准问题,客户版答案\n".encode(), "empty-table", 1, is_error=False),
    Broken("faq/只有表头.xlsx", xlsx_bytes(("a", [["注"], ["编号", "标准问题"]])), "empty-table", 2, is_error=False),
    Broken("faq/长.csv", f"{HEAD}F-2,有早餐吗,{'好' * 40_000}\n".encode(), "too-long", 3),
    Broken("faq/宽.csv", f"{HEAD}F-2,有早餐吗,有{',x' * 1_001}\n".encode(), "too-wide", 3),
    Broken("faq/错误.xlsx", xlsx_bytes(("a", [["标准问题", "客户版答案"], ["能停吗", "#N/A"]])), "error-cell", 2),
    Broken("faq/公式.xlsx", xlsx_bytes(("a", [["标准问题", "客户版答案"], ["能停吗", "=A1&B1"]])), "error-cell", 2),
    Broken("faq/空的.xlsx", b"", "empty-workbook", 0),
    Broken("faq/网页.xls", b"<html><table><tr><td>1</td></tr></table></html>", "web-page", 0),
    Broken("faq/密码.xlsx", compound("EncryptedPackage", b"x"), "locked-file", 0),
    Broken("faq/半个.xls", xls_bytes({"a": [["标准问题", "客户版答案"], ["能停吗", "能"]]})[:1500], "old-format", 0),
    Broken("faq/冒号.yaml", "- 编号: 1\n  标准问题： 能停吗\n  客户版答案: 能\n".encode(), "bad-yaml", 2),
    Broken("faq/一行.jsonl", '{"标准问题": "能停吗", "客户版答案": "能"}\n{"标准'.encode(), "bad-json", 2),
    Broken(
        "faq/合并.xlsx",
        xlsx_bytes(("a", [["标准问题", "客户版答案"], ["能停吗", "能"], ["", "不能"]]), merged=["A2:A3"]),
        "duplicate-number",
        3,
    ),
    Broken("faq/缩进.yaml", "- 标准问题: 能停吗\n 客户版答案: 能\n".encode(), "bad-yaml", 2),
    Broken("faq/制表.yaml", "- 标准问题: 能停吗\n\t客户版答案: 能\n".encode(), "bad-yaml", 2),
    Broken("faq/引用.yaml", "- 标准问题: 能停吗\n  客户版答案: *a\n".encode(), "yaml-alias", 2),
    Broken("faq/两次.yaml", "- 标准问题: 能停吗\n  标准问题: 能停\n".encode(), "duplicate-key", 2),
    Broken("faq/逗号.json", '[\n{"标准问题": "能停吗"\n "客户版答案": "能"}]'.encode(), "bad-json", 3),
    Broken("faq/两次.json", '[\n{"标准问题": "能停吗", "标准问题": "能停"}]'.encode(), "duplicate-key", 2),
    Broken("faq/深.json", ("[\n" * 40 + "]" * 40).encode(), "too-deep", 17),
    Broken("faq/不是.json", b'{"a": 1}', "not-a-table", 1),
    Broken("faq/没有.md", "能停吗\n能\n".encode(), "no-header", 1),
    Broken("faq/没答.md", "## 能停吗\n\n## 有早餐吗\n有\n".encode(), "no-answer", 1),
    Broken("faq/验收问题.csv", "客户原话,期望编号\n能停吗,好-1\n能睡吗,F-9\n".encode(), "unknown-entry", 3),
    Broken("faq/验收问题.xlsx", xlsx_bytes(("a", [["客户原话", "期望编号"], ["", "好-1"]])), "no-question", 2),
    Broken("faq/同义词.csv", "标准词,别名\n停车,泊车\n车位,泊车\n".encode(), "two-standards", 3),
    Broken("faq/stores/T001.csv", "编号,客户版答案\n好-1,好\nF-9,好\n".encode(), "unknown-entry", 3),
    Broken("faq/stores/T001.csv", "编号,标准问题\n好-1,别的\n".encode(), "not-for-stores-to-change", 2),
    Broken("faq/stores/T001.xlsx", xlsx_bytes(("a", [["编号", "失效日期"], ["好-1", "2026-02-30"]])), "bad-date", 2),
    Broken("lexicon.yaml", "敏感词: [投诉]\n同意词: []\n".encode(), "unknown-key", 2),
    Broken("products.csv", "商品编号,名称,价格\n1,水,2\n1,茶,3\n".encode(), "duplicate-product", 3),
)


def every() -> list[Broken]:
    return [*wrong_rows(), *wrong_exports(), *STRUCTURES]
