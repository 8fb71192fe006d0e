"""发生了什么: the lines of the demo page, and their times."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from bot.clock import ShiftedClock
from bot.sandbox.feed import Feed
from bot.sandbox.steps import MOST_KEPT, JournalFeed

UNDERSTOOD = {
    "kind": "faq",
    "topic": "停车",
    "entry": "Q-001",
    "confidence": 0.92,
    "reasons": ("Q-001 停车 · 把握 92%", "命中:停车 开车"),
}
DELIVERED = {"what": "kf_msg_or_event wk1", "attempt": 1, "outcome": "200", "ms": 3.2}
PRESSED = DELIVERED | {"what": "template_card_event 发送", "ms": 4.0}


class Stopwatch:
    """Seconds as the test says."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


async def test_a_question_reads_from_callback_to_delivery() -> None:
    watch, feed = Stopwatch(), Feed(ShiftedClock())
    steps = JournalFeed(watch)
    steps.names = {"linxiaoman": "林小满"}
    following = asyncio.create_task(steps.follow(feed))
    await asyncio.sleep(0)
    for _ in range(2):  # a burst of two: one beginning
        feed.note("customer.said")
        feed.note("callback.delivered", **DELIVERED)
    await asyncio.sleep(0.01)
    watch.seconds += 0.1
    steps.note("page.stored", facts={"account": "wk1", "new": 2, "history": 0})
    watch.seconds += 1.5
    steps.note("question.understood", conversation=7, facts=UNDERSTOOD)
    steps.note("card.queued", facts={"staff": "linxiaoman", "card": 1, "name": "林小满"})
    steps.note("card.sent", facts={"staff": "linxiaoman", "card": 1})
    feed.note("callback.delivered", **PRESSED)
    await asyncio.sleep(0.01)
    steps.note("card.pressed", facts={"key": "send", "staff": "linxiaoman", "name": "林小满"})
    steps.note("question.closed", facts={"outcome": "sent", "line": "已发送 · 林小满 14:03", "staff": "linxiaoman"})
    steps.note("reply.sent", facts={"delivery": "01J", "by": "linxiaoman", "text": "您好"})
    following.cancel()
    shown = [(step.line, step.tone, step.ms) for step in steps.after(0)]
    assert shown == [
        ("收到回调 3 ms", "start", 3),
        ("收到回调 3 ms", "", 3),
        ("拉取 2 条", "", 103),
        ("听懂:问停车 0.92(命中:停车 开车)", "", 1603),
        ("找到 Q-001 0.92", "", 1603),
        ("写好草稿", "", 1603),
        ("发卡给林小满", "", 1603),
        ("收到点击 4 ms", "start", 4),
        ("林小满点了「发送」", "", 4),
        ("已确认", "good", 4),
        ("已送达", "good", 4),
    ]


@pytest.mark.parametrize(
    ("step", "facts", "lines"),
    [
        ("page.stored", {"new": 3, "history": 2}, ["拉取 3 条,其中 2 条是旧记录"]),
        ("question.understood", {"kind": "complaint"}, ["听懂:投诉,请店长亲自处理"]),
        ("question.understood", {"kind": "choices", "confidence": 0.3}, ["没有现成的答案,请店员来选"]),
        ("question.understood", {"kind": "thanks"}, ["听懂:道谢", "写好草稿"]),
        (
            "question.understood",
            {"kind": "reference", "topic": "赔偿", "entry": "Q-6", "confidence": 0.8},
            ["听懂:问赔偿 0.80", "找到 Q-6 0.80", "只给店员参考,要由人来回"],
        ),
        ("card.pressed", {"key": "reason:0", "name": "林小满"}, ["林小满点了「不用回」"]),
        ("edit.opened", {"staff": "x", "name": "林小满"}, ["林小满打开修改页"]),
        ("question.closed", {"outcome": "auto"}, ["总部允许这条自动回,不用等人点"]),
        ("handover.refused", {"reason": "不是接待人员"}, ["没接上:不是接待人员"]),
        ("question.reopened", {"reason": "客人已拒收"}, ["没发出去:客人已拒收。重新请店员看"]),
        ("customer.soothed", {}, ["暂时没人回,先安抚客人一句"]),
        ("something.new", {"a": 1}, []),
    ],
)
def test_every_step_has_its_words(step: str, facts: Mapping[str, object], lines: list[str]) -> None:
    steps = JournalFeed()
    steps.note(step, facts=facts)
    assert [one.line for one in steps.after(0)] == lines


@pytest.mark.parametrize(
    ("kind", "facts", "lines"),
    [
        ("callback.delivered", PRESSED | {"attempt": 2}, ["收到点击 4 ms(第 2 次)"]),
        ("callback.failed", {"attempt": 1}, ["回调没有送到(第 1 次)"]),
        ("fault.fired", {"name": "cut_after", "path": ""}, ["故障:做完了,但断线没有回音"]),
        ("platform.called", {"path": "kf/send_msg", "errcode": 42001, "fault": ""}, ["企业微信答 42001(令牌过期)"]),
        ("platform.called", {"path": "gettoken", "errcode": 0, "fault": ""}, ["取到新令牌"]),
        ("platform.called", {"path": "kf/send_msg", "errcode": 0, "fault": ""}, []),
        ("platform.called", {"path": "kf/send_msg", "errcode": None, "fault": "cut_after"}, []),
        ("clock.moved", {"seconds": 181.0}, ["时钟拨快 3 分钟"]),
        ("clock.moved", {"seconds": 49 * 3600.0}, ["时钟拨快 49 小时"]),
        ("customer.refused", {"fail_type": 10}, ["客人开始拒收消息"]),
        ("card.updated", {"task_id": "x", "line": ""}, []),
    ],
)
async def test_what_the_platform_sees_has_its_words(kind: str, facts: dict[str, object], lines: list[str]) -> None:
    steps, feed = JournalFeed(), Feed(ShiftedClock())
    following = asyncio.create_task(steps.follow(feed))
    await asyncio.sleep(0)
    feed.note(kind, **facts)
    assert await steps.wait(0, 0, 5)
    following.cancel()
    assert [one.line for one in steps.after(0)] == lines and steps.changes == 1


async def test_only_the_latest_are_kept_and_waiting_ends() -> None:
    steps = JournalFeed()
    for number in range(MOST_KEPT + 20):
        steps.say(str(number))
    kept = steps.after(0)
    assert len(kept) == MOST_KEPT and kept[-1].seq == steps.last and kept[0].line == "20"
    assert steps.after(steps.last) == []
    assert await steps.wait(steps.last, steps.changes, 0.01) is False
    waiting = asyncio.create_task(steps.wait(steps.last, steps.changes, 60))
    await asyncio.sleep(0)
    steps.close()
    assert await waiting is True and steps.is_closed
