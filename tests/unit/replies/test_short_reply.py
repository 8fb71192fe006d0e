"""Yes, no, the second, never mind."""

from __future__ import annotations

import time

import pytest

from bot.replies.short_reply import Meaning, ShortReply, read_reply


@pytest.mark.parametrize(
    "text",
    [
        "好的",
        "好",
        "可以",
        "行",
        "嗯嗯",
        "就这个",
        "就这个吧",
        "没问题",
        "ok",
        "OK的",
        "对",
        "是的",
        "好的,谢谢",
        "那就这样吧",
        "要的",
        "确定",
        "就要这个",
        "👌",
        "[OK]",
    ],
)
def test_yes(text: str) -> None:
    assert read_reply(text) == ShortReply(Meaning.YES)


@pytest.mark.parametrize("text", ["不", "不行", "不是", "不要", "不用", "都不要", "不合适"])
def test_no(text: str) -> None:
    found = read_reply(text)
    assert found is not None
    assert found.meaning in (Meaning.NO, Meaning.DROP)


@pytest.mark.parametrize(
    "text",
    [
        "算了",
        "算了不要了",
        "不订了",
        "先不订了",
        "不用了谢谢",
        "还是不要了",
        "改天再说",
        "取消吧",
        "我再考虑一下",
        "我不住了",
        "先别订",
    ],
)
def test_never_mind(text: str) -> None:
    assert read_reply(text) == ShortReply(Meaning.DROP)


def test_cancelling_is_a_yes_where_that_was_asked() -> None:
    assert read_reply("取消吧", is_cancelling=True) == ShortReply(Meaning.YES)
    assert read_reply("取消", is_cancelling=True) == ShortReply(Meaning.YES)
    assert read_reply("不取消了", is_cancelling=True) == ShortReply(Meaning.DROP)


@pytest.mark.parametrize(
    ("text", "meaning", "position"),
    [
        ("第二个", Meaning.NTH, 1),
        ("要第3个", Meaning.NTH, 2),
        ("就第一间", Meaning.NTH, 0),
        ("好的,第二种", Meaning.NTH, 1),
        ("2", Meaning.NTH, 1),
        ("选2", Meaning.NTH, 1),
        ("最后一个", Meaning.LAST, 0),
        ("前面那个", Meaning.NTH, 0),
        ("要便宜的那个", Meaning.CHEAPEST, 0),
        ("贵点的", Meaning.DEAREST, 0),
        ("都行", Meaning.ANY, 0),
        ("你看着办吧", Meaning.ANY, 0),
    ],
)
def test_which_one(text: str, meaning: Meaning, position: int) -> None:
    assert read_reply(text) == ShortReply(meaning, position)


@pytest.mark.parametrize(
    "text", ["两间", "要一间", "三个人", "明天", "大床房", "", "可以停车吗", "你们好贵啊,早餐呢", "取消要扣钱吗"]
)
def test_what_says_neither(text: str) -> None:
    assert read_reply(text) is None


@pytest.mark.parametrize("text", ["那就" * 5_000, "好的" * 5_000, "算了" * 5_000 + "啊", "第" * 9_999])
def test_nobody_keeps_it_busy(text: str) -> None:
    before = time.perf_counter()
    read_reply(text)
    assert time.perf_counter() - before < 0.5
