"""What messages say that an order needs, and where in the message it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.calendar import Calendar
from intents.numerals import read_number, read_whole
from intents.slots import Item, Names, Slot, SlotName, When, is_correction, read_items, read_slots

HERE = Path(__file__).parent
NOW = datetime.fromisoformat("2026-11-22T10:00+08:00")
CALENDAR = Calendar.load()
NAMES = Names(
    rooms={"大床房": "R1", "标准大床房": "R1", "双床房": "R2", "标间": "R2", "高级大床房": "R3"},
    products={"拿铁": "P1", "美式": "P2", "可颂": "P3", "生椰拿铁": "P4"},
    stores={"西湖店": "T1", "五一广场店": "T2"},
    cities={"杭州": "杭州"},
)


def load(file: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load((HERE / file).read_text(encoding="utf-8"))
    return rows


def written(slot: Slot) -> str:
    value = slot.value
    if isinstance(value, When):
        return f"date={value.start}" + (f"~{value.end}" if value.end else "") + ("?" if slot.ask else "")
    shown = f"{value:%H:%M}" if slot.name is SlotName.TIME else str(value)
    return f"{slot.name}={shown}" + ("?" if slot.ask else "")


@pytest.mark.parametrize("row", load("slots.yaml"), ids=lambda row: str(row["text"]))
def test_slots(row: Mapping[str, Any]) -> None:
    expects = SlotName(row["expects"]) if "expects" in row else None
    found = read_slots(row["text"], NOW, NAMES, CALENDAR, expects=expects)
    assert [written(slot) for slot in found] == row["slots"]
    assert all(row["text"][slot.start : slot.end] == slot.words for slot in found)
    assert all(bool(slot.reason) for slot in found if slot.ask)


def line(item: Item) -> str:
    options = [item.options[name] for name in (SlotName.SIZE, SlotName.SUGAR, SlotName.ICE) if name in item.options]
    return " ".join((str(item.quantity), item.product, *options))


@pytest.mark.parametrize("row", load("items.yaml"), ids=lambda row: str(row["text"]))
def test_items(row: Mapping[str, Any]) -> None:
    assert [line(item) for item in read_items(row["text"], NAMES)] == row["items"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("两千三", 2300), ("3万5", 35000), ("三万五千", 35000), ("幺三八", 138), ("二百零五", 205), ("两百五", 250),
        ("廿五", 25), ("俩", 2), ("仨", 3), ("二零二七", 2027), ("一千零二十", 1020), ("十", 10), ("百", 100),
        ("个", None),
        ("", None), ("九" * 40, None),
    ],
)  # fmt: skip
def test_whole_number(text: str, value: int | None) -> None:
    assert read_whole(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("半", "0.5"), ("一个半", "1.5"), ("三点五", "3.5"), ("十来", "10"), ("3.25", "3.25")]
)
def test_number(text: str, value: str) -> None:
    assert read_number(text) == Decimal(value)


@given(st.integers(0, 99_999))
def test_every_number_is_read_as_it_is_spelled(number: int) -> None:
    assert read_whole(spelled(number)) == number


def spelled(number: int) -> str:
    """In Chinese, as a careful writer would."""
    if number < 10:
        return "零一二三四五六七八九"[number]
    for unit, name in ((10_000, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= unit:
            high, low = divmod(number, unit)
            gap = "零" if 0 < low < unit // 10 else ""
            return spelled(high) + name + gap + (spelled(low) if low else "")
    raise AssertionError(number)


@pytest.mark.parametrize("text", ["不是明天,后天", "不对,三间", "哦不,两杯", "改成双床", "说错了"])
def test_correction(text: str) -> None:
    assert is_correction(text)


@pytest.mark.parametrize("text", ["明天有房吗", "是不是要押金", "不是吗", "对的", "两间"])
def test_no_correction(text: str) -> None:
    assert not is_correction(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [("大床房有吗", "R1"), ("大船房有吗", "R1"), ("標準大床房", "R1"), ("高级大床房", "R3"), ("两间大床", "R1")],
)
def test_names_are_found_the_longest_first_and_when_misheard(text: str, name: str) -> None:
    (slot,) = (one for one in read_slots(text, NOW, NAMES, CALENDAR) if one.name is SlotName.ROOM_TYPE)
    assert slot.value == name


_PIECES = """
两杯 大杯 拿铁 美式 少冰 热的 半糖 一间 大床房 双床 三个人 两大一小
138 00138000 我叫 张伟 姓王 1208 房间 预算 三百 以内 明天 不是
不对 改成 浙A12345 含早 高楼层 的 , 、 和 各 都 x2
订单号 A123456 五一广场店 杭州
"""


@settings(max_examples=400, deadline=None)
@given(
    text=st.one_of(st.text(max_size=60), st.lists(st.sampled_from(_PIECES.split()), max_size=10).map("".join)),
    expects=st.none() | st.sampled_from(list(SlotName)),
)
def test_any_text_is_read(text: str, expects: SlotName | None) -> None:
    for slot in read_slots(text, NOW, NAMES, CALENDAR, expects=expects):
        assert text[slot.start : slot.end] == slot.words
        assert slot.words
    for item in read_items(text, NAMES):
        assert item.quantity > 0
