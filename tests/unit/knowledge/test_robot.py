"""What goes into 微信客服's own robot: only what every customer may read at any time, within its limits."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from knowledge.chain import Store
from knowledge.entry import Audience, Autonomy, Entry, Status
from knowledge.robot import Robot, to_robot
from tests.unit.knowledge.making import entry

NOW = datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001 - in store time
LAKE = Store("T001", "西塘路店", city="杭州", cells={"门店名称": "西塘路店", "停车": "门口", "总机": "9"})
RIVER = Store("T002", "望江店", city="苏州", cells={"门店名称": "望江店", "停车": "楼下", "总机": "9"})
STORES = (LAKE, RIVER)


def made(*entries: Entry, store: Store | None = None, only_auto: bool = False) -> Robot:
    return to_robot(entries, STORES, NOW, store, only_auto=only_auto)


def test_an_entry_becomes_an_intent_of_its_group() -> None:
    robot = made(entry("Q-1", "有水吗", "渴了", "能喝水吗", category="客房", customer_answer="有的,在桌上"))
    assert robot.remarks == ()
    assert robot.as_json() == {
        "groups": [
            {
                "name": "客房",
                "intents": [
                    {
                        "question": {"text": {"content": "有水吗"}},
                        "similar_questions": {
                            "items": [{"text": {"content": "渴了"}}, {"text": {"content": "能喝水吗"}}]
                        },
                        "answers": [{"text": {"content": "有的,在桌上"}}],
                    }
                ],
            }
        ]
    }


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"audience": Audience.STAFF, "staff_answer": "内部"}, "只给员工看"),
        ({"customer_answer": "", "staff_answer": "内部"}, "只给员工看"),
        ({"autonomy": Autonomy.PERSON}, "仅人工"),
        ({"status": Status.DRAFT}, "状态是 草稿"),
        ({"status": Status.STOPPED}, "状态是 停用"),
        ({"channels": frozenset({"员工助手"})}, "渠道"),
        ({"ends_at": datetime(2026, 11, 21, 23, 59)}, "过期"),  # noqa: DTZ001
        ({"starts_at": datetime(2026, 12, 1)}, "才开始"),  # noqa: DTZ001
        ({"stores": frozenset({"T001"})}, "只适用于 T001"),
        ({"cities": frozenset({"苏州"})}, "只适用于 苏州"),
        ({"customer_answer": "停在{{门店.停车}}"}, "每家店不一样"),
        ({"customer_answer": "拨{{门店.分机}}"}, "没有填全"),
        ({"customer_answer": "好" * 501}, "501 字"),
    ],
)
def test_what_does_not_fit_is_told(fields: dict[str, object], reason: str) -> None:
    robot = made(entry("Q-1", "有水吗", **fields))
    assert robot.pairs == ()
    (remark,) = robot.remarks
    assert (remark.number, remark.is_left_out) == ("Q-1", True)
    assert reason in remark.reason


def test_no_answer_for_staff_is_anywhere() -> None:
    robot = made(
        entry("Q-1", "能退吗", staff_answer="绝密:店长可批 500"),
        entry("E-1", "口径", customer_answer="", staff_answer="绝密", audience=Audience.STAFF),
        entry("E-2", "赔付", customer_answer="绝密", audience=Audience.STAFF),
    )
    assert [pair.number for pair in robot.pairs] == ["Q-1"]
    assert "绝密" not in json.dumps([robot.as_json(), robot.report()], ensure_ascii=False)


def test_a_store_has_its_own_robot() -> None:
    wide = entry("Q-1", "停哪里", customer_answer="停在{{门店.停车}}")
    near = entry("Q-2", "停哪里", customer_answer="停江边", stores=frozenset({"T002"}))
    elsewhere = entry("Q-3", "有早餐吗", cities=frozenset({"杭州"}))
    here = made(wide, near, elsewhere, store=LAKE)
    assert [(pair.number, pair.answer) for pair in here.pairs] == [("Q-3", "好的"), ("Q-1", "停在门口")]
    there = made(wide, near, elsewhere, store=RIVER)
    assert [(pair.number, pair.answer) for pair in there.pairs] == [("Q-2", "停江边")]
    assert {remark.number: remark.reason[:5] for remark in there.remarks} == {"Q-1": "和 Q-2", "Q-3": "不适用于 "}


def test_a_store_says_it_its_own_way() -> None:
    own = entry("Q-1", "有水吗", customer_answer="有热水", stores=frozenset({"T001"}))
    both = entry("Q-1", "有水吗", customer_answer="有", overlaid={"T001": own})
    assert [pair.answer for pair in made(both, store=LAKE).pairs] == ["有热水"]
    chain = made(both)
    assert [pair.answer for pair in chain.pairs] == ["有"]
    assert "T001 等门店有自己的说法" in chain.remarks[0].reason


def test_what_all_stores_say_alike_fits() -> None:
    (pair,) = made(entry("Q-1", "总机多少", customer_answer="拨 {{门店.总机}}")).pairs
    assert pair.answer == "拨 9"


def test_only_what_may_go_alone() -> None:
    entries = (entry("Q-1", "有水吗", autonomy=Autonomy.AUTO), entry("Q-2", "有茶吗"))
    assert [pair.number for pair in made(*entries, only_auto=True).pairs] == ["Q-1"]
    assert len(made(*entries).pairs) == 2


def test_no_question_stands_twice() -> None:
    robot = made(
        entry("Q-1", "有水吗", "渴了", "有茶吗?", category="客房"),
        entry("Q-2", "有茶吗", "渴了!", "来杯茶", category="餐饮"),
    )
    assert [pair.similar for pair in robot.pairs] == [("渴了",), ("来杯茶",)]
    assert [(remark.number, remark.is_left_out) for remark in robot.remarks] == [("Q-1", False), ("Q-2", False)]
    assert "1 句和 Q-2 的问法相同" in robot.remarks[0].reason


def test_many_similar_questions_are_cut() -> None:
    said = [f"第 {at} 种问法" for at in range(130)]
    robot = made(entry("Q-1", "有水吗", "长" * 201, *said))
    assert robot.pairs[0].similar == tuple(said[:100])
    assert "1 句超过 200 字" in robot.remarks[0].reason
    assert "30 句最多放 100 句" in robot.remarks[0].reason


def test_an_end_is_remembered_by_people() -> None:
    robot = made(entry("Q-1", "有汤圆吗", ends_at=datetime(2026, 12, 22, 23, 59)))  # noqa: DTZ001
    assert len(robot.pairs) == 1
    assert "2026-12-22 之后" in robot.remarks[0].reason
    assert robot.report()[1][:3] == ["Q-1", "有汤圆吗", "放进去了"]


def test_groups_keep_to_their_limits() -> None:
    many = [entry(f"A-{at}", f"甲类问题 {at}", category="一个很长很长的分类名字超过十二个字") for at in range(450)]
    small = [entry(f"B-{at}", f"小类问题 {at}", category=f"类别{at}") for at in range(150)]
    robot = made(*many, *small)
    sizes: dict[str, int] = {}
    for pair in robot.pairs:
        sizes[pair.group] = sizes.get(pair.group, 0) + 1
    assert len(robot.pairs) == 600
    assert len(sizes) <= 100
    assert max(sizes.values()) == 200
    assert max(map(len, sizes)) <= 12
    assert "其他" in sizes


def test_a_chain_too_large_is_told() -> None:
    robot = made(*[entry(str(at), f"问题 {at}") for at in range(20_100)])
    assert len(robot.pairs) == 20_000
    assert sum(remark.is_left_out for remark in robot.remarks) == 100
