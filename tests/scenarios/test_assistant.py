"""Staff write to the app: the answer at once, a choice of three, or a person at headquarters."""

from __future__ import annotations

from datetime import time

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.model import StaffQuestion
from bot.sandbox.play_staff import PlayedCard, PlayedStaff
from tests.house import House
from tests.small_chain import PARKING
from tests.stage import ON_SQLITE, is_so, look_around, notice, tap, with_house

STAFF_FAQ = """编号,二级分类,标准问题,相似问题,客户版答案,员工版答案,适用门店,受众
S-1,报销,差旅怎么报销,出差费用怎么报##报销流程是什么,,走 OA 报销单、发票贴背面、每月 25 日前交。,,员工
S-2,交班,交班要做什么,怎么交班##交接班流程,,点备用金、写交班本、钥匙当面交。,S1,员工
S-3,押金,押金怎么退给客人,退押金流程,,核对房卡和消费、原路退回、超过 500 找店长。,,员工
S-4,押金单,押金单丢了怎么办,押金条丢了,,核对证件和登记、写遗失声明、店长签字。,,员工
S-5,早退,客人早退房怎么收费,提前退房收费,提前退房按实际入住收费。,六点前退按半天、过六点按一天、会员免半天。,,客户
"""
ASSISTANT = {"more": {"faq/员工问答.csv": STAFF_FAQ}, "备选线": "0.4"}  # not even before it is calibrated
UNSURE = ASSISTANT | {"作答线": "1", "自动回复线": "1", "备选线": "0.1"}


async def heard(house: House, staff: str, count: int) -> list[str]:
    """Wait for so many texts to somebody; all of them."""
    person = house.play.staff(staff)
    await is_so(house, lambda: _has(person, count), f"{staff} has not {count} texts")
    return await person.notices()


async def _has(person: PlayedStaff, count: int) -> bool:
    return len(await person.notices()) >= count


# --- at once ---------------------------------------------------------------------------------------------------------
@with_house(**ASSISTANT)
async def test_a_clerk_asks_and_has_the_staff_answer_with_entry_and_date(small_house: House) -> None:
    await small_house.play.staff("anan").writes("请问差旅怎么报销呀")
    text = await notice(small_house, "anan", "OA 报销单")
    assert "S-1 报销 · 资料 20" in text
    assert not await small_house.play.staff("anan").open_cards()


@ON_SQLITE
@with_house(**ASSISTANT)
async def test_an_entry_of_another_store_is_not_told(small_house: House) -> None:
    await small_house.play.staff("anan").writes("怎么交班")
    await notice(small_house, "anan", "写交班本")
    await small_house.play.staff("cece").writes("怎么交班")
    assert "写交班本" not in (await heard(small_house, "cece", 1))[0]


@ON_SQLITE
@with_house(**ASSISTANT)
async def test_staff_get_their_version_and_for_a_customer_the_customers(small_house: House) -> None:
    await small_house.play.staff("anan").writes("客人早退房怎么收费")
    assert "会员免半天" in await notice(small_house, "anan", "S-5")
    await small_house.play.staff("beibei").writes("客人问提前退房收费怎么说")
    assert "整条复制" in await notice(small_house, "beibei", "S-5")
    assert (await heard(small_house, "beibei", 2))[1] == "提前退房按实际入住收费。"  # to be copied as it is
    await small_house.play.move_clock(seconds=2)
    await small_house.play.staff("beibei").writes("怎么跟客人解释提前退房收费")
    again = (await heard(small_house, "beibei", 3))[-1]  # WeCom would drop the bare words
    assert again.startswith("提前退房按实际入住收费。\n\n可以这样回客人 · S-5")
    await small_house.play.staff("dingdian").writes("停车方便吗")
    assert PARKING in await notice(small_house, "dingdian", "Q-1")


@ON_SQLITE
@with_house(**ASSISTANT)
async def test_a_stranger_gets_no_answer(small_house: House) -> None:
    await small_house.play.post("/staff", {"account": "stranger", "name": "外人"})
    await small_house.play.staff("stranger").writes("差旅怎么报销")
    await look_around()
    assert await small_house.play.staff("stranger").inbox() == []


@with_house(**ASSISTANT)
async def test_a_callback_that_comes_five_times_is_answered_once(small_house: House) -> None:
    await small_house.play.fault("callback_five_times")
    await small_house.play.staff("anan").writes("差旅怎么报销")
    await notice(small_house, "anan", "S-1")
    await look_around()
    assert len(await small_house.play.staff("anan").notices()) == 1


