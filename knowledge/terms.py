"""HQ's rules for orders: `orders.yaml`. How long stock is held, how one pays, what comes back on cancelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from urllib.parse import quote

from knowledge.amounts import share
from knowledge.cells import plain
from knowledge.chain import Store
from knowledge.fields import Fields
from knowledge.order_texts import OrderTexts
from knowledge.problem import Place, Problem

DEFAULT = "默认"
_CHECK_IN = "入住时间"
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3]):([0-5]\d)(?!\d)")
_HOLDERS = re.compile(r"\{([^{}]*)\}")
_NUMBER, _AMOUNT, _CENTS, _STORE = "订单号", "金额", "金额分", "门店编号"
_KNOWN_HOLDERS = (_NUMBER, _AMOUNT, _CENTS, _STORE)
_LINKS = ("https://", "weixin://", "#小程序://")
_NEVER = time(0, 0, 1)  #: stands for a key that is not there
_LINK_MOST = 1_024  #: characters; a text message holds 2,048 bytes


@dataclass(frozen=True, slots=True)
class RefundRule:
    """This share comes back while every limit that the rule has still holds."""

    share: Decimal  #: 0 to 1 of what was paid
    before: timedelta | None = None  #: at least so long before check-in, or before pick-up
    after: timedelta | None = None  #: at most so long after the order was placed
    until: time | None = None  #: till then on the day of check-in (or pick-up), in store time

    def holds(self, now: datetime, placed_at: datetime, starts_at: datetime | None) -> bool:
        """At `now`, for an order placed and starting then (in store time); without a start no rule about it holds."""
        if self.before is not None and (starts_at is None or now > starts_at - self.before):
            return False
        if self.until is not None:
            last = datetime.combine(starts_at.date(), self.until, tzinfo=starts_at.tzinfo) if starts_at else None
            if last is None or now > last:
                return False
        return self.after is None or now <= placed_at + self.after


@dataclass(frozen=True, slots=True)
class RefundTerms:
    """Of one category: what HQ tells the customer, and what is done."""

    text: str = ""
    rules: tuple[RefundRule, ...] = ()

    def share(self, now: datetime, placed_at: datetime, starts_at: datetime | None) -> Decimal:
        """What comes back of what was paid, by the kindest rule that holds; 0 when none does."""
        held = (rule.share for rule in self.rules if rule.holds(now, placed_at, starts_at))
        return max(held, default=Decimal(0))


@dataclass(frozen=True, slots=True)
class Terms:
    """Every field has a default, so a chain without the file works: it holds stock, and a person cancels."""

    hold_for: timedelta = timedelta(minutes=15)  #: stock for a draft
    pay_within: timedelta = timedelta(minutes=15)  #: after the order is placed; then it lapses
    pay_link: str = ""  #: with {订单号} and {金额}; empty: paid in the store, and never lapses
    check_in_at: time = time(14, 0)  #: store time, where the store's row has no 入住时间
    texts: OrderTexts = field(default_factory=OrderTexts)
    refunds: Mapping[str, RefundTerms] = field(default_factory=dict, hash=False)  #: by category, as `plain` has it

    def refund_terms(self, category: str) -> RefundTerms | None:
        """Of this category, else 默认; None when HQ says nothing of it."""
        return self.refunds.get(plain(category)) or self.refunds.get(DEFAULT)

    def check_in_of(self, store: Store | None) -> time:
        """From when on guests may have their room, in store time."""
        match = _CLOCK.search(unicodedata.normalize("NFKC", store.cells.get(_CHECK_IN, ""))) if store else None
        return time(int(match[1]), int(match[2])) if match else self.check_in_at

    def pay_url(self, number: str, amount: Decimal, store: str) -> str | None:
        """Where this order is paid; None: in the store."""
        if not self.pay_link:
            return None
        values = {_NUMBER: number, _AMOUNT: f"{amount:.2f}", _CENTS: f"{amount * 100:.0f}", _STORE: store}
        return _HOLDERS.sub(lambda match: quote(values[match[1].strip()], safe=""), self.pay_link)

    @classmethod
    def parse(cls, data: Mapping[str, object], place: Place) -> tuple[Terms, tuple[Problem, ...]]:
        """Categories are compared with the products' by `sales`."""
        fields, default = Fields(data, place), cls()
        problems: list[Problem] = []
        refunds = fields.block("退订规则")
        texts, wrong = OrderTexts.parse(Fields(fields.block("通知"), fields.place("通知")))
        terms = cls(
            hold_for=fields.minutes("留房分钟", default.hold_for, least=1, most=1_440),
            pay_within=fields.minutes("付款分钟", default.pay_within, least=1, most=10_080),
            pay_link=_link(fields),
            check_in_at=fields.clock_time(_CHECK_IN, default.check_in_at),
            texts=texts,
            refunds=MappingProxyType(
                {
                    plain(name): _refund_terms(value, _place(place, refunds, name), problems)
                    for name, value in refunds.items()
                }
            ),
        )
        fields.check_keys()
        return terms, (*fields.problems, *problems, *wrong)


