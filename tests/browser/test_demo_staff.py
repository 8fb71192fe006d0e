"""The demo page's clerk asks the app: an answer at once, three to choose from, or headquarters; in Chromium."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from bot.demo import Demo
from tests.browser.phones import Phones
from tests.browser.test_demo import check_looks, until_afternoon
from tests.browser.watch import save, watched

UNKNOWN = "前台的扩香石哪里领"
ANSWER = "行政群里登记店名,每月 5 日和物料一起寄。"


@pytest.mark.parametrize("width", [360, 1280])
async def test_clerk_asks_chooses_and_headquarters_answers(demo: Demo, browser: Browser, width: int) -> None:
    demo.setup.clock.move(until_afternoon(demo))
    async with watched(browser, width) as seen:
        page, phones = seen.page, Phones(seen.page, demo.url)
        await phones.open()
        await phones.ask_app("房卡丢了怎么办")
        await phones.see_text("Q-125 补房卡")
        await check_looks(page)
        await phones.ask_app("房间里有什么")
        card = await phones.card("您问的是哪一条?")
        await check_looks(page)
        await save(page, f"demo-staff-{width}")
        picks = card.get_by_role("button")
        await expect(picks).to_have_count(4)
        label = (await picks.nth(1).inner_text()).split()[1]
        await picks.nth(1).click()
        await expect(card.locator(".closed")).to_contain_text(f"{label}")
        await phones.see_text(label)
        await phones.ask_app("客人问停车怎么说")
        await phones.see_text("整条复制")
        await phones.ask_app(UNKNOWN)
        await phones.look_at("江岚")
        card = await phones.card("没有现成答案")
        await check_looks(page)
        await phones.press(card, "写答复")
        frame = page.frame_locator("#frame")
        await frame.get_by_label("给店员的答案").fill(ANSWER)
        await check_looks(page)
        await frame.get_by_role("button", name="发送给林小满").click()
        await expect(frame.get_by_role("status")).to_contain_text("已答复 · 江岚")
        await expect(page.locator("#sheet")).to_be_hidden()
        await expect(card.locator(".closed")).to_contain_text("已答复 · 江岚")
        await phones.look_at("林小满")
        await phones.see_text(ANSWER)
        await check_looks(page)


async def test_clerk_needs_no_mouse(demo: Demo, browser: Browser) -> None:
    demo.setup.clock.move(until_afternoon(demo))
    async with watched(browser, 1280, scheme="dark") as seen:
        page, phones = seen.page, Phones(seen.page, demo.url)
        await phones.open()
        await page.get_by_label("店员问店小二").focus()
        await page.keyboard.type("房间里有什么")
        await page.keyboard.press("Enter")
        card = await phones.card("您问的是哪一条?")
        await check_looks(page)
        first = card.get_by_role("button").first
        for _ in range(12):  # back from the line where one writes
            if await first.evaluate("one => one === document.activeElement"):
                break
            await page.keyboard.press("Shift+Tab")
        await expect(first).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(card.locator(".closed")).to_contain_text("已选")
        await check_looks(page)
