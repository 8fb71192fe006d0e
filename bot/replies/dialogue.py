"""Gets one thing done over several messages: which frame, what is still missing, and when to stop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.replies import matter
from bot.replies.booking import rooms_query
from bot.replies.choosing import by_product, choose, is_guess, take
from bot.replies.filling import Filling, Vague, fill
from bot.replies.forms import Form
from bot.replies.frame import CHOICE, Filled, Frame, Offered, Source
from bot.replies.heard import Facts, Heard
from bot.replies.phrasing import Said, say, with_lead
from bot.replies.proposal import AGREE
from bot.replies.readback import quiet, read_slots_back
from bot.replies.short_reply import Meaning, ShortReply, read_reply
from bot.replies.step import Ask, Closed, Digress, End, HandOver, NeedItems, NeedOrders, NeedRooms, Ready, Step, Wait
from intents.slots import SlotName

_IS_QUESTION = re.compile(r"还是|[吗呢]$")
_TO_STAFF = re.compile(r"要问|问一下")  #: a reason that tells whoever reads it to ask


def turn(frame: Frame | None, heard: Heard, facts: Facts) -> Step:
    """What comes next. Never asks more than one question, and never raises on what a customer writes.

    A frame that has expired counts as none. Anger, 别发了 and asking for a person are nobody's frame: they go to the
    router before this is called, and here they are something else.
    """
    live = frame if frame is not None and not is_expired(frame, facts) else None
    if matter.belongs_to_router(heard):
        return Digress(live)
    form = facts.forms.form(live.intent) if live is not None else None
    if live is None or form is None:
        return _start(None, heard, facts)
    if live.turns >= facts.forms.turns_most:
        return HandOver(f"聊了 {live.turns} 句还没办好{form.name},请您接着办", live)
    other = matter.switches(live, form, heard, facts)
    if other is not None and not _answers_choice(live, form, heard):
        return _open(other, live, heard, facts)
    return _go_on(live, form, heard, facts)


def _answers_choice(frame: Frame, form: Form, heard: Heard) -> bool:
    """就第二个 is about what was just offered, whatever else it may look like."""
    if frame.asked != CHOICE:
        return False
    reply = read_reply(heard.text, is_cancelling=form.family == "cancel")
    return heard.tapped is not None or (reply is not None and reply.meaning is not Meaning.DROP)


def is_expired(frame: Frame, facts: Facts) -> bool:
    """Whether so long nothing came that the customer has something else in mind by now."""
    return facts.now - frame.touched_at >= facts.forms.expires_in


def pending(frame: Frame, facts: Facts) -> str:
    """The question that still waits for an answer, to stand below an answer to something else; "" when none waits."""
    form = facts.forms.form(frame.intent)
    return "" if form is None or frame.asked is None else _question(form, _still_missing(frame, form), facts)


# --- a new frame -----------------------------------------------------------------------------------------------------
def _start(before: Frame | None, heard: Heard, facts: Facts) -> Step:
    form = matter.find(heard, facts)
    return Digress(before) if form is None else _open(form, before, heard, facts)


def _open(form: Form, before: Frame | None, heard: Heard, facts: Facts) -> Step:
    opened = matter.open_frame(form, before, facts)
    also = matter.others_wanted(form, heard, facts)
    if also:
        opened = opened.with_slots(also=Filled(also, "", Source.DEFAULT))
    found = fill(opened, form, heard, facts)
    if matter.yields(form, heard, found.filled):
        return Digress(before)
    return _next(found, form, heard, facts)


# --- an open frame ---------------------------------------------------------------------------------------------------
def _go_on(frame: Frame, form: Form, heard: Heard, facts: Facts) -> Step:
    found = fill(frame, form, heard, facts)
    is_cancelling = form.family == "cancel" and frame.asked == CHOICE
    reply = read_reply(heard.text, is_cancelling=is_cancelling)
    is_drop = reply is not None and reply.meaning is Meaning.DROP and not found.filled
    if (
        is_drop
        or matter.gives_up(form, heard, found.filled, facts)
        or (found.filled == {"items"} and not found.frame.items)
    ):
        return _drop(frame, form, facts)
    if frame.asked == CHOICE:
        named = by_product(frame.offered, heard)
        if named is not None:
            return _take(named, frame, replace(heard, items=()), facts)
        chosen = choose(frame.offered, heard, reply, is_filled=bool(found.filled))
        if chosen is not None:
            return _take(chosen, frame, heard, facts)
        if reply is not None and reply.meaning is Meaning.NO and not found.filled:
            return _ask_day(frame, form, facts) if is_guess(frame) else _drop(frame, form, facts)
    if found.filled or found.vague or found.unsafe:
        return _next(found, matter.refine(found.frame, form, heard, facts), heard, facts)
    return _without_news(frame, form, heard, facts, reply)


def _without_news(frame: Frame, form: Form, heard: Heard, facts: Facts, reply: ShortReply | None) -> Step:
    """Nothing in the message belongs to the frame."""
    if frame.asked is None:
        is_agreement = reply is not None and reply.meaning in (Meaning.YES, Meaning.ANY)
        return Wait(frame) if is_agreement or matter.is_about(form, heard) else Digress(frame)
    assumed = _assume_silent(frame, form) if reply is not None and reply.meaning is Meaning.ANY else None
    if assumed is not None:
        return _next(Filling(assumed), form, heard, facts)
    sibling = matter.sibling(frame, form, heard, facts)
    if sibling is not None:
        return _next(Filling(frame), sibling, heard, facts)
    is_answer = reply is not None and "谢" not in heard.text
    if heard.asides or matter.ASKS.search(heard.text) or (matter.is_something_else(form, heard) and not is_answer):
        return Digress(frame)
    return _miss(frame, form, facts, reply)


def _ask_day(frame: Frame, form: Form, facts: Facts) -> Ask:
    """不是 to 是说下周吗: then which day."""
    slot = "date" if "date" in form.takes else "until"
    said = say(facts.persona, _question(form, [slot] if slot == "date" else list(form.needs), facts))
    return _asking(replace(frame, turns=frame.turns + 1, touched_at=facts.now), slot, said, "日期没有对上")


def _drop(frame: Frame, form: Form, facts: Facts) -> Closed:
    text = facts.forms.say("不办了", 事=matter.verb(form))
    return Closed(End.DROPPED, say(facts.persona, text).text, frame.order_key)


def _miss(frame: Frame, form: Form, facts: Facts, reply: ShortReply | None) -> Step:
    misses = frame.misses + 1
    if misses >= facts.forms.misses_most:
        return HandOver(f"问了 {misses} 遍「{_asked_label(frame, facts)}」都没听明白,请您接着办{form.name}", frame)
    question = _question(form, _still_missing(frame, form), facts)
    is_yes = frame.asked == CHOICE and reply is not None and reply.meaning is Meaning.YES
    again_text = facts.forms.say("选一个") if is_yes else facts.forms.say("没听明白", 问=question)
    said = say(facts.persona, again_text, _list(frame.offered))
    again = replace(frame, misses=misses, turns=frame.turns + 1, touched_at=facts.now)
    return _asking(again, frame.asked or CHOICE, said, "上一句没听明白", frame.offered)


def _still_missing(frame: Frame, form: Form) -> list[str]:
    """What the question was about, with what else is missing beside it."""
    asked = frame.asked or CHOICE
    if asked == CHOICE and len(frame.offered) == 1:
        return [AGREE]
    missing = matter.missing(frame, form)
    return missing if asked in missing else [asked]


def _asked_label(frame: Frame, facts: Facts) -> str:
    return facts.forms.label(frame.asked or CHOICE)


# --- what was offered ------------------------------------------------------------------------------------------------
def _take(chosen: Offered, frame: Frame, heard: Heard, facts: Facts) -> Step:
    """What was chosen, and besides it what the message says: 就第二个,住三晚."""
    taken = take(frame, chosen, Source.VOICE if heard.is_voice else Source.SAID)
    form = facts.forms.form(taken.intent)
    if form is None:
        return Digress(frame)
    how_many = next((slot.value for slot in heard.slots if slot.name is SlotName.QUANTITY), None)
    if isinstance(how_many, int) and how_many > 0 and not taken.items:
        taken = taken.with_slots(quantity=Filled(str(how_many)))
    return _next(fill(taken, form, heard, facts), form, heard, facts)


# --- what is missing -------------------------------------------------------------------------------------------------
def _next(found: Filling, form: Form, heard: Heard, facts: Facts) -> Step:
    """The next question, or what has to be looked up now that nothing is missing."""
    was_asked = found.frame.has_asked
    frame = replace(found.frame, intent=form.intent, misses=0, turns=found.frame.turns + 1, touched_at=facts.now)
    if form.family == "cancel" and (heard.is_voice or matter.ASKS.search(heard.text)):
        frame = frame.with_slots(unsure=Filled("yes", "", Source.DEFAULT))
    if found.too_many:
        return HandOver(found.too_many, frame)
    lead = read_slots_back(frame, found.filled, facts) if heard.is_voice else ""
    if found.vague is not None:
        return _ask_vague(frame, form, found, lead, facts)
    if found.unsafe and any(name in form.needs for name in found.unsafe):
        return _ask_to_type(frame, found.unsafe[0], facts)
    store = frame.store or facts.store
    if store is None and form.source != "orders":
        said = with_lead(facts.persona, lead, facts.ask_store or facts.forms.say("问门店"))
        return _asking(frame, "store", said, "还不知道是哪家店")
    frame = replace(frame, store=store)
    missing = matter.missing(frame, form)
    silent = [name for name in missing if name in form.silent and name in was_asked]
    frame = frame.with_slots(**{name: Filled(form.silent[name], "", Source.DEFAULT, is_sure=False) for name in silent})
    missing = [name for name in missing if name not in silent]
    if missing:
        said = with_lead(facts.persona, lead, _question(form, missing, facts))
        return _ask_all(frame, missing, form, said)
    return _look_up(frame.awaits(None), form, facts)


def _ask_all(frame: Frame, missing: Sequence[str], form: Form, said: Said) -> Step:
    question = form.question(missing)
    asked = frame.awaits(missing[0])
    also = question.slots if question is not None else frozenset()
    return _asking(replace(asked, has_asked=asked.has_asked | also), missing[0], said, "还差:" + "、".join(missing))


def _ask_vague(frame: Frame, form: Form, found: Filling, lead: str, facts: Facts) -> Step:
    if found.vague is None:
        return Ready(frame)
    slot, reason = found.vague.slot, found.vague.reason.strip()
    misses = found.frame.misses + 1 if slot in found.frame.has_asked and slot == found.frame.asked else 0
    if misses >= facts.forms.misses_most:
        return HandOver(f"{facts.forms.label(slot)}说了 {misses + 1} 遍还定不下来:{reason}", frame)
    question = _ask_about(found.vague, _question(form, [slot], facts))
    asking, said = replace(frame, misses=misses), with_lead(facts.persona, lead, question)
    if reason.endswith("吗") and found.vague.guess:
        asking = replace(asking, has_asked=asking.has_asked | {slot})
        return _asking(asking, CHOICE, said, reason, (Offered(found.vague.words, found.vague.guess),))
    return _asking(asking, slot, said, reason)


def _ask_about(vague: Vague, question: str) -> str:
    """One question that says why: 「周末」是今天,还是下个周末呢? or 「月底」没说准,想几号入住呢?"""
    reason, said = vague.reason.strip().rstrip("?？。"), f"「{quiet(vague.words)}」" if vague.words else ""
    if _IS_QUESTION.search(reason):
        return f"{said}{reason}{'' if reason.endswith(('吗', '呢')) else '呢'}?"
    if not reason or _TO_STAFF.search(reason):
        return f"{said}没说准,{question}"
    return f"{said}{reason},{question}"


def _ask_to_type(frame: Frame, slot: str, facts: Facts) -> Step:
    """A number that was heard in speech: it has to be typed, and says so without a question mark."""
    said = say(facts.persona, facts.forms.say("念出来", 名=facts.forms.label(slot)))
    return _asking(frame, slot, said, "号码是语音里说的,不直接填")


def _asking(frame: Frame, slot: str, said: Said, reason: str, offered: tuple[Offered, ...] = ()) -> Ask:
    return Ask(frame.awaits(slot, offered), slot, said.text, "；".join((reason, *said.reasons)))


def _question(form: Form, missing: Sequence[str], facts: Facts) -> str:
    if missing[0] == "store":
        return facts.ask_store or facts.forms.say("问门店")
    return form.ask(missing) or form.ask(missing[:1]) or f"请问{facts.forms.label(missing[0])}是?"


def _list(offered: Sequence[Offered]) -> str:
    return "".join(f"\n{number}. {one.label}" for number, one in enumerate(offered, 1))


def _assume_silent(frame: Frame, form: Form) -> Frame | None:
    """都行 to how many nights: what holds when nothing is said."""
    if frame.asked is None or frame.asked not in form.silent:
        return None
    value = Filled(form.silent[frame.asked], "", Source.DEFAULT, is_sure=False)
    return frame.with_slots(**{frame.asked: value})


def _look_up(frame: Frame, form: Form, facts: Facts) -> Step:
    match form.source:
        case "rooms":
            query = rooms_query(frame)
            return NeedRooms(frame, query) if query is not None else HandOver("日期没有对上,请您看一眼", frame)
        case "items":
            return NeedItems(frame, frame.store or "", frame.day("date") or facts.today)
        case "orders":
            return NeedOrders(frame, facts.customer)
    return Ready(frame)
