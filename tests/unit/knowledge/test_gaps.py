"""Near duplicates come together, and always in the same way."""

from __future__ import annotations

import random
import time
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from knowledge.entry import Audience
from knowledge.gaps import Heard, group

DAY = date(2026, 11, 16)


def heard(text: str, *, day: int = 16, store: str = "S1", **more: object) -> Heard:
    fields = {"audience": Audience.CUSTOMER} | more
    return Heard(text=text, on=date(2026, 11, day), store=store, **fields)  # type: ignore[arg-type]


def test_the_same_question_in_other_words_is_one_gap() -> None:
    gaps = group(
        [
            heard("请问可以寄存行李吗"),
            heard("可以寄存行李吗?", day=18, store="S2"),
            heard("可以寄存行李么", day=17),
            heard("健身房几点开门"),
        ]
    )
    assert [gap.count for gap in gaps] == [3, 1]
    assert gaps[0].stores == (("S1", 2), ("S2", 1))
    assert (gaps[0].first_on, gaps[0].last_on) == (DAY, date(2026, 11, 18))


def test_other_words_in_another_order_are_one_gap() -> None:
    said = ["行李能寄存吗", "可以寄存行李吗", "寄存行李可以吗", "能不能寄存一下行李", "有没有泳池", "有游泳池吗"]
    assert sorted(gap.count for gap in group(heard(text) for text in said)) == [2, 4]


def test_what_only_sounds_alike_stays_apart() -> None:
    said = ["怎么开发票", "怎么开门", "可以寄存行李吗", "可以带宠物吗", "几点退房", "能晚点退房吗", "能带狗吗"]
    said += ["不能带狗吗", "泳池几点开", "泳池几点关", "怎么开通会员", "怎么取消会员", "早餐几点", "晚餐几点"]
    assert len(group(heard(text) for text in said)) == len(said)


def test_numbers_and_a_no_make_another_question() -> None:
    gaps = group([heard("可以住2个人吗"), heard("可以住3个人吗"), heard("行李可以寄存吗"), heard("行李不可以寄存吗")])
    assert len(gaps) == 4


def test_customers_and_staff_are_apart() -> None:
    gaps = group([heard("怎么开发票"), heard("怎么开发票", audience=Audience.STAFF)])
    assert {gap.audience for gap in gaps} == set(Audience)
    assert len({gap.number for gap in gaps}) == 2


def test_headquarters_has_the_last_word_and_else_the_commonest() -> None:
    official = heard("能带狗吗", answer="可以,押金两百。", is_official=True)
    others = [
        heard("能带狗吗", answer="不行哦"),
        heard("能带狗吗", answer="不行哦。", day=20),
        heard("能带狗吗", answer="可以"),
    ]
    assert group([*others, official])[0].answer == "可以,押金两百。"
    best = group(others)[0]
    assert (best.answer, best.is_official) == ("不行哦。", False)


def test_an_entry_chosen_more_often_than_not_is_named() -> None:
    gap = group([heard("车位多吗", entry="Q-1"), heard("车位多吗", entry="Q-1"), heard("车位多吗")])[0]
    assert gap.chosen == "Q-1"
    assert group([heard("车位多吗", entry="Q-1"), heard("车位多吗")])[0].chosen == ""


SAID = ["早餐", "停车", "几点", "多少钱", "能", "不能", "寄", "行李", "吗", "2", "3", "个", "人"]
WORDS = st.lists(
    st.sampled_from(SAID),
    min_size=1,
    max_size=5,
)


@given(st.lists(WORDS.map("".join), max_size=12), st.integers())
def test_order_changes_nothing_and_nothing_is_lost(texts: list[str], seed: int) -> None:
    every = [heard(text, day=1 + at) for at, text in enumerate(texts)]
    shuffled = every[:]
    random.Random(seed).shuffle(shuffled)
    gaps = group(every)
    assert group(shuffled) == gaps
    assert sum(gap.count for gap in gaps) <= len(every)
    assert len({gap.number for gap in gaps}) == len(gaps)


def test_twenty_thousand_questions_take_seconds() -> None:
    parts = ["早餐", "停车", "行李", "发票", "泳池", "会员", "押金", "接机", "加床", "宠物"]
    asks = [
        "几点开始",
        "怎么收费",
        "可以寄吗",
        "在几楼",
        "要预约吗",
        "有没有优惠",
        "怎么退",
        "能不能延",
        "找谁办",
        "多少钱",
    ]
    texts = [f"{one}{two}{three}号" for one in parts for two in asks for three in range(200)]
    started = time.perf_counter()
    assert sum(gap.count for gap in group(heard(text) for text in texts)) == 20_000
    assert time.perf_counter() - started < 30
