"""How long and how often a conversation may still be answered (facts/wecom.md §2.3), in words for a card."""

from __future__ import annotations

from datetime import datetime, tzinfo

from bot.model import Conversation

WEEKDAYS = "一二三四五六日"


def clock_time(moment: datetime, zone: tzinfo) -> str:
    """14:03 in store time."""
    return moment.astimezone(zone).strftime("%H:%M")


def day_and_time(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """今天 14:02, 明天 14:02 or 周二 14:02, in store time."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    day = {0: "今天", 1: "明天"}.get(days) or f"周{WEEKDAYS[local.weekday()]}"
    return f"{day} {local:%H:%M}"


def quota_line(conversation: Conversation, now: datetime, zone: tzinfo) -> str:
    """还可发 5 条 · 周二 14:02 前."""
    ends = conversation.window_ends_at()
    left = conversation.quota_left(now)
    if ends is None or now >= ends:
        return "已超过 48 小时,请用客户联系"
    if left == 0:
        return "5 条已用完,等客人再说话"
    return f"还可发 {left} 条 · {day_and_time(ends, now, zone)} 前"


def refusal(conversation: Conversation, parts: int, now: datetime) -> str | None:
    """Why `parts` messages cannot go out now, for the person who wants to send them; None when they can."""
    ends = conversation.window_ends_at()
    if ends is None or now >= ends:
        return "已过期:超过 48 小时,请用客户联系"
    left = conversation.quota_left(now)
    if left == 0:
        return "没有发送:客人说话后的 5 条已用完"
    if left < parts:
        return f"没有发送:要分 {parts} 条,只剩 {left} 条"
    return None
