"""Whatever a file holds, a reader gives rows or a problem, and never a traceback."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.archive_file import open_archives
from knowledge.content import load
from knowledge.csv_file import read_csv
from knowledge.dialects import DIALECTS
from knowledge.headers import Dialect
from knowledge.json_file import read_json
from knowledge.markdown_file import read_markdown
from knowledge.problem import Place
from knowledge.questions import COLUMNS
from knowledge.xlsx_file import read_xlsx
from knowledge.yaml_file import read_tree, read_yaml
from tests.unit.knowledge.making import STAFF, STORES, csv_bytes, xlsx_bytes, zip_bytes

HERE = Place("faq/x")
WORKBOOK = xlsx_bytes(("问答", [["编号", "标准问题"], ["1", "能停车吗"], [2, 46000]]), merged=["A2:A3"])
ARCHIVE = zip_bytes({"a.csv": csv_bytes([["标准问题", "客户版答案"], ["能停吗", "能"]]), "b/c.md": "## 能停吗\n能"})
YAML_PIECES = st.sampled_from(
    [
        "- ",
        "  ",
        "\n",
        "编号",
        ": ",
        "'",
        '"',
        "[",
        "]",
        "{",
        "}",
        "&a",
        "*a",
        "!!x ",
        "|",
        ">",
        "#",
        "---",
        "\t",
        "~",
        "? ",
        "%",
        "@",
        "是",
    ]
)
CSV_PIECES = st.sampled_from(
    [
        "编号",
        "标准问题",
        "客户版答案",
        ",",
        ";",
        "\t",
        "\n",
        "\r",
        '"',
        '""',
        " ",
        "##",
        "{{",
        "}}",
        "门店.",
        "\x00",
        "\ufeff",
        "2026-02-30",
    ]
)
relaxed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(st.one_of(st.binary(max_size=300), st.lists(CSV_PIECES, max_size=40).map(lambda parts: "".join(parts).encode())))
@relaxed
def test_csv(data: bytes) -> None:
    read = read_csv(data, HERE)
    assert bool(read.grids) != bool(read.problems)


@given(
    st.one_of(st.binary(max_size=300), st.lists(YAML_PIECES, max_size=40).map(lambda parts: "".join(parts).encode()))
)
@relaxed
def test_yaml(data: bytes) -> None:
    assert read_yaml(data, HERE) is not None
    tree, problems = read_tree(data, HERE)
    assert not (tree and problems)


CELL = st.one_of(
    st.sampled_from(
        [
            "",
            "T001",
            "停用",
            "自动",
            "2026-01-01",
            "2026-13-01",
            "{{门店.停车}}",
            "{{门店.没有}}",
            "##",
            "杭州",
            "客户",
            "能停车吗",
        ]
    ),
    st.text(max_size=12),
)
MARKDOWN_PIECES = st.sampled_from(
    [
        "# ",
        "## ",
        "### ",
        "##",
        "\n",
        "\n\n",
        "编号: 1",
        "相似问题:",
        "- 停哪儿",
        "答:",
        "员工版答案:",
        "```",
        "能停吗",
        "---",
        "\r",
        " ",
    ]
)
JSON_PIECES = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        '"',
        ":",
        ",",
        "\n",
        '"question"',
        '"answers"',
        '"text"',
        '"标准问题"',
        "1",
        "null",
        "true",
        "\\",
        "\\u00",
        "NaN",
    ]
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["question", "answers", "text", "content", "items", "group_list", "q", "a", "编号"]),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=20,
)


def joined(pieces: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    return st.lists(pieces, max_size=40).map(lambda parts: "".join(parts).encode())


@given(st.one_of(st.binary(max_size=300), joined(MARKDOWN_PIECES)))
@relaxed
def test_markdown(data: bytes) -> None:
    read = read_markdown(data, HERE)
    assert read.grids or read.problems


@given(st.one_of(st.binary(max_size=300), joined(JSON_PIECES), JSON.map(lambda tree: json.dumps(tree).encode())))
@relaxed
def test_json(data: bytes) -> None:
    read = read_json(data, HERE)
    assert bool(read.grids) != bool(read.problems)


@given(st.data())
@relaxed
def test_an_archive_with_changed_bytes(data: st.DataObject) -> None:
    changed = bytearray(ARCHIVE)
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(changed) - 1), st.integers(0, 255)), max_size=8)):
        changed[at] = byte
    opened, problems = open_archives({"faq/a.zip": bytes(changed[: data.draw(st.integers(0, len(changed)))])})
    assert all(path.startswith("faq/a.zip/") for path in opened)
    assert all(problem.message for problem in problems)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@given(st.data())
@settings(max_examples=40, deadline=None)
def test_any_rows_of_another_system(dialect: Dialect, data: st.DataObject) -> None:
    headers = sorted(dialect.columns)
    row = st.lists(
        st.one_of(CELL, st.sampled_from(["[", '["a"]', "1. a\n2. b", "a/b", "~", "TRUE"])),
        min_size=len(headers),
        max_size=len(headers),
    )
    loaded = load({"faq/a.csv": csv_bytes([headers, *data.draw(st.lists(row, min_size=1, max_size=3))])})
    assert (loaded.content is None) == any(problem.is_error for problem in loaded.problems)


@given(st.data())
@relaxed
def test_a_workbook_with_changed_bytes(data: st.DataObject) -> None:
    changed = bytearray(WORKBOOK)
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(changed) - 1), st.integers(0, 255)), max_size=8)):
        changed[at] = byte
    read = read_xlsx(bytes(changed[: data.draw(st.integers(1, len(changed)))]), HERE)
    assert read.grids or read.problems


@given(st.data())
@relaxed
def test_a_workbook_with_changed_parts(data: st.DataObject) -> None:
    """The zip is sound; the XML inside is not."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = bytearray(old.read(name))
            places = st.lists(st.tuples(st.integers(0, len(part) - 1), st.sampled_from(b'<>/"=cr19Z&; ')), max_size=3)
            for at, byte in data.draw(places):
                part[at] = byte
            new.writestr(name, bytes(part))
    read = read_xlsx(out.getvalue(), HERE)
    assert read.grids or read.problems


