"""`faq export` on disk: samples come back the same, HQ's own files stay, the robot's report is whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files as resources
from pathlib import Path

import openpyxl
import pytest

from bot.content import folder as hq_folder
from bot.content.export import export_robot, export_workbook
from bot.errors import SettingsError
from knowledge.content import Content, load

SAMPLES = Path(str(resources("knowledge"))) / "samples"
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def content_of(files: dict[str, bytes]) -> Content:
    content = load(files).content
    assert content is not None
    return content


@pytest.mark.parametrize("chain", ["hotel", "coffee"])
def test_a_sample_comes_back_the_same(chain: str, tmp_path: Path) -> None:
    out = tmp_path / "导出.xlsx"
    assert "条问答" in export_workbook(SAMPLES / chain, out)
    files = hq_folder.read(SAMPLES / chain)
    others = {name: data for name, data in files.items() if not name.startswith("faq/")}
    before, after = content_of(files), content_of(others | {"faq/导出.xlsx": out.read_bytes()})
    assert {n: entry.version for n, entry in after.entries.items()} == {
        n: entry.version for n, entry in before.entries.items()
    }
    assert [(one.text, one.expected) for one in after.acceptance] == [
        (one.text, one.expected) for one in before.acceptance
    ]


def test_a_robot_of_a_sample(tmp_path: Path) -> None:
    said = export_robot(SAMPLES / "hotel", tmp_path / "robot", NOW, "西湖银泰店", only_auto=False)
    groups = json.loads((tmp_path / "robot" / "微信客服知识库.json").read_text(encoding="utf-8"))["groups"]
    intents = [intent for group in groups for intent in group["intents"]]
    assert f"{len(intents)} 条问答" in said
    assert len(intents) > 100
    assert "{{" not in json.dumps(groups)
    content = content_of(hq_folder.read(SAMPLES / "hotel"))
    internal = [entry.staff_answer for entry in content.entries.values() if entry.staff_answer]
    answers = {intent["answers"][0]["text"]["content"] for intent in intents}
    assert answers.isdisjoint(internal)
    rows = list(openpyxl.load_workbook(tmp_path / "robot" / "导出报告.xlsx").active.iter_rows(values_only=True))
    left_out = {row[0] for row in rows if row[2] == "没放进去"}
    assert len(intents) + len(left_out) == len(content.entries)


def test_a_robot_into_one_file(tmp_path: Path) -> None:
    export_robot(SAMPLES / "coffee", tmp_path / "kf.json", NOW, "", only_auto=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kf.json", "kf.导出报告.xlsx"]


@pytest.mark.parametrize("name", ["faq/新的.xlsx", "faq/前台.xlsx", "stores.xlsx"])
def test_nothing_is_written_over_hqs_files(name: str, tmp_path: Path) -> None:
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "前台.csv").write_text("编号,标准问题,客户版答案\nQ,有水吗,有\n", encoding="utf-8")
    for taken in ("faq/前台.xlsx", "stores.xlsx"):
        (tmp_path / taken).write_bytes(b"")
    with pytest.raises(SettingsError, match="总部的文件夹里"):
        export_workbook(tmp_path, tmp_path / name)
    assert not (tmp_path / "faq" / "新的.xlsx").exists()


def test_a_folder_with_errors_is_not_exported(tmp_path: Path) -> None:
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "前台.csv").write_text("编号,标准问题,客户版答案\nQ,有水吗,\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="没有答案"):
        export_workbook(tmp_path, tmp_path.parent / "x.xlsx")
    with pytest.raises(SettingsError, match=r"\.xlsx 文件名"):
        export_workbook(tmp_path, tmp_path / "x.csv")
    with pytest.raises(SettingsError, match=r"\.json 文件名"):
        export_robot(tmp_path, tmp_path / "x.xlsx", NOW, "", only_auto=False)
