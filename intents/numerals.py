"""Numbers as people say and type them: 25, 二十五, 廿五, 两千三, 3万5, 幺三八, 俩, 半, 一个半.

All of it reads text that is folded already (half width, simplified); see intents/said.py.
"""

from __future__ import annotations

import re
from decimal import Decimal

_DIGIT = {
    character: value
    for value, row in enumerate(
        ("零〇0", "一壹幺1", "二两贰2", "三叁3", "四肆4", "五伍5", "六陆6", "七柒7", "八捌8", "九玖9")
    )
    for character in row
}
_UNIT = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000}
_SHORT = {"廿": "二十", "卅": "三十", "俩": "两", "仨": "三", "双": "两"}
_CHINESE = "零〇一壹幺二两贰三叁四肆五伍六陆七柒八捌九玖十拾百佰千仟万廿卅俩仨"

#: A whole number, for use inside larger expressions.
WHOLE = rf"(?:\d+[万千百十{''.join(_UNIT)}]?(?:[{_CHINESE}\d])*|[{_CHINESE}][{_CHINESE}\d]*)"
#: A small count, as in 两间, 3个, 十二杯; of more digits nobody orders.
COUNT = r"(?:\d{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两俩三仨四五六七八九]|廿[一二三四五六七八九]?)"
_WHOLE = re.compile(WHOLE)
_HALF_MORE = re.compile(rf"({COUNT})个半$")
_ABOUT = re.compile(r"[来多几]$")
_POINT = re.compile(rf"({WHOLE})[.点]([\d零〇一二三四五六七八九]+)$")


def read_whole(text: str) -> int | None:
    """The whole number that `text` is, nothing around it; None when it is none.

    两千三 → 2300 and 3万5 → 35000: a digit after a unit counts the next smaller one. Digits alone are read as
    they stand: 幺三八 → 138.
    """
    for short, long in _SHORT.items():
        text = text.replace(short, long)
    if text.isascii():
        return int(text) if text.isdecimal() and len(text) <= 18 else None
    if not text or any(character not in _DIGIT and character not in _UNIT for character in text) or len(text) > 18:
        return None
    if all(character in _DIGIT for character in text):
        return int("".join(str(_DIGIT[character]) for character in text))
    return _with_units(text)


def _with_units(text: str) -> int:
    total = section = number = 0
    last_unit, has_zero = 1, False
    for character in text:
        if character in _DIGIT:
            has_zero = has_zero or _DIGIT[character] == 0
            number = number * 10 + _DIGIT[character]
            continue
        unit = _UNIT[character]
        if unit == 10_000:
            total, section = total + (section + number) * unit, 0
        else:
            section += (number or (0 if section and unit > 10 else 1)) * unit
        number, last_unit, has_zero = 0, unit, False
    if number and not has_zero and number < 10 and last_unit >= 100:
        number *= last_unit // 10
    return total + section + number


def read_number(text: str) -> Decimal | None:
    """As `read_whole`, and 半, 一个半, 三点五, 3.5 and 十来 (about ten, read as ten)."""
    text = _ABOUT.sub("", text) or text
    if text == "半":
        return Decimal("0.5")
    if half := _HALF_MORE.match(text):
        return _decimal(half[1], "5")
    if point := _POINT.match(text):
        return _decimal(point[1], read_digits(point[2]))
    whole = read_whole(text)
    return None if whole is None else Decimal(whole)


def _decimal(whole: str, fraction: str) -> Decimal | None:
    value = read_whole(whole)
    return None if value is None else Decimal(f"{value}.{fraction}")


def read_digits(text: str) -> str:
    """Digits said one by one, as digits: 幺三八 → 138; what is no digit is left out."""
    return "".join(str(_DIGIT[character]) for character in text if character in _DIGIT)
