"""Understands a message for a dialogue: its intents, its values, and what it asks beside the thing to be done."""

from __future__ import annotations

from bot.replies.forms import Forms
from bot.replies.frame import Frame
from bot.replies.heard import Facts, Heard, expects
from bot.replies.matter import LINE, TEMPLATE
from bot.replies.question import MOST_PIECES, asks, join_leaning, split
from bot.replies.suggestion import Asked
from intents.calendar import Calendar
from intents.recogniser import Recognised, Recogniser
from intents.slots import Names, read_items, read_slots
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
    found: dict[str, Recognised] = {}
    for text in dict.fromkeys((asked.text, *asked.bubbles)):
        for one in recogniser.recognise(text):
            if one.intent not in found or one.confidence > found[one.intent].confidence:
                found[one.intent] = one
    return Heard(
        text=asked.text,
        recognised=tuple(sorted(found.values(), key=lambda one: -one.confidence)),
        slots=read_slots(asked.text, facts.local, names, calendar, expects=expects(frame)),
        items=read_items(asked.text, names),
        is_voice=is_voice,
        asides=find_asides(asked, content, recogniser, facts.forms),
        menu_id=asked.menu_id,
    )


def find_asides(asked: Asked, content: Content, recogniser: Recogniser, forms: Forms) -> tuple[str, ...]:
    """The pieces of a message, as written, that ask for something which an entry of HQ's answers.

    A piece that surely wants something done is none, although 怎么订房 has an answer; where HQ's answer goes first
    (`Form.yields`), it is one.
    """
    pieces = join_leaning(split(asked.bubbles or (asked.text,)))[:MOST_PIECES]
    return tuple(
        piece
        for piece in pieces
        if asks(piece) and not _does(piece, recogniser, forms) and _has_answer(piece, asked, content)
    )


def _does(piece: str, recogniser: Recogniser, forms: Forms) -> bool:
    for one in recogniser.recognise(piece):
        form = forms.form(one.intent)
        if form is not None and not form.yields and one.confidence >= LINE and one.source == TEMPLATE:
            return True
    return False


def _has_answer(piece: str, asked: Asked, content: Content) -> bool:
    hits = content.index.search(piece, Scope(Audience.CUSTOMER, asked.store, asked.on, asked.at), 1)
    return bool(hits) and (hits[0].is_own_wording or hits[0].confidence >= content.policy.answer_line)
