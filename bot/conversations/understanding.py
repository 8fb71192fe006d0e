"""load → facts → understand: from the bubbles of a conversation to what we would say. Pure once it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.content.words import Content, Store
from bot.conversations.desk import Desk
from bot.conversations.doing import Doing, Known, understand_doing
from bot.conversations.drafting import BUBBLES_MOST
from bot.model import Message, Question
from bot.replies import router
from bot.replies.place import find_nearest, place_in, with_place
from bot.replies.router import suggest
from bot.replies.suggestion import Asked, Kind, Suggestion
from intents.message import LONGEST
from knowledge.text import normalise, strip_courtesy

STORE_ITEM = "store:"  #: menu id of a store, when we asked which one
_SHORT = 3  #: characters that ask for nothing by themselves: 在吗, 快点, 好的
_BY_EAR = "按语音转成的文字理解,可能有听错"
_NEEDS_NO_STORE = (Kind.COMPLAINT, Kind.OPT_OUT)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the last question was answered with."""

    entry: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Work:
    """A leased conversation, with all that is needed to understand it without the database."""

    conversation_id: int
    fence: int
    account: str
    store: str | None
    question_id: int | None  #: the open question
    store_asked: bool  #: for this very question
    is_ours: bool  #: no person holds the session
    bubbles: tuple[Message, ...]  #: of the open question and new ones, oldest first, none recalled
    last_id: int
    is_first_today: bool
    customer: str = ""  #: our customer's id
    frame: Mapping[str, Any] | None = None  #: what is being done for the customer, as the conversation keeps it
    plan: Mapping[str, Any] | None = None  #: of the draft in force: what is held for it is free for it
    preferences: Mapping[str, str] = field(default_factory=dict)  #: slot → what this customer likes
    answered: Answered | None = None  #: no question is open, and the last one closed after these bubbles


@dataclass(frozen=True, slots=True)
class Understood:
    """What the pure part made of it."""

    suggestion: Suggestion | None  #: None: there is nothing to answer
    store: str | None
    ask_store: bool
    doing: Doing | None = None  #: what is to be done comes before `suggestion`, once it is looked up
    frame: Mapping[str, Any] | None = None  #: what the conversation is to keep
    is_waiting: bool = False  #: nothing new was said about what lies before a clerk: the card stays good
    opted_out: bool = False  #: 别发了, also when a person holds the session


def understand(work: Work, desk: Desk, now: datetime) -> Understood:
    """Which store, and what to say. Pure, and slow enough to be run off the event loop."""
    store = _which_store(work, desk)
    told = [bubble for bubble in work.bubbles if _tapped_store(bubble) is None]
    if not work.is_ours:
        opted_out = any(_opts_out(bubble, desk) for bubble in told)
        return Understood(None, store, ask_store=False, opted_out=opted_out, frame=work.frame)
    if all(_adds_nothing(bubble, work, store, desk, now) for bubble in told):
        return Understood(None, store, ask_store=False, frame=work.frame)
    asked = _asked(told, work, store, desk, now)
    suggestion = _with_place(suggest(asked, desk.content, desk.recogniser), told, desk)
    known = Known(work.customer, work.frame, work.preferences, any(bubble.kind == "voice" for bubble in told))
    doing = understand_doing(asked, known, suggestion, desk, now)
    if len(work.bubbles) == BUBBLES_MOST or any(bubble.text != _said(bubble) for bubble in told):
        suggestion = replace(suggestion, may_go_alone=False)  # we have not seen everything
    if any(map(_is_spoken, told)):
        suggestion = replace(suggestion, may_go_alone=False, reasons=(*suggestion.reasons, _BY_EAR))
    is_shared = len(desk.content.store_by_account(work.account)) > 1
    may_ask = store is None and is_shared and not work.store_asked and bool(desk.policy.ask_store)
    return Understood(
        suggestion,
        store,
        ask_store=may_ask and suggestion.kind not in _NEEDS_NO_STORE and not suggestion.sensitive,
        doing=doing,
        frame=work.frame,
        opted_out=suggestion.kind is Kind.OPT_OUT or "opt_out" in suggestion.intents,
    )


def texts_searched(work: Work, desk: Desk, now: datetime) -> tuple[str, ...]:
    """What `understand` will look up in HQ's answers. Pure."""
    told = [bubble for bubble in work.bubbles if _tapped_store(bubble) is None]
    if not work.is_ours or not told:
        return ()
    return router.texts_searched(_asked(told, work, _which_store(work, desk), desk, now), desk.recogniser)


