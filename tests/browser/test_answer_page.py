"""The page on which headquarters answers a clerk, in Chromium."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from bot.model import StaffOutcome
from tests.browser.test_edit_page import HOSTILE, WIDTHS, check_looks
from tests.browser.watch import overflow, save, watched
from tests.unit.web.matter import Matter

ASKED = "客人的行李箱轮子坏了,我们能帮忙寄修吗"
ANSWER = "可以的:先拍照发行政群,写明店名和房号;\n修好寄回店里,运费总部出。"


async def visit(page: Page, matter: Matter) -> None:
    await page.goto(str(matter.client.make_url("/")).rstrip("/") + matter.answer_link())


@pytest.mark.parametrize("width", WIDTHS)
async def test_headquarters_reads_writes_and_sends(matter: Matter, browser: Browser, width: int) -> None:
    await matter.ask_headquarters(ASKED, nearest=("Q-1", "Q-2"))
    async with watched(browser, width) as seen:
        page = seen.page
        await visit(page, matter)
        text = page.get_by_label("给店员的答案")
        await expect(text).to_have_value("")
        await expect(page.get_by_role("button", name="发送给林小满")).to_be_in_viewport(ratio=1)
        await check_looks(page)
        await page.get_by_text("最接近的现成问答").click()
        await expect(page.get_by_text("旺季可免一天停车费")).to_be_visible()  # 员工版
        await text.fill(ANSWER)
        await check_looks(page)
        await save(page, f"answer-{width}")
        await page.get_by_role("button", name="发送给林小满").click()
        await expect(page.get_by_role("status")).to_contain_text("已答复 · 周周 14:")
        await expect(page.locator(".ours")).to_have_text(ANSWER)
        await check_looks(page)
    question = await matter.staff_question()
    assert (question.outcome, question.answer, question.closed_by) == (StaffOutcome.PERSON, ANSWER, "zhou")


@pytest.mark.parametrize("width", WIDTHS)
async def test_keyboard_alone_is_enough_also_in_the_dark(matter: Matter, browser: Browser, width: int) -> None:
    await matter.ask_headquarters(ASKED, for_customer=True)
    async with watched(browser, width, scheme="dark") as seen:
        page = seen.page
        await visit(page, matter)
        text = page.get_by_label("给客人的说法")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("楼下就是地下停车场")).to_be_visible()
        await page.keyboard.press("Tab")
        await expect(text).to_be_focused()
        await page.keyboard.type("可以寄修,您放前台就行~")
        await check_looks(page)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")  # unfolds 不用答, and sends nothing
        await expect(page.get_by_role("button", name="这条不用答")).to_be_visible()
        await check_looks(page)
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="这条不用答")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="发送给林小满")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("已答复 · 周周")
        await check_looks(page)
    assert (await matter.staff_question()).answer == "可以寄修,您放前台就行~"


async def test_needs_no_answer_and_works_without_scripts(matter: Matter, browser: Browser) -> None:
    await matter.ask_headquarters("测试一下")
    async with watched(browser, 360, scripts=False) as seen:
        page = seen.page
        await visit(page, matter)
        await page.get_by_text("不用答", exact=True).click()
        await page.get_by_role("button", name="这条不用答").click()
        await expect(page.get_by_role("status")).to_contain_text("不用答 · 周周")
        await check_looks(page)
    assert (await matter.staff_question()).outcome == StaffOutcome.DISMISSED


async def test_what_was_written_survives_a_reload_and_somebody_faster(matter: Matter, browser: Browser) -> None:
    await matter.ask_headquarters(ASKED)
    async with watched(browser, 360) as seen:
        seen.expected = ("409",)
        page = seen.page
        await visit(page, matter)
        text = page.get_by_label("给店员的答案")
        await text.fill("写了一半")
        await page.reload()
        await expect(text).to_have_value("写了一半")
        async with matter.database.begin() as session:  # 总总 was faster
            row = await session.get_one(type(await matter.staff_question()), matter.question_id)
            row.outcome, row.closed_by, row.answer = StaffOutcome.PERSON, "zhou", "别人写的"
        await page.get_by_role("button", name="发送给林小满").click()
        await expect(page.get_by_label("您刚才写的,没有发出,可以复制")).to_have_value("写了一半")
        await expect(page.locator(".ours")).to_have_text("别人写的")
        await check_looks(page)


async def test_used_link_offers_a_new_card(matter: Matter, browser: Browser) -> None:
    await matter.ask_headquarters(ASKED)
    await matter.open(matter.answer_link())
    async with watched(browser, 360) as seen:
        seen.expected = ("410",)
        page = seen.page
        await visit(page, matter)
        await expect(page.get_by_role("heading")).to_have_text("这个链接已经打开过了")
        await check_looks(page)
        await page.get_by_role("button", name="再发一张卡给我").click()
        await expect(page.get_by_role("status")).to_contain_text("已发到您的企业微信")
        await check_looks(page)
    assert len(await matter.cards()) == 2


@pytest.mark.parametrize("width", WIDTHS)
async def test_hostile_words_do_nothing(matter: Matter, browser: Browser, width: int) -> None:
    await matter.ask_headquarters(HOSTILE + "W" * 300 + "长" * 300)
    async with watched(browser, width) as seen:
        page = seen.page
        await visit(page, matter)
        assert await page.locator("img").count() == 0 and await page.evaluate("window.alerts") is None
        assert await overflow(page) <= 0
        await page.get_by_label("给店员的答案").fill(HOSTILE + "W" * 900)
        assert await overflow(page) <= 0
        await page.get_by_role("button", name="发送给林小满").click()
        await expect(page.get_by_role("status")).to_contain_text("已答复")
        assert await overflow(page) <= 0
