"""HQ moves in by dropping its old file: what other systems export becomes our entries, and HQ is told how."""

from __future__ import annotations

import json

import pytest

from knowledge.archive_file import open_archives
from knowledge.content import load
from knowledge.entry import Entry, Status
from knowledge.faq import Faq, read_faq
from knowledge.folder import sort_files
from knowledge.problem import Problem
from knowledge.questions import Chain
from tests.unit.knowledge.making import Rows, csv_bytes, xlsx_bytes, zip_bytes

MAXKB: Rows = [
    ["分段标题（选填）", "分段内容（必填，问题对应的答案，最长不超过4096个字符）", "问题（选填，单元格内一行一个）"],
    ["停车", "可以停,\n门口有 12 个车位。", "能停车吗\n有车位吗"],
    ["怎么退房", "前台办理。", ""],
]
FASTGPT: Rows = [
    ["q", "a", "indexes", "", ""],
    ["能停车吗", "可以停。", "1. 有车位吗\n2. 停哪儿", "车停哪里", '["有停车场吗"]'],
    ["有早餐吗", "有,7 点起。", "有早餐吗", "有早餐吗有,7 点起。", ""],
]
WEKNORA: Rows = [
    [
        "标签(必填)",
        "问题(必填)",
        "相似问题(选填-多个用##分隔)",
        "反例问题(选填-多个用##分隔)",
        "机器人回答(必填-多个用##分隔)",
        "是否全部回复(选填-默认FALSE)",
        "是否停用(选填-默认FALSE)",
        "是否禁止被推荐(选填-默认False 可被推荐)",
    ],
    ["停车", "能停车吗", "有车位吗##停哪儿", "停车多少钱", "可以停。##门口有车位。", "TRUE", "FALSE", "FALSE"],
    ["会员", "怎么积分", "", "", "每一元一分。##前台办理。", "FALSE", "TRUE", "FALSE"],
]
QIDIAN: Rows = [
    ["标准问题", "答案", "问题分类", "相似问题", "关联问题", "有效期", "状态"],
    ["能停车吗", "可以停。", "设施/停车", "有车位吗;停哪儿", "停车多少钱", "2026-01-01 至 2026-12-31 18:00", "启用"],
    ["有早餐吗", "有。", "餐饮", "", "", "永久有效", "停用"],
]
DIFY: Rows = [["question", "answer"], ["能停车吗", "可以停,\n门口有 12 个车位。"]]
KF = {
    "errcode": 0,
    "group_list": [{"group_id": "g1", "name": "停车", "is_default": 0}],
    "intent_list": [
        {
            "group_id": "g1",
            "intent_id": "it-7",
            "question": {"text": {"content": "能停车吗"}},
            "similar_questions": {"items": [{"text": {"content": "有车位吗"}}, {"text": {"content": "停哪儿"}}]},
            "answers": [{"text": {"content": "可以停。😀"}, "attachments": [{"msgtype": "image", "image": {}}]}],
        }
    ],
}


def read(name: str, data: bytes) -> tuple[list[Entry], list[Problem]]:
    opened, problems = open_archives({f"faq/{name}": data})
    faq: Faq = read_faq(opened, sort_files(opened), Chain())
    found = [*problems, *faq.problems]
    return faq.entries, [problem for problem in found if problem.code != "no-number"]


def both(rows: Rows) -> list[tuple[str, bytes]]:
    """As a CSV with a mark, one that Excel saved again in GB18030, and a workbook."""
    return [
        ("导出.csv", csv_bytes(rows, "utf-8-sig")),
        ("导出.csv", csv_bytes(rows, "gb18030")),
        ("导出.xlsx", xlsx_bytes(("Sheet1", rows))),
    ]


def notice(problems: list[Problem]) -> str:
    (found,) = [problem for problem in problems if problem.code == "mapped-columns"]
    assert not found.is_error
    return found.message


@pytest.mark.parametrize(("name", "data"), both(MAXKB))
def test_maxkb(name: str, data: bytes) -> None:
    (parking, checkout), problems = read(name, data)
    assert (parking.question, parking.similar, parking.subcategory) == ("能停车吗", ("有车位吗",), "停车")
    assert parking.customer_answer == "可以停,\n门口有 12 个车位。"
    assert (checkout.question, checkout.customer_answer) == ("怎么退房", "前台办理。")
    assert "MaxKB" in notice(problems)
    assert "「分段内容」→ 客户版答案" in notice(problems)


def test_maxkb_as_a_zip_of_workbooks() -> None:
    names = {"前台.xlsx": xlsx_bytes(("文档一", MAXKB)), "图/1.png": b"x", "__MACOSX/._前台.xlsx": b"x"}
    entries, problems = read("导出.zip", zip_bytes(names))
    assert [entry.question for entry in entries] == ["能停车吗", "怎么退房"]
    assert entries[0].place.file == "faq/导出.zip/前台.xlsx"
    assert [problem.code for problem in problems] == ["file-not-read", "mapped-columns"]


def test_a_zip_from_windows_has_chinese_names() -> None:
    data = zip_bytes({"aaaa.csv": csv_bytes(DIFY)}).replace(b"aaaa", "前台".encode("gb18030"))
    entries, _ = read("导出.zip", data)
    assert entries[0].place.file == "faq/导出.zip/前台.csv"


