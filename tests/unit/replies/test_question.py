"""A question cut into the things it asks."""

from __future__ import annotations

import pytest

from bot.replies.question import asks, shorten, split


@pytest.mark.parametrize(
    ("bubbles", "pieces"),
    [
        (("停车方便吗",), ("停车方便吗",)),
        (("早餐几点,停车收费吗?",), ("早餐几点", "停车收费吗?")),
        (("有停车场吗收费吗",), ("有停车场吗", "收费吗")),
        (("早餐几点另外能停车吗",), ("早餐几点", "另外能停车吗")),
        (("你好", "早餐几点", "早餐几点"), ("早餐几点",)),
        (("WiFi 密码 3.5 折",), ("WiFi 密码 3.5 折",)),
        (("", "?", "嗯"), ()),
    ],
)
def test_question_is_cut_into_pieces_that_say_something(bubbles: tuple[str, ...], pieces: tuple[str, ...]) -> None:
    assert split(bubbles) == pieces


@pytest.mark.parametrize("piece", ["能停吗", "早餐几点", "停车场?", "帮我留个车位", "我要发票", "多少钱", "换个房间"])
def test_piece_that_asks_or_wants(piece: str) -> None:
    assert asks(piece)


@pytest.mark.parametrize("piece", ["我们开车来", "明天到", "两大一小"])
def test_piece_that_only_tells(piece: str) -> None:
    assert not asks(piece)


def test_short_name_has_no_courtesies() -> None:
    assert shorten("您好,请问有没有婴儿床可以借用呀", 8) == "有没有婴儿床可以"
