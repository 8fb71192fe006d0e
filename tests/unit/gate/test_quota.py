"""48 hours and five messages, to the second and to the message, and how a card says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.gate.quota import clock_time, day_and_time, quota_line, refusal
from bot.model import Conversation

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 6, 2, tzinfo=UTC)  #: Sunday, 14:02 in the stores


def _conversation(said_at: datetime | None = NOW, sent: int = 0) -> Conversation:
    return Conversation(account_id="wkA", customer_id="wmA", created_at=NOW, last_said_at=said_at, sent_since=sent)


@pytest.mark.parametrize(
    ("after", "sent", "parts", "words"),
    [
        (timedelta(), 0, 1, None),
        (timedelta(), 0, 5, None),
        (timedelta(), 4, 1, None),
        (timedelta(hours=47, minutes=59, seconds=59), 4, 1, None),
        (timedelta(), 0, 6, "没有发送:要分 6 条,只剩 5 条"),
        (timedelta(), 4, 2, "没有发送:要分 2 条,只剩 1 条"),
        (timedelta(), 5, 1, "没有发送:客人说话后的 5 条已用完"),
        (timedelta(), 7, 1, "没有发送:客人说话后的 5 条已用完"),
        (timedelta(hours=48), 0, 1, "已过期:超过 48 小时,请用客户联系"),
        (timedelta(days=9), 5, 9, "已过期:超过 48 小时,请用客户联系"),
    ],
)
def test_what_may_go_out_when(after: timedelta, sent: int, parts: int, words: str | None) -> None:
    assert refusal(_conversation(sent=sent), parts, NOW + after) == words


def test_a_customer_who_never_wrote_cannot_be_written_to() -> None:
    assert refusal(_conversation(None), 1, NOW) is not None
    assert quota_line(_conversation(None), NOW, CHINA) == "已超过 48 小时,请用客户联系"


def test_the_line_on_the_card() -> None:
    assert quota_line(_conversation(), NOW, CHINA) == "还可发 5 条 · 周二 14:02 前"
    assert quota_line(_conversation(sent=3), NOW + timedelta(hours=30), CHINA) == "还可发 2 条 · 明天 14:02 前"
    assert quota_line(_conversation(), NOW + timedelta(hours=47), CHINA) == "还可发 5 条 · 今天 14:02 前"
    assert quota_line(_conversation(sent=5), NOW, CHINA) == "5 条已用完,等客人再说话"
    assert quota_line(_conversation(), NOW + timedelta(hours=48), CHINA) == "已超过 48 小时,请用客户联系"


def test_times_are_the_stores() -> None:
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert clock_time(late, CHINA) == "00:30"
    assert day_and_time(late, NOW, CHINA) == "明天 00:30"
