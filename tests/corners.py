"""What the small chain needs for the corners: limits by store, city and date, empty cells, what is for staff only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.model import Account, Base
from bot.ports import Journal
from bot.sandbox.play_line import NothingCameError
from bot.sandbox.play_staff import PlayedCard
from tests.house import House
from tests.small_chain import LAKE, STAFF, open_small_house

CHECKOUT = "这家店 12:00 前退房。"
PETS = "湖滨店可以带小狗。"
PICKUP = "成都的店都有接机、提前一天说就行。"
PARTY = "现在有赏月晚会。"
LATE = "可以帮您问一下能不能晚走。"
SECRETS = ("暗号八八九九", "内线三三四四", "一次性密码贴在屏幕背面")  #: in staff answers only
GREETING = "您好呀,想问什么直接点。"
ROOM_GREETING = "欢迎回房间。"

_STORES = """门店编号,门店名称,别名,城市,客服账号,退房
S1,湖滨店,,杭州,wkLake,12:00
S2,江边店,,杭州,wkRiver,
S3,春熙店,,成都,wkShared,13:00
S4,东站店,,成都,wkShared,14:00
"""
_HEADER = "编号,二级分类,标准问题,相似问题,客户版答案,员工版答案,适用门店,适用城市,受众,生效日期,失效日期,自主级别"
_ROWS = (
    "Q-20,退房,几点退房,最晚几点走##退房时间是几点,这家店 {{门店.退房}} 前退房。,,,,,,,自动",
    f"Q-21,宠物,能带宠物吗,可以带狗吗##让带猫吗,{PETS},,S1,,,,,自动",
    f"Q-22,接机,有接机服务吗,能来机场接我吗##接机怎么约,{PICKUP},,,成都,,,,自动",
    f"Q-23,赏月,有赏月活动吗,赏月晚会几点开始,{PARTY},,,,,2020-01-01,2099-12-31,自动",
    "Q-24,灯笼,灯笼展还有票吗,灯笼展在几楼,灯笼展在三楼。,,,,,2020-01-01,2020-02-01,自动",
    "Q-25,打雪仗,能打雪仗吗,院子里可以堆雪人吗,院子里可以打雪仗。,,,,,2099-01-01,,自动",
    f"Q-26,晚走,能不能多睡一会儿,想赖床行不行,{LATE},店长可批到两点、{SECRETS[0]},,,,,,确认",
    f"E-1,系统,系统密码忘了找谁,登录不上怎么办,,打{SECRETS[1]}找总部,,,员工,,,确认",
    f"E-2,密码,前台电脑的密码是多少,电脑开机密码,给客人看的答案,{SECRETS[2]},,,员工,,,自动",
)
_WELCOME = f"""默认:
  文字: {GREETING}
  菜单:
    - {{编号: Q-1, 文字: 我开车来}}
    - {{编号: Q-20, 文字: 哪个点要走人}}
    - {{编号: Q-4, 文字: 想把钱拿回来}}
  结尾: 也可以直接说。
渠道:
  room: {{文字: {ROOM_GREETING}}}
"""
MORE = {
    "stores.csv": _STORES,
    "faq/更多.csv": "\n".join([_HEADER, *_ROWS]) + "\n",
    "welcome.yaml": _WELCOME,
}


@asynccontextmanager
async def open_corners(
    database_url: str,
    folder: Path,
    port: int,
    *,
    account: str = LAKE,
    at: time = time(10, 0),
    journal: Journal | None = None,
    **policy: str,
) -> AsyncIterator[House]:
    """The small chain's house with the corners; its clock stands at the next `at` o'clock in store time."""
    async with open_small_house(
        database_url,
        folder,
        port,
        staff=STAFF,
        more=MORE,
        account=account,
        at=at,
        journal=journal,
        settings_changed=None,
        **policy,
    ) as house:
        await house.play.until(lambda: _has_read_all(house), None, "the accounts were not read at start")
        yield house


async def _has_read_all(house: House) -> bool | None:
    """What was there before is history; from here on everything is new."""
    async with house.service.database.read() as session:
        unread = await session.scalar(select(func.count()).where(Account.first_pull_done_at.is_(None)))
    return None if unread else True


async def first_card(house: House, *clerks: str) -> PlayedCard:
    """The next card of whichever of these clerks gets one."""
    names = clerks or ("anan", "beibei")

    async def look() -> PlayedCard | None:
        for name in names:
            if (card := await house.play.staff(name).find_card()) is not None:
                house.play.staff(name).take(card)
                return card
        return None

    return await house.play.until(look, None, f"none of {names} has a new card")


async def no_card(house: House, *staff: str, seconds: float = 1.0) -> None:
    """Nobody of these has a new card, now and a moment later."""
    await asyncio.sleep(seconds)
    for name in staff or ("anan", "beibei", "dingdian"):
        with pytest.raises(NothingCameError):
            await house.play.staff(name).next_card(0.05)


async def stored_words(house: House) -> str:
    """Everything that the database holds, as one text."""
    async with house.service.database.read() as session:
        rows = [
            repr(list((await session.execute(text(f'SELECT * FROM "{table}"'))).all()))
            for table in Base.metadata.tables
        ]
    return "\n".join(rows)