def _asked(told: list[Message], work: Work, store: str | None, desk: Desk, now: datetime) -> Asked:
    texts = _texts(told, desk.content)
    local = desk.local(now)
    return Asked(
        text="\n".join(texts),
        bubbles=tuple(texts),
        media=tuple(bubble.kind for bubble in told if bubble.kind != "text" and not _is_spoken(bubble)),
        menu_id=told[0].menu_id if len(told) == 1 else None,
        store=desk.store(store),
        on=local.date(),
        at=local.time(),
        is_first_today=work.is_first_today,
    )


def _adds_nothing(bubble: Message, work: Work, store: str | None, desk: Desk, now: datetime) -> bool:
    """Whether a bubble that nobody saw needs no answer beside the one that went out: the same again, thanks, 快点."""
    if work.answered is None or bubble.kind != "text":
        return False
    suggestion = suggest(_asked([bubble], work, store, desk, now), desk.content, desk.recogniser)
    if suggestion.sensitive:
        return False
    if suggestion.kind in (Kind.FAQ, Kind.REFERENCE):
        return suggestion.entry_number == work.answered.entry or suggestion.text in work.answered.text
    if suggestion.kind in (Kind.GREETING, Kind.THANKS):
        return True
    is_short = suggestion.kind is Kind.CHOICES and len(strip_courtesy(_said(bubble))) <= _SHORT
    return is_short and work.frame is None  # 两晚 may be what was asked for


def not_understood(work: Work) -> Understood:
    """For when understanding itself broke: a clerk gets a card all the same, never silence."""
    suggestion = Suggestion(Kind.CHOICES, topic="新消息", reasons=("没能读懂这条消息",))
    answer = suggestion if work.is_ours and work.bubbles else None
    return Understood(answer, work.store, ask_store=False, frame=work.frame)


def store_was_asked(asked_at: datetime | None, question: Question | None) -> bool:
    """Whether the customer was asked for the store within the open question; once a question is enough."""
    return question is not None and asked_at is not None and asked_at >= question.opened_at


def _texts(told: list[Message], content: Content) -> list[str]:
    """Their words. A tapped line that stands beside other bubbles counts as its entry's own question."""
    texts = []
    for bubble in told:
        entry = content.entries.get(bubble.menu_id) if bubble.menu_id and len(told) > 1 else None
        texts.append(entry.question if entry else _said(bubble))
    return [text for text in texts if text.strip()]


def _said(bubble: Message) -> str:
    """What is looked at of a bubble: nobody who writes pages keeps the others waiting."""
    return bubble.text[:LONGEST]


def _with_place(suggestion: Suggestion, told: list[Message], desk: Desk) -> Suggestion:
    """The newest place that the customer sent counts."""
    places = [place for bubble in told if bubble.kind == "location" and (place := place_in(bubble.body)) is not None]
    near = find_nearest(desk.content.stores.values(), places[-1]) if places else None
    return with_place(suggestion, near) if near is not None else suggestion


def _is_spoken(bubble: Message) -> bool:
    """A voice that was written down."""
    return bubble.kind == "voice" and bool(bubble.text)


def _opts_out(bubble: Message, desk: Desk) -> bool:
    return any(found.intent == "opt_out" for found in desk.recogniser.recognise(_said(bubble)))


def _tapped_store(bubble: Message) -> str | None:
    tapped = bubble.menu_id or ""
    return tapped.removeprefix(STORE_ITEM) if tapped.startswith(STORE_ITEM) else None


def _which_store(work: Work, desk: Desk) -> str | None:
    """The newest bubble that taps a store or names one outright wins; else what is known; else the account's only
    store; else the one that the words name."""
    here = {store.number: store for store in desk.content.store_by_account(work.account)}
    for bubble in reversed(work.bubbles):
        if (tapped := _tapped_store(bubble)) in here:
            return tapped
        named = _named(_said(bubble), here, desk)
        if named and _is_named_outright(here[named], _said(bubble)):
            return named
    if work.store in desk.content.stores and (work.store in here or not here):
        return work.store
    if len(here) == 1:
        return next(iter(here))
    return _named("\n".join(_said(bubble) for bubble in work.bubbles), here, desk)


def _named(said: str, here: Mapping[str, Store], desk: Desk) -> str | None:
    """The one store of this account that the words name, if it is one."""
    named = [store.number for store in desk.content.find_stores(said) if store.number in here]
    return named[0] if len(named) == 1 else None


def _is_named_outright(store: Store, said: str) -> bool:
    """东站店 names a store whatever we knew before; 东站 may be the railway station."""
    words = normalise(said)
    return any(name.endswith("店") and normalise(name) in words for name in (store.name, *store.aliases))
