"""A bare answer to what was just asked: 两个, 18号, 大床, 张伟. Tried when a message gives no such value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from intents.anchors import DAY, SPAN
from intents.calendar import Calendar
from intents.counts import MEASURE, number_of
from intents.dates import read_stays, when_of
from intents.daytime import clock_time, hour_of_day
from intents.names import Names
from intents.numerals import COUNT, read_digits, read_number, read_whole
from intents.slot import SlotName
from intents.taking import Taken, Taking

_AROUND = r"(?:[,的吧呢啊哦呀了就要我是嗯好订定住来选]|谢谢|左右|大概|那就|我要|好的|可以|一共|总共|大约|差不多|帮我)*"
_COUNTED = re.compile(
    rf"{_AROUND}(?P<n>{COUNT}|俩|仨|几|\d-\d|[两三四][三四五])(?:{MEASURE}|[间晚夜天人位口名宿])?"
    rf"(?:人|房间?|孩子|小孩|晚上)?{_AROUND}"
)
_NOBODY = re.compile(rf"{_AROUND}(?:没有?|不带|没带|无|零|0)(?:个|带)?(?:小孩|孩子|儿童|小朋友)?{_AROUND}")
_DATE = re.compile(rf"{_AROUND}(?P<a>{DAY})[号日]?(?:{SPAN}(?P<b>{DAY})[号日]?)?(?:入住|到店|到)?{_AROUND}")
_HOUR = re.compile(rf"{_AROUND}(?P<h>{COUNT})(?:点钟?|时)?(?:左右|前|之前|多|以后|之后)?{_AROUND}")
_MONEY = re.compile(
    rf"{_AROUND}(?:[\d零一二两三四五六七八九十百千万]+(?:元|块)?{SPAN})?(?P<m>[\d零一二两三四五六七八九十百千万]+)(?:多|来)?(?:元|块钱?|以内|左右|上下|以下)*{_AROUND}"
)
_DIGITS = re.compile(r"[\d零〇一二两三四五六七八九幺][\d零〇一二两三四五六七八九幺 ,-]{2,24}")
_CODE = re.compile(r"(?<![a-z\d])(?=[a-z\d-]*\d)[a-z\d-]{4,32}(?![a-z\d])")
_PERSON = re.compile(
    r"(?:我叫|我是|叫|姓名|名字|写|就写)?(?P<p>[\u4e00-\u9fff·]{2,6}?|[a-z]{2,20}(?: [a-z]{2,20}){0,2})[吧的,]?"
)
_SIZE = re.compile(rf"{_AROUND}(?P<s>[大中小]|超大)[杯份的]?{_AROUND}")
_DEGREE = re.compile(rf"{_AROUND}(?P<d>正常|标准|少|去|不要|不加|多|微|半|全|无|热|冰|温|常温)[的]?{_AROUND}")
_YES = re.compile(rf"{_AROUND}(?:要|需要|含|带|有|可以|好|行|是|对){_AROUND}")
_NO = re.compile(rf"{_AROUND}(?:不要|不用|不需要|不含|不带|不了|不|没有|免了){_AROUND}")
_COUNTS = (SlotName.NIGHTS, SlotName.PEOPLE, SlotName.CHILDREN, SlotName.ROOMS, SlotName.QUANTITY)


def read_expected(taking: Taking, expects: SlotName, now: datetime, names: Names, calendar: Calendar) -> list[Taken]:
    """At most one value."""
    text = taking.said.strip(",")
    if expects in _COUNTS:
        found = _count(text, expects)
    elif expects is SlotName.DATE:
        found = _date(text, now, calendar)
    elif expects in (SlotName.ROOM_TYPE, SlotName.PRODUCT, SlotName.STORE, SlotName.CITY):
        found = _name(text, expects, names)
    else:
        reader = _READERS.get(expects)
        found = reader(text) if reader else None
    shift = taking.said.find(text)
    return [] if found is None else [replace(found, start=found.start + shift, end=found.end + shift)]


def _count(text: str, expects: SlotName) -> Taken | None:
    if expects is SlotName.CHILDREN and _NOBODY.fullmatch(text):
        return Taken(expects, 0, 0, len(text))
    match = _COUNTED.fullmatch(text)
    number = number_of(match["n"]) if match else None
    if match is None or number is None or not number[0]:
        return None
    return Taken(expects, number[0], *match.span("n"), number[1], "到底几个要问一下" if number[1] else "")


def _date(text: str, now: datetime, calendar: Calendar) -> Taken | None:
    """18, 18-20: days without 号."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    written = f"{match['a']}号" + (f"到{match['b']}号" if match["b"] else "")
    stay = next(iter(read_stays(written, now, calendar)), None)
    if stay is None or stay.day is None:
        return None
    when = when_of(stay.day, stay)
    return Taken(SlotName.DATE, when, match.start("a"), match.end("b" if match["b"] else "a"), when.ask, when.reason)


