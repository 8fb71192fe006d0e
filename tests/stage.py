"""What scenarios in the small chain's house do again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.sandbox import callback_xml
from bot.sandbox.play_customer import PlayedCustomer
from bot.sandbox.play_staff import PlayedCard
from bot.sandbox.world import Thread
from tests.house import House

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LOOK = 1.5  #: seconds within which every loop has looked once, and done what it found


def with_house(**changes: Any) -> pytest.MarkDecorator:
    """The `small_house` of a test with other arguments of `open_small_house`."""
    return pytest.mark.parametrize("small_house", [changes], indirect=True, ids=[""])


async def ask(house: House, *bubbles: str, who: str = "小满", of: str = "anan") -> tuple[PlayedCustomer, PlayedCard]:
    """A customer writes, and `of` has the card."""
    customer = house.play.customer(who)
    await customer.says_all(list(bubbles))
    return customer, await house.play.staff(of).next_card()


async def is_so(house: House, look: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait until it is so. Raises NothingCameError with `what`."""

    async def found() -> bool | None:
        return True if await look() else None

    await house.play.until(found, None, what)


async def notice(house: House, staff: str, words: str) -> str:
    """Wait for a text to `staff` that holds these words."""

    async def found() -> str | None:
        return next((text for text in await house.play.staff(staff).notices() if words in text), None)

    return await house.play.until(found, None, f"{staff} 没有收到「{words}」")


async def look_around(seconds: float = LOOK) -> None:
    """Let every loop look; before asserting that something did not happen."""
    await asyncio.sleep(seconds)


async def cards_of(house: House, *staff: str) -> int:
    """How many cards with buttons these people have."""
    return sum([len(await house.play.staff(account).open_cards()) for account in staff])


def tap(house: House, staff: str, task_id: str, key: str, chosen: str | None = None) -> None:
    """A tap as WeCom would report it, with whatever is in it: also what no card offers."""
    xml = callback_xml.template_card_event(
        house.sandbox.seed.corp_id,
        house.sandbox.unix(),
        agent_id=house.sandbox.seed.agent_id,
        staff=staff,
        task_id=task_id,
        card_type="button_interaction",
        key=key,
        response_code=house.sandbox.response_codes.give(task_id, house.sandbox.now()),
        selected={"choice": [chosen]} if chosen is not None else {},
        is_menu=False,
    )
    house.sandbox.callbacks.post(xml, "a tap made up")


async def thread_of(house: House, customer: PlayedCustomer) -> Thread:
    """The customer's session, to be changed without a word to the service."""
    id = await customer.id()
    return next(each for each in house.sandbox.world.threads.values() if each.customer == id)


async def calls(house: House, path: str) -> list[int | None]:
    """The errcodes of the calls to a path, oldest first; None for those that got no answer."""
    return [call["errcode"] for call in await house.play.calls(path)]
