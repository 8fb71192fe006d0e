"""What a customer is told of an order without a clerk's tap: HQ's sentences (`orders.yaml`, 通知); "" says nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Final

from knowledge.fields import Fields
from knowledge.problem import Problem

_HOLE = re.compile(r"\{([^{}]*)\}")
_LONGEST: Final = 200  #: characters
#: how HQ calls each, and what may stand in it
_KEYS: Final = {
    "pay": ("付款", ("订单号", "金额", "链接", "时间")),
    "pay_in_store": ("到店付款", ("订单号", "金额")),
    "paid": ("已付款", ("订单号", "金额")),
    "late": ("付款晚了", ("订单号", "金额")),
    "cancelled": ("已取消", ("订单号",)),
    "refunded": ("已取消退款", ("订单号", "金额")),
}


@dataclass(frozen=True, slots=True)
class OrderTexts:
    """Sums and numbers come from the order; "" says nothing to the customer, and the clerk is told all the same."""

    pay: str = "订单 {订单号} 已生成,共 {金额}。请在 {时间} 前点这里付款,过时会自动取消哦:{链接}"
    pay_in_store: str = "订单 {订单号} 已生成,共 {金额},到店付款就可以。"
    paid: str = "收到您的付款 {金额},订单 {订单号} 已确认。"
    late: str = "您的付款 {金额} 收到了,不过订单 {订单号} 已经取消,同事马上联系您。"
    cancelled: str = "订单 {订单号} 已取消。"
    refunded: str = "订单 {订单号} 已取消,{金额} 会按原路退回。"

    @classmethod
    def parse(cls, block: Fields) -> tuple[OrderTexts, tuple[Problem, ...]]:
        """HQ's sentences in place of ours, and what is wrong with them."""
        said = {}
        for each in fields(cls):
            key, holes = _KEYS[each.name]
            said[each.name] = _sentence(block, key, holes, str(each.default))
        block.check_keys()
        return cls(**said), tuple(block.problems)


def _sentence(block: Fields, key: str, holes: tuple[str, ...], default: str) -> str:
    text = block.text(key, default)
    unknown = [hole for hole in _HOLE.findall(text) if hole.strip() not in holes]
    if unknown:
        known = "、".join(f"{{{hole}}}" for hole in holes)
        block.refuse(key, f"不认识 {{{unknown[0]}}}。这句里可以写的有:{known}。", text)
        return default
    if key == "付款" and text and "{链接}" not in text.replace(" ", ""):
        block.refuse(key, "这句里要有 {链接},不然客人付不了款。请加上,或者留空不发。", text)
        return default
    if len(text) > _LONGEST:
        block.refuse(key, f"最多写 {_LONGEST} 个字,现在有 {len(text)} 个。", text)
        return default
    return text


def fill(text: str, **values: str) -> str:
    """The sentence with its holes filled."""
    return _HOLE.sub(lambda hole: values.get(hole[1].strip(), ""), text)