@ON_SQLITE
@with_house(**ASSISTANT)
async def test_what_is_no_question_is_answered_in_kind_and_not_looked_up(small_house: House) -> None:
    person = small_house.play.staff("anan")
    for words, expected in (
        ("你好", "直接打字问我"),
        ("谢谢啦", "不客气"),
        ("2", "没有可选的"),
        ("您好", "直接打字问我"),
    ):
        await person.writes(words)
        await notice(small_house, "anan", expected)
        await small_house.play.move_clock(seconds=1)
    await heard(small_house, "anan", 4)
    await person.writes("收到")
    await look_around()
    assert len(await person.notices()) == 4 and await person.open_cards() == []


@ON_SQLITE
@with_house(**ASSISTANT)
async def test_a_flood_is_answered_eight_times_and_once_told_to_slow_down(small_house: House) -> None:
    person = small_house.play.staff("anan")
    for number in range(20):
        await person.writes("差旅怎么报销" if number % 2 else "退押金流程")
    await notice(small_house, "anan", "歇一分钟")
    await look_around()
    async with small_house.service.database.read() as session:
        assert await session.scalar(select(func.count(StaffQuestion.id))) == 8
    before = len(await person.notices())
    assert before <= 9  # WeCom shows what is the same in the same second once
    await small_house.play.move_clock(minutes=1, seconds=1)
    await person.writes("差旅怎么报销")
    assert len(await heard(small_house, "anan", before + 1)) == before + 1


# --- three to choose from --------------------------------------------------------------------------------------------
async def offered(house: House, words: str = "押金") -> PlayedCard:
    await house.play.staff("anan").writes(words)
    return await house.play.staff("anan").next_card()


@with_house(**UNSURE)
async def test_when_unsure_at_most_three_are_offered_and_a_tap_answers(small_house: House) -> None:
    card = await offered(small_house)
    assert card.title == "您问的是哪一条?" and card.quote == "押金"
    assert 2 <= len(card.buttons) <= 4 and card.buttons[-1] == "都不是,问总部"
    picked = next(text for text in card.buttons if text.endswith("押金单"))
    await card.press(picked)
    assert "写遗失声明" in await notice(small_house, "anan", "S-4")
    assert await card.closed() == "已选 S-4 押金单"


@ON_SQLITE
@with_house(**UNSURE)
async def test_a_number_answers_as_well_and_the_card_closes(small_house: House) -> None:
    card = await offered(small_house)
    number = next(text.split()[0] for text in card.buttons if text.endswith("押金单"))
    await small_house.play.staff("anan").writes(f"{number}。")
    await notice(small_house, "anan", "S-4")
    assert await card.closed() == "已选 S-4 押金单"
    tap(small_house, "anan", card.task_id, "pick:1")
    await look_around()
    assert len(await small_house.play.staff("anan").notices()) == 1


@ON_SQLITE
@with_house(**UNSURE)
async def test_none_of_them_goes_to_headquarters(small_house: House) -> None:
    card = await offered(small_house)
    await card.press("都不是,问总部")
    assert (await small_house.play.staff("zhou").next_card()).facts["最接近"].startswith("S-")
    await notice(small_house, "anan", "已经转给总部周周")


@ON_SQLITE
@with_house(**UNSURE)
async def test_nobody_else_can_choose(small_house: House) -> None:
    card = await offered(small_house)
    tap(small_house, "beibei", card.task_id, "pick:1")
    await look_around()
    assert (await card.refreshed()).is_open


@ON_SQLITE
@with_house(**UNSURE)
async def test_an_offer_that_nobody_takes_ends_after_half_an_hour(small_house: House) -> None:
    card = await offered(small_house)
    await small_house.play.move_clock(minutes=31)
    assert await card.closed() == "已过期,请再问一遍"


# --- headquarters ----------------------------------------------------------------------------------------------------
HQ_BY_DAY = ("anan,安安,S1,店员,", "zong,总总,,总部,周一至周日 09:00-18:00")


@ON_SQLITE
@with_house(staff=HQ_BY_DAY, at=time(20, 0), **ASSISTANT)
async def test_at_night_the_clerk_hears_the_truth_and_headquarters_is_asked_in_the_morning(small_house: House) -> None:
    await small_house.play.staff("anan").writes("制服破了找谁领新的")
    text = await notice(small_house, "anan", "没有人值班")
    assert "明天 09:00" in text
    assert await small_house.play.staff("zong").inbox() == []
    await small_house.play.move_clock(hours=13, minutes=2)
    card = await small_house.play.staff("zong").next_card()
    assert card.quote == "制服破了找谁领新的" and card.buttons == ["写答复", "不用答"]
    await notice(small_house, "anan", "已经转给总部总总")


UNKNOWN = "制服破了找谁领新的"
ANSWER = "拍照发行政群,三天内寄到店里。"


async def asked_headquarters(house: House, words: str = UNKNOWN, of: str = "zhou") -> PlayedCard:
    await house.play.staff("anan").writes(words)
    return await house.play.staff(of).next_card()


