"""A library with its folder and database, and what tests do with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot.clock import ShiftedClock
from bot.content.library import Library
from bot.db import Database
from bot.model import Publication

PARKING, BREAKFAST, PETS = "停车在楼下、免费。", "早餐七点到十点。", "小型犬猫都欢迎。"
FAQ = f"""编号,标准问题,相似问题,客户版答案,失效日期
Q-1,停车方便吗,有停车场吗,{PARKING},
Q-2,早餐几点开始,几点吃早餐,{BREAKFAST},
Q-3,能带宠物吗,可以带狗吗,{PETS},
"""
BAD_DATE = FAQ.replace(f"{PETS},", f"{PETS},2026-02-30")
_LOOKS = 400


@dataclass(frozen=True)
class Shelf:
    """One process's view of HQ's content."""

    library: Library
    folder: Path
    database: Database
    clock: ShiftedClock

    def write_faq(self, text: str = FAQ) -> None:
        self.write("faq/问答.csv", text)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")
        self.clock.move(timedelta(seconds=1))

    def answer(self, number: str) -> str:
        """What is in force for an entry; "" when there is none."""
        entry = self.library.content.entries.get(number)
        return entry.customer_answer if entry else ""

    async def settle(self) -> bool:
        """Look until nothing is under way and nothing more to be found; whether another version came into force."""
        quiet, is_swapped = 0, False
        for _ in range(_LOOKS):
            swapped = await self.library.refresh()
            is_swapped = is_swapped or swapped
            await asyncio.sleep(0.02)
            quiet = 0 if swapped or self.library.is_busy else quiet + 1
            if quiet == 3:
                return is_swapped
        raise AssertionError("the library never comes to rest")

    async def rows(self) -> list[Publication]:
        """Every decision, oldest first."""
        async with self.database.read() as session:
            return list(await session.scalars(select(Publication).order_by(Publication.id)))


NewShelf = Callable[..., Shelf]  #: the fixture that makes one
