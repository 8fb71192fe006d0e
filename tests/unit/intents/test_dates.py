"""What days messages speak of: the sixty that the rules were written with, forty that they were not, and any text."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.calendar import Calendar
from intents.dates import When, read_dates

HERE = Path(__file__).parent
NOW = datetime.fromisoformat("2026-11-22T10:00+08:00")  # a Sunday
CALENDAR = Calendar.load()
KNOWN = [json.loads(line) for line in (HERE / "dates.jsonl").read_text(encoding="utf-8").splitlines()]
#: Measured once, before any rule was changed after they were seen: 39 of 40.
UNSEEN: list[dict[str, Any]] = yaml.safe_load((HERE / "dates_unseen.yaml").read_text(encoding="utf-8"))
#: The same: 54 of 60 at first.
UNSEEN_2: list[dict[str, Any]] = yaml.safe_load((HERE / "dates_unseen_2.yaml").read_text(encoding="utf-8"))
SAID: list[dict[str, Any]] = yaml.safe_load((HERE / "dates_said.yaml").read_text(encoding="utf-8"))
#: In dates.jsonl: what cannot be known for sure, and so has to be asked.
UNSURE = ("must ask", "ambiguous", "vague")


def first(text: str, now: datetime = NOW) -> When | None:
    found = read_dates(text, now, CALENDAR)
    return found[0].when if found else None


def is_right(row: Mapping[str, Any], when: When | None) -> bool:
    """`row` as in dates_unseen.yaml; what it leaves out is not looked at."""
    if row.get("none"):
        return when is None
    if when is None:
        return False
    start = when.start or when.end
    return (
        start in row["start"]
        and ("end" not in row or when.end in row["end"])
        and ("time" not in row or row["time"] == (when.time and f"{when.time:%H:%M}"))
        and ("ask" not in row or row["ask"] == when.ask)
    )


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: str(row["text"]))
def test_known_message(row: Mapping[str, Any]) -> None:
    when = first(row["text"])
    if not row["start"]:
        assert when is None
        return
    assert when is not None
    assert str(when.start) in row["start"]
    assert row["end"] is None or str(when.end) in row["end"]
    assert row["time"] == (when.time and f"{when.time:%H:%M}")
    assert when.ask or not any(word in row["note"] for word in UNSURE)


@pytest.mark.parametrize("row", [*UNSEEN, *UNSEEN_2, *SAID], ids=lambda row: str(row["text"]))
def test_message(row: Mapping[str, Any]) -> None:
    now = datetime.fromisoformat(row["now"]) if "now" in row else NOW
    when = first(row["text"], now)
    assert is_right(row, when), when


def test_value_keeps_the_words_it_came_from_and_their_place() -> None:
    text = "呃 那个,我想 12 月 3 號到5号住,謝謝"
    (found,) = read_dates(text, NOW, CALENDAR)
    assert text[found.start : found.end] == found.words
    assert found.words.startswith("12 月") and found.words.endswith("5号")


_PIECES = """
今天 明天 后天 大后天 12月 3号 二十五号 到 至 和 、 , 周五 下周三 周末 下周
这个月 下个月 第一个 最后一天 国庆 春节 腊月 二十八 初三 前一天 第二天
三天 两晚 住 入住 退房 晚上 下午 三点 半
15:30 半小时后 两周后 的 不是 不对
或者 前后 假期 2027年 明年 30 31 2 12.24 - 月底 中旬
从 起 再过 一周 左右 今晚 凌晨 1点 13800138000 房号 1208 间
"""
_MOMENTS = st.integers(-900, 2400).flatmap(
    lambda days: st.integers(0, 1439).map(lambda minutes: NOW + timedelta(days=days, minutes=minutes))
)


@settings(max_examples=400, deadline=None)
@given(
    text=st.one_of(st.text(max_size=60), st.lists(st.sampled_from(_PIECES.split()), max_size=9).map("".join)),
    now=_MOMENTS,
)
def test_any_text_is_read_and_no_range_runs_backwards(text: str, now: datetime) -> None:
    for found in read_dates(text, now, CALENDAR):
        assert text[found.start : found.end] == found.words
        when = found.when
        assert when.start is not None or when.end is not None
        if when.start and when.end:
            assert when.end >= when.start
        is_past = when.start is not None and when.start < now.date()
        assert not is_past or when.ask or any(word in text for word in "前昨去上今本年")


@settings(max_examples=150, deadline=None)
@given(
    before=st.sampled_from(
        ["手机", "电话", "我的号码是", "房号", "房间号", "订单号", "尾号", "微信", "验证码", "打", ""]
    ),
    number=st.from_regex(r"1[3-9][0-9]{9}|[1-9][0-9]{9,17}|0[0-9]{2,3}-[2-9][0-9]{6,7}", fullmatch=True),
    after=st.sampled_from(["", "帮我查下", "打这个", "谢谢", ",大床房"]),
)
def test_no_long_number_is_a_day(before: str, number: str, after: str) -> None:
    assert read_dates(before + number + after, NOW, CALENDAR) == ()


@given(
    st.integers(100, 9999),
    st.sampled_from(["{}房间没热水", "房号{}", "我住{}房", "{}的空调坏了", "{}元一晚贵不贵", "押金{}块"]),
)
def test_no_room_number_and_no_price_is_a_day(number: int, sentence: str) -> None:
    assert read_dates(sentence.format(number), NOW, CALENDAR) == ()


def test_two_hundredths_of_a_second_are_never_needed() -> None:
    texts = [row["text"] for row in (*KNOWN, *UNSEEN, *SAID)]
    for text in texts:
        read_dates(text, NOW, CALENDAR)
    taken = []
    for text in texts:
        started = time.process_time()
        read_dates(text, NOW, CALENDAR)
        taken.append(time.process_time() - started)
    assert sorted(taken)[int(len(taken) * 0.95)] < 0.002


def test_long_text_is_read_quickly() -> None:
    started = time.process_time()
    for text in (
        "周" * 4000,
        "1" * 4000,
        "十" * 4000,
        "到" * 4000,
        "3号到" * 1000,
        "二十、" * 2000,
        "下" * 4000,
        "的" * 4000,
    ):
        read_dates(text, NOW, CALENDAR)
    assert time.process_time() - started < 2


def test_before_five_in_the_morning_today_and_tomorrow_are_asked_for() -> None:
    night = NOW.replace(hour=2)
    assert all(when is not None and when.ask for when in (first("今晚住", night), first("明天有房吗", night)))
    assert first("12月3号有房吗", night) == When(date(2026, 12, 3))


def test_days_off_are_said_when_published_and_doubted_when_not() -> None:
    spring = NOW.replace(month=3)
    published = first("清明假期有房吗", spring)
    assert published is not None and (str(published.start), str(published.end)) == ("2026-04-04", "2026-04-06")
    unpublished = first("国庆假期有房吗")
    assert unpublished is not None and unpublished.ask and "2027" in unpublished.reason
    alone = first("国庆有房吗")
    assert alone is not None and not alone.ask and "2027" in alone.reason


def test_every_day_of_a_year_is_read_back(now: datetime = NOW) -> None:
    for on in range(1, 300):
        day = now.date() + timedelta(on)
        for text in (
            f"{day.month}月{day.day}号",
            f"{day:%m/%d}",
            f"{day:%Y-%m-%d}",
            f"{day.year}年{day.month}月{day.day}日",
        ):
            when = first(text, now)
            assert when is not None and when.start == day and not when.ask, text
