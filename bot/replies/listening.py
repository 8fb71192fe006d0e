"""Understands a message for a dialogue: its intents, its values, and what it asks beside the thing to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.replies.forms import Forms
from bot.replies.frame import Frame
from bot.replies.heard import Facts, Heard, expects
from bot.replies.matter import ASKS, LINE, TEMPLATE
from bot.replies.question import MOST_PIECES, join_leaning, split
from bot.replies.suggestion import Asked
from intents.calendar import Calendar
from intents.recogniser import Recognised, Recogniser
from intents.slots import Names, Slot, SlotName, When, is_correction, read_items, read_slots
from knowledge.content import Content
from knowledge.entry import Audience
from knowledge.index import Scope


def listen(
    asked: Asked,
    frame: Frame | None,
    content: Content,
    recogniser: Recogniser,
    facts: Facts,
    names: Names,
    calendar: Calendar,
    *,
    is_voice: bool = False,
) -> Heard:
    """What `turn` takes. Intents are looked for in the message and bubble by bubble; the surest of each counts."""
    recognised = _recognise(asked, recogniser)
    return Heard(
        text=asked.text,
        recognised=recognised,
        slots=_read_slots(asked, frame, facts, names, calendar),
        items=read_items(asked.text, names),
        is_voice=is_voice,
        asides=find_asides(asked, recognised, content, facts.forms),
        menu_id=asked.menu_id,
    )


def _read_slots(asked: Asked, frame: Frame | None, facts: Facts, names: Names, calendar: Calendar) -> tuple[Slot, ...]:
    """Of the whole message; a last bubble that corrects (不是明天,后天) takes the place of what was said before it."""
    *before, last = asked.bubbles or ("",)
    if not before or not is_correction(last):
        return read_slots(asked.text, facts.local, names, calendar, expects=expects(frame))
    first = "\n".join(before)
    said = read_slots(first, facts.local, names, calendar, expects=expects(frame))
    corrected = read_slots(last, facts.local, names, calendar)
    anew = {slot.name for slot in corrected}
    by = len(first) + 1
    moved = (replace(slot, start=slot.start + by, end=slot.end + by) for slot in corrected)
    kept = (_without_end(slot) if SlotName.NIGHTS in anew else slot for slot in said if slot.name not in anew)
    return (*kept, *moved)


def _without_end(slot: Slot) -> Slot:
    """明天住一晚 has an end that another number of nights takes away."""
    return replace(slot, value=replace(slot.value, end=None)) if isinstance(slot.value, When) else slot


def _recognise(asked: Asked, recogniser: Recogniser) -> tuple[Recognised, ...]:
    """The surest first; of several bubbles each may say something of its own."""
    found: dict[str, Recognised] = {}
    texts = (asked.text, *asked.bubbles) if len(asked.bubbles) > 1 else (asked.text,)
    for one in (one for text in texts for one in recogniser.recognise(text)):
        if one.intent not in found or one.confidence > found[one.intent].confidence:
            found[one.intent] = one
    return tuple(sorted(found.values(), key=lambda one: -one.confidence))


def find_asides(asked: Asked, recognised: Sequence[Recognised], content: Content, forms: Forms) -> tuple[str, ...]:
    """The pieces of a message, as written, that ask for something which an entry of HQ's answers.

    A piece that surely wants something done is none, although 怎么订房 has an answer; where HQ's answer goes first
    (`Form.yields`), it is one.
    """
    pieces = join_leaning(split(asked.bubbles or (asked.text,)))[:MOST_PIECES]
    wanted = [one.said for one in recognised if _is_to_be_done(one, forms)]
    return tuple(
        piece
        for piece in pieces
        if ASKS.search(piece)
        and not any(piece in said or said in piece for said in wanted)
        and _has_answer(piece, asked, content)
    )


def _is_to_be_done(one: Recognised, forms: Forms) -> bool:
    form = forms.form(one.intent)
    is_sure = one.confidence >= LINE and one.source == TEMPLATE and bool(one.said)
    return form is not None and not form.yields and is_sure


def _has_answer(piece: str, asked: Asked, content: Content) -> bool:
    hits = content.index.search(piece, Scope(Audience.CUSTOMER, asked.store, asked.on, asked.at), 1)
    return bool(hits) and (hits[0].is_own_wording or hits[0].confidence >= content.policy.answer_line)
