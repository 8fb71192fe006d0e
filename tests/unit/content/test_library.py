"""A changed folder comes into force as a whole or not at all, for every process, and what was decided is kept."""

from __future__ import annotations

import os
import shutil

import pytest

from bot.content import publications
from bot.errors import SettingsError
from bot.model import Draft, PublicationState
from tests.shelf import BAD_DATE, BREAKFAST, FAQ, PARKING, PETS, NewShelf, Shelf
from tests.stage import ON_SQLITE

PUBLISHED, REFUSED = PublicationState.PUBLISHED, PublicationState.REFUSED


async def states(shelf: Shelf) -> list[str]:
    return [row.state for row in await shelf.rows()]


# --- the folder ------------------------------------------------------------------------------------------------------
async def test_a_saved_file_is_in_force_when_two_looks_agree(shelf: Shelf) -> None:
    before = shelf.library.content
    shelf.write_faq(FAQ.replace(PARKING, "停车要收费。"))
    assert not await shelf.library.refresh()  # it may still be being saved
    assert shelf.library.content is before
    assert await shelf.settle()
    assert shelf.answer("Q-1") == "停车要收费。"
    assert before.entries["Q-1"].customer_answer == PARKING  # whoever is at work with it sees no change
    first, second = await shelf.rows()
    assert (first.state, second.state, second.entries) == (PUBLISHED, PUBLISHED, 3)
    assert second.folder_version == second.version == shelf.library.content.version != first.version


async def test_a_folder_with_errors_changes_nothing_and_is_noted_once(shelf: Shelf) -> None:
    before = shelf.library.content.version
    shelf.write_faq(BAD_DATE)
    assert not await shelf.settle()
    assert shelf.library.content.version == before
    os.utime(shelf.folder / "faq" / "问答.csv")  # saved again as it was
    assert not await shelf.settle()
    first, refused = await shelf.rows()
    assert (refused.state, refused.errors, refused.files) == (REFUSED, 1, b"")
    assert (refused.problems[0]["file"], refused.problems[0]["row"]) == ("faq/问答.csv", 4)
    assert "有错误,本次没有发布" in refused.summary
    shelf.write_faq(FAQ)  # mended by going back: the same version is published anew, nothing is read again
    content = shelf.library.content
    await shelf.settle()
    assert await states(shelf) == [PUBLISHED, REFUSED, PUBLISHED]
    assert shelf.library.content.version == content.version == first.version


async def test_a_start_with_errors_serves_the_last_good_version(shelf: Shelf, new_shelf: NewShelf) -> None:
    shelf.write_faq(BAD_DATE)
    again = new_shelf()
    await again.library.open()
    assert again.answer("Q-3") == PETS
    assert [problem.column for problem in again.library.problems if problem.is_error] == ["失效日期"]
    assert await states(again) == [PUBLISHED, REFUSED]


@ON_SQLITE
async def test_a_start_without_any_good_version_says_why(new_shelf: NewShelf) -> None:
    fresh = new_shelf()
    fresh.write_faq(BAD_DATE)
    with pytest.raises(SettingsError, match="第 4 行"):
        await fresh.library.open()


@ON_SQLITE
async def test_a_folder_that_is_suddenly_empty_takes_no_answer_away(shelf: Shelf) -> None:
    shutil.rmtree(shelf.folder)
    await shelf.settle()
    assert shelf.answer("Q-1") == PARKING
    assert [problem.code for problem in shelf.library.problems] == ["empty-folder"]
    assert await states(shelf) == [PUBLISHED, REFUSED]


@ON_SQLITE
async def test_files_that_are_not_content_make_no_version(shelf: Shelf) -> None:
    shelf.write("说明.txt", "给同事看的")
    await shelf.settle()
    assert await states(shelf) == [PUBLISHED]


# --- somebody saves --------------------------------------------------------------------------------------------------
MANY = FAQ + "".join(f"M-{number},第{number}件事怎么办,,按第{number}条办。,\n" for number in range(40))


@ON_SQLITE
async def test_a_slow_copy_that_stalls_takes_no_answer_away(shelf: Shelf) -> None:
    shelf.write_faq(MANY)
    await shelf.settle()
    changed = MANY.replace(PARKING, "停车要收费。")
    half = changed[: changed.index("M-7")]  # whole rows, and no error in them
    shelf.write_faq(half)
    for _ in range(3):  # of half a second
        await shelf.library.refresh()
    assert shelf.answer("M-30") and shelf.answer("Q-1") == PARKING
    shelf.write_faq(changed)
    await shelf.settle()
    assert shelf.answer("M-30") and shelf.answer("Q-1") == "停车要收费。"
    assert await states(shelf) == [PUBLISHED] * 3


