"""A question cut into the things it asks."""

from __future__ import annotations

import time

import pytest

from bot.replies.question import asks, join_leaning, shorten, split


@pytest.mark.parametrize(
    ("bubbles", "pieces"),
    [
        (("停车方便吗",), ("停车方便吗",)),
        (("早餐几点,停车收费吗?",), ("早餐几点", "停车收费吗?")),
        (("有停车场吗收费吗",), ("有停车场吗", "收费吗")),
        (("早餐几点另外能停车吗",), ("早餐几点", "能停车吗")),
        (("停车要钱不,顺便问下早餐几点",), ("停车要钱不", "早餐几点")),
        (("你好", "早餐几点", "早餐几点"), ("早餐几点",)),
        (("WiFi 密码 3.5 折",), ("WiFi 密码 3.5 折",)),
        (("", "?", "嗯"), ()),
    ],
)
def test_question_is_cut_into_pieces_that_say_something(bubbles: tuple[str, ...], pieces: tuple[str, ...]) -> None:
    assert split(bubbles) == pieces


@pytest.mark.parametrize(
    ("pieces", "joined"),
    [
        (("大床房", "多少钱一晚"), ("大床房多少钱一晚",)),
        (("有停车场吗", "收费吗?"), ("有停车场吗收费吗?",)),
        (("多少钱", "早餐几点"), ("多少钱", "早餐几点")),
        (("早餐几点", "停车多少钱"), ("早餐几点", "停车多少钱")),
    ],
)
def test_piece_that_names_nothing_leans_on_the_one_before(pieces: tuple[str, ...], joined: tuple[str, ...]) -> None:
    assert join_leaning(pieces) == joined


@pytest.mark.parametrize("piece", ["能停吗", "早餐几点", "停车场?", "帮我留个车位", "我要发票", "多少钱", "换个房间"])
def test_piece_that_asks_or_wants(piece: str) -> None:
    assert asks(piece)


@pytest.mark.parametrize("piece", ["我们开车来", "明天到", "两大一小"])
def test_piece_that_only_tells(piece: str) -> None:
    assert not asks(piece)


def test_short_name_has_no_courtesies() -> None:
    assert shorten("您好,请问有没有婴儿床可以借用呀", 8) == "有没有婴儿床可以"


def test_no_text_takes_long() -> None:
    started = time.perf_counter()
    join_leaning(split(("停车", "多少钱" * 600 + "停", "吗" * 2000)))
    assert time.perf_counter() - started < 0.5