def _name(text: str, expects: SlotName, names: Names) -> Taken | None:
    """A part of one name of HQ's is enough when it is the answer to a question, and of no other."""
    words = re.sub(r"^(?:就|那就|要|我要|选|在|去|订|来)+|(?:吧|的|那家|店|那个|好了|就行|谢谢)+$", "", text).strip(",")
    if len(words) < 2 and not words.isascii():
        return None
    numbers = list(names.index.holding(words, expects)) if words else []
    at = text.find(words)
    if not numbers:
        return None
    if len(numbers) == 1:
        return Taken(expects, numbers[0], at, at + len(words))
    return Taken(expects, words, at, at + len(words), True, f"「{words}」有 {len(numbers)} 个,要问是哪一个")


def _time(text: str) -> Taken | None:
    match = _HOUR.fullmatch(text)
    hour = read_whole(match["h"]) if match else None
    if match is None or hour is None or hour > 24:
        return None
    return Taken(SlotName.TIME, clock_time(hour_of_day(hour, ""), 0), *match.span("h"))


def _phone(text: str) -> Taken | None:
    match = _DIGITS.search(text)
    digits = read_digits(match.group()) if match else ""
    if match is None or len(digits) < 7:
        return None
    is_right = bool(re.fullmatch(r"1[3-9]\d{9}", digits))
    reason = "" if is_right else f"手机号应该是 11 位,现在是 {len(digits)} 位"
    return Taken(SlotName.PHONE, digits, match.start(), match.end(), not is_right, reason)


def _order(text: str) -> Taken | None:
    match = _CODE.search(text)
    return Taken(SlotName.ORDER_NUMBER, match.group().upper(), *match.span()) if match else None


def _room(text: str) -> Taken | None:
    match = re.search(r"(?<!\d)[a-z]?\d{3,5}(?!\d)|[零〇一二两三四五六七八九幺]{3,4}", text)
    if match is None:
        return None
    words = match.group().upper()
    return Taken(SlotName.ROOM_NUMBER, words if words.isascii() else read_digits(words), *match.span())


def _budget(text: str) -> Taken | None:
    match = _MONEY.fullmatch(text)
    amount = read_number(match["m"]) if match else None
    return Taken(SlotName.BUDGET, Decimal(amount), *match.span("m")) if match and amount and amount >= 10 else None


def _person(text: str) -> Taken | None:
    match = _PERSON.fullmatch(text)
    if match is None or match["p"] in (
        "不知道",
        "随便",
        "没有",
        "不用",
        "不告诉",
        "可以",
        "好的",
        "谢谢",
        "什么",
        "为什么",
    ):
        return None
    name = match["p"].title() if match["p"].isascii() else match["p"]
    return Taken(SlotName.NAME, name, *match.span("p"))


def _size(text: str) -> Taken | None:
    match = _SIZE.fullmatch(text)
    return Taken(SlotName.SIZE, match["s"] + "杯", *match.span("s")) if match else None


def _degree(name: SlotName, unit: str) -> Callable[[str], Taken | None]:
    def read(text: str) -> Taken | None:
        match = _DEGREE.fullmatch(text)
        if match is None:
            return None
        words = {"标准": "正常", "不要": "无", "不加": "无"}.get(match["d"], match["d"])
        words = {("无", "冰"): "去", ("去", "糖"): "无", ("正常", "糖"): "全"}.get((words, unit), words)
        value = words if words in ("热", "冰", "温", "常温") else words + unit
        return Taken(name, value, *match.span("d"))

    return read


def _breakfast(text: str) -> Taken | None:
    if _NO.fullmatch(text):
        return Taken(SlotName.BREAKFAST, "不含早餐", 0, len(text))
    return Taken(SlotName.BREAKFAST, "含早餐", 0, len(text)) if _YES.fullmatch(text) else None


_READERS: dict[SlotName, Callable[[str], Taken | None]] = {
    SlotName.TIME: _time,
    SlotName.PHONE: _phone,
    SlotName.ORDER_NUMBER: _order,
    SlotName.ROOM_NUMBER: _room,
    SlotName.BUDGET: _budget,
    SlotName.NAME: _person,
    SlotName.SIZE: _size,
    SlotName.SUGAR: _degree(SlotName.SUGAR, "糖"),
    SlotName.ICE: _degree(SlotName.ICE, "冰"),
    SlotName.BREAKFAST: _breakfast,
}
