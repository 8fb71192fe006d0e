"""A question worded as HQ never wrote it: found with an endpoint of embeddings, and answered as before without one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.sources import embeddings
from tests import pretend_embeddings as pretending
from tests.house import House
from tests.pretend_embeddings import KEY, MODEL, PretendEmbeddings, pretend_embeddings
from tests.processes import find_free_port
from tests.small_chain import PARKING, open_small_house
from tests.stage import ON_SQLITE, ask, is_so

ODD = "宝马搁哪儿合适"  #: about parking, with no character of any wording's
PLAIN = "请问停车方便不"


@pytest.fixture
async def pretend() -> AsyncIterator[PretendEmbeddings]:
    async with pretend_embeddings() as running:
        yield running


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, free_port: int, pretend: PretendEmbeddings) -> AsyncIterator[House]:
    changed = {"embeddings_url": pretend.url, "embeddings_key": SecretStr(KEY), "embeddings_model": MODEL}
    async with open_small_house(database_url, tmp_path, free_port, settings_changed=changed) as house:
        yield house


async def knows(house: House) -> None:
    """Wait until HQ's texts have been looked up."""

    async def now() -> bool:
        return house.service.library.content.index.vectors is not None

    await is_so(house, now, "HQ's texts were not looked up")


async def offered(house: House, words: str, who: str) -> tuple[str, str, list[str]]:
    """Body, 依据 and choices of the card for a new customer's question."""
    _, card = await ask(house, words, who=who)
    found = card.body, dict(card.face["facts"])["依据"], list(card.choices.values())
    await card.press("不用回")
    return found


def sureness(basis: str) -> int:
    found = re.search(r"把握 (\d+)%", basis)
    return int(found[1]) if found else 0


async def test_words_that_hq_never_wrote_find_their_entry(shop: House, pretend: PretendEmbeddings) -> None:
    await knows(shop)
    body, basis, choices = await offered(shop, f"{ODD},我电话13812345678", "小满")
    assert body == PARKING or "停车" in choices, (body, basis, choices)
    assert not any("13812345678" in text for text in pretend.texts), "numbers stay in the house"
    assert pretend.wrong_keys == 0
    assert set(await house_texts(shop)) <= set(pretend.texts)


async def house_texts(house: House) -> tuple[str, ...]:
    return tuple(house.service.library.content.index.wordings)


@ON_SQLITE
@pytest.mark.parametrize("mode", [pretending.SLOW, pretending.BROKEN, pretending.NARROW, pretending.NAN, "down"])
async def test_search_goes_on_as_without_it(
    database_url: str, tmp_path: Path, pretend: PretendEmbeddings, mode: str
) -> None:
    """The same cards as in a house that has no endpoint, and without much delay, also when it fails later on."""
    async with open_small_house(database_url, tmp_path / "plain", find_free_port()) as plain:
        without = [await offered(plain, words, f"客人{at}") for at, words in enumerate((ODD, PLAIN))]
    url = pretend.url if mode != "down" else f"http://127.0.0.1:{find_free_port()}/v1"
    changed = {"embeddings_url": url, "embeddings_key": SecretStr(KEY), "embeddings_model": MODEL}
    other = f"sqlite+aiosqlite:///{tmp_path / 'other.db'}"
    async with open_small_house(other, tmp_path / "on", find_free_port(), settings_changed=changed) as shop:
        if mode != "down":
            await knows(shop)
            pretend.mode = mode
        with_it = [await offered(shop, words, f"客人{at}") for at, words in enumerate((ODD, PLAIN))]
    assert with_it == without


@ON_SQLITE
@pytest.mark.parametrize("mode", [pretending.BROKEN, pretending.SHORT, pretending.NAN, pretending.HTML])
async def test_a_start_on_a_bad_day_serves_words_alone_and_catches_up(
    shop: House, pretend: PretendEmbeddings, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setattr(embeddings, "PAUSE", 0.01)
    monkeypatch.setattr("bot.content.meaning.AGAIN_AFTER", 0.5)
    await knows(shop)
    pretend.mode = mode
    path = shop.service.settings.content_dir / "faq" / "问答.csv"
    text = await asyncio.to_thread(path.read_text, "utf-8")
    await asyncio.to_thread(path.write_text, text.replace("有停车场吗##", "有停车场吗##停车位多吗##"), "utf-8")

    async def is_served() -> bool:
        return "停车位多吗" in shop.service.library.content.entries["Q-1"].similar

    await is_so(shop, is_served, "the new wording is not in force")
    assert shop.service.library.content.index.vectors is None
    body, _, _ = await offered(shop, PLAIN, "小林")
    assert body == PARKING
    pretend.mode, pretend.batches = pretending.HONEST, []
    await knows(shop)
    assert "停车方便吗" not in pretend.texts, "what was learnt before was learnt again"


@ON_SQLITE
async def test_what_is_sure_by_its_words_is_not_surer_for_it(shop: House, pretend: PretendEmbeddings) -> None:
    await knows(shop)
    pretend.mode = pretending.BROKEN
    _, alone, _ = await offered(shop, "量子力学怎么学", "小林")
    pretend.mode = pretending.HONEST
    _, both, _ = await offered(shop, "古琴曲谱怎么学", "小徐")
    assert sureness(both) <= max(sureness(alone), 54), "what nobody wrote of has no answer, with vectors either"


@ON_SQLITE
async def test_a_clerk_is_helped_too(shop: House, pretend: PretendEmbeddings) -> None:
    await knows(shop)
    anan = shop.play.staff("anan")
    await anan.writes(ODD)

    async def is_helped() -> bool:
        told, card = await anan.notices(), await anan.find_card()
        return any(PARKING in text for text in told) or (card is not None and "停车" in str(card.face))

    await is_so(shop, is_helped, "the clerk got neither the answer nor the choice")
