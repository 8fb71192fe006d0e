"""Markdown, YAML and JSON as people and other systems write them, without what our own samples do."""

from __future__ import annotations

import json

import pytest

from knowledge.content import Loaded, load
from tests.unit.knowledge.making import codes, content_of, csv_bytes, xlsx_bytes, zip_bytes


def loaded(name: str, data: bytes | str) -> Loaded:
    return load({f"faq/{name}": data.encode() if isinstance(data, str) else data})


def pairs(read: Loaded) -> list[tuple[str, str, int]]:
    return [(one.question, one.customer_answer, one.place.row) for one in content_of(read).entries.values()]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Q: 能停车吗\nA: 可以\n\nQ: 几点退房\nA: 12 点\n", (1, 4)),
        ("**问:能停车吗**\n\n答:可以\n\n问:几点退房\n答:12 点\n", (1, 5)),
        ("问题1：能停车吗\nA1：可以\n问题2：几点退房\nA2：12 点\n", (1, 3)),
        ("| 问题 | 答案 |\n|---|:--:|\n| 能停车吗 | 可以 |\n| 几点退房 | 12 点 |\n", (3, 4)),
        ("常见问题\n\n问题|答案\n--|--\n能停车吗|可以\n几点退房|12 点\n", (5, 6)),
        ("## 能停车吗\n可以\n### Q2: 几点退房\n12 点\n", (1, 3)),
    ],
)
def test_markdown_without_headings(text: str, rows: tuple[int, int]) -> None:
    assert pairs(loaded("a.md", text)) == [("能停车吗", "可以", rows[0]), ("几点退房", "12 点", rows[1])]


def test_bars_and_line_breaks_in_a_markdown_table() -> None:
    text = "| 问题 | 答案 |\n|---|---|\n| 能停吗 | 可以<br>A\\|B 区 |\n"
    assert pairs(loaded("a.md", text)) == [("能停吗", "可以\nA|B 区", 3)]


def test_sheets_in_yaml() -> None:
    text = "问答:\n- {编号: 1, 标准问题: 能停吗, 客户版答案: 能}\n验收问题:\n- {客户原话: 停车, 期望编号: 1}\n"
    content = content_of(loaded("a.yaml", text))
    assert ([*content.entries], [one.text for one in content.acceptance]) == (["1"], ["停车"])


def test_a_wrong_sheet_in_yaml_is_found() -> None:
    read = loaded("a.yaml", "问答:\n- {标准问题: 能停吗, 客户版答案: 能}\n验收问题: 无\n")
    assert codes(read) == ["not-a-table"]


def test_a_full_width_colon_in_yaml_is_found_where_it_stands() -> None:
    read = loaded("a.yaml", "- 编号: 1\n  标准问题： 能停吗\n  客户版答案: 能\n")
    (problem,) = [one for one in read.problems if one.is_error]
    assert (problem.code, problem.row) == ("bad-yaml", 2)
    assert "「：」" in problem.message


# --- exports ---------------------------------------------------------------------------------------------------------
TALK = '{"messages": [{"role": "system", "content": ""}, {"role": "user", "content": "能停车吗"}, '
TALK += '{"role": "assistant", "content": "可以,\\n先到先得"}]}\n'


def test_a_talk_a_line_as_dify_exports_it() -> None:
    assert pairs(loaded("annotations-zh-Hans.jsonl", TALK + "\n" + TALK.replace("能停车", "收费"))) == [
        ("能停车吗", "可以,\n先到先得", 1),
        ("收费吗", "可以,\n先到先得", 3),
    ]


@pytest.mark.parametrize(
    ("line", "code"), [("{", "bad-json"), ("[1]", "not-a-table"), ('{"q": 1, "q": 2}', "duplicate-key")]
)
def test_a_wrong_line_of_json(line: str, code: str) -> None:
    (problem,) = [one for one in loaded("a.jsonl", TALK + line).problems if one.is_error]
    assert (problem.code, problem.row) == (code, 2)


