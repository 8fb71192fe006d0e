from __future__ import annotations

from collections import Counter

import pytest

from knowledge.pinyin import Homophones, sound

WRITTEN = ("几点退房", "早餐几点开始", "可以停车吗", "停车费怎么算")


@pytest.fixture(scope="module")
def homophones() -> Homophones:
    pairs = Counter(text[at : at + 2] for text in WRITTEN for at in range(len(text) - 1))
    return Homophones(set("".join(WRITTEN)), lambda pair: pairs[pair])


@pytest.mark.parametrize(("character", "syllable"), [("退", "tui"), ("绿", "lv"), ("一", "yi"), ("a", ""), ("?", "")])
def test_sound_has_no_tone(character: str, syllable: str) -> None:
    assert sound(character) == syllable


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("几点推房", "几点退房"),
        ("早参几点开始", "早餐几点开始"),
        ("可以庭车吗", "可以停车吗"),
        ("及点退房", "几点退房"),
    ],
)
def test_what_hq_never_writes_is_read_by_its_sound(homophones: Homophones, heard: str, meant: str) -> None:
    assert homophones.mend(heard) == meant


@pytest.mark.parametrize("said", [*WRITTEN, "游泳池开放吗", "", "推", "wifi密码", "车"])
def test_what_hq_writes_or_what_sounds_like_nothing_stays(homophones: Homophones, said: str) -> None:
    assert homophones.mend(said) == said
