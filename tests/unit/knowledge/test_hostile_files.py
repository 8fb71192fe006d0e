"""Files made to cost time or memory: each is refused, or read, in a moment.

A regex holds the interpreter while it tries, so a slow one would stop the whole service and not only the reader.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from knowledge.content import load
from knowledge.template import check, needs
from knowledge.text import strip_courtesy

SECONDS = 5.0  #: the machine is shared; what these guard against takes minutes
HEADER = "编号,标准问题,客户版答案\n"


@pytest.fixture(autouse=True)
def in_a_moment() -> Iterator[None]:
    began = time.thread_time()
    yield
    assert time.thread_time() - began < SECONDS


def codes(path: str, text: str) -> set[str]:
    loaded = load({path: text.encode()})
    return {problem.code for problem in loaded.problems if problem.is_error}


@pytest.mark.parametrize(
    "text",
    [
        "{{" * 16_000,
        "{{门店." + " " * 30_000 + "(}}",
        "{{门店." + " " * 300 + "(}}",
        "{{门店.a|" + " " * 300 + "(}}",
        "{{" + "门店." * 100 + "}}",
        "}}" * 16_000,
    ],
    ids=lambda text: text[:12],
)
def test_template_without_an_end(text: str) -> None:
    assert check(text, ()) != []
    needs(text)


@pytest.mark.parametrize(
    "text", ["啊" * 30_000 + "x", "谢谢" * 15_000, "你好" * 15_000, "么" * 30_000, "吧么" * 15_000]
)
def test_courtesies_without_an_end(text: str) -> None:
    strip_courtesy(text)


def test_row_of_a_million_cells() -> None:
    wide = ",".join(f"列{number}" for number in range(1_000_000))
    assert codes("faq/a.csv", f"{wide}\n{HEADER}1,问,答\n") == {"too-wide"}
    assert codes("stores.csv", f"门店编号,门店名称,{wide}\n1,店\n") == {"too-wide"}


def test_cell_of_a_million_letters() -> None:
    assert codes("faq/a.csv", f"{HEADER}1,{'问' * 1_000_000},答\n") == {"too-long"}
    assert codes("stores.csv", f"门店编号,门店名称,{'列' * 1_000_000}\n1,店\n") == {"too-long"}


def test_every_yaml_item_with_names_of_its_own() -> None:
    items = "".join(f"- 名{number}: 值\n" for number in range(100_000))
    assert codes("faq/a.yaml", items) == {"too-many-cells"}