LKE_HEADERS = [
    *(f"{number}级分类" for number in range(1, 11)),
    *(
        "问题（必填）",
        "答案（必填）",
        "问题描述（非必填）",
        "相似问（非必填）",
        "有效期（非必填）",
        "自定义参数（非必填）",
    ),
    *("生效范围（非必填）", "来源", "关联文档", "字符数", "更新时间"),
]


def lke(**cells: str) -> list[str]:
    row = {"问题（必填）": "能停车吗", "答案（必填）": "可以", **cells}
    return [row.get(header, row.get(header.partition("（")[0], "")) for header in LKE_HEADERS]


@pytest.mark.parametrize(
    ("scope", "status"),
    [("", "启用"), ("发布域", "启用"), ("开发域/发布域", "启用"), ("仅开发域", "草稿"), ("停用", "停用")],
)
def test_tencent_clouds_platform(scope: str, status: str) -> None:
    row = lke(
        生效范围=scope, 相似问="有车位吗\n停哪儿", 有效期="2026/12/31-18:30", **{"1级分类": "设施", "2级分类": "停车"}
    )
    (entry,) = content_of(loaded("问答.xlsx", xlsx_bytes(("Sheet1", [LKE_HEADERS, row])))).entries.values()
    assert (entry.category, entry.subcategory, entry.similar) == ("设施", "停车", ("有车位吗", "停哪儿"))
    assert (str(entry.ends_at), entry.status) == ("2026-12-31 18:30:00", status)


def test_tencent_clouds_older_template() -> None:
    headers = [
        "一级分类",
        "二级分类",
        "三级分类",
        "十级分类",
        "问题（必填）",
        "答案（必填）",
        "有效期（非必填）",
        "是否启用（非必填）",
    ]
    rows = [headers, ["设施", "停车", "地下", "", "能停车吗", "可以", "永久有效", "停用"]]
    (entry,) = content_of(loaded("问答.xlsx", xlsx_bytes(("Sheet1", rows)))).entries.values()
    assert (entry.category, entry.subcategory, entry.ends_at, entry.status) == ("设施", "停车/地下", None, "停用")


@pytest.mark.parametrize(
    "text",
    [
        'q,a,index,metadata\n能停车吗,可以,有车位吗,"{""rank"":1}"\n',
        'q,a,indexes,\n能停车吗,可以,"1. 有车位吗",能停车吗可以\n',
        "\ufeffindex,content\n能停车吗,可以\n",
    ],
)
def test_newer_and_older_exports_of_fastgpt(text: str) -> None:
    (entry,) = content_of(loaded("a.csv", text)).entries.values()
    assert (entry.question, entry.customer_answer) == ("能停车吗", "可以")
    assert entry.similar == (() if "content" in text else ("有车位吗",))


@pytest.mark.parametrize(
    "headers",
    [
        ["分段標題（選填）", "分段內容（必填，問題答案，最長不超過4096個字元）", "問題（選填，單元格內一行一個）"],
        [
            "Section title (optional)",
            "Section content (Required, question answer)",
            "Question (optional, one per line)",
        ],
    ],
)
def test_maxkb_in_other_languages(headers: list[str]) -> None:
    data = xlsx_bytes(("a", [headers, ["停车", "可以", "能停车吗\n有车位吗"]]))
    (entry,) = content_of(loaded("a.xlsx", data)).entries.values()
    assert (entry.question, entry.similar, entry.subcategory) == ("能停车吗", ("有车位吗",), "停车")


def test_what_is_left_in_an_archive_is_named() -> None:
    data = zip_bytes({"a.csv": csv_bytes([["问题", "答案"], ["能停吗", "能"]]), "b.docx": "x", "__MACOSX/._a.csv": "x"})
    (problem,) = [one for one in loaded("a.zip", data).problems if one.code == "file-not-read"]
    assert "b.docx" in problem.message and not problem.is_error


def test_json_of_one_list_below_names_still_reads() -> None:
    body = {
        "data": {
            "total": 1,
            "data": [{"id": "f1", "standard_question": "能停吗", "answers": ["能"], "is_enabled": True}],
        }
    }
    assert [one[:2] for one in pairs(loaded("a.json", json.dumps(body)))] == [("能停吗", "能")]