@ON_SQLITE
async def test_excel_replaces_a_file_by_way_of_another_name(shelf: Shelf) -> None:
    faq = shelf.folder / "faq"
    shelf.write("faq/别的.csv", "编号,标准问题,客户版答案\nN-1,雨伞在哪借,前台。\n")
    (faq / "~$问答.csv").write_text("somebody has it open")
    (faq / "1A2B3C40").write_text(FAQ.replace(PARKING, "停车要收费。"), encoding="utf-8")
    await shelf.settle()
    (faq / "问答.csv").rename(faq / "5D6E7F80.tmp")
    for _ in range(3):  # the file is away for a moment
        await shelf.library.refresh()
    assert shelf.answer("Q-1") == PARKING
    (faq / "1A2B3C40").rename(faq / "问答.csv")
    (faq / "5D6E7F80.tmp").unlink()
    (faq / "~$问答.csv").unlink()
    await shelf.settle()
    assert shelf.answer("Q-1") == "停车要收费。"
    assert await states(shelf) == [PUBLISHED, PUBLISHED, PUBLISHED]


@ON_SQLITE
async def test_files_saved_one_after_another_come_into_force_together(shelf: Shelf) -> None:
    shelf.write_faq(FAQ.replace(PARKING, "停车要收费。"))
    for number in range(6):
        await shelf.library.refresh()
        shelf.write(
            f"faq/第{number}份.csv", f"编号,标准问题,客户版答案\nN-{number},第{number}样东西在哪,在{number}楼。\n"
        )
        assert shelf.answer("Q-1") == PARKING
    await shelf.settle()
    assert shelf.answer("Q-1") == "停车要收费。" and shelf.answer("N-5") == "在5楼。"
    assert await states(shelf) == [PUBLISHED, PUBLISHED]


@ON_SQLITE
async def test_what_headquarters_really_deletes_goes(shelf: Shelf) -> None:
    shelf.write_faq(MANY)
    await shelf.settle()
    shelf.write_faq(FAQ)
    await shelf.settle()
    assert shelf.answer("M-30") == "" and shelf.answer("Q-1") == PARKING


# --- every process ---------------------------------------------------------------------------------------------------
async def test_another_process_with_the_same_folder_publishes_nothing_twice(shelf: Shelf, new_shelf: NewShelf) -> None:
    other = new_shelf()
    await other.library.open()
    shelf.write_faq(FAQ.replace(BREAKFAST, "早餐六点到九点。"))
    for _ in range(3):  # both are at it at the same time
        await shelf.library.refresh()
        await other.library.refresh()
    await shelf.settle()
    await other.settle()
    assert (shelf.answer("Q-2"), other.answer("Q-2")) == ("早餐六点到九点。", "早餐六点到九点。")
    assert await states(shelf) == [PUBLISHED, PUBLISHED]


async def test_a_process_without_the_folder_follows(shelf: Shelf, new_shelf: NewShelf) -> None:
    far = new_shelf(folder="empty")
    await far.library.open()
    shelf.write_faq(FAQ.replace(BREAKFAST, "早餐六点到九点。"))
    await shelf.settle()
    assert await far.settle()
    assert far.answer("Q-2") == "早餐六点到九点。"
    assert far.library.content.version == shelf.library.content.version


# --- what is kept ----------------------------------------------------------------------------------------------------
async def test_old_versions_go_unless_customers_were_answered_from_them(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publications, "KEPT", 2)
    for number in range(4):
        shelf.write_faq(FAQ.replace(PARKING, f"停车每小时 {number} 元。"))
        await shelf.settle()
    shelf.write_faq(BAD_DATE)
    await shelf.settle()
    rows = await shelf.rows()
    async with shelf.database.begin() as session:
        session.add(draft_from(rows[1].version, shelf))
    async with shelf.database.begin() as session:
        await publications.purge(session, shelf.clock.now())
    assert [row.id for row in await shelf.rows()] == [rows[1].id, rows[4].id, rows[5].id]


def draft_from(version: str, shelf: Shelf) -> Draft:
    return Draft(question_id=1, version=1, kind="faq", content_version=version, created_at=shelf.clock.now())
