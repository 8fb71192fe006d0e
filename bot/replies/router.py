"""Decides what we would say to a question. Pure and quick; whoever calls it keeps it off the event loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.replies import faq
from bot.replies.persona import own_sentence
from bot.replies.question import shorten
from bot.replies.suggestion import SENSITIVE, Asked, Kind, Suggestion
from intents.recogniser import NONE, Recognised, Recogniser
from intents.rule import HINT
from knowledge.content import Content
from knowledge.index import Hit

_MEDIA = {
    "image": "图片",
    "voice": "语音",
    "video": "视频",
    "file": "文件",
    "location": "位置",
    "link": "链接",
    "business_card": "名片",
    "miniprogram": "小程序",
}
_LONGEST_TOPIC = 8


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the words of a question carry."""

    intents: Mapping[str, Recognised]  #: by name; without "none"
    rest: str  #: all bubbles, without greetings and thanks
    pieces: tuple[str, ...]  #: bubble by bubble, without greetings and thanks; emptied ones are left out

    @property
    def is_angry(self) -> bool:
        """Surely; what only hints at it leaves HQ's own answer the first word."""
        return self.says("complain") and self.intents["complain"].confidence > HINT

    def says(self, intent: str) -> bool:
        return intent in self.intents


def suggest(asked: Asked, content: Content, recogniser: Recogniser) -> Suggestion:
    """What we would say. In order: a tapped menu line; anger; no more messages; a person; an entry; trouble without an
    entry; which store; a picture; thanks or a greeting; else the nearest entries to choose from.

    Anger goes before a stop said with it, for then a person answers; `intents` names both, and the stop holds all the
    same.
    """
    heard = _hear(asked, recogniser)
    suggestion = replace(_decide(asked, content, heard), intents=tuple(heard.intents))
    words = content.lexicon.sensitive_in(asked.text)
    return _left_to_a_person(suggestion, words) if words else suggestion


def texts_searched(asked: Asked, recogniser: Recogniser) -> tuple[str, ...]:
    """What `suggest` will look up, for whoever can say what texts mean; none for a tapped line."""
    if asked.menu_id is not None and len(asked.bubbles) <= 1:
        return ()
    heard = _hear(asked, recogniser)
    return faq.texts_searched(heard.rest, heard.pieces)


def _left_to_a_person(suggestion: Suggestion, words: tuple[str, ...]) -> Suggestion:
    """HQ wants nothing to go out by itself to a message with one of its 敏感词."""
    reasons = (f"{SENSITIVE}{'、'.join(words)}", *suggestion.reasons)
    return replace(suggestion, may_go_alone=False, sensitive=words, reasons=reasons)


def _decide(asked: Asked, content: Content, heard: _Heard) -> Suggestion:
    tapped = _tapped(asked, content, heard)
    if tapped is not None:
        return tapped
    if heard.is_angry:
        return _complaint(asked, content, heard)
    if heard.says("opt_out"):
        return _opt_out(asked, content, heard)
    if heard.says("ask_person"):
        return _person(asked, content, heard)
    return _answer(asked, content, heard)


def _hear(asked: Asked, recogniser: Recogniser) -> _Heard:
    """Understand the bubbles together and one by one: 别发了 is a message of its own, whatever stands before it."""
    together = recogniser.recognise(asked.text)
    single = [recogniser.recognise(bubble) for bubble in asked.bubbles or (asked.text,)]
    intents: dict[str, Recognised] = {}
    for one in (one for found in (together, *single) for one in found):
        if one.intent != NONE and (one.intent not in intents or one.confidence > intents[one.intent].confidence):
            intents[one.intent] = one
    pieces = tuple(rest for found in single if (rest := _what_is_left(found)))
    return _Heard(intents, ",".join(pieces), pieces)


def _what_is_left(found: tuple[Recognised, ...]) -> str:
    """The shortest rest: of a bubble that says several things, what none of them is about."""
    return min((one.rest for one in found), key=len)


# --- a tapped menu line ----------------------------------------------------------------------------------------------
def _tapped(asked: Asked, content: Content, heard: _Heard) -> Suggestion | None:
    """The tapped entry's answer. Words typed beside the tap may carry anger or a stop, and then those count."""
    if asked.menu_id is None or (len(asked.bubbles) > 1 and (heard.is_angry or heard.says("opt_out"))):
        return None
    hit = faq.find_entry(asked.menu_id, asked, content)
    if hit is None:
        return _ask_store_for_entry(asked.menu_id, asked, content)
    is_all = len(asked.bubbles) <= 1 and not asked.media
    return faq.answer(faq.Findings((hit,), (hit,), is_all), asked, content)


def _ask_store_for_entry(number: str, asked: Asked, content: Content) -> Suggestion | None:
    entry = content.entries.get(number)
    hit = faq.find_in_some_store(entry.question, (), asked, content) if entry else None
    return _ask_store(hit, content) if hit and hit.entry.number == number else None


