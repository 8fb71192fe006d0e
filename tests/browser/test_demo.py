"""The demo page as a newcomer meets it, in Chromium."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from bot.demo import Demo
from tests.browser.phones import Phones
from tests.browser.watch import overflow, pale_texts, save, small_targets, watched

PARKING = "请问开车去你们那边好停车吗"
ANSWER = "楼下就是银泰地下停车场"


def until_afternoon(demo: Demo) -> timedelta:
    """To 14:02 in store time, for the pictures."""
    now = demo.setup.clock.now().astimezone(demo.setup.zone)
    then = now.replace(hour=14, minute=2, second=0) + timedelta(days=1)
    return then - now


async def check_looks(page: Page) -> None:
    assert await overflow(page) <= 0
    assert await small_targets(page) == []
    assert await pale_texts(page) == []


@pytest.mark.parametrize("width", [360, 1280])
async def test_newcomer_asks_taps_and_sees_the_answer(demo: Demo, browser: Browser, width: int) -> None:
    demo.setup.clock.move(until_afternoon(demo))
    async with watched(browser, width) as seen:
        page, phones = seen.page, Phones(seen.page, demo.url)
        await phones.open()
        await expect(page.get_by_text("知道了")).to_be_visible()
        await check_looks(page)
        await phones.ask("在吗", PARKING)
        card = await phones.card("阿宁 问停车")
        await expect(card.locator(".quote")).to_have_text(f"在吗 / {PARKING}")
        await check_looks(page)
        await phones.press(card, "发送")
        await expect(card.locator(".closed")).to_contain_text("已发送 · 林小满")
        for step in ("收到回调", "拉取", "听懂:问停车", "找到 Q-001", "写好草稿", "发卡给林小满", "已确认", "已送达"):
            await phones.see_step(step)
        await check_looks(page)
        await phones.see_reply(ANSWER)
        await page.get_by_text("知道了").click()
        await page.reload()
        await expect(page.locator("#live")).to_have_text("实时")
        await expect(page.get_by_text("知道了")).to_be_hidden()
        await phones.see_reply(ANSWER)
        await phones.ask("能晚点退房吗")
        card = await phones.card("阿宁 问延迟退房")
        await expect(card.get_by_role("button", name="发送")).to_be_in_viewport(ratio=1)
        await save(page, f"demo-{width}")


@pytest.mark.parametrize("width", [360, 1280])
async def test_edit_page_opens_inside_and_closes_after_sending(demo: Demo, browser: Browser, width: int) -> None:
    async with watched(browser, width, scheme="dark") as seen:
        page, phones = seen.page, Phones(seen.page, demo.url.replace("127.0.0.1", "localhost"))
        await phones.open()
        await phones.ask(PARKING)
        await phones.press(await phones.card("阿宁 问停车"), "修改")
        frame = page.frame_locator("#frame")
        await expect(frame.get_by_label("您的回复")).to_have_value(
            "您好，咱们楼下就是银泰地下停车场，开车来的话记得预留几分钟哦~"
        )
        await frame.get_by_label("您的回复").fill("您好,地下停车场还有空位,直接开进来就行")
        await check_looks(page)
        await frame.get_by_role("button", name="发送给阿宁").click()
        await expect(frame.get_by_role("status")).to_contain_text("已改后发送")
        await expect(page.locator("#sheet")).to_be_hidden()
        await phones.see_reply("您好,地下停车场还有空位,直接开进来就行")
        await check_looks(page)


async def test_another_candidate_is_shown_and_then_sent(demo: Demo, browser: Browser) -> None:
    async with watched(browser, 1280) as seen:
        page, phones = seen.page, Phones(seen.page, demo.url)
        await phones.open()
        await phones.ask("停车")
        card = await phones.card("阿宁")
        select = card.get_by_label("换一条")
        other = await select.locator("option").nth(1).inner_text()
        before = await card.locator(".text").inner_text()
        await select.select_option(label=other)
        await phones.press(card, "发送")
        await expect(card.locator(".text")).not_to_have_text(before)
        shown = await card.locator(".text").inner_text()
        await phones.press(card, "发送")
        await phones.see_reply(shown)
        await expect(page.locator("#chat .bubble:not(.mine)", has_text=before)).to_have_count(0)


async def test_menu_pictures_and_recall(demo: Demo, browser: Browser) -> None:
    async with watched(browser, 1280) as seen:
        page, phones = seen.page, Phones(seen.page, demo.url)
        await phones.open()
        await page.locator("#chat").get_by_role("button", name="停车方便吗").click()
        await phones.press(await phones.card("阿宁 问停车"), "发送")
        await phones.see_reply(ANSWER)
        await page.get_by_label("发一张图片").click()
        await phones.press(await phones.card("图片"), "不用回")
        await phones.ask("房间号发错了,别看")
        await page.get_by_role("button", name="撤回").click()
        await expect(page.get_by_text("您撤回了一条消息")).to_be_visible()


async def test_complaint_goes_to_the_manager_whose_phone_comes_up(demo: Demo, browser: Browser) -> None:
    async with watched(browser, 1280) as seen:
        page, phones = seen.page, Phones(seen.page, demo.url)
        await phones.open()
        await page.locator("#samples").get_by_role("button", name="投诉", exact=True).click()
        card = await phones.card("阿宁 投诉")
        await expect(page.locator("#people [aria-pressed=true]")).to_contain_text("周敏")
        await expect(card.locator(".source")).to_contain_text("需要您亲自处理")
        await check_looks(page)


async def test_clerk_takes_over_talks_and_gives_back(demo: Demo, browser: Browser) -> None:
    async with watched(browser, 1280) as seen:
        page, phones = seen.page, Phones(seen.page, demo.url)
        await phones.open()
        await phones.ask("我想找个真人聊")
        card = await phones.card("阿宁")
        await phones.press(card, "我来回")
        await expect(card.locator(".closed")).to_have_text("林小满正在回")
        await page.get_by_label("对阿宁说").fill("您好,我是小满")
        await page.get_by_label("对阿宁说").press("Enter")
        await phones.see_reply("您好,我是小满")
        await check_looks(page)
        await page.get_by_role("button", name="结束会话").click()
        await expect(page.locator(".talk")).to_have_count(0)
        await phones.ask(PARKING)
        await phones.card("阿宁 问停车")


@pytest.mark.parametrize("fault", ["令牌过期", "限流", "断线", "重复回调", "进程重启"])
async def test_whatever_breaks_the_customer_has_the_answer_once(demo: Demo, browser: Browser, fault: str) -> None:
    async with watched(browser, 1280) as seen:
        page, phones = seen.page, Phones(seen.page, demo.url)
        await phones.open()
        if fault == "重复回调":
            await phones.switch(fault)
        await phones.ask(PARKING)
        card = await phones.card("阿宁 问停车")
        if fault != "重复回调":
            await phones.switch(fault)
        if fault == "进程重启":
            await phones.see_step("重新启动完成")
        else:
            await phones.see_step("备好故障")
        await phones.press(card, "发送")
        await phones.see_reply(ANSWER)
        await phones.see_step("已送达")
        await expect(card.locator(".closed")).to_contain_text("已发送")
        await expect(page.locator(".controls [aria-pressed=true]")).to_have_count(0)


async def test_time_passes_when_the_clock_is_moved(demo: Demo, browser: Browser) -> None:
    async with watched(browser, 1280) as seen:
        page, phones = seen.page, Phones(seen.page, demo.url)
        await phones.open()
        await phones.ask(PARKING)
        await phones.card("阿宁 问停车")
        await phones.switch("3 分钟后")
        await expect(page.locator("#people").get_by_role("button", name="王洁")).to_contain_text("1")
        await phones.see_step("先安抚客人一句")
        await phones.switch("49 小时后")
        card = await phones.card("阿宁 问停车")
        await expect(card.locator(".closed")).to_contain_text("超过 48 小时")
        await phones.switch("今晚 23:30")
        await expect(page.locator("#clock")).to_have_text("23:30")
        await phones.switch("明天 9:00")
        await expect(page.locator("#clock")).to_have_text("09:00")


async def test_stores_and_customers_are_kept_apart(demo: Demo, browser: Browser) -> None:
    async with watched(browser, 1280) as seen:
        page, phones = seen.page, Phones(seen.page, demo.url)
        await phones.open()
        await phones.ask(PARKING)
        await phones.card("阿宁 问停车")
        await page.get_by_label("门店", exact=True).select_option("T005")
        await expect(page.locator("#guest-with")).to_have_text("夫子庙店")
        await expect(page.locator("#chat .bubble.mine")).to_have_count(0)
        await expect(page.locator("#people")).to_contain_text("孙悦")
        await page.get_by_label("门店", exact=True).select_option("T001")
        await expect(page.locator("#chat .bubble.mine")).to_have_count(1)
        await page.get_by_label("客人", exact=True).select_option("老周")
        await expect(page.locator("#chat .bubble.mine")).to_have_count(0)


async def test_hostile_words_stay_words(demo: Demo, browser: Browser) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e反"
    async with watched(browser, 360) as seen:
        page, phones = seen.page, Phones(seen.page, demo.url)
        await phones.open()
        await phones.ask(hostile, "W" * 1500)
        await expect(page.locator("#chat .bubble.mine").first).to_have_text(hostile)
        await phones.card("阿宁")
        assert await page.locator("img").count() == 0
        assert await overflow(page) <= 0


async def test_page_works_where_streams_do_not_get_through(demo: Demo, browser: Browser) -> None:
    async with watched(browser, 1280) as seen:
        seen.expected = ("ERR_FAILED",)
        page = seen.page
        await page.route("**/demo/steps", lambda route: route.abort())
        await page.goto(demo.url)
        await expect(page.locator("#live")).to_have_text("每隔一会儿刷新")
        phones = Phones(page, demo.url)
        await phones.ask(PARKING)
        await phones.press(await phones.card("阿宁 问停车"), "发送")
        await phones.see_reply(ANSWER)