async def write_answer(link: str, text: str, *, action: str = "send") -> tuple[str, str]:
    """Open the page and answer there; the page before and after."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        async with http.get(link) as opened:
            before = await opened.text()
            assert opened.status == 200, before
        csrf = before.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": csrf, "text": text, "action": action}
        async with http.post(link.partition("?")[0], data=form) as done:
            return before, await done.text()


@with_house(**ASSISTANT)
async def test_headquarters_answers_on_a_page_and_the_clerk_has_it(small_house: House) -> None:
    card = await asked_headquarters(small_house)
    assert card.source == "店员提问 · 湖滨店" and card.title == "安安的问题没有现成答案"
    before, after = await write_answer(card.link, ANSWER)
    assert UNKNOWN in before and "已答复 · 周周" in after
    text = await notice(small_house, "anan", ANSWER)
    assert text.startswith("总部周周答复您") and UNKNOWN in text
    assert (await card.closed()).startswith("已答复 · 周周")


@ON_SQLITE
@with_house(**ASSISTANT)
async def test_the_page_is_for_that_person_once_and_for_one_decision(small_house: House) -> None:
    card = await asked_headquarters(small_house)
    await write_answer(card.link, ANSWER)
    async with aiohttp.ClientSession() as http:
        async with http.get(card.link) as again:
            assert again.status == 410 and UNKNOWN not in await again.text()
        async with http.get(card.link.partition("?")[0]) as bare:
            assert bare.status == 403
        async with http.post(card.link.partition("?")[0], data={"text": "x", "action": "send"}) as forged:
            assert forged.status == 403
        async with http.get(card.link.replace("/answer?", "/edit?")) as other:
            assert other.status == 404
    assert len(await small_house.play.staff("anan").notices()) == 2


@ON_SQLITE
@with_house(**ASSISTANT)
async def test_hostile_words_are_words(small_house: House) -> None:
    words = "<script>alert(1)</script> \"'=1+1 {{门店.名称}} 制服领新"
    card = await asked_headquarters(small_house, words)
    before, _ = await write_answer(card.link, "<a href='x'>点我</a>")
    assert "<script>alert" not in before and "&lt;script&gt;" in before
    assert "<a href" not in await notice(small_house, "anan", "点我")


@ON_SQLITE
@with_house(**ASSISTANT)
async def test_a_question_that_needs_no_answer_ends_by_a_tap(small_house: House) -> None:
    card = await asked_headquarters(small_house)
    await card.press("不用答")
    await notice(small_house, "anan", "不单独答复")
    assert (await card.closed()).startswith("不用答 · 周周")


@ON_SQLITE
@with_house(**ASSISTANT)
async def test_after_half_an_hour_one_more_person_is_asked_and_the_first_answer_counts(small_house: House) -> None:
    first = await asked_headquarters(small_house)
    link = first.link
    await small_house.play.move_clock(minutes=31)
    second = await small_house.play.staff("zong").next_card()
    await write_answer(second.link, ANSWER)
    assert (await first.closed()).startswith("已答复 · 总总")
    before, _ = await write_answer(link, "另一个答案")
    assert "已答复 · 总总" in before and 'name="csrf"' not in before
    await look_around()
    assert not any("另一个答案" in text for text in await small_house.play.staff("anan").notices())


@ON_SQLITE
@with_house(**ASSISTANT)
async def test_the_same_question_twice_is_one_card(small_house: House) -> None:
    await asked_headquarters(small_house)
    await small_house.play.staff("anan").writes(f"{UNKNOWN}?")
    await notice(small_house, "anan", "已经在问总部了")
    assert len(await small_house.play.staff("zhou").cards()) == 1
    assert await small_house.play.staff("zong").cards() == []


@pytest.mark.parametrize("fault", ["staff_invalid", "staff_unlicensed"])
@ON_SQLITE
@with_house(**ASSISTANT)
async def test_whom_wecom_cannot_reach_is_not_waited_for(small_house: House, fault: str) -> None:
    await small_house.play.fault(fault, value="zhou")
    await small_house.play.staff("anan").writes(UNKNOWN)
    await look_around()
    await small_house.play.move_clock(minutes=1, seconds=1)
    await small_house.play.staff("zong").next_card()


@ON_SQLITE
@with_house(staff=HQ_BY_DAY, at=time(17, 0), **ASSISTANT)
async def test_after_three_days_the_clerk_hears_that_nobody_answered(small_house: House) -> None:
    card = await asked_headquarters(small_house, of="zong")
    await small_house.play.move_clock(hours=71, minutes=5)
    await notice(small_house, "anan", "三天了")
    assert (await card.closed()).startswith("已过期")
