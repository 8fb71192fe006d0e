"""`faq check` on disk: where copies are written, when they go, and that HQ's own files never change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

import knowledge
from bot.content import folder as hq_folder
from bot.content.check import Report, check
from bot.errors import SettingsError

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
WRONG = "编号,标准问题,客户版答案,失效日期\nK-1,能带宠物吗,都欢迎~,2026-02-30\n"
RIGHT = WRONG.replace("02-30", "12-01")


@pytest.fixture
def hq(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "hq"
    (folder / "faq").mkdir(parents=True)
    (folder / "stores.csv").write_text("门店编号,门店名称\nA1,湖滨店\n", encoding="utf-8")
    (folder / "staff.csv").write_text("员工账号,姓名,门店编号,角色\na,安,A1,店员\n", encoding="utf-8")
    (folder / "faq" / "前台.csv").write_text(WRONG, encoding="utf-8")
    yield folder
    (folder / "faq").chmod(0o755)


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.csv")}


def copies(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*检查结果*"))


def test_a_copy_is_written_and_goes_when_all_is_well(hq: Path) -> None:
    before = digests(hq)
    report = check(hq, NOW)
    assert report.has_errors
    assert copies(hq) == ["前台.检查结果.xlsx"]
    assert digests(hq) == before
    assert "前台.检查结果.xlsx」:每一行的问题" in report.text
    version = check(hq, NOW).as_json["version"]
    assert version == report.as_json["version"]  # the copy is not read
    (hq / "faq" / "前台.csv").write_text(RIGHT, encoding="utf-8")
    assert not check(hq, NOW).has_errors
    assert copies(hq) == []
    assert sorted(path.name for path in (hq / "faq").iterdir()) == ["前台.csv"]


def test_a_file_by_itself_has_its_copy_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "前台.csv"
    path.write_text(WRONG, encoding="utf-8")
    assert check(path, NOW).has_errors
    assert copies(tmp_path) == ["前台.检查结果.xlsx"]
    with pytest.raises(SettingsError, match="只是给人看的"):
        check(tmp_path / "前台.检查结果.xlsx", NOW)


def test_no_copy_where_none_is_wanted(hq: Path) -> None:
    check(hq, NOW, with_copies=False)
    assert copies(hq) == []
    sample = Path(knowledge.__file__).parent / "samples" / "coffee"
    check(sample, NOW)
    assert copies(sample) == []


def test_two_files_of_one_name_have_two_copies(hq: Path) -> None:
    workbook = openpyxl.Workbook()
    for row in (["编号", "标准问题", "客户版答案"], ["K-2", "有水吗", "全城最佳"]):
        workbook.active.append(row)
    workbook.save(hq / "faq" / "前台.xlsx")
    check(hq, NOW)
    assert copies(hq) == ["前台.csv.检查结果.xlsx", "前台.检查结果.xlsx"]


def test_what_somebody_wrote_into_a_copy_is_kept(hq: Path) -> None:
    check(hq, NOW)
    path = hq / "faq" / "前台.检查结果.xlsx"
    workbook = openpyxl.load_workbook(path)
    workbook.active["A2"] = "改在了这里"
    workbook.properties.lastModifiedBy = "王姐"
    workbook.save(path)
    (hq / "faq" / "前台.csv").write_text(RIGHT, encoding="utf-8")
    report = check(hq, NOW)
    assert "「前台.检查结果.xlsx」有人改过,没有动它" in report.text
    assert openpyxl.load_workbook(path).active["A2"].value == "改在了这里"


def test_a_link_in_the_copys_place_leads_nowhere(hq: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious.xlsx"
    precious.write_bytes(b"mine")
    (hq / "faq" / "前台.检查结果.xlsx").symlink_to(precious)
    check(hq, NOW)
    assert precious.read_bytes() == b"mine"


def test_a_folder_that_cannot_be_written(hq: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, data: bytes) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "write_bytes", refuse)  # the tests may run as root, whom no mode stops
    report = check(hq, NOW)
    assert report.has_errors
    assert "没能写「前台.检查结果.xlsx」" in report.text
    assert "2026-02-30" in report.text


def test_what_soon_expires_is_worth_a_word(hq: Path) -> None:
    rows = [
        "K-1,甲,好,2026-12-01",
        "K-2,乙,好,2026-11-22",
        "K-3,丙,好,2026-11-21",
        "K-4,丁,好,2027-01-01",
        "K-5,戊,好,",
    ]
    text = "编号,标准问题,客户版答案,失效日期\n" + "\n".join(rows) + "\n"
    (hq / "faq" / "前台.csv").write_text(text, encoding="utf-8")
    report: Report = check(hq, NOW)
    assert "14 天内到期的有 2 条:K-2 乙(2026-11-22)、K-1 甲(2026-12-01)" in report.text
    assert "已经过期、不再使用的有 1 条:K-3 丙(2026-11-21)" in report.text
    assert report.as_json["warnings"] == 0


def test_a_copy_is_no_change_of_hqs_folder(hq: Path) -> None:
    before = hq_folder.signature(hq), hq_folder.read(hq)
    check(hq, NOW)
    assert copies(hq) != []
    assert (hq_folder.signature(hq), hq_folder.read(hq)) == before
