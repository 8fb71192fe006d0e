"""Staff write to the app: the answer at once, a choice of three, or a person at headquarters."""

from __future__ import annotations

from datetime import time

from bot.sandbox.play_staff import PlayedStaff
from tests.house import House
from tests.small_chain import PARKING
from tests.stage import ON_SQLITE, is_so, look_around, notice, with_house

STAFF_FAQ = """编号,二级分类,标准问题,相似问题,客户版答案,员工版答案,适用门店,受众
S-1,报销,差旅怎么报销,出差费用怎么报##报销流程是什么,,走 OA 报销单、发票贴背面、每月 25 日前交。,,员工
S-2,交班,交班要做什么,怎么交班##交接班流程,,点备用金、写交班本、钥匙当面交。,S1,员工
S-3,押金,押金怎么退给客人,退押金流程,,核对房卡和消费、原路退回、超过 500 找店长。,,员工
S-4,押金单,押金单丢了怎么办,押金条丢了,,核对证件和登记、写遗失声明、店长签字。,,员工
S-5,早退,客人早退房怎么收费,提前退房收费,提前退房按实际入住收费。,六点前退按半天、过六点按一天、会员免半天。,,客户
"""
ASSISTANT = {"more": {"faq/员工问答.csv": STAFF_FAQ}}


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
    text = await notice(small_house, "beibei", "S-5")
    assert text.startswith("可以这样回客人:\n提前退房按实际入住收费。") and "会员免半天" not in text
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


# --- three to choose from --------------------------------------------------------------------------------------------
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
