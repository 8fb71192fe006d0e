"""Markdown, JSON and ZIP: what is read, and what is refused."""

from __future__ import annotations

import json
import time

import pytest

from knowledge.archive_file import FILES_MOST, open_archives
from knowledge.faq import Faq, read_faq
from knowledge.folder import sort_files
from knowledge.json_file import read_json
from knowledge.markdown_file import read_markdown
from knowledge.problem import Place
from knowledge.questions import Chain
from tests.unit.knowledge.making import csv_bytes, zip_bytes

HERE = Place("faq/x")
MARKDOWN = """前台部维护,每周五更新。
# 设施
## 能停车吗
## Q:有车位吗
编号: FAQ-1
**自主级别**：自动
相似问题:
- 停哪儿
1. 开车来停哪
反例问题: 停车多少钱##能停大巴吗

可以停。

营业时间: 全天
```
# 不是标题
```
***

## 问题2：几点退房?
答：12 点前。
员工版答案: 可延到 14 点
找店长
编号: FAQ-2
# 餐饮
##有早餐吗
有
"""


def read(name: str, data: bytes) -> Faq:
    files = {f"faq/{name}": data}
    return read_faq(files, sort_files(files), Chain())


# --- Markdown --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_markdown(encoding: str, ends: str) -> None:
    faq = read("前台.md", MARKDOWN.replace("\n", ends).encode(encoding))
    parking, checkout, breakfast = faq.entries
    assert (parking.number, parking.category, parking.question) == ("FAQ-1", "设施", "能停车吗")
    assert parking.similar == ("有车位吗", "停哪儿", "开车来停哪")
    assert parking.counterexamples == ("停车多少钱", "能停大巴吗")
    assert parking.customer_answer == "可以停。\n\n营业时间: 全天\n```\n# 不是标题\n```"
    assert (checkout.number, checkout.question) == ("FAQ-2", "几点退房?")
    assert (checkout.customer_answer, checkout.staff_answer) == ("12 点前。", "可延到 14 点\n找店长")
    assert (breakfast.category, breakfast.question, breakfast.customer_answer) == ("餐饮", "有早餐吗", "有")
    assert [entry.place.row for entry in faq.entries] == [3, 20, 26]
    assert [(problem.code, problem.row) for problem in faq.problems] == [("no-number", 26)]


def test_a_question_without_an_answer_does_not_take_the_next_ones() -> None:
    faq = read("前台.md", "## 能停车吗\n\n## 有早餐吗\n有\n".encode())
    assert [entry.question for entry in faq.entries] == ["有早餐吗"]
    assert [(problem.code, problem.row) for problem in faq.problems if problem.is_error] == [("no-answer", 1)]


def test_a_deep_heading_is_part_of_the_answer_and_warned_of() -> None:
    faq = read("前台.md", "## 能停车吗\n编号: 1\n#### 说明\n能\n".encode())
    assert faq.entries[0].customer_answer == "说明\n能", "no customer sees the marks"
    assert [(problem.code, problem.row) for problem in faq.problems] == [("deep-heading", 3)]


DEEPER = """# 设施
## 停车
### 1. 能停车吗
能

### 3.5 米的车能停吗
能
## 几点退房
12 点
# 餐饮
## 早餐

### 有早餐吗
有
"""


def test_questions_may_stand_one_level_deeper() -> None:
    found = [(entry.category, entry.subcategory, entry.question) for entry in read("前台.md", DEEPER.encode()).entries]
    assert found == [
        ("设施", "停车", "能停车吗"),
        ("设施", "停车", "3.5 米的车能停吗"),
        ("设施", "", "几点退房"),
        ("餐饮", "早餐", "有早餐吗"),
    ]


def test_a_heading_of_blanks_is_read_at_once() -> None:
    began = time.thread_time()
    read("前台.md", ("## a" + " " * 300_000 + "#" * 300_000 + "x").encode())
    read("a.csv", ("标准问题,答案,问题分类\na,b," + " " * 30_000 + "x").encode())
    read("a.json", ("[{" + ",".join(f'"{at}": 1' for at in range(200_000)) + ',"0": 1}]').encode())
    assert time.thread_time() - began < 5


def test_notes_for_people_are_not_read() -> None:
    assert [problem.code for problem in read("说明.md", "随便写写".encode()).problems] == []


