"""Yuan outside, whole cents in the database."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


def to_cents(yuan: Decimal) -> int:
    """Raises ValueError for a fraction of a cent."""
    cents = yuan * 100
    if not cents.is_finite() or cents != int(cents):
        raise ValueError(f"{yuan} is no whole number of cents")
    return int(cents)


def to_yuan(cents: int) -> Decimal:
    """With two places."""
    return (Decimal(cents) / 100).quantize(_CENT)


def part_of(cents: int, share: Decimal) -> int:
    """A share of an amount, half a cent rounded up."""
    return int((Decimal(cents) * share).to_integral_value(ROUND_HALF_UP))


def divide(cents: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weight (in whole cents, nobody gets more than its weight). The weights sum to at least it."""
    whole = sum(weights)
    parts = [cents * weight // whole if whole else 0 for weight in weights]
    rest = cents - sum(parts)
    for place, weight in enumerate(weights):
        more = min(rest, weight - parts[place], 1)
        parts[place] += more
        rest -= more
    return parts
