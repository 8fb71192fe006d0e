"""Two hundred broken files: each is refused as a whole, with a message that names row and reason."""

from __future__ import annotations

import re

import pytest

from knowledge.content import load
from tests.unit.knowledge.broken import Broken, every
from tests.unit.knowledge.making import folder, questions

RIGHT = folder(questions({"编号": "好-1", "标准问题": "会员有什么好处"}))
FILES = every()


def test_there_are_two_hundred_of_every_kind() -> None:
    assert len(FILES) >= 200
    assert len({broken.code for broken in FILES}) >= 30
    endings = {broken.name.rpartition(".")[2] for broken in FILES}
    assert endings == {"csv", "tsv", "xlsx", "xls", "et", "yaml", "json", "jsonl", "md"}


@pytest.mark.parametrize("broken", FILES, ids=str)
def test_a_broken_file_is_named_with_row_and_reason(broken: Broken) -> None:
    loaded = load(RIGHT | {broken.name: broken.data})
    here = [found for found in loaded.problems if (found.file, found.is_error) == (broken.name, broken.is_error)]
    assert (broken.code, broken.row) in {(problem.code, problem.row) for problem in here}, [str(one) for one in here]
    assert all(re.search(r"[一-鿿].{6}", problem.message) for problem in here)
    assert all(f"第 {problem.row} 行" in str(problem) for problem in here if problem.row)
    assert (loaded.content is None) == broken.is_error, "all or nothing"
