"""HQ's ways of saying things and days off: read with everything else, and refused with everything else."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.content.kit import make_kit
from bot.content.loading import load_all
from intents.slots import SlotName, read_slots
from knowledge.content import Loaded

FAQ = "编号,标准问题,客户版答案\nQ-1,能停车吗,可以停车。\n".encode()
NOW = datetime(2026, 11, 22, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def load(**files: str) -> Loaded:
    named = {name.replace("__", "/") + ".yaml": text.encode() for name, text in files.items()}
    return load_all({"faq/a.csv": FAQ, **named})


def test_hqs_own_words_are_understood() -> None:
    loaded = load(intents__续住="意思: stay.extend\n例句: [想再赖一晚]\n句式: [赖#晚]\n")
    assert loaded.content is not None
    kit = make_kit(loaded.content)
    assert kit.recogniser.recognise("我想赖两晚")[0].intent == "stay.extend"
    plain = load().content
    assert plain is not None and make_kit(plain).recogniser.recognise("我想赖两晚")[0].intent != "stay.extend"


def test_a_sentence_that_cannot_be_read_refuses_the_folder_and_names_the_line() -> None:
    loaded = load(intents__续住="意思: stay.extend\n例句: [再住一晚]\n句式: ['(续住']\n")
    assert loaded.content is None
    (problem,) = (problem for problem in loaded.problems if problem.is_error)
    assert (problem.file, problem.is_error) == ("intents/续住.yaml", True) and problem.row > 0


def test_hqs_days_off_count() -> None:
    loaded = load(holidays__2027="year: 2027\nholidays:\n  - {name: 元旦, start: 2027-01-01, end: 2027-01-03}\n")
    assert loaded.content is not None
    kit = make_kit(loaded.content, on=date(2026, 11, 22))
    assert kit.calendar.is_day_off(date(2027, 1, 2)) is True
    own = load(holidays__店庆="days: {店庆: 05-20}\n").content
    assert own is not None
    slots = read_slots("店庆那天有房吗", NOW, make_kit(own).names, make_kit(own).calendar)
    assert [slot.value.start for slot in slots if slot.name is SlotName.DATE] == [date(2027, 5, 20)]  # type: ignore[union-attr]


def test_days_off_that_are_none_refuse_the_folder() -> None:
    loaded = load(holidays__2027="year: 2027\nholidays:\n  - {name: 元旦, start: 2027-01-03, end: 2027-01-01}\n")
    assert loaded.content is None
    (problem,) = (problem for problem in loaded.problems if problem.is_error)
    assert problem.file == "holidays/2027.yaml" and "元旦" in problem.message


def test_other_files_there_are_told_of() -> None:
    loaded = load_all({"faq/a.csv": FAQ, "intents/a.xlsx": b"x", "holidays/2027.txt": b"x"})
    assert {problem.file for problem in loaded.problems} >= {"holidays/2027.txt", "intents/a.xlsx"}
