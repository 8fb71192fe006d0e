"""The store assistant against what goes wrong: leavers, repeats, races, long texts, files saved in between."""

from __future__ import annotations

import asyncio
from datetime import time

from sqlalchemy import select

from bot.assistant.figures import count, describe
from bot.model import StaffOutcome, StaffQuestion
from bot.sandbox import callback_xml
from tests.house import House
from tests.scenarios.test_assistant import ANSWER, ASSISTANT, UNKNOWN, UNSURE, asked_headquarters, heard, offered
from tests.scenarios.test_assistant import write_answer as answer_on_page
from tests.small_chain import STAFF
from tests.stage import ON_SQLITE, is_so, look_around, notice, tap, with_house

LONG_ANSWER = "。".join(f"第{number}步请照着做并且拍照留底发到群里给行政看" for number in range(1, 50)) + "。"
PER_STORE = """编号,二级分类,标准问题,相似问题,客户版答案,员工版答案,适用门店,受众
S-6,备用金,备用金有多少,前台备用金是多少,,每班一千元、交班点清。,S1,员工
S-7,备用金,备用金有多少,前台备用金是多少,,每班五百元、锁在柜里。,S2,员工
S-8,请假,请假找谁,怎么请假,,提前一天找店长。,,员工
"""
STORES = {"more": {"faq/员工问答.csv": PER_STORE}}


def say(house: House, staff: str, text: str, *, msg_id: int, kind: str = "text", later: int = 0) -> None:
    """A staff member's message as WeCom would report it; `later` makes it another callback with the same MsgId."""
    seed = house.sandbox.seed
    xml = callback_xml.staff_text(
        seed.corp_id, house.sandbox.unix() + later, agent_id=seed.agent_id, staff=staff, content=text, msg_id=msg_id
    )
    house.sandbox.callbacks.post(xml.replace("[text]", f"[{kind}]"), f"{kind} from {staff}")


async def save(house: House, name: str, old: str, new: str) -> None:
    """HQ changes a file; wait until it is in force."""
    before = house.service.library.content.version
    path = house.service.settings.content_dir / name
    text = await asyncio.to_thread(path.read_text, "utf-8")
    assert old in text
    await asyncio.to_thread(path.write_text, text.replace(old, new), "utf-8")

    async def is_new() -> bool:
        return house.service.library.content.version != before

    await is_so(house, is_new, "the change is not in force")


async def questions(house: House) -> list[StaffQuestion]:
    async with house.service.database.read() as session:
        return list(await session.scalars(select(StaffQuestion).order_by(StaffQuestion.id)))


# --- who may have what -----------------------------------------------------------------------------------------------
@ON_SQLITE
@with_house(**STORES)
async def test_each_store_has_its_own_answer_and_who_names_another_is_told_whose_it_is(small_house: House) -> None:
    await small_house.play.staff("anan").writes("备用金有多少")
    await small_house.play.staff("cece").writes("备用金有多少")
    mine = await notice(small_house, "anan", "S-6")
    theirs = await notice(small_house, "cece", "S-7")
    assert "一千" in mine and "一千" not in theirs and "五百" in theirs
    await small_house.play.staff("beibei").writes("江边店备用金有多少")
    text = await notice(small_house, "beibei", "S-6")
    assert text.startswith("您问的好像是江边店,我只能按湖滨店的资料答。") and "五百" not in text
    await small_house.play.staff("dingdian").writes("江边店请假找谁")
    assert (await notice(small_house, "dingdian", "S-8")).startswith("提前一天找店长。")  # the same everywhere


@ON_SQLITE
@with_house(**STORES)
async def test_headquarters_has_a_stores_answer_only_by_naming_the_store(small_house: House) -> None:
    await small_house.play.staff("zong").writes("江边店备用金有多少")
    assert "五百" in await notice(small_house, "zong", "S-7")
    await small_house.play.staff("zhou").writes("备用金有多少")
    await look_around()
    assert not any("一千" in text or "五百" in text for text in await small_house.play.staff("zhou").notices())