@pytest.mark.parametrize(("name", "data"), both(FASTGPT))
def test_fastgpt(name: str, data: bytes) -> None:
    (parking, breakfast), problems = read(name, data)
    assert (parking.question, parking.customer_answer) == ("能停车吗", "可以停。")
    assert parking.similar == ("有车位吗", "停哪儿", "车停哪里", "有停车场吗")
    assert breakfast.similar == (), "an index that repeats question and answer asks nothing new"
    assert "FastGPT" in notice(problems)


def test_fastgpt_has_more_indexes_than_headers() -> None:
    (entry,), problems = read("a.csv", "q,a,indexes\n能停吗,能,有车位吗,停哪儿,车停哪\n".encode())
    assert entry.similar == ("有车位吗", "停哪儿", "车停哪")
    assert [problem.code for problem in problems] == ["mapped-columns"]


@pytest.mark.parametrize(("name", "data"), both(WEKNORA))
def test_weknora(name: str, data: bytes) -> None:
    (parking, points), problems = read(name, data)
    assert (parking.category, parking.question, parking.similar) == ("停车", "能停车吗", ("有车位吗", "停哪儿"))
    assert (parking.counterexamples, parking.customer_answer) == (("停车多少钱",), "可以停。\n门口有车位。")
    assert (parking.status, points.status) == (Status.ACTIVE, Status.STOPPED)
    assert points.customer_answer == "每一元一分。"
    assert "没有读:是否禁止被推荐" in notice(problems)
    assert [(problem.code, problem.row) for problem in problems[1:]] == [("not-carried-over", 3)]


def test_weknora_as_json() -> None:
    entries = [
        {
            "standard_question": "能停车吗",
            "similar_questions": ["有车位吗"],
            "negative_questions": ["停车多少钱"],
            "answers": ["可以停。", "门口有车位。"],
            "answer_strategy": "all",
            "tag_name": "停车",
            "is_enabled": False,
        }
    ]
    text = json.dumps({"mode": "append", "entries": entries}, ensure_ascii=True, indent=2)
    (entry,), problems = read("导出.json", text.encode())
    assert (entry.question, entry.similar, entry.counterexamples) == ("能停车吗", ("有车位吗",), ("停车多少钱",))
    assert (entry.customer_answer, entry.category, entry.status) == ("可以停。\n门口有车位。", "停车", Status.STOPPED)
    assert entry.place.row == 4
    assert "WeKnora" in notice(problems)


def test_what_weknora_stopped_is_never_served_by_a_slip_of_the_pen() -> None:
    rows: Rows = [WEKNORA[0], ["停车", "能停车吗", "", "", "可以停。", "", "看情况", ""]]
    entries, problems = read("a.csv", csv_bytes(rows))
    assert entries == []
    assert [problem.column for problem in problems if problem.is_error] == ["状态"]


@pytest.mark.parametrize(("name", "data"), both(QIDIAN))
def test_qidian(name: str, data: bytes) -> None:
    (parking, breakfast), problems = read(name, data)
    assert (parking.category, parking.subcategory, parking.similar) == ("设施", "停车", ("有车位吗", "停哪儿"))
    assert (str(parking.starts_at), str(parking.ends_at)) == ("2026-01-01 00:00:00", "2026-12-31 18:00:00")
    assert (breakfast.starts_at, breakfast.ends_at, breakfast.status) == (None, None, Status.STOPPED)
    assert "没有读:关联问题" in notice(problems)


@pytest.mark.parametrize(("name", "data"), both(DIFY))
def test_dify(name: str, data: bytes) -> None:
    (entry,), problems = read(name, data)
    assert (entry.question, entry.customer_answer) == ("能停车吗", "可以停,\n门口有 12 个车位。")
    assert "Dify" in notice(problems)


@pytest.mark.parametrize("ensure_ascii", [True, False])
def test_the_robot_of_wechat_kf(ensure_ascii: bool) -> None:
    (entry,), problems = read("机器人.json", json.dumps(KF, ensure_ascii=ensure_ascii, indent=1).encode())
    assert (entry.number, entry.category, entry.question) == ("it-7", "停车", "能停车吗")
    assert (entry.similar, entry.customer_answer) == (("有车位吗", "停哪儿"), "可以停。😀")
    assert [(problem.code, problem.row) for problem in problems] == [("mapped-columns", 0), ("not-carried-over", 11)]


def test_a_batch_for_the_robot_is_a_list() -> None:
    (entry,), _ = read("批量.json", json.dumps(KF["intent_list"]).encode())
    assert (entry.number, entry.category) == ("it-7", "")


def test_our_own_columns_in_json() -> None:
    rows = [{"编号": "F-1", "标准问题": "能停车吗", "相似问题": ["有车位吗"], "答案": "能", "适用门店": 1001.0}]
    (entry,), problems = read("a.json", json.dumps(rows).encode())
    assert (entry.number, entry.similar, entry.stores) == ("F-1", ("有车位吗",), frozenset({"1001"}))
    assert [problem.code for problem in problems] == ["mapped-columns"]


def test_an_old_workbook_is_named() -> None:
    _, problems = read("MaxKB.xls", b"\xd0\xcf\x11\xe0" + bytes(600))
    folder = sort_files({"faq/MaxKB.numbers": b""})
    assert (problems[0].code, problems[0].is_error) == ("old-format", True)
    assert all("另存为 .xlsx" in problem.message for problem in (problems[0], *folder.problems))


def test_problems_name_the_column_as_the_file_has_it() -> None:
    loaded = load({"faq/a.csv": "问题,机器人回答,结束日期\n能停吗,能,2026-02-30\n".encode()})
    assert [(found.column, found.row) for found in loaded.problems if found.is_error] == [("结束日期", 2)]
