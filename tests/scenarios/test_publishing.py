"""HQ saves a file: what customers get, what headquarters hears, and what is kept of where an answer came from."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from bot.model import Delivery, DeliveryKind, Draft, Publication, PublicationState
from bot.serving import roll_back
from tests.house import House
from tests.small_chain import BREAKFAST, PARKING, STAFF, WIFI
from tests.stage import ON_SQLITE, ask, is_so, look_around, notice, with_house

FREE, CHARGED = PARKING, "停车每小时五元。"
_HQ_BY_DAY = [row.replace("zong,总总,,总部,", "zong,总总,,总部,周一至周日 09:00-18:00") for row in STAFF[:-1]]


async def save(house: House, old: str, new: str, name: str = "faq/问答.csv") -> None:
    """HQ changes a file with an editor."""
    path = house.service.settings.content_dir / name
    text = await asyncio.to_thread(path.read_text, "utf-8")
    assert old in text
    await asyncio.to_thread(path.write_text, text.replace(old, new), "utf-8")


async def serves(house: House, answer: str) -> None:
    async def now() -> bool:
        return house.service.library.content.entries["Q-1"].customer_answer == answer

    await is_so(house, now, f"「{answer}」 is not in force")


async def decisions(house: House) -> list[Publication]:
    async with house.service.database.read() as session:
        return list(await session.scalars(select(Publication).order_by(Publication.id)))


async def told(house: House, staff: str) -> list[str]:
    return await house.play.staff(staff).notices()


# --- an answer -------------------------------------------------------------------------------------------------------
async def test_every_answer_says_which_entry_and_version_it_came_from(small_house: House) -> None:
    lin, card = await ask(small_house, "停车方便吗")
    first = small_house.service.library.content
    await save(small_house, FREE, CHARGED)
    await serves(small_house, CHARGED)
    await card.press("发送")  # what the clerk saw goes out, and is noted as what it was
    assert await lin.next_reply() == FREE
    xu, card = await ask(small_house, "停车方便吗", who="小徐")
    await card.press("发送")
    assert await xu.next_reply() == CHARGED
    await lin.says("无线网怎么连")
    assert await lin.next_reply() == WIFI  # 自动
    second = small_house.service.library.content
    sent = [
        ("Q-1", first.entries["Q-1"].version, first.version),
        ("Q-1", second.entries["Q-1"].version, second.version),
        ("Q-5", second.entries["Q-5"].version, second.version),
    ]
    async with small_house.service.database.read() as session:
        replies = select(Delivery).where(Delivery.kind == DeliveryKind.REPLY).order_by(Delivery.seq)
        rows = list(await session.scalars(replies))
        assert [(row.entry, row.entry_version, row.content_version) for row in rows] == sent
        drafts = [await session.get_one(Draft, row.draft_id) for row in rows]
    assert [(row.entry, row.entry_version, row.content_version) for row in drafts] == sent
    kept = {row.version for row in await decisions(small_house)}
    assert {first.version, second.version} <= kept  # so that it can be looked up


@ON_SQLITE
async def test_an_answer_to_two_matters_names_both_entries(small_house: House) -> None:
    lin, card = await ask(small_house, "停车方便吗", "早餐几点开始")
    await card.press("发送")
    assert await lin.next_reply() == f"{PARKING}\n{BREAKFAST}"
    content = small_house.service.library.content
    async with small_house.service.database.read() as session:
        (draft,) = await session.scalars(select(Draft).where(Draft.state == "approved"))
    named = [(draft.entry, draft.entry_version), *map(tuple, draft.also)]
    assert sorted(named) == [(number, content.entries[number].version) for number in ("Q-1", "Q-3")]


# --- a refusal -------------------------------------------------------------------------------------------------------
async def test_headquarters_hears_once_of_a_refusal_and_once_that_it_is_mended(small_house: House) -> None:
    await save(small_house, "Q-1,停车,停车方便吗", "Q-1,停车,")
    said = await notice(small_house, "zong", "没有发布")
    assert said.splitlines()[0].startswith("总部的文件有 1 处错误,没有发布。门店仍在使用 ")
    assert "faq/问答.csv · 第 2 行 · 标准问题" in said
    assert await notice(small_house, "zhou", "没有发布") == said
    lin, card = await ask(small_house, "停车方便吗")
    await card.press("发送")
    assert await lin.next_reply() == PARKING  # the last good version serves on
    await save(small_house, BREAKFAST, "早餐八点开始。")  # another change, the same mistake
    await look_around(8)
    assert await told(small_house, "zong") == [said]
    await save(small_house, "Q-1,停车,", "Q-1,停车,停车方便吗")
    mended = await notice(small_house, "zong", "改好了")
    assert mended.startswith("总部的文件改好了,") and mended.endswith("起门店使用这一版(7 条问答)。")
    await look_around(3)
    assert await told(small_house, "zong") == [said, mended]
    states = [row.state for row in await decisions(small_house)]
    assert states == [
        PublicationState.PUBLISHED,
        PublicationState.REFUSED,
        PublicationState.REFUSED,
        PublicationState.PUBLISHED,
    ]
    assert await told(small_house, "anan") == []  # the stores have enough to do


@ON_SQLITE
async def test_a_slip_that_is_mended_at_once_is_no_news(small_house: House) -> None:
    await save(small_house, "Q-1,停车,停车方便吗", "Q-1,停车,")

    async def is_refused() -> bool:
        return (await decisions(small_house))[-1].state == PublicationState.REFUSED

    await is_so(small_house, is_refused, "nothing was refused")
    await save(small_house, "Q-1,停车,", "Q-1,停车,停车方便吗")
    await look_around(8)
    assert await told(small_house, "zong") == []


@ON_SQLITE
@with_house(staff=_HQ_BY_DAY)
async def test_at_night_headquarters_is_left_in_peace(small_house: House) -> None:
    await small_house.play.move_clock(hours=12)
    await save(small_house, "Q-1,停车,停车方便吗", "Q-1,停车,")
    await look_around(3)
    await small_house.play.move_clock(minutes=10)
    await look_around(3)
    assert await told(small_house, "zong") == []
    await small_house.play.move_clock(hours=11)
    assert "没有发布" in await notice(small_house, "zong", "没有发布")


# --- a version put back ----------------------------------------------------------------------------------------------
async def test_a_version_put_back_stays_until_headquarters_saves_again(small_house: House) -> None:
    settings = small_house.service.settings
    first = small_house.service.library.content.version
    await save(small_house, FREE, CHARGED)
    await serves(small_house, CHARGED)
    said = await roll_back(settings, settings.content_dir, first[:6], "小张")  # as the command line does it
    assert "不会自己再发布" in said
    await serves(small_house, FREE)
    _, card = await ask(small_house, "停车方便吗")
    assert card.body == FREE
    await look_around(3)
    assert small_house.service.library.content.version == first
    assert "已退回旧版本" in await notice(small_house, "zong", "已退回旧版本")
    await save(small_house, CHARGED, "停车每小时六元。")
    await serves(small_house, "停车每小时六元。")
    assert [row.source for row in await decisions(small_house)] == ["folder", "folder", "rollback", "folder"]
