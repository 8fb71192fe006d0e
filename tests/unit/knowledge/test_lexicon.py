"""HQ's words, the questions a publish is tried on, and what the chain sells."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from knowledge.content import load
from knowledge.lexicon import Lexicon
from tests.unit.knowledge.making import Rows, codes, content_of, csv_bytes, errors, folder, questions, xlsx_bytes

FAQ = questions({"编号": "F-1", "标准问题": "能停车吗"}, {"编号": "F-2", "标准问题": "几点退房"})
QUESTIONS = ("问答", [["编号", "标准问题", "客户版答案"], ["F-3", "有早餐吗", "有"]])


# --- lexicon ---------------------------------------------------------------------------------------------------------
YAML = """
同义词:
  停车: [泊车, 停车位]
  退房: 离店、check out
敏感词: [投诉, 曝光]
安抚词:
  - 您别着急
"""


def test_words_from_yaml() -> None:
    lexicon = content_of(load(folder(FAQ, lexicon_yaml=YAML.encode()))).lexicon
    assert lexicon.synonyms == {"泊车": "停车", "停车位": "停车", "离店": "退房", "check out": "退房"}
    assert (lexicon.sensitive, lexicon.soothing) == (("投诉", "曝光"), ("您别着急",))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("再不管我就去 曝 光 你们", ("曝光",)),
        ("我要曝-光!还要打12315", ("曝光", "12315")),
        ("我要爆料", ()),
        ("請問曝光時間", ("曝光",)),
        ("单号是 1123150", ()),
        ("单号是1 12315 0", ("12315",)),
        ("Ｓ.Ｏ.Ｓ 在吗", ()),
        ("ＳＯＳ!", ("sos",)),
        ("sosweet", ()),
        ("", ()),
    ],
)
def test_a_sensitive_word_is_found_however_it_is_spelled(text: str, found: tuple[str, ...]) -> None:
    assert Lexicon(sensitive=("曝光", "12315", "sos")).sensitive_in(text) == found


def test_a_sensitive_word_without_letters_finds_nothing_and_hq_is_told() -> None:
    loaded = load(folder(FAQ, lexicon_xlsx=xlsx_bytes(("敏感词", [["词"], ["!!"], ["曝光"]]))))
    assert [one.code for one in loaded.problems if one.quoted == "!!"] == ["no-word"]
    assert content_of(loaded).lexicon.sensitive_in("停车!!") == ()


def test_a_soothing_sentence_is_not_cut_at_its_commas() -> None:
    said = ["真的抱歉,让您久等了、我这就去办。", "电话是 {{门店.电话}},您随时打。"]
    content = content_of(load(folder(FAQ, lexicon_xlsx=xlsx_bytes(("安抚词", [["词"], *[[one] for one in said]])))))
    assert content.lexicon.soothing == tuple(said)
    assert "bad-template" in codes(load(folder(FAQ, lexicon_yaml="安抚词: ['{% if %}别急']".encode())))


def test_an_answer_to_customers_with_a_sensitive_word_is_a_warning() -> None:
    told = {
        "编号": "F-8",
        "标准问题": "能投诉吗",
        "客户版答案": "要 投诉 请打{{门店.投诉电话}}",
        "员工版答案": "别提曝光",
    }
    loaded = load(folder(questions(told), lexicon_yaml=YAML.encode()))
    (problem,) = [one for one in loaded.problems if one.code == "sensitive-word"]
    assert (problem.column, problem.is_error, problem.quoted) == ("客户版答案", False, "投诉")
    assert "「投诉」" in problem.message
    named = {"编号": "F-8", "标准问题": "电话多少", "客户版答案": "请打{{门店.投诉电话}}"}
    assert "sensitive-word" not in codes(load(folder(questions(named), lexicon_yaml=YAML.encode())))


def test_words_from_a_workbook_and_from_a_sheet_among_the_questions() -> None:
    synonyms = ("同义词", [["标准词", "别名", "类型"], ["停车", "泊车、停车位", "设施"]])
    workbook = xlsx_bytes(synonyms, ("敏感词", [["词"], ["投诉"]]), ("说明", [["随便写"]]))
    faq = xlsx_bytes(QUESTIONS, ("同义词", [["标准词", "别名"], ["早餐", "早饭##不算\n早点"]]))
    lexicon = content_of(load(folder(FAQ, lexicon_xlsx=workbook) | {"faq/餐厅.xlsx": faq})).lexicon
    assert lexicon.synonyms["泊车"] == "停车"
    assert lexicon.synonyms["早点"] == "早餐"
    assert lexicon.sensitive == ("投诉",)


def test_synonyms_may_be_a_file_of_their_own() -> None:
    words = csv_bytes([["标准词", "别名"], ["停车", "泊车"]])
    content = content_of(load(folder(FAQ) | {"faq/同义词.csv": words}))
    assert content.lexicon.synonyms == {"泊车": "停车"}
    assert set(content.entries) == {"F-1", "F-2"}


@pytest.mark.parametrize(
    ("rows", "code", "row"),
    [
        ([["停车", "泊车"], ["找车位", "泊车"]], "two-standards", 3),
        ([["停车", "泊车"], ["泊车", "代客泊车"]], "alias-is-standard", 2),
        ([["", "泊车"]], "missing-value", 2),
    ],
)
def test_synonyms_that_lead_astray_are_refused(rows: list[list[str]], code: str, row: int) -> None:
    loaded = load(folder(FAQ, lexicon_csv=csv_bytes([["标准词", "别名"], *rows])))
    assert [(found.code, found.row) for found in errors(loaded)] == [(code, row)]


@pytest.mark.parametrize(("alias", "code"), [("车", "short-alias"), ("停 车", "same-word"), ("", "no-alias")])
def test_a_useless_alias_is_left_out_with_a_word(alias: str, code: str) -> None:
    loaded = load(folder(FAQ, lexicon_csv=csv_bytes([["标准词", "别名"], ["停车", alias]])))
    assert [found.code for found in loaded.problems] == [code]
    assert not content_of(loaded).lexicon.synonyms


@pytest.mark.parametrize(
    "text", ["- 停车", "敏感词:\n  a: [b]", "同义词: 停车", "同意词: []", "同义词:\n  停车: [[泊车]]"]
)
def test_a_lexicon_of_another_shape_is_refused(text: str) -> None:
    (problem,) = errors(load(folder(FAQ, lexicon_yaml=text.encode())))
    assert problem.file == "lexicon.yaml"


# --- acceptance ------------------------------------------------------------------------------------------------------
def with_acceptance(*rows: list[str]) -> dict[str, bytes]:
    header = ["客户原话", "期望编号", "门店", "是否锁定"]
    return folder(FAQ) | {"faq/验收问题.csv": csv_bytes([header, *rows])}


def test_acceptance_questions_are_kept_apart_from_entries() -> None:
    rows = [["开车来停哪", "F-1", "西塘店", "是"], ["你们招人吗", "不应回答", "", ""], ["停车", "F-1", "全部", "否"]]
    content = content_of(load(with_acceptance(*rows)))
    assert [(one.text, one.expected, one.store, one.is_locked, one.place.row) for one in content.acceptance] == [
        ("开车来停哪", "F-1", "T001", True, 2),
        ("你们招人吗", None, "", False, 3),
        ("停车", "F-1", "", False, 4),
    ]
    assert set(content.entries) == {"F-1", "F-2"}


def test_a_sheet_of_acceptance_questions_knows_the_entries_of_all_files() -> None:
    sheet = ("验收问题", [["客人原话", "期望编号", "锁定"], ["能停吗", "F-1", "√"], ["早饭", "F-3", ""]])
    content = content_of(load(folder(FAQ) | {"faq/餐厅.xlsx": xlsx_bytes(QUESTIONS, sheet)}))
    assert [(one.expected, one.is_locked, one.place.sheet) for one in content.acceptance] == [
        ("F-1", True, "验收问题"),
        ("F-3", False, "验收问题"),
    ]


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (["", "F-1", "", ""], "no-question", "客户原话"),
        (["能停吗", "", "", ""], "missing-value", "期望编号"),
        (["能停吗", "F-11", "", ""], "unknown-entry", "期望编号"),
        (["能停吗", "F-1", "火星店", ""], "unknown-store", "门店"),
        (["能停吗", "F-1", "", "也许"], "bad-choice", "是否锁定"),
    ],
)
def test_a_wrong_acceptance_question_is_named(row: list[str], code: str, column: str) -> None:
    (problem,) = errors(load(with_acceptance(["a b", "F-1", "", ""], row)))
    assert (problem.code, problem.row, problem.column) == (code, 3, column)


def test_a_number_of_a_row_with_an_error_is_not_called_unknown() -> None:
    faq = questions({"编号": "F-1", "失效日期": "2026-02-30"})
    loaded = load(folder(faq) | {"faq/验收问题.csv": csv_bytes([["客户原话", "期望编号"], ["能停吗", "F-1"]])})
    assert codes(loaded) == ["bad-date"]


def test_one_question_has_one_expectation() -> None:
    loaded = load(with_acceptance(["能停吗", "F-1", "", ""], ["能停吗?", "F-2", "", ""], ["能停吗", "F-2", "T001", ""]))
    assert [(found.code, found.row) for found in errors(loaded)] == [("contradiction", 3)]


# --- products --------------------------------------------------------------------------------------------------------
def test_products_and_their_prices() -> None:
    rows: Rows = [
        ["商品编号", "商品名称", "别名", "类别", "售价", "标签", "产地"],
        [101.0, "燕麦拿铁", "燕拿、oat latte", "咖啡", "中杯 28 / 大杯 ¥32.5", "热、冰", "云南"],
        ["102", "矿泉水", "", "饮料", "免费", "", ""],
    ]
    products = content_of(load(folder(FAQ, products_xlsx=xlsx_bytes(("商品", rows))))).products
    latte, water = products["101"], products["102"]
    assert (latte.name, latte.aliases, latte.category, latte.tags) == (
        "燕麦拿铁",
        ("燕拿", "oat latte"),
        "咖啡",
        ("热", "冰"),
    )
    assert (latte.prices, latte.price, latte.cells["产地"]) == ((Decimal(28), Decimal("32.5")), None, "云南")
    assert (water.prices, water.price) == ((), None)


@pytest.mark.parametrize(
    ("row", "code", "row_number"),
    [
        (["", "水", "1"], "missing-value", 3),
        (["2", "", "1"], "missing-value", 3),
        (["1", "水", "1"], "duplicate-product", 3),
    ],
)
def test_a_wrong_product_is_named(row: list[str], code: str, row_number: int) -> None:
    rows = [["商品编号", "名称", "价格"], ["1", "拿铁", "28"], row]
    (problem,) = errors(load(folder(FAQ, products_csv=csv_bytes(rows))))
    assert (problem.code, problem.row) == (code, row_number)


def test_a_price_without_an_amount_and_a_shared_name_are_warned_of() -> None:
    rows = [["商品编号", "名称", "别名", "价格"], ["1", "拿铁", "", "问店员"], ["2", "美式", "拿铁", "25"]]
    loaded = load(folder(FAQ, products_csv=csv_bytes(rows)))
    assert [(found.code, found.row) for found in loaded.problems] == [("no-price", 2), ("shared-name", 3)]


def test_thousands_of_names_that_do_not_exist_are_refused_in_time() -> None:
    stores = csv_bytes([["门店编号", "门店名称"], *[[f"T{at:04}", f"第{at}号门店"] for at in range(500)]])
    rows = [{"编号": f"F-{at}", "标准问题": f"问{at}", "适用门店": f"没有{at}号店"} for at in range(3_000)]
    asked = csv_bytes([["客户原话", "期望编号"], *[[f"问{at}", f"G-{at}"] for at in range(1_000)]])
    began = time.thread_time()
    loaded = load({"stores.csv": stores, "faq/a.csv": questions(*rows), "faq/验收问题.csv": asked})
    assert time.thread_time() - began < 5
    assert len(errors(loaded)) == 4_000
    assert "是不是" in errors(loaded)[0].message
