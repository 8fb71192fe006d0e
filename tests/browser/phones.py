"""The demo page as a visitor handles it."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect


class Phones:
    """Both phones and what happened; on a narrow page it turns to the right tab by itself."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    async def open(self) -> None:
        await self.page.goto(self.url)
        await expect(self.page.locator("#live")).to_have_text("实时")
        await expect(self.page.locator("#chat .bubble")).not_to_have_count(0)  # the welcome

    async def turn_to(self, tab: str) -> None:
        button = self.page.locator(f".tabs [data-tab={tab}]")
        if await button.is_visible():
            await button.click()

    async def ask(self, *texts: str) -> None:
        await self.turn_to("guest")
        for text in texts:
            await self.page.get_by_label("客人要说的话").fill(text)
            await self.page.get_by_label("客人要说的话").press("Enter")

    async def ask_app(self, text: str) -> None:
        """The clerk writes to the app."""
        await self.turn_to("clerk")
        await self.page.get_by_label("店员问店小二").fill(text)
        await self.page.get_by_label("店员问店小二").press("Enter")

    async def see_text(self, text: str) -> None:
        """Wait until the clerk's phone has a text that holds these words."""
        await self.turn_to("clerk")
        await expect(self.page.locator("#inbox .bubble:not(.mine)", has_text=text).last).to_be_visible()

    async def see_reply(self, text: str) -> None:
        """Wait until the customer has it; once."""
        await self.turn_to("guest")
        await expect(self.page.locator("#chat .bubble:not(.mine)", has_text=text)).to_have_count(1)

    async def card(self, title: str) -> Locator:
        """The newest card with this title, once it is there."""
        await self.turn_to("clerk")
        card = self.page.locator("#inbox .card", has_text=title).last
        await expect(card).to_be_visible()
        return card

    async def press(self, card: Locator, button: str) -> None:
        await self.turn_to("clerk")
        await card.get_by_role("button", name=button, exact=True).click()

    async def see_step(self, text: str) -> None:
        await self.turn_to("steps")
        await expect(self.page.locator("#steps .step", has_text=text).last).to_be_visible()

    async def switch(self, name: str) -> None:
        """Press a button below 发生了什么."""
        await self.turn_to("steps")
        await self.page.locator(".controls").get_by_role("button", name=name, exact=True).click()

    async def look_at(self, name: str) -> None:
        """Take somebody's phone."""
        await self.turn_to("clerk")
        await self.page.locator("#people").get_by_role("button", name=name).click()
