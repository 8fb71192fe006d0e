"""`faq search`, `faq ask` and `faq eval --content` as a person starts them, on a small chain."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.ask import Asking
from tests.unit.test_cli_eval import run

STORES = "门店编号,门店名称,别名,城市,停车\nA1,湖滨店,湖边店,杭州,楼下车库\nA2,江边店,,苏州,\n"
QUESTIONS = """编号,标准问题,相似问题,反例问题,客户版答案,员工版答案,适用门店,适用城市,受众,生效日期,失效日期
K-1,停车方便吗,有停车场吗,,停在{{门店.停车}},,,,,,
K-2,几点退房,退房时间,,中午十二点前,,,,,,
K-3,游泳池几点开,泳池开放吗,,早上七点,,A2,,,,
K-4,苏州园林要预约吗,拙政园怎么买票,,要预约,,,苏州,,,
K-5,客人要赔偿能答应多少,赔付权限是多少,,,店长批,,,员工,,
K-6,中秋节送月饼吗,有月饼吗,,送的,,,,,,2020-10-01
"""
ACCEPTANCE = """客户原话,期望编号,门店,是否锁定
请问有停车场吗,K-1,,是
泳池几点开门,K-3,,
泳池几点开门,不应回答,A1,是
赔付权限是多少,不应回答,,是
"""


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    folder = tmp_path / "hq"
    (folder / "faq").mkdir(parents=True)
    (folder / "stores.csv").write_text(STORES, encoding="utf-8")
    (folder / "faq" / "问答.csv").write_text(QUESTIONS, encoding="utf-8")
    (folder / "faq" / "验收问题.csv").write_text(ACCEPTANCE, encoding="utf-8")
    return folder


def search(chain: Path, *words: str) -> str:
    done = run(chain.parent, "search", *words, "--content", str(chain))
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_search_says_what_becomes_of_a_question(chain: Path) -> None:
    said = search(chain, "有停车场吗", "--store", "湖边店")
    first, outcome, hit, *_ = said.splitlines()
    assert first.startswith("湖滨店 · 作答线 0.55 · 备选线")
    assert outcome == "作答"
    assert hit.startswith("1. K-1 停车方便吗 · 把握 0.9")
    assert "停在楼下车库" in said
    assert "来自" not in said
    assert search(chain, "量子力学怎么学").splitlines()[1].startswith("没有现成答案")


@pytest.mark.parametrize(
    ("store", "question", "says"),
    [
        ("A2", "泳池开放吗", "来自 门店:写明给 A2"),
        ("A2", "拙政园怎么买票", "来自 城市:写明给 苏州"),
        ("A2", "几点退房", "来自 总部:所有门店通用"),
        ("A1", "泳池开放吗", "没有拿出来:K-3 游泳池几点开 · 把握 0.98 · 只给 A2"),
        ("A1", "拙政园怎么买票", "没有拿出来:K-4 苏州园林要预约吗 · 把握 0.98 · 只给 苏州"),
        ("A2", "有停车场吗", "没有拿出来:K-1 停车方便吗 · 把握 0.98 · 「门店.停车」在这家店是空的"),
        ("A1", "赔付权限是多少", "没有拿出来:K-5 客人要赔偿能答应多少 · 把握 0.98 · 只给员工看"),
        ("A1", "有月饼吗", "没有拿出来:K-6 中秋节送月饼吗 · 把握 0.98 · 有效期是 … 至 2020-10-01"),
    ],
)
def test_why_this_entry_and_no_other(chain: Path, store: str, question: str, says: str) -> None:
    assert says in Asking.open(chain, store, explain=True).answer(question)


def test_search_explains(chain: Path) -> None:
    assert "没有拿出来:K-3" in search(chain, "泳池开放吗", "--store", "A1", "--explain")


def test_ask_answers_line_by_line_from_a_pipe(chain: Path) -> None:
    lines = "有停车场吗\n\n@湖滨店\n有停车场吗\n@火星店\n@\n退出\n几点退房\n"
    done = run(chain.parent, "ask", "--content", str(chain), said=lines)
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout
    assert said.index("未指定门店") < said.index("湖滨店 · 作答线") < said.index("停在楼下车库")
    assert "没有「火星店」这家店。现有:A1 湖滨店、A2 江边店" in said
    assert said.rstrip().splitlines()[-1].startswith("未指定门店")  # nothing is answered after 退出


def test_ask_ends_with_its_input(chain: Path) -> None:
    done = run(chain.parent, "ask", "--content", str(chain), "--store", "A2", "--explain", said="几点退房")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1. K-2" in done.stdout and "来自 总部" in done.stdout


def test_ask_of_a_store_that_is_not_there(chain: Path) -> None:
    done = run(chain.parent, "ask", "--content", str(chain), "--store", "火星店")
    assert (done.returncode, "火星店" in done.stderr) == (2, True)


def test_eval_asks_what_headquarters_wants_to_be_right(chain: Path) -> None:
    done = run(chain.parent, "eval", "--content", str(chain))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "验收问题 4 条:4 条答对(100.0%),0 条不对,其中锁定的 0 条。" in done.stdout
    assert "作答线" in done.stdout and "top-1" in done.stdout


def test_eval_names_what_comes_out_wrong_and_fails_on_what_is_locked(chain: Path) -> None:
    path = chain / "faq" / "验收问题.csv"
    path.write_text(ACCEPTANCE.replace("K-1,,是", "K-2,,是"), encoding="utf-8")
    done = run(chain.parent, "eval", "--content", str(chain))
    assert done.returncode == 1
    reason = "「请问有停车场吗」期望 K-2「几点退房」,现在是 K-1「停车方便吗」。"
    assert f"faq/验收问题.csv · 第 2 行 · 锁定\n  {reason}" in done.stdout
    path.unlink()
    without = run(chain.parent, "eval", "--content", str(chain))
    assert (without.returncode, "还没有验收问题" in without.stdout) == (0, True)


def test_eval_takes_one_kind_of_questions(chain: Path) -> None:
    done = run(chain.parent, "eval", "--content", str(chain), "--out", "p.jsonl")
    assert (done.returncode, "--kb" in done.stderr) == (2, True)