@pytest.mark.parametrize(
    "path",
    [
        "faq/a.csv",
        "faq/a.xlsx",
        "faq/a.yaml",
        "faq/a.md",
        "faq/a.json",
        "faq/a.zip",
        "faq/验收问题.csv",
        "faq/同义词.yaml",
        "faq/stores/T001.csv",
        "lexicon.yaml",
        "lexicon.csv",
        "products.csv",
        "stock.csv",
        "commission.csv",
        "orders.yaml",
        "stores.csv",
        "staff.yaml",
        "persona.yaml",
        "policy.yaml",
        "welcome.yaml",
    ],
)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(st.one_of(YAML_PIECES, CSV_PIECES), max_size=40).map(lambda parts: "".join(parts).encode()),
    )
)
@settings(max_examples=40, deadline=None)
def test_a_folder_with_any_file(path: str, data: bytes) -> None:
    loaded = load({path: data})
    assert (loaded.content is None) == any(problem.is_error for problem in loaded.problems)
    assert all(problem.message for problem in loaded.problems)


@given(st.lists(st.lists(CELL, min_size=len(COLUMNS.known), max_size=len(COLUMNS.known)), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_rows_of_questions(rows: list[list[str]]) -> None:
    loaded = load(
        {
            "stores.csv": csv_bytes(STORES),
            "staff.csv": csv_bytes(STAFF),
            "faq/a.csv": csv_bytes([list(COLUMNS.known), *rows]),
        }
    )
    assert (loaded.content is None) == any(problem.is_error for problem in loaded.problems)
    assert loaded.usable <= loaded.entries
