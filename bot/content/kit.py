"""What is made of one version of HQ's content, to understand messages with. Made once, off the event loop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from intents.calendar import Calendar
from intents.names import Names
from intents.recogniser import Recogniser
from knowledge.chain import Store
from knowledge.content import Content
from knowledge.products import Product


@dataclass(frozen=True, slots=True)
class Kit:
    """Never changes; another version of the content has another."""

    recogniser: Recogniser
    names: Names
    calendar: Calendar


def make_kit(content: Content, cache: Path | None = None, on: date | None = None) -> Kit:
    """Takes a second where HQ's sentences are new; else they are remembered, in `cache` also over a restart.

    `on`: the chain's day, around which the calendar is computed beforehand. Raises BadHolidayError for holidays that
    `loading` would refuse.
    """
    names = names_of(content)
    names.index  # noqa: B018  # built here, not by the first message
    calendar = Calendar.load(content.holidays)
    if on is not None:
        calendar.warm_up(on)
    return Kit(Recogniser.load(content.sentences, cache), names, calendar)


def names_of(content: Content) -> Names:
    """HQ's names and aliases. Two things with one alias: the first in HQ's order has it, as `faq check` says."""
    on_sale = [product for product in content.products.values() if product.is_on_sale]
    return Names(
        rooms=_aliases(product for product in on_sale if product.is_room),
        products=_aliases(product for product in on_sale if not product.is_room),
        stores=_aliases(content.stores.values()),
        cities={store.city: store.city for store in content.stores.values() if store.city},
    )


def _aliases(things: Iterable[Product | Store]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for thing in things:
        for name in (thing.name, *thing.aliases):
            if name:
                found.setdefault(name, thing.number)
    return found
