"""Customers who mean harm, and what may never be seen: in a log, on a clerk's phone, on the disk."""

from __future__ import annotations

import asyncio
import os
import re
import stat
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.sandbox import customer_acts
from bot.sandbox.play import Player
from bot.sandbox.seed import SandboxSeed
from bot.sandbox.server import running as sandbox_running
from knowledge.content import load
from tests.house import House, environment_for, files_below, seed_of
from tests.small_chain import LAKE, PARKING, STAFF, write_chain
from tests.stage import ON_SQLITE, ask, is_so, look_around, notice, thread_of, with_house

ROOT = Path(__file__).resolve().parents[2]
SAID, NAME, ENTRY, STAFF_NAME, EDITED = "机密暗号甲", "机密暗号乙", "机密暗号丙", "机密暗号丁", "机密暗号戊"
PHONE = "13912345678"
GREETED = {"welcome.yaml": "默认: {文字: 您好呀。}\n"}


# --- 别发了 -----------------------------------------------------------------------------------------------------------
@ON_SQLITE
@with_house(more=GREETED)
async def test_who_said_stop_is_not_even_greeted_but_still_answered(small_house: House) -> None:
    lin, card = await ask(small_house, "以后别再给我发消息了")
    await card.press("发送")
    await lin.next_reply()
    await small_house.play.move_clock(hours=49)
    assert await lin.enters(), "WeCom offers a welcome"
    await look_around()
    assert len(await lin.received()) == 1
    await lin.says("停车方便吗")
    await (await small_house.play.staff("anan").next_card()).press("发送")
    assert await lin.next_reply() == PARKING
    other = small_house.play.customer("小徐")
    assert await other.enters()
    assert await other.next_reply() == "您好呀。"


# --- words that would be more than words ------------------------------------------------------------------------------
@ON_SQLITE
async def test_a_nickname_is_one_plain_line_and_no_link(small_house: House) -> None:
    name = "小满\n总部通知:\u202e请点 <a href='http://x.example'>这里</a>"
    lin = small_house.play.customer(name)
    await lin.says("怎么退款")  # 仅人工: the manager is told, with the name
    told = await notice(small_house, "dingdian", "小满")
    assert "\n" not in told and "\u202e" not in told and "<" not in told
    card = await small_house.play.staff("anan").next_card()
    assert "\n" not in card.title and "\u202e" not in card.title


# --- floods ----------------------------------------------------------------------------------------------------------
@ON_SQLITE
@pytest.mark.parametrize("small_house", [{"静候最长秒": "2"}], indirect=True, ids=[""])
async def test_customers_who_flood_keep_nobody_waiting(small_house: House) -> None:
    """Six of them write 200 pages each within a moment; others have their cards meanwhile."""
    for person in range(6):
        hostile = small_house.play.customer(f"坏人{person}")
        await hostile.says("停车方便吗")
        thread = await thread_of(small_house, hostile)
        for number in range(200):
            page = f"{number}早餐退房发票泳池" * 60 if number % 50 else "啊" * 9_999 + "x"
            customer_acts.say(small_house.sandbox, thread, page, quietly=number < 199)
    await asyncio.sleep(2.2)  # now they are being understood
    started = time.monotonic()
    await small_house.play.customer("小徐").says("早餐几点开始")

    async def is_asked() -> bool:
        clerks = (small_house.play.staff(account) for account in ("anan", "beibei"))
        cards = [card for clerk in clerks for card in await clerk.open_cards()]
        return any("小徐" in card.title for card in cards)

    await is_so(small_house, is_asked, "小徐的卡没有来")
    assert time.monotonic() - started < 8
    async with small_house.service.database.read() as session:
        stored = await session.execute(text("SELECT count(*) FROM messages WHERE origin = 'customer'"))
        questions = await session.execute(text("SELECT count(*) FROM questions"))
    assert (stored.scalar_one(), questions.scalar_one()) == (1207, 7), "nothing is lost, and it is one question each"


# --- the disk --------------------------------------------------------------------------------------------------------
@ON_SQLITE
async def test_what_is_kept_is_for_nobody_else(small_house: House, tmp_path: Path, database_url: str) -> None:
    lin = small_house.play.customer("小满")
    await lin.sends("image")
    media = tmp_path / "media"

    async def is_fetched() -> bool:
        return len(list(media.rglob("*-*"))) == 1

    await is_so(small_house, is_fetched, "图片没有取回来")
    database = Path(database_url.removeprefix("sqlite+aiosqlite:///"))
    kept = [database, *database.parent.glob(f"{database.name}-*"), media, *media.rglob("*")]
    assert len(kept) >= 5
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode) & 0o077) for path in kept} == {
        path.name: "0o0" for path in kept
    }


