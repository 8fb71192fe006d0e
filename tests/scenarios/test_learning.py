"""What no entry answered comes back to headquarters as a workbook, and nothing is published by that."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from bot.learning.gathering import gather
from bot.learning.stale import find_stale
from bot.learning.weekly import last_monday
from bot.sandbox.play_customer import PlayedCustomer
from bot.workers.gaps import GapsJob
from bot.workers.schedule import Schedule
from tests.house import House
from tests.scenarios.test_assistant import UNKNOWN, asked_headquarters, write_answer
from tests.small_chain import PARKING
from tests.stage import ON_SQLITE, ask, is_so, look_around, notice, with_house

BAGGAGE = "可以寄存行李吗,我电话13812345678"
BAGGAGE_ANSWER = "可以的,前台免费寄存到晚上十点。"


def job(house: House, tmp_path: Path) -> GapsJob:
    service = house.service
    folders = (service.settings.content_dir, tmp_path / "elsewhere")
    return GapsJob(service.database, service.cache.wakeups, service.clock, service.desk, folders)


async def to_monday(house: House) -> None:
    """The next Monday, 09:01 in the stores."""
    local = house.service.desk().local(house.clock.now())
    house.clock.move(last_monday(local) + timedelta(days=7, minutes=1) - local)


async def answered(house: House, words: str, text: str, *, who: str = "小满") -> PlayedCustomer:
    """A customer asks, and the clerk writes an answer of their own on the edit page."""
    customer, card = await ask(house, words, who=who)
    await write_answer(await card.press("修改"), text)
    await is_so(house, lambda: _got(customer, text), "no answer")
    return customer


async def _got(customer: PlayedCustomer, text: str) -> bool:
    return text in await customer.received()


def rows(path: Path) -> list[dict[str, Any]]:
    sheet = load_workbook(io.BytesIO(path.read_bytes()))["问答"]
    first, *rest = sheet.iter_rows(values_only=True)
    return [{str(name): value for name, value in zip(first, row, strict=True)} for row in rest]


async def test_a_weeks_gaps_become_a_file_that_headquarters_hears_of(small_house: House, tmp_path: Path) -> None:
    await answered(small_house, BAGGAGE, BAGGAGE_ANSWER)
    await write_answer((await asked_headquarters(small_house)).link, "拍照发行政群。")
    await answered(small_house, "停车方便吗", "门口在修路,车请停到东边空地,报店名免费。", who="小吴")
    before = small_house.service.desk().content.version
    await to_monday(small_house)
    await job(small_house, tmp_path).run()
    (path,) = (small_house.service.settings.content_dir / "待补充").iterdir()
    assert path.name.startswith("待补充问答-20")
    by_audience = {row["受众"]: row for row in rows(path)}
    assert by_audience["客户"]["标准问题"] == "可以寄存行李吗,我电话[电话]"
    assert by_audience["客户"]["客户版答案"] == BAGGAGE_ANSWER
    assert (by_audience["员工"]["标准问题"], by_audience["员工"]["员工版答案"]) == (UNKNOWN, "拍照发行政群。")
    assert {row["状态"] for row in by_audience.values()} == {"草稿"}
    notes = load_workbook(io.BytesIO(path.read_bytes()))["说明"]
    said = " ".join(str(value) for row in notes.iter_rows(values_only=True) for value in row if value)
    assert PARKING in said and "门口在修路" in said and "13812345678" not in said and "小吴" not in said
    for who in ("zong", "zhou"):
        assert path.name in await notice(small_house, who, "上周的待补充问答好了:2 个问题")
    await look_around(3)
    assert small_house.service.desk().content.version == before


def fill_in(path: Path, to: Path) -> None:
    """What HQ does with the workbook: look at each answer, say 启用, and put the file into `faq/`."""
    book = load_workbook(path)
    sheet = book["问答"]
    at = {str(cell.value): cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, at["标准问题"]).value = str(sheet.cell(row, at["标准问题"]).value).replace(",我电话[电话]", "")
        sheet.cell(row, at["状态"]).value = "启用"
    book.save(to)
    path.unlink()


@ON_SQLITE
async def test_filled_in_and_dropped_back_it_answers_and_is_not_missed_again(
    small_house: House, tmp_path: Path
) -> None:
    await answered(small_house, BAGGAGE, BAGGAGE_ANSWER)
    await answered(small_house, "行李能寄存在前台吗", BAGGAGE_ANSWER, who="小吴")
    await write_answer((await asked_headquarters(small_house)).link, "拍照发行政群。")
    service = small_house.service
    before, folder = service.desk().content.version, service.settings.content_dir
    await to_monday(small_house)
    await job(small_house, tmp_path).run()
    (path,) = (folder / "待补充").iterdir()
    await look_around(3)
    assert service.desk().content.version == before  # written, and nothing else
    await asyncio.to_thread(path.rename, folder / "faq" / path.name)  # dropped back as it is: drafts answer nobody

    async def is_read() -> bool:
        return service.desk().content.version != before

    await is_so(small_house, is_read, "the workbook was not read")
    _, card = await ask(small_house, "可以寄存行李吗", who="小郑")
    assert card.title.endswith("没有现成答案")
    await card.press("不用回")
    read = service.desk().content.version
    await asyncio.to_thread(fill_in, folder / "faq" / path.name, folder / "faq" / "补充.xlsx")

    async def is_in_force() -> bool:
        return service.desk().content.version != read and any(
            entry.customer_answer == BAGGAGE_ANSWER and entry.status == "启用"
            for entry in service.desk().content.entries.values()
        )

    await is_so(small_house, is_in_force, "what was filled in is not in force")
    customer, card = await ask(small_house, "可以寄存行李吗", who="小何")
    await card.press("发送")
    assert await customer.next_reply() == BAGGAGE_ANSWER
    await small_house.play.staff("beibei").writes(UNKNOWN)
    assert "GAP-" in await notice(small_house, "beibei", "拍照发行政群。")
    start = small_house.clock.now() - timedelta(days=9)
    async with service.database.read() as session:
        found = await gather(session, service.desk().content, start, small_house.clock.now())
    assert found.heard == ()


async def test_a_week_is_written_once_by_two_processes(small_house: House, tmp_path: Path) -> None:
    await answered(small_house, BAGGAGE, BAGGAGE_ANSWER)
    await to_monday(small_house)
    service, weekly = small_house.service, job(small_house, tmp_path).job()
    schedules = [Schedule(service.database, service.clock, [weekly]) for _ in range(2)]
    taken = await asyncio.gather(*(schedule.fire(weekly) for schedule in schedules for _ in range(3)))
    assert sum(taken) <= 1  # the service's own schedule may have been faster

    async def is_there() -> bool:
        place = service.settings.content_dir / "待补充"
        return await asyncio.to_thread(lambda: place.exists() and any(place.iterdir()))

    await is_so(small_house, is_there, "no workbook")
    await look_around()
    (path,) = (service.settings.content_dir / "待补充").iterdir()
    said = [text for text in await small_house.play.staff("zhou").notices() if "待补充问答好了" in text]
    assert len(said) == 1 and path.name in said[0]


@ON_SQLITE
async def test_a_file_that_is_there_is_not_touched_and_none_is_written_for_nothing(
    small_house: House, tmp_path: Path
) -> None:
    await to_monday(small_house)
    await job(small_house, tmp_path).run()
    place = small_house.service.settings.content_dir / "待补充"
    assert not place.exists()
    await answered(small_house, BAGGAGE, BAGGAGE_ANSWER)
    await to_monday(small_house)
    await job(small_house, tmp_path).run()
    (path,) = place.iterdir()
    path.write_text("HQ is at it")
    await job(small_house, tmp_path).run()
    assert path.read_text() == "HQ is at it"
    assert sorted(one.name for one in place.iterdir()) == sorted([path.name, path.name.replace(".xlsx", "-2.xlsx")])
    await notice(small_house, "zhou", path.name)


@ON_SQLITE
async def test_where_hqs_folder_cannot_be_written_it_lies_beside_the_data(small_house: House, tmp_path: Path) -> None:
    await answered(small_house, BAGGAGE, BAGGAGE_ANSWER)
    (small_house.service.settings.content_dir / "待补充").write_text("in the way")
    await to_monday(small_house)
    await job(small_house, tmp_path).run()
    assert len(list((tmp_path / "elsewhere" / "待补充").iterdir())) == 1
    await notice(small_house, "zhou", "总部文件夹写不进去")


@ON_SQLITE
@with_house(作答线="1", 自动回复线="1")
async def test_an_entry_that_staff_chose_is_named(small_house: House) -> None:
    start = small_house.clock.now() - timedelta(minutes=1)
    _, card = await ask(small_house, "我们开车来有没有停车位")
    await card.press("看所选", choice="停车")
    await (await card.changed()).press("发送")
    await card.closed()
    async with small_house.service.database.read() as session:
        found = await gather(session, small_house.service.desk().content, start, small_house.clock.now())
    assert [(one.entry, one.answer) for one in found.heard] == [("Q-1", "")]


@ON_SQLITE
async def test_what_was_taken_back_is_not_written_down(small_house: House) -> None:
    start = small_house.clock.now() - timedelta(minutes=1)
    customer = small_house.play.customer("小吴")
    msgid = await customer.says("我的柜子密码是多少来着")
    await small_house.play.staff("anan").next_card()
    await customer.recalls(msgid)
    await look_around()
    async with small_house.service.database.read() as session:
        found = await gather(session, small_house.service.desk().content, start, small_house.clock.now())
    assert found.heard == ()


async def test_what_staff_keep_rewriting_is_stale(small_house: House) -> None:
    for number in range(5):
        customer, card = await ask(small_house, "停车方便吗", who=f"客人{number}")
        if number < 2:
            await write_answer(await card.press("修改"), f"请看门口的牌子,或者打电话问我{number}。")
        else:
            await card.press("发送")
        await customer.next_reply()
    async with small_house.service.database.read() as session:
        stale = await find_stale(session, small_house.service.desk().content, small_house.clock.now())
    assert [(entry.number, use.sent, use.edited) for entry, use in stale.edited] == [("Q-1", 5, 2)]
    assert stale.unused == ()  # the records do not reach back that far
    await small_house.play.move_clock(days=91)
    async with small_house.service.database.read() as session:
        stale = await find_stale(session, small_house.service.desk().content, small_house.clock.now())
    assert {"Q-1", "Q-3"} <= {entry.number for entry, _ in stale.unused}


@ON_SQLITE
async def test_ninety_days_are_counted_from_the_last_answer_to_anybody(small_house: House) -> None:
    start = small_house.clock.now()
    await small_house.play.move_clock(days=10)
    await small_house.play.staff("anan").writes("停车方便吗")
    await notice(small_house, "anan", "Q-1")

    async def unused() -> set[str]:
        async with small_house.service.database.read() as session:
            stale = await find_stale(session, small_house.service.desk().content, small_house.clock.now())
        return {entry.number for entry, _ in stale.unused}

    await small_house.play.move_clock(days=79)
    assert await unused() == set()  # 89 days of records: nobody can tell
    await small_house.play.move_clock(days=1)
    assert small_house.clock.now() - start < timedelta(days=90, hours=1)
    assert "Q-3" in await unused() and "Q-1" not in await unused()
    await small_house.play.move_clock(days=10)
    assert "Q-1" not in await unused()  # asked on the ninetieth day
    await small_house.play.move_clock(days=1)
    assert "Q-1" in await unused()
