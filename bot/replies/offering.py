"""From a frame that knows enough, and what was looked up, to a proposal."""

from __future__ import annotations

from bot.replies.booking import offer_rooms
from bot.replies.errands import offer_errand
from bot.replies.frame import Frame
from bot.replies.heard import Facts
from bot.replies.ordering import offer_items
from bot.replies.proposal import Offers, Outcome
from bot.replies.staying import offer_order
from bot.replies.step import HandOver


def offer(frame: Frame, offers: Offers, facts: Facts) -> Outcome:
    """What to propose; or what has to be looked up first (then call again with it among `offers`); or a person.

    Needs at most four look-ups one after the other: orders, rooms, and the two days beside them.
    """
    form = facts.forms.form(frame.intent)
    if form is None:
        return HandOver("这件事现在办不了,请您来办", frame)
    match form.source:
        case "rooms":
            return offer_rooms(frame, form, offers, facts)
        case "items":
            return offer_items(frame, form, offers, facts)
        case "orders":
            return offer_order(frame, form, offers, facts)
    return offer_errand(frame, form, facts)
