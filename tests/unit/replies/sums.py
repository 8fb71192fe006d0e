"""Which sums a text may name: those of the offers, and what adds up from them."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.replies.proposal import Offers, Proposal

_SUM = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)元")
_QUANTITIES = range(1, 100)


def amounts(text: str) -> set[Decimal]:
    """Every sum in yuan that a text names."""
    return {Decimal(found) for found in _SUM.findall(text)}


def sums_of(offers: Offers, proposal: Proposal) -> set[Decimal]:
    """Every sum that follows from what was looked up."""
    found: set[Decimal] = set()
    for query, rooms in offers.rooms.items():
        for room in rooms:
            prices = [night.price for night in room.nights]
            for end in range(1, len(prices) + 1):
                found |= {sum(prices[:end], Decimal(0)) * n for n in (1, query.rooms, *range(1, 10))}
            found |= {room.total, *prices}
    for item in offers.items or ():
        extras = [option.extra for choices in item.options.values() for option in choices]
        found |= {item.price + extra for extra in (Decimal(0), *extras)}
        found |= {item.price * n for n in _QUANTITIES}
    for order in offers.orders or ():
        found |= {order.total, order.refund_now, order.total - order.refunded}
    if proposal.order is not None:
        found.add(sum((line.total for line in proposal.order.lines), Decimal(0)))
    return {one.normalize() for one in found} | found