@ON_SQLITE
@with_house(**ASSISTANT)
async def test_whoever_has_left_gets_nothing_more(small_house: House) -> None:
    card = await asked_headquarters(small_house)
    before = len(await heard(small_house, "anan", 1))
    await save(small_house, "staff.csv", STAFF[0] + "\n", "")
    page, _ = await answer_on_page(card.link, ANSWER)
    assert "不在员工名单里" in page and 'name="csrf"' not in page
    await small_house.play.staff("anan").writes("差旅怎么报销")
    await look_around()
    await small_house.play.move_clock(minutes=31)
    assert await card.closed() == "已过期,请再问一遍"
    assert len(await small_house.play.staff("anan").notices()) == before


@ON_SQLITE
@with_house(**UNSURE)
async def test_whoever_has_left_cannot_choose(small_house: House) -> None:
    card = await offered(small_house)
    await save(small_house, "staff.csv", STAFF[0] + "\n", "")
    tap(small_house, "anan", card.task_id, "pick:1")
    await small_house.play.staff("anan").writes("1")
    await look_around()
    assert await small_house.play.staff("anan").notices() == []


# --- choices ---------------------------------------------------------------------------------------------------------
@ON_SQLITE
@with_house(**UNSURE)
async def test_a_number_long_after_chooses_nothing(small_house: House) -> None:
    card = await offered(small_house)
    await small_house.play.move_clock(minutes=31)
    await card.closed()
    await small_house.play.staff("anan").writes("2")
    await notice(small_house, "anan", "没有可选的第 2 条")
    assert [row.outcome for row in await questions(small_house)] == [StaffOutcome.LEFT, StaffOutcome.CHAT]


@ON_SQLITE
@with_house(**UNSURE)
async def test_a_number_that_is_not_on_the_card_leaves_the_card_open(small_house: House) -> None:
    card = await offered(small_house)
    await small_house.play.staff("anan").writes("第9个")
    await notice(small_house, "anan", "没有可选的第 9 条")
    assert (await card.refreshed()).is_open


@ON_SQLITE
@with_house(**UNSURE)
async def test_a_choice_after_a_republish_is_answered_as_it_stands_now(small_house: House) -> None:
    card = await offered(small_house)
    await save(small_house, "faq/员工问答.csv", "写遗失声明", "先登记再补单")
    await card.press(next(text for text in card.buttons if text.endswith("押金单")))
    text = await notice(small_house, "anan", "S-4")
    assert "先登记再补单" in text
    row = (await questions(small_house))[0]
    assert row.entry_version == small_house.service.library.content.entries["S-4"].version


@ON_SQLITE
@with_house(**UNSURE)
async def test_a_choice_that_was_withdrawn_meanwhile_goes_to_headquarters(small_house: House) -> None:
    card = await offered(small_house)
    row = "S-4,押金单,押金单丢了怎么办,押金条丢了,,核对证件和登记、写遗失声明、店长签字。,,员工\n"
    await save(small_house, "faq/员工问答.csv", row, "")
    await card.press(next(text for text in card.buttons if text.endswith("押金单")))
    assert await card.closed() == "这一条刚下架,已转总部"
    assert (await small_house.play.staff("zhou").next_card()).quote == "押金"
    assert "遗失声明" not in " ".join(await small_house.play.staff("anan").notices())


# --- repeats, races, odd messages ------------------------------------------------------------------------------------
@ON_SQLITE
@with_house(**ASSISTANT)
async def test_the_same_message_in_other_callbacks_counts_once(small_house: House) -> None:
    for at in range(12):  # more often than anybody may write in a minute
        say(small_house, "anan", "差旅怎么报销", msg_id=77, later=at)
    await notice(small_house, "anan", "S-1")
    await look_around()
    assert len(await small_house.play.staff("anan").notices()) == 1
    assert len(await questions(small_house)) == 1


