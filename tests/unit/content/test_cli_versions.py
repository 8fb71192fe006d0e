"""`faq versions`, `faq diff` and `faq rollback` as a person runs them, beside a database that a service has filled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.shelf import BAD_DATE, FAQ, PARKING, PETS, NewShelf, Shelf
from tests.stage import ON_SQLITE

ROOT = Path(__file__).resolve().parents[3]


def run(shelf: Shelf, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run to the end; nothing that a person sees is ever a traceback."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")}
    given = {
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "DATABASE_URL": url,
        "CONTENT_DIR": str(shelf.folder),
    }
    done = subprocess.run(
        [sys.executable, "-m", "bot", "faq", *words],
        cwd=shelf.folder.parent,
        env=kept | given | {"CONTENT_DIR": str(shelf.folder)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


async def test_versions_are_listed_compared_and_put_back(shelf: Shelf, database_url: str) -> None:
    first = shelf.library.content.version
    changed = FAQ.replace(PARKING, "停车要收费。").replace(f"Q-3,能带宠物吗,可以带狗吗,{PETS},\n", "")
    shelf.write_faq(changed + "Q-4,有充电桩吗,,地下一层有。,\n")
    shelf.write("policy.yaml", "自动回复: false\n")
    await shelf.settle()
    second = shelf.library.content.version
    shelf.write_faq(BAD_DATE)
    await shelf.settle()

    lines = run(shelf, database_url, "versions").stdout.splitlines()
    assert lines[0].split() == ["版本", "时间", "条数", "提醒", "来源"]
    assert lines[1].split()[0] not in (first, second) and lines[1].endswith("没有发布:1 处错误")
    assert lines[2].startswith(second) and lines[2].endswith("文件夹 ← 使用中")
    assert lines[3].startswith(first) and lines[3].endswith("文件夹")
    assert len(lines) == 4

    said = run(shelf, database_url, "diff", first[:5], second).stdout
    assert said.splitlines()[0].startswith(f"版本 {first}(") and f" → 版本 {second}(" in said
    assert "+ Q-4 有充电桩吗" in said and "- Q-3 能带宠物吗" in said
    assert f"~ Q-1 停车方便吗\n    客户版答案:「{PARKING}」 → 「停车要收费。」" in said
    assert "* policy.yaml 新增" in said
    assert said.splitlines()[-1] == "共:新增 1 条,删除 1 条,改动 1 条,其他 1 处。"
    broken = run(shelf, database_url, "diff")
    assert (broken.returncode, "文件夹有错误" in broken.stderr, "第 4 行" in broken.stderr) == (2, True, True)

    done = run(shelf, database_url, "rollback", first[:6], "--by", "小张")
    assert done.returncode == 0, done.stderr
    assert f"的版本 {first}(3 条问答)" in done.stdout
    assert "文件夹没有动" in done.stdout and "总部下次改动文件夹后才会发布" in done.stdout
    assert await shelf.settle()
    assert (shelf.library.content.version, shelf.answer("Q-1")) == (first, PARKING)
    newest = run(shelf, database_url, "versions").stdout.splitlines()[1]
    assert newest.startswith(first) and newest.endswith("退回(小张) ← 使用中")
    again = run(shelf, database_url, "rollback", first)
    assert (again.returncode, "正在使用,不用退回" in again.stderr) == (2, True)


async def test_a_change_far_inside_a_long_answer_is_shown(shelf: Shelf, database_url: str) -> None:
    long = "入住请带好证件、到前台登记。" * 20
    shelf.write_faq(FAQ.replace(PARKING, f"{long}押金一百元。"))
    await shelf.settle()
    shelf.write_faq(FAQ.replace(PARKING, f"{long}押金两百元。"))
    said = run(shelf, database_url, "diff").stdout
    assert "到前台登记。押金一百元。」 → 「…" in said and "到前台登记。押金两百元。」" in said


async def test_what_was_put_back_outlives_a_restart(shelf: Shelf, new_shelf: NewShelf, database_url: str) -> None:
    first = shelf.library.content.version
    shelf.write_faq(FAQ.replace(PARKING, "停车要收费。"))
    await shelf.settle()
    await shelf.library.close()
    assert run(shelf, database_url, "rollback", first).returncode == 0  # nothing runs
    again = new_shelf()
    await again.library.open()
    assert again.answer("Q-1") == PARKING
    await again.settle()
    assert again.answer("Q-1") == PARKING
    again.write_faq(FAQ.replace(PARKING, "停车每小时五元。"))
    await again.settle()
    assert again.answer("Q-1") == "停车每小时五元。"
    assert [row.source for row in await again.rows()] == ["folder", "folder", "rollback", "folder"]


@ON_SQLITE
async def test_the_folder_is_compared_with_what_is_in_force(shelf: Shelf, database_url: str) -> None:
    assert run(shelf, database_url, "diff").stdout.splitlines()[-1] == "没有差别。"
    shelf.write_faq(FAQ.replace(PARKING, "停车要收费。"))
    said = run(shelf, database_url, "diff").stdout
    assert said.splitlines()[0].endswith(" → 文件夹")
    assert "「停车要收费。」" in said


@ON_SQLITE
async def test_versions_that_nobody_can_mean(shelf: Shelf, database_url: str) -> None:
    for wanted in ("0000", "x", shelf.library.content.version[:2], "%%%%"):
        done = run(shelf, database_url, "rollback", wanted)
        assert (done.returncode, f"没有版本「{wanted}」" in done.stderr) == (2, True)
    shelf.write_faq(BAD_DATE)
    await shelf.settle()
    refused = (await shelf.rows())[-1].version
    done = run(shelf, database_url, "rollback", refused)
    assert (done.returncode, "有错误,没有发布过" in done.stderr) == (2, True)


@ON_SQLITE
def test_before_anything_was_published(tmp_path: Path, database_url: str) -> None:
    empty = Shelf(None, tmp_path / "content", None, None)  # type: ignore[arg-type]
    empty.folder.mkdir()
    assert run(empty, database_url, "versions").stdout.startswith("还没有发布过")
    done = run(empty, database_url, "rollback", "abcdef")
    assert (done.returncode, "没有版本「abcdef」" in done.stderr) == (2, True)
