"""Long texts are cut where a reader would pause, and nowhere else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gate.split import LIMIT, split_text

FAMILY = "👨‍👩‍👧‍👦"
WAVE = "👋🏽"
FLAGS = "🇨🇳🇺🇸"
KEYCAP = "3️⃣"
HEART = "❤️‍🔥"
LINK = "https://example.com/路/a?b=c&d=%E4%BD%A0#top"
_PIECES = [
    "您好",
    "停车",
    "。",
    ",",
    "!",
    "？",
    "\n",
    "\n\n",
    " ",
    "abc",
    "é",
    FAMILY,
    WAVE,
    FLAGS,
    KEYCAP,
    HEART,
    f"{LINK} ",
]
_WHOLE = (FAMILY, WAVE, "🇨🇳", "🇺🇸", KEYCAP, HEART, LINK)

texts = st.lists(st.sampled_from(_PIECES), max_size=120).map("".join)


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@settings(max_examples=300, deadline=None)
@given(texts, st.integers(min_value=80, max_value=300))
def test_every_part_fits_and_nothing_is_lost(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(0 < len(part.encode()) <= limit for part in parts)
    assert _bare("".join(parts)) == _bare(text)


@settings(max_examples=300, deadline=None)
@given(texts, st.integers(min_value=80, max_value=300))
def test_no_emoji_and_no_link_is_cut(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    for whole in _WHOLE:
        assert sum(part.count(whole) for part in parts) == text.count(whole)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), st.integers(min_value=64, max_value=200))
def test_any_text_at_all(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(len(part.encode("utf-8", "surrogatepass")) <= limit for part in parts)
    assert _bare("".join(parts)) == _bare(text)


@settings(max_examples=100, deadline=None)
@given(texts)
def test_splitting_what_was_split_changes_nothing(text: str) -> None:
    for part in split_text(text, 200):
        assert split_text(part, 200) == [part]


def test_a_text_that_fits_stays_one() -> None:
    assert split_text("好" * (LIMIT // 3)) == ["好" * (LIMIT // 3)]
    assert split_text("a" * LIMIT) == ["a" * LIMIT]
    assert split_text("  好的 \n") == ["好的"]
    assert split_text(" \n") == []


def test_it_is_cut_behind_a_sentence() -> None:
    first, second = "这是第一句话。" * 80, "这是第二句话!" * 60
    parts = split_text(first + second)
    assert len(parts) == 2 and parts[0].endswith("。") and parts[0] + parts[1] == first + second


def test_a_paragraph_is_a_better_place_than_a_sentence() -> None:
    text = "甲乙丙丁。" * 60 + "\n\n" + "戊己庚辛。" * 100
    assert split_text(text)[0] == "甲乙丙丁。" * 60


@pytest.mark.parametrize("whole", [FAMILY, WAVE, "🇨🇳", KEYCAP, HEART])
def test_a_row_of_emoji_is_cut_between_them(whole: str) -> None:
    parts = split_text(whole * 400)
    assert "".join(parts) == whole * 400
    assert all(len(part.encode()) <= LIMIT and part == whole * (len(part) // len(whole)) for part in parts)


def test_a_link_longer_than_a_message_is_the_one_thing_that_is_cut() -> None:
    link = "https://example.com/" + "a" * 3000
    parts = split_text(f"看这里 {link}")
    assert all(len(part.encode()) <= LIMIT for part in parts)
    assert "".join(parts).replace("看这里", "").strip() == link


def test_a_long_text_is_split_in_good_time() -> None:
    assert "".join(split_text("字" * 50_000 + LINK)) == "字" * 50_000 + LINK


@pytest.mark.parametrize("whole", ["0571-0001-0101", "www.example.com/a?b=1,2", "someone@example.com", "12,800.50"])
def test_numbers_and_addresses_stay_whole(whole: str) -> None:
    for before in range(670, 690):
        assert sum(part.count(whole) for part in split_text("字" * before + whole + "字" * 20)) == 1