def _place(place: Place, block: Mapping[str, object], name: str) -> Place:
    return Place(place.file, row=getattr(block, "lines", {}).get(name, 0), column=name)


def _link(fields: Fields) -> str:
    link = fields.text("付款链接", "")
    if not link:
        return ""
    unknown = [name for name in _HOLDERS.findall(link) if name.strip() not in _KNOWN_HOLDERS]
    if not link.startswith(_LINKS):
        fields.refuse(
            "付款链接", "付款链接要以 https:// 开头,小程序的以 weixin:// 或 #小程序:// 开头。请改一下。", link
        )
    elif unknown:
        message = f"不认识 {{{unknown[0]}}}。可以写的有:{'、'.join(f'{{{name}}}' for name in _KNOWN_HOLDERS)}。"
        fields.refuse("付款链接", message, link)
    elif f"{{{_NUMBER}}}" not in link.replace(" ", ""):
        fields.refuse("付款链接", "链接里要有 {订单号},不然不知道付的是哪一单。请加上。", link)
    elif len(link) > _LINK_MOST:
        fields.refuse("付款链接", f"太长了,最多 {_LINK_MOST} 个字。", link)
    return link


def _refund_terms(value: object, place: Place, problems: list[Problem]) -> RefundTerms:
    fields = Fields(value if isinstance(value, Mapping) else {"说明": value}, place)
    text = fields.text("说明", "")
    rules = tuple(_rule(rule, place, problems) for rule in fields.blocks("规则"))
    if not text:
        fields.refuse("说明", "没有写说明。请写一句给客人看的退订规则。")
    fields.check_keys()
    problems.extend(fields.problems)
    return RefundTerms(text, rules)


def _rule(data: Mapping[str, object], place: Place, problems: list[Problem]) -> RefundRule:
    line = getattr(data, "line", place.row)
    fields = Fields(data, Place(place.file, row=line, column=place.column))
    part: Decimal | None = None
    said = fields.text("退款", "")
    try:
        part = share(said)
    except ValueError as failure:
        fields.refuse("退款", str(failure), said)
    if not said:
        fields.refuse("退款", "没有写退多少。请写成 100%、50% 或 0%。")
    hours = fields.number("入住前小时", -1, least=0, most=8_760)
    pickup = fields.number("取货前分钟", -1, least=0, most=525_600)
    after = fields.number("下单后分钟", -1, least=0, most=525_600)
    until = _until(fields)
    fields.check_keys()
    problems.extend(fields.problems)
    before = timedelta(hours=hours) if hours >= 0 else timedelta(minutes=pickup) if pickup >= 0 else None
    return RefundRule(part or Decimal(0), before, timedelta(minutes=after) if after >= 0 else None, until)


def _until(fields: Fields) -> time | None:
    clock = fields.clock_time("入住当天", _NEVER)
    return None if clock is _NEVER else clock
