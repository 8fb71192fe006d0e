"""The edit page as a clerk uses it, in Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, expect

from bot.replies.suggestion import Kind, Suggestion
from tests.browser.watch import overflow, pale_texts, save, small_targets, watched
from tests.conftest import NewDatabase
from tests.unit.web.booked import booking_on
from tests.unit.web.matter import PARKING, REFERENCE, Matter

WIDTHS = [360, 1280]


async def visit(page: Page, matter: Matter, *, task_id: str = "", staff: str = "xiaoman") -> None:
    await page.goto(str(matter.client.make_url("/")).rstrip("/") + matter.link(task_id, staff))


async def check_looks(page: Page) -> None:
    assert await overflow(page) <= 0
    assert await small_targets(page) == []
    assert await pale_texts(page) == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_clerk_edits_and_sends(matter: Matter, browser: Browser, width: int) -> None:
    await matter.ask(["请问开车去你们那边", "好停车吗?大概多少钱一天"])
    async with watched(browser, width) as seen:
        page = seen.page
        await visit(page, matter)
        text, doubts = page.get_by_label("您的回复"), page.locator("#doubts")
        await expect(text).to_have_value(PARKING.text)
        await expect(page.locator("#count")).to_have_text("18 字 · 1 条 · 还可发 5 条")
        await expect(doubts).to_be_hidden()
        await text.press("End")
        await page.get_by_role("button", name="早餐时间").click()
        await expect(text).to_have_value(PARKING.text + "07:00-10:00")
        await expect(doubts).to_be_hidden()
        await text.press_sequentially(" 有早餐,过夜 35 元。")
        await expect(doubts).to_have_text("文件里没有这个数字,确认一下:「35 元」")
        await expect(page.locator("#marks mark")).to_have_text("35 元")
        await check_looks(page)
        await save(page, f"edit-{width}")
        await page.get_by_role("button", name="发送给小满").click()
        await expect(page.get_by_role("status")).to_contain_text("已改后发送 · 林小满 14:")
        await check_looks(page)
    assert await matter.sent() == [PARKING.text + "07:00-10:00 有早餐,过夜 35 元。"]


@pytest.mark.parametrize("width", WIDTHS)
async def test_page_is_readable_in_the_dark_with_everything_unfolded(
    matter: Matter, browser: Browser, width: int
) -> None:
    await matter.ask(["好停车吗"])
    async with watched(browser, width, scheme="dark") as seen:
        page = seen.page
        await visit(page, matter)
        await page.get_by_text("依据", exact=True).click()
        await expect(page.get_by_text("旺季可免一天停车费")).to_be_visible()
        await page.get_by_label("您的回复").fill("一共 99 元")
        await check_looks(page)
        await page.get_by_text("不用回", exact=True).click()
        await check_looks(page)
        await page.get_by_role("button", name="重复提问").click()
        await expect(page.get_by_role("status")).to_have_text("不用回:重复提问")
        await check_looks(page)
    assert await matter.sent() == []


async def test_everything_that_matters_works_without_scripts(matter: Matter, browser: Browser) -> None:
    await matter.ask(["弄坏了我的箱子"], REFERENCE)
    async with watched(browser, 360, scripts=False) as seen:
        page = seen.page
        await visit(page, matter)
        await expect(page.get_by_role("button", name="参考")).to_be_hidden()
        await page.get_by_text("依据", exact=True).click()
        await expect(page.get_by_text("赔偿要店长定")).to_be_visible()
        await page.get_by_label("您的回复").fill("给您添麻烦了")
        await check_looks(page)
        await page.get_by_role("button", name="发送给小满").click()
        await expect(page.get_by_role("status")).to_contain_text("已改后发送")
    assert await matter.sent() == ["给您添麻烦了"]


async def test_keyboard_alone_is_enough(matter: Matter, browser: Browser) -> None:
    await matter.ask(["弄坏了我的箱子"], REFERENCE)
    async with watched(browser, 1280) as seen:
        page = seen.page
        await visit(page, matter)
        await expect(page.get_by_role("button", name="发送给小满")).to_be_disabled()
        for _ in range(2):  # 依据, the text
            await page.keyboard.press("Tab")
        await expect(page.get_by_label("您的回复")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="参考")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("您的回复")).to_have_value("赔偿要店长定,先安抚。")
        await page.get_by_text("不用回", exact=True).press("Enter")
        await expect(page.get_by_role("button", name="广告")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="广告")).to_be_hidden()
        await page.get_by_label("您的回复").press("Control+Enter")
        await expect(page.get_by_role("status")).to_contain_text("已发送")
    assert await matter.sent() == ["赔偿要店长定,先安抚。"]


async def test_text_survives_a_reload_and_can_be_put_back(matter: Matter, browser: Browser) -> None:
    await matter.ask(["好停车吗"])
    async with watched(browser, 360) as seen:
        page = seen.page
        await visit(page, matter)
        text = page.get_by_label("您的回复")
        await text.fill("写了一半")
        await page.reload()
        await expect(text).to_have_value("写了一半")
        await page.get_by_role("button", name="恢复草稿").click()
        await expect(text).to_have_value(PARKING.text)
        await page.keyboard.press("Control+z")
        await expect(text).to_have_value("写了一半")
        await page.get_by_role("button", name="清空").click()
        await expect(text).to_have_value("")


async def test_text_that_does_not_fit_is_counted_and_kept(matter: Matter, browser: Browser) -> None:
    await matter.ask(["都说说"])
    long = "很长的一段话。" * 800
    async with watched(browser, 360) as seen:
        seen.expected = ("409",)
        page = seen.page
        await visit(page, matter)
        await page.get_by_label("您的回复").fill(long)
        await expect(page.locator("#count")).to_have_text("5600 字 · 要分 9 条,只剩 5 条,发不出去")
        await page.get_by_role("button", name="发送给小满").click()
        await expect(page.get_by_role("alert")).to_have_text("没有发送:要分 9 条,只剩 5 条")
        await expect(page.get_by_label("您的回复")).to_have_value(long)
        await check_looks(page)
    assert await matter.sent() == []


async def test_used_link_offers_a_new_card(matter: Matter, browser: Browser) -> None:
    await matter.ask(["好停车吗"])
    await matter.open(matter.link())
    async with watched(browser, 360) as seen:
        seen.expected = ("410",)
        page = seen.page
        await visit(page, matter)
        await expect(page.get_by_role("heading")).to_have_text("这个链接已经打开过了")
        await check_looks(page)
        await page.get_by_role("button", name="再发一张卡给我").click()
        await expect(page.get_by_role("status")).to_contain_text("已发到您的企业微信")
    assert len(await matter.cards()) == 2


HOSTILE = "<script>alert(1)</script></textarea></script><img src=x onerror=alert(2)>\u202eرقم\u202c\"'"


@pytest.mark.parametrize("width", WIDTHS)
async def test_hostile_words_do_nothing(matter: Matter, browser: Browser, width: int) -> None:
    hostile = Suggestion(Kind.FAQ, HOSTILE, "Q-1", "v1", 0.9, (), "停车", (HOSTILE,))
    bubbles = [HOSTILE, "长" * 10_000, "W" * 3_000, "\u202e反过来"]
    await matter.ask(bubbles, hostile, nickname=f"{HOSTILE[:40]}\u202e")
    async with watched(browser, width) as seen:
        page = seen.page
        await visit(page, matter)
        await expect(page.get_by_label("您的回复")).to_have_value(HOSTILE)
        assert await page.locator("img").count() == 0 and await page.evaluate("window.alerts") is None
        assert await overflow(page) <= 0
        await expect(page.locator("#send")).to_be_in_viewport()
        await page.locator("#send").click()
        await expect(page.get_by_role("status")).to_contain_text("已发送")
        assert await overflow(page) <= 0
    assert await matter.sent() == [HOSTILE]


@pytest.mark.parametrize("width", WIDTHS)
async def test_clerk_changes_the_order(new_sqlite_database: NewDatabase, browser: Browser, width: int) -> None:
    async with booking_on(new_sqlite_database()) as matter, watched(browser, width) as seen:
        seen.expected = ("409",)
        page = seen.page
        await visit(page, matter)
        await expect(page.get_by_label("入住")).to_have_value("2026-11-30")
        await check_looks(page)
        await page.get_by_role("button", name="晚数加一").click()
        await page.get_by_label("入住").fill("2026-12-01")
        await expect(page.locator("#changed")).to_have_text("改过了,先点「重新算」,再发送。")
        await save(page, f"order-{width}")
        await page.get_by_role("button", name="重新算").click()
        await expect(page.get_by_text("已按新的订单重新写好")).to_be_visible()
        text = page.get_by_label("您的回复")
        await expect(text).to_have_value(re.compile("12月1日.*住3晚"))
        await check_looks(page)
        await text.fill("我自己的话")
        await page.get_by_label("间数", exact=True).fill("99")
        await page.get_by_role("button", name="重新算").click()
        await expect(page.get_by_role("alert")).to_contain_text("1 到 9 之间")
        await expect(text).to_have_value("我自己的话")
        await check_looks(page)
        await page.get_by_label("间数", exact=True).fill("2")
        await page.get_by_role("button", name="重新算").click()
        await expect(page.get_by_text("我自己的话", exact=True)).to_be_visible()
        await expect(text).to_have_value(re.compile("2间"))
        await check_looks(page)
        await page.get_by_role("button", name="发送给小满").click()
        await expect(page.get_by_role("status")).to_contain_text("已发送 · 林小满")
        await check_looks(page)
    (sent,) = await matter.sent()
    assert "湖景大床房2间" in sent


async def test_order_is_changed_without_scripts(new_sqlite_database: NewDatabase, browser: Browser) -> None:
    async with booking_on(new_sqlite_database()) as matter, watched(browser, 360, scripts=False, scheme="dark") as seen:
        page = seen.page
        await visit(page, matter)
        await page.get_by_label("房型").select_option("家庭房")
        await page.get_by_label("晚数", exact=True).fill("1")
        await check_looks(page)
        await page.get_by_role("button", name="重新算").click()
        await expect(page.get_by_label("您的回复")).to_have_value(re.compile("家庭房1间.*住1晚"))
        await page.get_by_role("button", name="发送给小满").click()
        await expect(page.get_by_role("status")).to_contain_text("已发送")
