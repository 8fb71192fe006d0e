"""HQ's own words, from outside: 敏感词 leave a message to a person, 安抚词 help whoever answers a complaint."""

from __future__ import annotations

import asyncio
from html import unescape

import aiohttp
import pytest

from tests.corners import first_card
from tests.house import House
from tests.small_chain import ASK_STORE, PARKING, SHARED, WIFI
from tests.stage import ON_SQLITE, ask, is_so, look_around, with_house

LEXICON = """敏感词: [曝光, 食物中毒, wifi]
安抚词:
  - 真的很抱歉,让您受委屈了。
  - 我是{{门店.名称}}的店长,我来跟到底。
  - 您打{{门店.没有这一列}}找我。
"""
_WITH_WORDS = with_house(more={"lexicon.yaml": LEXICON})


@_WITH_WORDS
async def test_a_message_with_a_sensitive_word_waits_for_a_person_and_the_card_says_why(small_house: House) -> None:
    xu = small_house.play.customer("小徐")
    await xu.says("无线网怎么连")
    assert await xu.next_reply() == WIFI  # 自动
    lin, card = await ask(small_house, "ＷＩＦＩ怎么连")
    assert card.body == WIFI
    assert dict(card.face["facts"])["依据"].startswith("命中敏感词:wifi · Q-5")
    await look_around()
    assert await lin.received() == []
    await card.press("发送")
    assert await lin.next_reply() == WIFI


@ON_SQLITE
@_WITH_WORDS
async def test_a_sensitive_word_said_later_shows_on_a_new_card(small_house: House) -> None:
    _, card = await ask(small_house, "停车方便吗")
    assert "敏感词" not in dict(card.face["facts"])["依据"]
    await small_house.play.customer("小满").says("上次在你们这食物中毒")
    await small_house.play.move_clock(seconds=21)
    newer = await small_house.play.staff("anan").next_card()
    assert "看下一张卡" in await card.closed()
    assert dict(newer.face["facts"])["依据"].startswith("命中敏感词:食物中毒")


@ON_SQLITE
@_WITH_WORDS
async def test_nobody_is_asked_for_the_store_by_itself_either(small_house: House) -> None:
    xu, lin = small_house.play.customer("小徐", SHARED), small_house.play.customer("小林", SHARED)
    await xu.says("停车方便吗")
    assert (await xu.next_reply()).startswith(ASK_STORE)
    await lin.says("WiFi怎么连")
    assert (await first_card(small_house, "zong", "zhou")).body == WIFI
    await look_around()
    assert await lin.received() == []


@ON_SQLITE
@_WITH_WORDS
async def test_a_new_word_holds_for_the_next_message(small_house: House) -> None:
    path = small_house.service.settings.content_dir / "lexicon.yaml"
    await asyncio.to_thread(path.write_text, "敏感词: [无线]\n", "utf-8")

    async def is_in_force() -> bool:
        return small_house.service.library.content.lexicon.sensitive == ("无线",)

    await is_so(small_house, is_in_force, "the new word is not in force")
    lin, card = await ask(small_house, "无线网怎么连")
    assert card.body == WIFI
    await look_around()
    assert await lin.received() == []


async def _page(link: str) -> str:
    jar = aiohttp.CookieJar(unsafe=True)  # on an address without a name
    async with aiohttp.ClientSession(cookie_jar=jar) as http, http.get(link) as response:
        return unescape(await response.text())


@ON_SQLITE
@_WITH_WORDS
@pytest.mark.parametrize(("words", "of", "is_offered"), [("我要投诉", "dingdian", True), ("停车方便吗", "anan", False)])
async def test_a_complaint_begins_with_nothing_and_offers_what_calms(
    small_house: House, words: str, of: str, is_offered: bool
) -> None:
    _, card = await ask(small_house, words, of=of)
    page = await _page(await card.press("修改"))
    chips = ["真的很抱歉,让您受委屈了。", "我是湖滨店的店长,我来跟到底。"]
    assert [f'data-text="{chip}"' in page for chip in chips] == [is_offered] * 2
    assert "没有这一列" not in page
    assert ("先安抚一下" in page, PARKING in page) == (is_offered, not is_offered)
