"""HQ's 验收问题 guard a publish: a locked one that changes its answer refuses it, and says where, what and why."""

from __future__ import annotations

from bot.model import PublicationState
from tests.shelf import FAQ, PARKING, PETS, NewShelf, Shelf
from tests.stage import ON_SQLITE

HEADER = "客户原话,期望编号,门店,是否锁定\n"
LOCKED = HEADER + "请问能带宠物吗,Q-3,,是\n"
TAKEN = "Q-4,请问能带宠物吗,能带宠物么,问前台同事就好。,\n"  #: another entry that answers what Q-3 did


async def test_a_locked_question_that_changes_its_answer_refuses_the_publish(shelf: Shelf) -> None:
    shelf.write("faq/验收问题.csv", LOCKED)
    await shelf.settle()
    before = shelf.library.content.version
    shelf.write_faq(FAQ.replace(f"Q-3,能带宠物吗,可以带狗吗,{PETS},\n", "Q-3,游泳池在哪,,在三楼。,\n") + TAKEN)
    assert not await shelf.settle()
    assert shelf.library.content.version == before
    (problem,) = [problem for problem in shelf.library.problems if problem.is_error]
    assert (problem.file, problem.row, problem.column) == ("faq/验收问题.csv", 2, "客户原话")
    assert problem.code == "locked-answer-changed"
    for part in (
        "「请问能带宠物吗」",
        "期望 Q-3「游泳池在哪」",
        "现在是 Q-4「请问能带宠物吗」",
        "门店在用的版本是 Q-3",
    ):
        assert part in problem.message
    refused = (await shelf.rows())[-1]
    assert (refused.state, refused.problems[0]["code"]) == (PublicationState.REFUSED, "locked-answer-changed")


@ON_SQLITE
async def test_a_locked_question_that_loses_its_answer_refuses_the_publish(shelf: Shelf) -> None:
    shelf.write("faq/验收问题.csv", LOCKED)
    await shelf.settle()
    shelf.write_faq(FAQ.replace("能带宠物吗,可以带狗吗", "量子力学,"))
    await shelf.settle()
    (problem,) = [problem for problem in shelf.library.problems if problem.is_error]
    assert "现在没有答案" in problem.message
    assert shelf.answer("Q-3") == PETS


@ON_SQLITE
async def test_an_answer_that_is_only_worded_anew_is_fine(shelf: Shelf) -> None:
    shelf.write("faq/验收问题.csv", LOCKED)
    await shelf.settle()
    shelf.write_faq(FAQ.replace(PETS, "猫狗都可以带。"))
    assert await shelf.settle()
    assert shelf.answer("Q-3") == "猫狗都可以带。"


@ON_SQLITE
async def test_a_question_that_is_not_locked_is_a_warning(shelf: Shelf) -> None:
    shelf.write("faq/验收问题.csv", HEADER + "请问能带宠物吗,Q-1,,\n")
    assert await shelf.settle()
    (problem,) = [problem for problem in shelf.library.problems if problem.code == "acceptance-failed"]
    assert not problem.is_error
    assert "期望 Q-1「停车方便吗」,现在是 Q-3「能带宠物吗」" in problem.message
    assert (await shelf.rows())[-1].warnings >= 1


@ON_SQLITE
async def test_a_locked_question_that_failed_before_holds_nothing_up(shelf: Shelf) -> None:
    """It has not become worse; else nobody could publish the next improvement."""
    shelf.write("faq/验收问题.csv", HEADER + "请问能带宠物吗,Q-1,,是\n")
    assert await shelf.settle()
    shelf.write_faq(FAQ.replace(PARKING, "停车要收费。"))
    assert await shelf.settle()
    assert shelf.answer("Q-1") == "停车要收费。"


@ON_SQLITE
async def test_after_a_restart_the_version_in_force_still_counts(shelf: Shelf, new_shelf: NewShelf) -> None:
    """Also when the folder was changed while nothing ran."""
    shelf.write("faq/验收问题.csv", LOCKED)
    await shelf.settle()
    shelf.write_faq(FAQ.replace("能带宠物吗,可以带狗吗", "量子力学,"))
    again = new_shelf()
    await again.library.open()
    assert again.answer("Q-3") == PETS
    assert [problem.code for problem in again.library.problems if problem.is_error] == ["locked-answer-changed"]