@ON_SQLITE
@with_house(**ASSISTANT)
async def test_pictures_emoji_and_very_long_texts_are_taken(small_house: House) -> None:
    person = small_house.play.staff("anan")
    say(small_house, "anan", "ignored", msg_id=1, kind="image")
    await notice(small_house, "anan", "只看得懂文字")
    await person.writes("差旅怎么报销👀👀🙏")
    await notice(small_house, "anan", "S-1")
    for words in ("👌", "好的收到", "[强]"):
        await person.writes(words)
    await look_around()
    assert len(await person.notices()) == 2
    await person.writes("门口的灯坏了" + "很急" * 300)
    card = await small_house.play.staff("zhou").next_card()
    assert card.quote.startswith("门口的灯坏了") and len((await questions(small_house))[-1].text) == 300


@with_house(**ASSISTANT)
async def test_two_at_headquarters_answer_at_once_and_one_answer_goes_out(small_house: House) -> None:
    first = await asked_headquarters(small_house)
    await small_house.play.move_clock(minutes=31)
    second = await small_house.play.staff("zong").next_card()
    link = first.link
    pages = await asyncio.gather(answer_on_page(link, "周周写的"), answer_on_page(second.link, "总总写的"))
    await notice(small_house, "anan", "答复您")
    await look_around()
    said = [text for text in await small_house.play.staff("anan").notices() if "写的" in text]
    assert len(said) == 1
    (row,) = await questions(small_house)
    winner = {"zhou": "周周写的", "zong": "总总写的"}[row.closed_by or ""]
    assert row.answer == winner and winner in said[0]
    assert sum("没有发出" in after for _, after in pages) == 1  # the other keeps what was written


@ON_SQLITE
@with_house(**ASSISTANT)
async def test_a_long_answer_arrives_whole_and_in_order(small_house: House) -> None:
    assert len(LONG_ANSWER.encode()) > 2048
    card = await asked_headquarters(small_house, f"客人问{UNKNOWN}怎么说")
    await answer_on_page(card.link, LONG_ANSWER)
    said = await heard(small_house, "anan", 4)
    assert "整条复制" in said[1] and "".join(said[2:]) == LONG_ANSWER


@ON_SQLITE
@with_house(staff=STAFF[:-2], **ASSISTANT)
async def test_with_nobody_at_headquarters_the_clerk_hears_so(small_house: House) -> None:
    await small_house.play.staff("anan").writes(UNKNOWN)
    assert "没有人能接" in await notice(small_house, "anan", "待补充问答")


# --- figures ---------------------------------------------------------------------------------------------------------
@ON_SQLITE
@with_house(at=time(11, 0), **ASSISTANT)
async def test_an_answer_that_is_doubted_goes_to_headquarters_and_counts_once(small_house: House) -> None:
    person = small_house.play.staff("anan")
    await person.writes("差旅怎么报销")
    await notice(small_house, "anan", "S-1")
    await person.writes("不对,问总部")
    card = await small_house.play.staff("zhou").next_card()
    assert card.quote == "差旅怎么报销" and card.facts["最接近"].startswith("S-1")
    await answer_on_page(card.link, ANSWER)
    await notice(small_house, "anan", ANSWER)
    await small_house.play.staff("beibei").writes("怎么交班")
    await notice(small_house, "beibei", "S-2")
    await small_house.play.staff("beibei").writes("谢谢")
    await small_house.play.staff("cece").writes(UNKNOWN)
    await notice(small_house, "cece", "已经转给总部")
    await small_house.play.staff("cece").writes(UNKNOWN)
    await notice(small_house, "cece", "已经在问总部了")
    service = small_house.service
    async with service.database.read() as session:
        figures = await count(session, service.desk().content, 2, small_house.clock.now())
    today = figures.days[-1]
    told = (today.asked, today.at_once, today.chosen, today.by_person, today.unanswered, today.waiting)
    assert told == (3, 1, 0, 1, 0, 1)
    assert figures.asked == 3 and round(figures.at_once, 2) == 0.33
    assert "2 天共 3 个问题" in describe(figures)