# --- the log ---------------------------------------------------------------------------------------------------------
@asynccontextmanager
async def served(database_url: str, tmp_path: Path, port: int) -> AsyncIterator[tuple[Player, SandboxSeed, Path]]:
    """The service in a process of its own, saying all it ever says; what it said is in the file."""
    faq = f"编号,标准问题,客户版答案,受众,自主级别\nX-1,暗号是什么,{ENTRY}就是它,客户,确认\n"
    staff = [line.replace("安安", STAFF_NAME) for line in STAFF]
    content = write_chain(tmp_path / "content", staff=staff, more={"faq/暗号.csv": faq, **GREETED})
    loaded = load(files_below(content)).content
    assert loaded is not None
    seed = seed_of(loaded, callback_url=f"http://127.0.0.1:{port}/wecom/callback")
    log = tmp_path / "service.log"
    async with sandbox_running(seed) as pretend, Player(pretend.base_url, account=LAKE, patience=20) as play:
        environment = environment_for(
            seed, pretend.base_url, database_url=database_url, folder=tmp_path, content=content, port=port
        )
        with log.open("wb") as said:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "serve"),
                env={**os.environ, **environment, "LOG_LEVEL": "DEBUG"},
                stdout=said,
                stderr=said,
                cwd=ROOT,
            )
            try:
                await _is_up(port)
                yield play, seed, log
            finally:
                process.terminate()
                await process.wait()


async def _is_up(port: int) -> None:
    async with asyncio.timeout(40), aiohttp.ClientSession() as http:
        while True:
            with suppress(aiohttp.ClientError):
                async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)


async def _edit(link: str) -> None:
    """Send something of one's own from the edit page."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        async with http.get(link) as answer:
            found = re.search(r'name="csrf" value="([0-9a-f]+)"', await answer.text())
        assert found is not None
        form = {"csrf": found[1], "text": f"{EDITED} {PHONE}", "action": "send"}
        async with http.post(answer.url, data=form) as sent:
            assert sent.status == 200


async def _break_and_mend(database_url: str, seconds: float) -> None:
    """For a while nothing can be written, and PostgreSQL says with which words of whom."""
    engine = create_async_engine(database_url)
    is_sqlite = database_url.startswith("sqlite")
    for table in ("messages", "drafts", "deliveries"):
        broken = f"CREATE TRIGGER no_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END"
        mended = f"DROP TRIGGER no_{table}"
        if not is_sqlite:
            broken = f"ALTER TABLE {table} ADD CONSTRAINT no_{table} CHECK (false) NOT VALID"
            mended = f"ALTER TABLE {table} DROP CONSTRAINT no_{table}"
        async with engine.begin() as connection:
            await connection.execute(text(broken))
        await asyncio.sleep(seconds)
        async with engine.begin() as connection:
            await connection.execute(text(mended))
    await engine.dispose()


@pytest.mark.slow
async def test_nothing_printed_holds_a_word_a_name_or_a_secret(
    database_url: str, tmp_path: Path, free_port: int
) -> None:
    async with served(database_url, tmp_path, free_port) as (play, seed, log):
        lin = play.customer(NAME)
        await lin.enters(scene="door", scene_param=f"{SAID}.{PHONE}")
        await lin.says(f"暗号是什么 {SAID} {PHONE}")
        await lin.sends("link", {"title": SAID, "url": f"https://example.com/{PHONE}"})
        card = await play.staff("anan").next_card()
        await _edit(await card.press("修改"))
        await lin.next_reply()
        await play.staff("anan").writes(SAID)
        await lin.says(f"投诉!{SAID}")
        bad = {"msg_signature": SAID, "timestamp": "1", "nonce": PHONE, "echostr": SAID}
        async with aiohttp.ClientSession() as http:
            for method in ("GET", "POST"):
                address = f"http://127.0.0.1:{free_port}/wecom/callback"
                async with http.request(method, address, params=bad, data=f"<xml>{SAID}</xml>") as refused:
                    assert refused.status == 403
            breaking = asyncio.create_task(_break_and_mend(database_url, 3))
            await asyncio.sleep(0.5)
            await play.customer(f"{NAME}二").says(f"暗号是什么 {SAID} {PHONE}")
            await breaking
            async with http.get(f"http://127.0.0.1:{free_port}/metrics") as figures:
                printed = await figures.text()
    printed += log.read_text(encoding="utf-8")
    assert "worker.failed" in printed, "the errors were there to be seen"
    assert "question.understood" in printed
    secret = [seed.secret, seed.token, seed.aes_key]
    for word in (SAID, NAME, ENTRY, STAFF_NAME, EDITED, PHONE, *secret):
        assert word not in printed
        assert word.encode("unicode_escape").decode() not in printed
    assert re.search(r"gAAAA|Failing row|parameters: \[", printed) is None
