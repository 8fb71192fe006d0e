"""Money, counts and shares as they stand in a cell. Every refusal is a ValueError with a Chinese reason."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

CENT = Decimal("0.01")
YUAN_MOST = Decimal(1_000_000)
COUNT_MOST = 1_000_000

_MONEY_MARKS = re.compile(r"^[¥\u00a5$]|(?:人民币|rmb|cny)|元$|块$", re.I)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_UNCOUNTED = ("不限", "不限量", "无限", "不计", "-", "--", "/")
_UNIT = re.compile(r"(?<=\d)\s*[间个杯份件瓶盒套台张]$")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)")
_NAMED_SHARES = {
    **dict.fromkeys(("全退", "全额", "全额退", "全部"), Decimal(1)),
    **dict.fromkeys(("一半", "半额", "退一半"), Decimal("0.5")),
    **dict.fromkeys(("不退", "不可退", "无"), Decimal(0)),
}


def money(text: str) -> Decimal | None:
    """Yuan with at most two places; None for an empty cell."""
    said = _MONEY_MARKS.sub("", unicodedata.normalize("NFKC", text).strip()).strip()
    if not said:
        return None
    if _THOUSANDS.fullmatch(said):
        said = said.replace(",", "")
    try:
        amount = Decimal(said)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= YUAN_MOST:
        raise ValueError(f"「{text}」不是金额。请写成 328 或 28.5 这样的数字。")
    if amount != amount.quantize(CENT):
        raise ValueError(f"「{text}」比一分钱还细。请最多写两位小数。")
    return amount.quantize(CENT)


def is_uncounted(text: str) -> bool:
    """Whether a cell says 不限: as many as anyone wants."""
    return "".join(unicodedata.normalize("NFKC", text).split()) in _UNCOUNTED


def count(text: str) -> int | None:
    """A whole number of things; None for an empty cell."""
    said = _UNIT.sub("", unicodedata.normalize("NFKC", text).strip())
    if not said:
        return None
    try:
        number = Decimal(said.replace(",", "") if _THOUSANDS.fullmatch(said) else said)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not 0 <= number <= COUNT_MOST or number != int(number):
        raise ValueError(f"「{text}」不是数量。请写成 0、5、12 这样的整数,不限量就写「不限」。")
    return int(number)


def share(text: str) -> Decimal | None:
    """5% or 0.05 as 0.05; None for an empty cell. A bare 5 could be either, and is refused."""
    said = "".join(unicodedata.normalize("NFKC", text).split())
    if not said:
        return None
    if (named := _NAMED_SHARES.get(said)) is not None:
        return named
    match = _SHARE.fullmatch(said)
    value = Decimal(match[1]) / (100 if match[2] else 1) if match else Decimal(-1)
    if match and not match[2] and value > 1:
        raise ValueError(f"「{text}」少了百分号。请写成 {match[1]}% 这样。")
    if not 0 <= value <= 1:
        raise ValueError(f"「{text}」不是比例。请写成 5% 这样,从 0% 到 100%。")
    return value
