"""Point 9, from outside: voices are fetched, written down, understood and shown; without an endpoint staff listen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr
from yarl import URL

from bot.conversations import voices
from bot.sandbox.play_staff import PlayedCard
from tests import pretend_speech as pretending
from tests.house import House
from tests.pretend_speech import KEY, MODEL, PretendSpeech, amr, pretend_speech, shape_of
from tests.small_chain import PARKING, WIFI, open_small_house
from tests.stage import with_house
from tests.trading import FILES

SOLD = {name: FILES[name] for name in ("products.csv", "stock.csv", "orders.yaml")}


@pytest.fixture
async def pretend() -> AsyncIterator[PretendSpeech]:
    async with pretend_speech() as running:
        yield running


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, free_port: int, pretend: PretendSpeech) -> AsyncIterator[House]:
    changed = {"speech_url": pretend.url, "speech_key": SecretStr(KEY), "speech_model": MODEL}
    async with open_small_house(
        database_url, tmp_path, free_port, more=SOLD, settings_changed=changed, 换卡间隔秒="0"
    ) as house:
        yield house


async def card_with(house: House, words: str, staff: str = "anan") -> PlayedCard:
    """The card in force once its quote holds these words."""

    async def look() -> PlayedCard | None:
        found = [card for card in await house.play.staff(staff).open_cards() if words in card.quote]
        return found[0] if found else None

    return await house.play.until(look, None, f"no card says {words}")


async def test_a_voice_books_a_room(shop: House, pretend: PretendSpeech) -> None:
    voice = pretend.knows(amr(6.0), "<|zh|>我想订一间湖景大床房,明天住一晚")
    lin = shop.play.customer("小林")
    await lin.sends("voice", content=voice)
    card = await card_with(shop, "订一间湖景大床房")
    assert card.quote == "[语音 6″] 我想订一间湖景大床房,明天住一晚"
    assert "湖景大床房" in card.body and "300" in card.body
    assert "湖景大床房" in pretend.asked[0].fields["prompt"] and "湖滨店" in pretend.asked[0].fields["prompt"]
    assert await lin.received() == []


async def test_a_voice_is_answered_like_text_but_never_without_a_person(shop: House, pretend: PretendSpeech) -> None:
    lin = shop.play.customer("小林")
    await lin.sends("voice", content=pretend.knows(amr(2.0), "有无线网吗"))
    card = await card_with(shop, "有无线网吗")
    assert card.body == WIFI  # an 自动 entry
    assert await lin.received() == []
    await card.press("发送")
    assert await lin.next_reply() == WIFI


async def test_words_that_come_after_the_card_replace_it(shop: House, pretend: PretendSpeech) -> None:
    pretend.mode = pretending.BROKEN_ONCE
    lin = shop.play.customer("小林")
    await lin.sends("voice", content=pretend.knows(amr(3.0), "停车方便吗"))
    first = await shop.play.staff("anan").next_card()
    assert first.quote in ("[语音]", "[语音 3″]") and "发送" not in first.buttons
    shop.clock.move(timedelta(seconds=6))
    card = await card_with(shop, "停车方便吗")
    assert card.body == PARKING
    assert "新消息" in await first.closed()


@pytest.mark.parametrize("mode", [pretending.EMPTY, pretending.TOO_LARGE])
async def test_what_cannot_be_made_out_is_said_so(shop: House, pretend: PretendSpeech, mode: str) -> None:
    pretend.mode = mode
    lin = shop.play.customer("小林")
    await lin.sends("voice", content=amr(4.0))
    card = await shop.play.staff("anan").next_card()
    assert card.quote.startswith("[语音") and "我来回" in card.buttons and "发送" not in card.buttons
    await lin.sends("voice", content=b"#!AMR\n" + b"\xff" * 300)  # and a broken file
    await lin.says("停车方便吗")
    assert "没听清" in (await card_with(shop, "停车方便吗")).quote


async def test_an_endpoint_that_is_down_is_asked_a_few_times_and_then_left_alone(
    shop: House, pretend: PretendSpeech
) -> None:
    pretend.mode = pretending.BROKEN
    await shop.play.customer("小林").sends("voice", content=amr(3.0))
    await shop.play.staff("anan").next_card()
    for _ in range(voices.TRIES + 2):
        await asyncio.sleep(0.3)
        shop.clock.move(timedelta(seconds=60))
    await asyncio.sleep(0.3)
    assert 2 <= len(pretend.asked) <= voices.TRIES


async def test_a_voice_taken_back_leaves_no_words(shop: House, pretend: PretendSpeech) -> None:
    pretend.mode = pretending.SLOW
    lin = shop.play.customer("小林")
    msgid = await lin.sends("voice", content=pretend.knows(amr(3.0), "停车方便吗"))
    card = await shop.play.staff("anan").next_card()
    await lin.recalls(msgid)
    assert "撤回" in await card.closed()
    await asyncio.sleep(2.2)
    assert await shop.play.staff("anan").open_cards() == []


async def test_without_an_endpoint_staff_listen(small_house: House) -> None:
    await small_house.play.customer("小林").sends("voice", content=amr(5.0))
    card = await small_house.play.staff("anan").next_card()
    assert card.quote.startswith("[语音") and "发送" not in card.buttons


async def test_the_edit_page_plays_the_voice_to_whoever_has_the_card(shop: House, pretend: PretendSpeech) -> None:
    voice = pretend.knows(amr(2.0), "停车方便吗")
    await shop.play.customer("小林").sends("voice", content=voice)
    card = await card_with(shop, "停车方便吗")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(card.link) as page:
            shown = await page.text()
            address = str(page.url.join(URL(re.findall(r'<audio[^>]* src="([^"]+)"', shown)[0])))
        assert "[语音 2″] 停车方便吗" in shown
        async with browser.get(address) as heard:
            assert (heard.status, heard.content_type) == (200, "audio/wav")
            assert (heard.headers["Cache-Control"], heard.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
            whole = await heard.read()
            assert shape_of(whole)[:3] == (16000, 1, 2)
        async with browser.get(address, headers={"Range": "bytes=0-1"}) as part:
            assert (part.status, await part.read()) == (206, whole[:2])
            assert part.headers["Content-Range"] == f"bytes 0-1/{len(whole)}"
        async with browser.get(address, headers={"Range": "bytes=99999999-"}) as beyond:
            assert beyond.status == 416
        async with browser.get(f"{address}9") as other:
            assert other.status == 404
    async with aiohttp.ClientSession() as stranger, stranger.get(address) as refused:
        assert refused.status == 403


PLACED = {
    "stores.csv": """门店编号,门店名称,城市,客服账号,经度,纬度,地址,营业时间
