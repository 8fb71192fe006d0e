"""The edit page: who may open it, what it shows, and that it sends once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from bot.conversations import lifecycle
from bot.model import Card, Outcome
from bot.replies.suggestion import Kind, Suggestion
from tests.unit.web.matter import PARKING, REFERENCE, Matter, area, csrf, later, matter_on


async def test_page_shows_their_words_the_draft_and_what_may_be_inserted(matter: Matter) -> None:
    await matter.ask(["请问开车去", "好停车吗"])
    page = await matter.open()
    assert area(page) == PARKING.text
    for shown in ("请问开车去", "好停车吗", "发送给<bdi>小满</bdi>", "早餐 07:00-10:00。", "还可发 5 条", "命中:停车"):
        assert shown in page
    assert 'data-text="每天 30 元">停车费' in page
    assert "wkOne" not in page and "旺季可免一天停车费" in page


async def test_reference_is_a_chip_and_not_the_text(matter: Matter) -> None:
    await matter.ask(["你们弄坏了我的箱子"], REFERENCE)
    page = await matter.open()
    assert area(page) == ""
    assert 'data-text="赔偿要店长定,先安抚。">参考' in page


async def test_link_opens_once_and_its_cookie_is_for_this_card_only(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    link = matter.link()
    async with matter.client.get(link, allow_redirects=False) as response:
        cookie = response.cookies["card"]
        assert response.status == 303 and response.headers["Location"] == f"/cards/{matter.task_id}/edit"
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == f"/cards/{matter.task_id}"
        assert int(cookie["max-age"]) <= 7200 and not cookie["secure"]
        assert response.headers["Cache-Control"] == "no-store"
    async with matter.client.get(link) as response:  # the same person taps 修改 again
        assert response.status == 200 and "t=" not in str(response.url)
    matter.client.session.cookie_jar.clear()
    async with matter.client.get(link) as response:
        page = await response.text()
        assert response.status == 410
        assert "已经打开过了" in page and "还没有人回" in page and "再发一张卡给我" in page and "好停车吗" not in page
    token = matter.token(link)
    async with matter.client.get(f"/cards/{matter.task_id}/edit", cookies={"card": token}) as response:
        assert response.status == 403  # the token of a link is no cookie


async def test_get_changes_nothing_but_the_link(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    before = await matter.rows()
    await matter.open()
    await matter.open(f"/cards/{matter.task_id}/edit")
    assert await matter.rows() == before


@pytest.mark.parametrize("path", ["/cards/card-x/edit", "/cards/card-x/edit?t=forged", "/cards/%00/edit?t=é"])
async def test_without_a_link_there_is_nothing(matter: Matter, path: str) -> None:
    await matter.ask(["好停车吗"])
    async with matter.client.get(path) as response:
        assert response.status in (403, 404)
        assert "好停车吗" not in await response.text()


async def test_link_is_for_one_card_and_one_person(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    theirs = await matter.card_for("wangjie")
    for link in (
        matter.link(theirs, "xiaoman"),
        matter.link(matter.task_id, "hejun"),
        matter.link("card-no", "xiaoman"),
    ):
        async with matter.client.get(link) as response:
            assert response.status == 404 and "好停车吗" not in await response.text()
    other = matter.link(theirs, "wangjie").replace(theirs, matter.task_id)
    async with matter.client.get(other) as response:
        assert response.status == 404


async def test_sends_what_the_clerk_wrote_once(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    page = await matter.open()
    answers = await asyncio.gather(
        *(matter.post(page, action="send", text="有的,\r\n您直接开下来~ ") for _ in range(3))
    )
    assert await matter.sent() == ["有的,\n您直接开下来~"]
    question = await matter.question()
    assert (question.outcome, question.closed_by) == (Outcome.EDITED, "xiaoman")
    for status, said in answers:
        assert status == 200 and "已改后发送 · 林小满" in said and "您直接开下来~" in said


async def test_sends_once_on_every_database(database_url: str) -> None:
    async with matter_on(database_url) as matter:
        await matter.ask(["好停车吗"])
        page = await matter.open()
        answers = await asyncio.gather(*(matter.post(page, action="send", text="有的") for _ in range(5)))
        assert await matter.sent() == ["有的"] and {status for status, _ in answers} == {200}


async def test_unchanged_draft_counts_as_sent(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    status, said = await matter.post(await matter.open(), action="send", text=PARKING.text)
    assert (status, (await matter.question()).outcome) == (200, Outcome.SENT)
    assert "已发送 · 林小满" in said and await matter.sent() == [PARKING.text]


async def test_another_text_after_the_first_is_not_sent_and_not_lost(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    page = await matter.open()
    await matter.post(page, action="send", text="第一次写的")
    status, said = await matter.post(page, action="send", text="第二次写的")
    assert status == 409 and "已改后发送" in said and area(said) == "第二次写的"
    assert await matter.sent() == ["第一次写的"]


async def test_a_colleague_was_faster(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    page = await matter.open()
    matter_id, matter.task_id = matter.task_id, await matter.card_for("wangjie")
    theirs = await matter.open(matter.link(staff="wangjie"))
    await matter.post(theirs, action="send", text="我来回您")
    matter.task_id = matter_id
    status, said = await matter.post(page, action="send", text="我写了很久")
    assert status == 409 and "已改后发送 · 王洁" in said and area(said) == "我写了很久"
    assert await matter.sent() == ["我来回您"]


async def test_dismiss_with_and_without_a_reason(matter: Matter) -> None:
    await matter.ask(["加我看看"])
    page = await matter.open()
    status, said = await matter.post(page, action="dismiss:0", text="写了一半")
    assert status == 200 and "不用回:广告" in said
    assert (await matter.question()).outcome == Outcome.DISMISSED and await matter.sent() == []
    status, said = await matter.post(page, action="dismiss", text="")
    assert status == 200 and "不用回:广告" in said


@pytest.mark.parametrize("action", ["", "approve", "dismiss:99", "dismiss:x"])
async def test_odd_actions_do_no_harm(matter: Matter, action: str) -> None:
    await matter.ask(["好停车吗"])
    status, _ = await matter.post(await matter.open(), action=action, text="哈喽")
    assert status in (200, 409) and await matter.sent() == []


async def test_forged_or_missing_token_sends_nothing(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    page = await matter.open()
    forged = "0" * len(csrf(page))
    for fields in ({"csrf": forged}, {"csrf": ""}, {"csrf": "é"}):
        async with matter.client.post(
            f"/cards/{matter.task_id}/edit", data={"action": "send", "text": "哈喽", **fields}
        ) as response:
            assert response.status == 403
    matter.client.session.cookie_jar.clear()
    assert (await matter.post(page, action="send", text="哈喽"))[0] == 403
    assert await matter.sent() == []


async def test_what_does_not_fit_the_quota_stays_on_the_page(matter: Matter) -> None:
    await matter.ask(["都说说"])
    long = "很长的话。" * 1100
    status, said = await matter.post(await matter.open(), action="send", text=long)
    assert status == 409 and "要分 9 条,只剩 5 条" in said and area(said) == long
    assert await matter.sent() == []
    status, said = await matter.post(said, action="send", text="短一点")
    assert status == 200 and await matter.sent() == ["短一点"]


@pytest.mark.parametrize("text", ["", "   \n ", "\x00\x07"])
async def test_nothing_is_sent_for_nothing(matter: Matter, text: str) -> None:
    await matter.ask(["好停车吗"])
    status, said = await matter.post(await matter.open(), action="send", text=text)
    assert status == 409 and "内容是空的" in said and await matter.sent() == []


async def test_too_long_a_text_is_refused(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    page = await matter.open()
    status, said = await matter.post(page, action="send", text="啊" * 6001)
    assert status == 409 and "最多 6000 个字" in said
    assert (await matter.post(page, action="send", text="啊" * 100_000))[0] == 413
    assert await matter.sent() == []


async def test_after_48_hours_it_says_so(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    later(matter, hours=47.5)
    page = await matter.open()
    later(matter, hours=1)
    status, said = await matter.post(page, action="send", text="您好")
    assert status == 409 and "超过 48 小时" in said and area(said) == "您好"
    assert await matter.sent() == []


async def test_page_goes_on_with_the_newer_card_after_new_words(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    page = await matter.open()
    await matter.say(["还有早餐呢"])
    breakfast = Suggestion(Kind.FAQ, "早餐 07:00-10:00。", "Q-2", "v1", 0.9, (), "早餐")
    newer = await matter.suggest(breakfast)
    old = await _close_old(matter)
    status, said = await matter.post(page, action="send", text="停车场在楼下")
    assert status == 409 and "客人又说话了" in said and "还有早餐呢" in said and area(said) == "停车场在楼下"
    assert await matter.sent() == []  # the old card sends nothing
    matter.task_id = newer
    status, said = await matter.post(said, action="send", text="停车场在楼下,早餐七点")
    assert status == 200 and await matter.sent() == ["停车场在楼下,早餐七点"]
    async with matter.client.get(f"/cards/{old}/edit") as response:
        assert "已改后发送" in await response.text()


async def test_replaced_card_without_a_successor_only_says_so(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    page = await matter.open()
    await _close_old(matter)
    status, said = await matter.post(page, action="send", text="停车场在楼下")
    assert status == 409 and "已过期:客人又发来新消息" in said and area(said) == "停车场在楼下"
    assert await matter.sent() == []


async def test_used_link_brings_a_new_card_at_most_once_a_minute(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    link = matter.link()
    await matter.open(link)
    old, again = matter.task_id, f"/cards/{matter.task_id}/again"
    matter.client.session.cookie_jar.clear()
    for said, cards in (("已发到您的企业微信", 2), ("刚刚已经发过一张了", 2)):
        async with matter.client.post(again, data={"t": matter.token(link)}) as response:
            assert response.status == 200 and said in await response.text()
        assert len(await matter.cards()) == cards
    first, second = await matter.cards()
    assert first.closed_at is not None and second.closed_at is None and second.staff == "xiaoman"
    matter.task_id = second.task_id
    status, _ = await matter.post(await matter.open(), action="send", text="您好")
    assert status == 200
    async with matter.client.post(again, data={"t": matter.token(link)}) as response:
        assert response.status == 409 and "已改后发送" in await response.text()
    matter.task_id = old
    async with matter.client.get(link) as response:
        page = await response.text()
        assert "已改后发送 · 林小满" in page and "再发一张" not in page


async def test_expired_link_says_so_and_brings_a_new_card(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    link = matter.link()
    later(matter, hours=2, seconds=2)
    async with matter.client.get(link) as response:
        page = await response.text()
        assert response.status == 410 and "过期了" in page and "还没有人回" in page and "好停车吗" not in page
    async with matter.client.post(f"/cards/{matter.task_id}/again", data={"t": matter.token(link)}) as response:
        assert response.status == 200
    assert len(await matter.cards()) == 2


async def test_cookie_ends_after_two_hours(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    page = await matter.open()
    later(matter, hours=2, seconds=2)
    status, said = await matter.post(page, action="send", text="您好")
    assert status == 403 and "页面过期了" in said and await matter.sent() == []


@pytest.mark.parametrize("t", ["", "forged", "é"])
async def test_nobody_else_brings_cards(matter: Matter, t: str) -> None:
    await matter.ask(["好停车吗"])
    async with matter.client.post(f"/cards/{matter.task_id}/again", data={"t": t}) as response:
        assert response.status == 404
    assert len(await matter.cards()) == 1


HOSTILE = "<script>alert(1)</script></textarea><img src=x onerror=alert(2)>\u202eرقم\u202c\"'&{{7*7}}"


async def test_hostile_words_stay_words(matter: Matter) -> None:
    hostile = Suggestion(Kind.FAQ, HOSTILE, "Q-1", "v1", 0.9, (), HOSTILE[:8], (HOSTILE,))
    await matter.ask([HOSTILE, "长" * 10_000], hostile, nickname=HOSTILE)
    page = await matter.open()
    assert "<script>alert" not in page and "<img" not in page and "49" not in area(page)
    assert area(page) == HOSTILE and "长" * 10_000 in page
    status, said = await matter.post(page, action="send", text=HOSTILE)
    assert status == 200 and "<script>alert" not in said and await matter.sent() == [HOSTILE]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"csrf=1&text=%ff%fe&action=send", "application/x-www-form-urlencoded"),
        (b"csrf=1&text=x", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data"),
        (b'{"csrf": 1}', "application/json"),
        (b"\x00" * 2000, "application/octet-stream"),
    ],
)
async def test_hostile_forms_are_refused_plainly(matter: Matter, body: bytes, kind: str) -> None:
    await matter.ask(["好停车吗"])
    await matter.open()
    for path in ("edit", "again"):
        async with matter.client.post(
            f"/cards/{matter.task_id}/{path}", data=body, headers={"Content-Type": kind}
        ) as response:
            assert 400 <= response.status < 500 and "Traceback" not in await response.text()
    assert await matter.sent() == []


async def test_card_of_another_purpose_has_no_page(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    async with matter.database.begin() as session:
        await session.execute(update(Card).values(question_id=None, draft_id=None))
    async with matter.client.get(matter.link()) as response:
        assert response.status == 404 and "好停车吗" not in await response.text()


async def test_pages_forbid_scripts_of_others(matter: Matter) -> None:
    await matter.ask(["好停车吗"])
    async with matter.client.get(matter.link()) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'self'" in policy
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
    for name in ("page.css", "edit.css", "edit.js", "numbers.js", "split.js", "icon.svg"):
        async with matter.client.get(f"/static/{name}") as response:
            assert response.status == 200


async def _close_old(matter: Matter) -> str:
    """The card that xiaoman had first gives way, as drafting.replace_cards does it."""
    async with matter.database.begin() as session:
        card = (await lifecycle.open_cards(session, matter.question_id))[0]
        line = "已过期:客人又发来新消息,看下一张卡"
        await lifecycle.close_card(session, card, line, now=matter.clock.now())
        return card.task_id
