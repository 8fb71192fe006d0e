"""Knowledge bases and questions from JSON lines: what is there is read, what is wrong is named with its line."""

from __future__ import annotations

import json

import pytest

from knowledge.entry import Audience
from knowledge.jsonl import BadLineError, Query, read_entries, read_queries


def lines(*rows: object) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def test_an_entry_has_its_wordings_once_and_may_be_given_to_a_customer() -> None:
    row = {"id": "k1", "question": "几点退房", "similar": ["退房时间", "几点退房", " ", "退房时间"], "set": "x"}
    (entry,) = read_entries(lines(row))
    assert (entry.number, entry.wordings) == ("k1", ("几点退房", "退房时间"))
    assert entry.answer_for(Audience.CUSTOMER)


def test_similar_questions_may_be_missing() -> None:
    assert read_entries(lines({"id": 7, "question": "几点退房"}))[0].wordings == ("几点退房",)


def test_a_question_may_have_nothing_but_its_words() -> None:
    assert read_queries(lines({"id": "q", "text": ""})) == (Query("q", ""),)


def test_a_question_says_what_is_known_of_it() -> None:
    rows = [
        {"id": "a", "text": "甲", "gold": "k1", "oos": None, "sub": "test", "suspect": True},
        {"id": 2, "text": "乙", "gold": None, "oos": "far", "sub": "train", "suspect": False},
    ]
    assert read_queries(lines(*rows)) == (
        Query("a", "甲", has_gold=True, gold="k1", part="test", is_suspect=True),
        Query(2, "乙", has_gold=True, gold=None, part="train"),
    )


def test_a_mark_at_the_start_windows_line_ends_and_blank_lines_do_no_harm() -> None:
    data = b"\xef\xbb\xbf" + b'{"id": "a", "text": "x"}\r\n\r\n{"id": "b", "text": "y"}\r\n'
    assert [query.id for query in read_queries(data)] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{", "不是一个 JSON 对象"),
        (b"[" * 100_000, "不是一个 JSON 对象"),
        (b'["a"]', "要写成 {…}"),
        ('{"id": "甲"}'.encode("gb18030"), "UTF-8"),
        (b'{"question": "x"}', "没有 id"),
        (b'{"id": true, "question": "x"}', "没有 id"),
        (b'{"id": "k2"}', "没有 question"),
        (b'{"id": "k2", "question": 5}', "没有 question"),
        (b'{"id": "k2", "question": " "}', "question 是空的"),
        (b'{"id": "k2", "question": "x", "similar": "y"}', "similar"),
        (b'{"id": "k2", "question": "x", "similar": [1]}', "similar"),
        (b'{"id": "k1", "question": "x"}', "k1"),
    ],
)
def test_a_bad_line_is_named(line: bytes, says: str) -> None:
    with pytest.raises(BadLineError, match=f"^第 3 行:.*{says}"):
        read_entries(b'{"id": "k1", "question": "x"}\n\n' + line)


@pytest.mark.parametrize(
    ("row", "says"), [({"id": "q"}, "text"), ({"id": "q", "text": "x", "gold": ["k"]}, "gold"), ({"text": "x"}, "id")]
)
def test_a_bad_question_is_named(row: object, says: str) -> None:
    with pytest.raises(BadLineError, match=f"^第 1 行:.*{says}"):
        read_queries(lines(row))


def test_an_empty_knowledge_base_is_refused() -> None:
    with pytest.raises(BadLineError, match="没有内容"):
        read_entries(b"\n")