S1,湖滨店,杭州,wkLake,120.16,30.25,湖滨路 1 号,08:00-22:00
S2,江边店,杭州,wkRiver,120.21,30.20,江边路 2 号,
S3,春熙店,成都,wkShared,,,,
S4,东站店,成都,wkShared,,,,
"""
}


@with_house(more=PLACED)
async def test_a_place_is_answered_with_the_nearest_store(small_house: House) -> None:
    lin = small_house.play.customer("小林")
    await lin.sends("location", {"latitude": 30.203, "longitude": 120.212, "name": "地铁站"})
    card = await small_house.play.staff("anan").next_card()
    assert card.quote == "[位置]地铁站"
    assert card.facts["依据"] == "最近的门店:江边店 380 米"
    assert card.body == "离您最近的是江边店,直线距离约 380 米。地址:江边路 2 号。"
    assert await lin.received() == []
    await card.press("发送")
    assert await lin.next_reply() == card.body


@with_house(more=PLACED)
async def test_a_place_far_away_is_left_to_a_person(small_house: House) -> None:
    await small_house.play.customer("小林").sends("location", {"latitude": 39.9, "longitude": 116.4, "name": "北京"})
    card = await small_house.play.staff("anan").next_card()
    assert card.facts["依据"].startswith("最近的门店:湖滨店") and "发送" not in card.buttons