# --- what somebody must act on ---------------------------------------------------------------------------------------
def _complaint(asked: Asked, content: Content, heard: _Heard) -> Suggestion:
    """No text and no candidates: a manager writes."""
    found = faq.look_up(heard.rest, heard.pieces, asked, content)
    return Suggestion(
        kind=Kind.COMPLAINT,
        confidence=heard.intents["complain"].confidence,
        topic="投诉",
        reasons=_reasons(heard, "complain", found.answers, "同时不想再收消息" if heard.says("opt_out") else ""),
    )


def _opt_out(asked: Asked, content: Content, heard: _Heard) -> Suggestion:
    found = faq.look_up(heard.rest, heard.pieces, asked, content)
    return Suggestion(
        kind=Kind.OPT_OUT,
        text=own_sentence(content.persona.opt_out, content.persona, asked.store),
        confidence=heard.intents["opt_out"].confidence,
        candidates=faq.candidates(found.answers, asked, content),
        topic="不想收消息",
        reasons=_reasons(heard, "opt_out", found.answers),
    )


def _person(asked: Asked, content: Content, heard: _Heard) -> Suggestion:
    """No text: a person was asked for. What else was asked is offered to whoever takes over."""
    found = faq.look_up(heard.rest, heard.pieces, asked, content)
    return Suggestion(
        kind=Kind.PERSON,
        confidence=heard.intents["ask_person"].confidence,
        candidates=faq.candidates(found.answers, asked, content),
        topic="找真人",
        reasons=_reasons(heard, "ask_person", found.answers),
    )


def _reasons(heard: _Heard, intent: str, others: tuple[Hit, ...], *more: str) -> tuple[str, ...]:
    words = " ".join(heard.intents[intent].words)
    return (f"命中:{words}", *(reason for reason in more if reason), *(f"还问到 {faq.name_hit(hit)}" for hit in others))


# --- what may have an answer -----------------------------------------------------------------------------------------
def _answer(asked: Asked, content: Content, heard: _Heard) -> Suggestion:
    found = faq.look_up(heard.rest, heard.pieces, asked, content)
    suggestion = faq.answer(found, asked, content)
    if suggestion is not None:
        return _with_care(suggestion, asked, heard)
    if heard.says("complain"):
        return _complaint(asked, content, heard)
    if heard.rest and (hit := faq.find_in_some_store(heard.rest, heard.pieces, asked, content)):
        return _ask_store(hit, content)
    return _without_question(asked, content, heard) or _choices(found, asked, content, heard)


def _with_care(suggestion: Suggestion, asked: Asked, heard: _Heard) -> Suggestion:
    """A picture beside the words may ask more than they do, and trouble may be a complaint: then a person looks."""
    trouble = f"客人可能不满意:{' '.join(heard.intents['complain'].words)}" if heard.says("complain") else ""
    media = f"还发来{_name_media(asked)}" if asked.media else ""
    if not trouble and not media:
        return suggestion
    more = tuple(reason for reason in (trouble, media) if reason)
    return replace(suggestion, may_go_alone=False, reasons=(*suggestion.reasons, *more))


def _ask_store(hit: Hit, content: Content) -> Suggestion:
    return Suggestion(
        kind=Kind.ASK_STORE,
        text=own_sentence(content.policy.ask_store, content.persona, None),
        confidence=hit.confidence,
        topic=faq.topic(hit.entry),
        reasons=(faq.name_hit(hit), "答案每家店不一样,还不知道问的是哪家"),
    )


def _without_question(asked: Asked, content: Content, heard: _Heard) -> Suggestion | None:
    """Nothing is asked in words: a picture, thanks, or a greeting."""
    persona = content.persona
    if heard.rest:
        return None
    if asked.media:
        name = _name_media(asked)
        return Suggestion(kind=Kind.MEDIA, confidence=1.0, topic=name, reasons=(f"只发来{name}",))
    if heard.says("thanks"):
        text = own_sentence(persona.thanks, persona, asked.store)
        return _courtesy(Kind.THANKS, "thanks", text, "道谢", heard)
    if heard.says("greet"):
        text = own_sentence(persona.greeting, persona, asked.store)
        return _courtesy(Kind.GREETING, "greet", text, "打招呼", heard)
    return None


def _courtesy(kind: Kind, intent: str, text: str, topic: str, heard: _Heard) -> Suggestion:
    confidence = heard.intents[intent].confidence
    return Suggestion(kind=kind, text=text, confidence=confidence, topic=topic, reasons=_reasons(heard, intent, ()))


def _choices(found: faq.Findings, asked: Asked, content: Content, heard: _Heard) -> Suggestion:
    nearest = f"最接近的是 {faq.name_hit(found.hits[0])}" if found.hits else "没有接近的问答"
    media = f"还发来{_name_media(asked)}" if asked.media else ""
    return Suggestion(
        kind=Kind.CHOICES,
        confidence=found.hits[0].confidence if found.hits else 0.0,
        candidates=faq.candidates(found.hits, asked, content),
        topic=shorten(heard.rest, _LONGEST_TOPIC),
        reasons=tuple(reason for reason in (nearest, media) if reason),
    )


def _name_media(asked: Asked) -> str:
    return "、".join(dict.fromkeys(_MEDIA.get(kind, "消息") for kind in asked.media))
