"""What the customer wants done: the dialogue's part of understanding. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.content.words import Store
from bot.conversations.desk import Desk
from bot.replies.dialogue import turn
from bot.replies.frame import Frame
from bot.replies.heard import CHOICE_ITEM, Facts, Heard
from bot.replies.listening import listen
from bot.replies.router import suggest
from bot.replies.short_reply import Meaning, read_reply
from bot.replies.step import Ask, Closed, Digress, HandOver, Step
from bot.replies.suggestion import Asked, Kind, Suggestion

_PERSONS = frozenset({Kind.COMPLAINT, Kind.OPT_OUT, Kind.PERSON, Kind.REFERENCE})  #: a person answers these first
_WHETHER = re.compile(r"(?:可以|可不可以|能|有|提供|怎么|如何|哪|几|多少|多久).*?(?:[吗么呢?？]|没有|$)")
_WANTS = re.compile(r"帮|麻烦|请|送|拿|叫|派|给我|来[个一两几]|[要加补换多再]|一下")
CHANNEL = "微信客服"  #: through which an order came, for the ledger
_SURE = 0.8  #: an answer of HQ's as sure as this goes before a question of ours


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the words."""

    customer: str  #: our customer's id
    frame: Mapping[str, Any] | None  #: as the conversation keeps it
    preferences: Mapping[str, str]
    is_voice: bool


@dataclass(frozen=True, slots=True)
class Doing:
    """What the dialogue came to, before anything is looked up."""

    step: Step
    facts: Facts
    intent: str  #: of the frame, or of the message
    beside: Suggestion | None  #: HQ's answer to what was asked in the same message
    intents: tuple[str, ...]


def understand_doing(asked: Asked, known: Known, suggestion: Suggestion, desk: Desk, now: datetime) -> Doing | None:
    """What comes next in getting something done; None when the message is about nothing of the kind.

    `suggestion` is what we would say to the message otherwise.
    """
    is_choice = (asked.menu_id or "").startswith(CHOICE_ITEM)
    if suggestion.kind in _PERSONS or suggestion.sensitive or (asked.menu_id and not is_choice):
        return None
    frame = Frame.load(known.frame)
    if frame is None and not any(desk.forms.form(intent) for intent in suggestion.intents):
        return None
    facts = facts_for(asked.store, known.customer, known.preferences, desk, now)
    heard = _hear(asked, frame, facts, known, desk)
    step = _given_up(asked, frame, facts, known, desk) or turn(frame, heard, facts)
    if frame is None and isinstance(step, Ask) and (_has_sure_answer(suggestion) or _only_asks(step, asked, desk)):
        return None
    if isinstance(step, Digress):
        return None if frame is None else Doing(step, facts, frame.intent, None, suggestion.intents)
    started = next((one.intent for one in heard.recognised if desk.forms.form(one.intent)), "")
    beside = _answer(heard.asides, asked, desk) if heard.asides else None
    return Doing(step, facts, frame.intent if frame else started, beside, suggestion.intents)


def _hear(asked: Asked, frame: Frame | None, facts: Facts, known: Known, desk: Desk) -> Heard:
    content, kit = desk.content, desk.kit
    return listen(asked, frame, content, desk.recogniser, facts, kit.names, kit.calendar, is_voice=known.is_voice)


def _given_up(asked: Asked, frame: Frame | None, facts: Facts, known: Known, desk: Desk) -> Closed | None:
    """算了不要了 after what the same question began: it is over, however much the bubbles before say."""
    *before, last = asked.bubbles or ("",)
    reply = read_reply(last)
    if not before or reply is None or reply.meaning is not Meaning.DROP:
        return None
    began = replace(asked, text="\n".join(before), bubbles=tuple(before), menu_id=None)
    step = turn(frame, _hear(began, frame, facts, known, desk), facts)
    if isinstance(step, HandOver | Closed) or step.frame is None:
        return None
    alone = replace(asked, text=last, bubbles=(last,), menu_id=None)
    over = turn(step.frame, _hear(alone, step.frame, facts, known, desk), facts)
    return over if isinstance(over, Closed) else None


def _has_sure_answer(suggestion: Suggestion) -> bool:
    """HQ says what to do, and we would only ask."""
    return suggestion.kind is Kind.FAQ and suggestion.confidence >= _SURE


def _only_asks(step: Ask, asked: Asked, desk: Desk) -> bool:
    """可以寄存行李吗 asks whether, 帮我送两条毛巾 and 能加床被子吗 want it."""
    form = desk.forms.form(step.frame.intent)
    is_errand = form is not None and form.family == "errand"
    return is_errand and bool(_WHETHER.search(asked.text)) and not _WANTS.search(asked.text)


def _answer(asides: tuple[str, ...], asked: Asked, desk: Desk) -> Suggestion | None:
    """What HQ says to the questions in between."""
    alone = Asked(
        text="\n".join(asides),
        bubbles=asides,
        media=(),
        menu_id=None,
        store=asked.store,
        on=asked.on,
        is_first_today=False,
        at=asked.at,
    )
    found = suggest(alone, desk.content, desk.recogniser)
    return found if found.kind is Kind.FAQ else None


def facts_for(store: Store | None, customer: str, preferences: Mapping[str, str], desk: Desk, now: datetime) -> Facts:
    """What is known beside what was said."""
    return Facts(
        now=now,
        forms=desk.forms,
        persona=desk.content.persona,
        customer=customer,
        store=store.number if store else None,
        store_name=store.name if store else "",
        zone=desk.policy.zone,
        profile=preferences,
        channel=CHANNEL,
        ask_store=desk.policy.ask_store,
    )
