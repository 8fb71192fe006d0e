from __future__ import annotations

import json

from knowledge.content import load
from knowledge.report import format_problems, summary, to_json
from tests.unit.knowledge.making import STORES, codes, content_of, csv_bytes, folder, load_rows, questions, xlsx_bytes

GOOD = questions({})


def test_one_wrong_row_and_nothing_is_loaded() -> None:
    assert load_rows({}, {"失效日期": "明天"}).content is None
    assert len(content_of(load_rows({}, {})).entries) == 2


def test_an_empty_folder_is_legal() -> None:
    loaded = load({})
    assert content_of(loaded).entries == {}
    assert {problem.code for problem in loaded.problems} == {"no-stores", "no-staff", "no-questions"}


def test_temporary_files_and_our_own_copies_are_not_read() -> None:
    junk = {
        "faq/~$前台.xlsx": b"lock",
        "faq/.~lock.前台.csv#": b"lock",
        "faq/.DS_Store": b"x",
        "faq/前台.检查结果.xlsx": b"copy",
        ".git/config": b"x",
        "faq/前台.csv.tmp": b"x",
        "README.md": b"# hi",
    }
    loaded = load(folder(GOOD) | junk)
    assert loaded.problems == ()
    assert loaded.version == load(folder(GOOD)).version


def test_other_kinds_of_file_among_the_questions_are_named() -> None:
    others = {
        "faq/a.docx": b"x",
        "faq/旧.ods": b"x",
        "faq/酒店/T001.csv": b"x",
        "stores.pdf": b"x",
        "persona.yml": b"",
    }
    loaded = load(folder(GOOD) | others)
    assert {(problem.code, problem.file) for problem in loaded.problems} == {
        ("file-not-read", name) for name in others if name != "persona.yml"
    } | {("no-number", "")} - {("no-number", "")}
    assert loaded.content is not None


def test_two_files_of_one_kind_are_refused() -> None:
    loaded = load(folder(GOOD) | {"stores.xlsx": xlsx_bytes(("门店", STORES))})
    assert codes(loaded) == ["two-files"]


def test_the_version_follows_what_is_read() -> None:
    first, same, other = load(folder(GOOD)), load(folder(GOOD)), load(folder(questions({"客户版答案": "不好"})))
    assert first.version == same.version == content_of(first).version
    assert other.version != first.version
    assert len(first.version) == 12


def test_stores_by_account_and_by_words() -> None:
    content = content_of(load(folder(GOOD)))
    assert [store.number for store in content.store_by_account("wk9")] == ["T002", "T003"]
    assert content.store_by_account("nobody") == ()
    found = {
        text: [store.number for store in content.find_stores(text)]
        for text in ("我在老街店", "T003能停车吗", "杭州的店", "你好")
    }
    assert found == {"我在老街店": ["T001"], "T003能停车吗": ["T003"], "杭州的店": ["T001", "T002"], "你好": []}


def test_the_longest_name_wins_and_a_city_tells_two_of_one_name_apart() -> None:
    rows = [
        ["门店编号", "门店名称", "别名", "城市"],
        ["1", "银河店", "", "杭州"],
        ["2", "小银河店", "中心店", "杭州"],
        ["3", "东店", "中心店", "南京"],
    ]
    content = content_of(load({"stores.csv": csv_bytes(rows)}))
    assert [store.number for store in content.find_stores("小银河店怎么走")] == ["2"]
    assert [store.number for store in content.find_stores("銀河店怎麼走")] == ["1"]
    assert [store.number for store in content.find_stores("中心店")] == ["2", "3"]
    assert [store.number for store in content.find_stores("南京中心店")] == ["3"]


def test_what_people_and_machines_are_told() -> None:
    wrong, right = load_rows({}, {"失效日期": "2026-02-30"}), load_rows({})
    assert summary(wrong, "11-21 18:02") == (
        "共 2 条:1 条可用,1 处错误,0 处提醒。有错误,本次没有发布,门店仍在使用 11-21 18:02 的版本。"
    )
    assert summary(right) == f"共 1 条:1 条可用,0 处错误,0 处提醒。可以发布(版本 {right.version})。"
    told = format_problems(wrong.problems).splitlines()
    assert told[:2] == ["【错误】1 处,改好才能发布", "faq/前台.csv · 第 3 行 · 失效日期"]
    assert told[2].startswith("  「2026-02-30」")
    told = json.loads(json.dumps(to_json(wrong)))
    assert {key: told[key] for key in ("errors", "warnings", "entries", "version")} == {
        "errors": 1,
        "warnings": 0,
        "entries": 2,
        "version": wrong.version,
    }
    assert told["problems"][0].keys() == {"file", "sheet", "row", "column", "level", "code", "quoted", "message"}