def test_fifty_thousand_questions_of_markdown() -> None:
    text = "".join(f"## 第{at}个问题\n编号: {at}\n好\n" for at in range(50_000))
    (grid,) = read_markdown(text.encode(), HERE).grids
    assert len(grid.rows) == 50_001


# --- JSON ------------------------------------------------------------------------------------------------------------
def test_json_keeps_text_as_it_is_and_counts_lines() -> None:
    text = (
        '{"a": [1, "}{\\"["],\n "rows": [\n  {"编号": 7.50, "问题": "a\\u4e00\\ud83d\\ude00"},\n'
        '  {"编号": null,\n "x": true}]}'
    )
    (grid,) = read_json(text.encode(), HERE).grids
    assert grid.rows == (
        (0, ("编号", "问题", "x")),
        (3, ("7.50", "a一😀", "")),
        (4, ("", "", "是")),
    )


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ("[" * 100_000, "too-deep", 1),
        ('{"a":' * 100_000, "too-deep", 1),
        ("[1, 2]", "not-a-table", 1),
        ('[{"a": 1}, 2]', "not-a-table", 1),
        ("not json", "bad-json", 1),
        ('[{"a": 1},\n{"a": 1,}]', "bad-json", 2),
        ('[\n{"a": 1, "a": 2}]', "duplicate-key", 2),
        ("[" + ",".join(f'{{"k{at}": 1}}' for at in range(3_000)) + "]", "too-many-cells", 0),
    ],
)
def test_json_that_cannot_be_used_is_refused(text: str, code: str, row: int) -> None:
    (problem,) = read_json(text.encode(), HERE).problems
    assert (problem.code, problem.row) == (code, row)


def test_numbers_too_long_for_a_number_stay_text() -> None:
    (grid,) = read_json(b'[{"a": ' + b"9" * 20_000 + b"}]", HERE).grids
    assert grid.rows[1][1] == ("9" * 20_000,)


# --- ZIP -------------------------------------------------------------------------------------------------------------
TABLE = csv_bytes([["标准问题", "客户版答案"], ["能停吗", "能"]])


def test_a_zip_is_opened_in_place() -> None:
    opened, problems = open_archives({"faq/a.zip": zip_bytes({"里/../b.csv": TABLE, "/c.md": "## a"}), "x.zip": b"PK"})
    assert set(opened) == {"faq/a.zip/里/b.csv", "faq/a.zip/c.md", "x.zip"}
    assert problems == []


def test_a_zip_that_claims_too_much_is_refused() -> None:
    big = zip_bytes({"a.csv": b"0" * (210 * 2**20)})
    many = zip_bytes({f"{at}.csv": b"" for at in range(FILES_MOST + 1)})
    for data in (big, many):
        opened, problems = open_archives({"faq/a.zip": data})
        assert not opened
        assert [problem.code for problem in problems] == ["too-big"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", zip_bytes({"a.csv": TABLE})[:-30], b"x" * 100])
def test_a_damaged_zip_is_refused(data: bytes) -> None:
    _, problems = open_archives({"faq/a.zip": data})
    assert [problem.code for problem in problems] == ["damaged-file"]


def test_a_zip_with_a_password_is_refused() -> None:
    data = bytearray(zip_bytes({"a.csv": TABLE}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    _, problems = open_archives({"faq/a.zip": bytes(data)})
    assert [problem.code for problem in problems] == ["damaged-file"]


def test_a_zip_within_a_zip_and_a_bomb_within_are_left_alone() -> None:
    inner = zip_bytes({"a.csv": TABLE})
    opened, problems = open_archives({"faq/a.zip": zip_bytes({"b.zip": inner})})
    assert not opened
    assert [problem.code for problem in problems] == ["file-not-read"]


def test_json_of_the_robot_round_trips_through_lines() -> None:
    rows = [{"question": {"text": {"content": f"问{at}"}}, "answers": [{"text": {"content": "答"}}]} for at in range(5)]
    faq = read("a.json", json.dumps({"intent_list": rows}, indent=2).encode())
    assert [entry.question for entry in faq.entries] == [f"问{at}" for at in range(5)]
    assert [entry.place.row for entry in faq.entries] == [3 + 14 * at for at in range(5)]
