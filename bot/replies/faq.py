"""Looks a question up, and turns hits into candidates in the persona's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.replies.anywhere import find_anywhere
from bot.replies.persona import find_forbidden, word_answer
from bot.replies.question import MOST_PIECES, asks, join_leaning, shorten, split
from bot.replies.suggestion import Asked, Candidate, Kind, Suggestion
from knowledge.content import Content
from knowledge.entry import Audience, Autonomy, Entry
from knowledge.index import Hit, Scope
from knowledge.template import EmptyVariableError, render

FLOOR = 0.05  #: an entry below it is not even worth a look; confidence is a probability, and falls off steeply
MOST_CANDIDATES = 3
_DEPTH = 5  #: hits looked at for each piece, so that three are left when some fall away
_DEPTH_FOR_ONE = 50  #: as many entries may share a question, store by store
_LONGEST_LABEL = 10
_LONGEST_TOPIC = 8


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found for a question."""

    hits: tuple[Hit, ...] = ()  #: every entry once, best first, from FLOOR up; none when the best misses the 备选线
    answers: tuple[Hit, ...] = ()  #: one for each thing asked that has an answer, in the order asked
    is_all: bool = False  #: the one answer covers everything that was said


def look_up(text: str, bubbles: tuple[str, ...], asked: Asked, content: Content) -> Findings:
    """Search for the whole question and for each piece of it; the best of both counts."""
    scope = Scope(Audience.CUSTOMER, asked.store, asked.on, asked.at)
    whole = content.index.search(text, scope, _DEPTH) if text else ()
    if whole and whole[0].is_own_wording:
        return Findings(_merge([whole]), whole[:1], is_all=True)
    all_pieces = split(bubbles)
    pieces = join_leaning(all_pieces)
    looked_up = pieces[:MOST_PIECES] if len(pieces) > 1 else ()
    by_piece = {piece: content.index.search(piece, scope, _DEPTH) for piece in looked_up}
    line = content.policy.answer_line
    answers = _choose(whole, by_piece, line)
    is_simple = len(pieces) == len(all_pieces) <= MOST_PIECES
    is_all = is_simple and len(answers) == 1 and _cover(by_piece, answers[0], line)
    return Findings(_merge([whole, *by_piece.values()]), answers, is_all)


def texts_searched(text: str, bubbles: tuple[str, ...]) -> tuple[str, ...]:
    """What `look_up` searches for."""
    pieces = join_leaning(split(bubbles))
    return tuple(dict.fromkeys(said for said in (text, *pieces[:MOST_PIECES]) if said))


def find_in_some_store(text: str, bubbles: tuple[str, ...], asked: Asked, content: Content) -> Hit | None:
    """What would answer, were the store known; None also when the store is known."""
    if asked.store is not None:
        return None
    pieces = dict.fromkeys((text, *join_leaning(split(bubbles))[:MOST_PIECES]))
    found = (find_anywhere(piece, asked, content) for piece in pieces)
    answers = [hit for hit in found if hit is not None and _answers(hit, content.policy.answer_line)]
    return max(answers, key=lambda hit: hit.confidence, default=None)


def find_entry(number: str, asked: Asked, content: Content) -> Hit | None:
    """The entry of a tapped menu line, if this customer may see it; asked in its own words, so it is sure."""
    entry = content.entries.get(number)
    if entry is None:
        return None
    # Through the index all the same: it alone decides what a customer may see.
    scope = Scope(Audience.CUSTOMER, asked.store, asked.on, asked.at)
    hits = content.index.search(entry.question, scope, _DEPTH_FOR_ONE)
    found = next((hit for hit in hits if hit.entry.number == number), None)
    return replace(found, confidence=1.0, is_own_wording=True, vetoes=()) if found else None


def answer(findings: Findings, asked: Asked, content: Content) -> Suggestion | None:
    """The suggestion for what has an answer; None when nothing has."""
    chosen = tuple(hit for hit in findings.answers if _word(hit, asked, content) is not None)
    if not chosen:
        return None
    main = chosen[0]
    texts = _texts_that_go_together(chosen, asked, content)
    is_reference = main.entry.autonomy is Autonomy.PERSON
    text = _render(main, asked) if is_reference else _say("\n".join(texts), asked, content)
    joined = chosen[: len(texts)]
    forbidden = find_forbidden(text, content.persona)
    return Suggestion(
        kind=Kind.REFERENCE if is_reference else Kind.FAQ,
        text=text,
        entry_number=main.entry.number,
        entry_version=main.entry.version,
        also=tuple((hit.entry.number, hit.entry.version) for hit in joined[1:]),
        confidence=min(hit.confidence for hit in joined),
        candidates=candidates((*chosen, *findings.hits), asked, content),
        topic=topic(main.entry),
        reasons=(*_reasons(joined, chosen[len(texts) :]), *(f"答案里有禁用词「{word}」" for word in forbidden)),
        may_go_alone=findings.is_all and len(chosen) == 1 and not forbidden and _is_sure(main, findings, content),
    )


def candidates(hits: Iterable[Hit], asked: Asked, content: Content) -> tuple[Candidate, ...]:
    """The first three entries that can be said here, each once and each with a name of its own."""
    made: dict[str, Candidate] = {}
    for hit in hits:
        text = _word(hit, asked, content)
        if text is None or hit.entry.number in made:
            continue
        label = _label(hit.entry, {one.label for one in made.values()})
        made[hit.entry.number] = _candidate(hit, text, label)
        if len(made) == MOST_CANDIDATES:
            break
    return tuple(made.values())


def topic(entry: Entry) -> str:
    """What an entry is about, in at most eight characters."""
    return (
        entry.subcategory if 0 < len(entry.subcategory) <= _LONGEST_TOPIC else shorten(entry.question, _LONGEST_TOPIC)
    )


def name_hit(hit: Hit) -> str:
    """Such as: Q-001 停车 · 把握 92%."""
    return f"{hit.entry.number} {topic(hit.entry)} · 把握 {hit.confidence:.0%}"


# --- what was asked --------------------------------------------------------------------------------------------------
def _choose(whole: Sequence[Hit], by_piece: Mapping[str, Sequence[Hit]], line: float) -> tuple[Hit, ...]:
    """One hit for each thing asked.

    Pieces that each have an answer are things of their own, unless the question as a whole is answered better by an
    entry that none of them found: 大床房 / 什么价格 is one thing.
    """
    best = next((hit for hit in whole if _answers(hit, line)), None)
    tops = _once(hits[0] for piece, hits in by_piece.items() if hits and _is_question(piece, hits[0], line))
    if best is None:
        return tops
    is_among_several = len(tops) > 1 and best.entry.number in {hit.entry.number for hit in tops}
    is_best = all(best.confidence >= hit.confidence for hit in tops)
    return (best,) if is_best and not is_among_several else tops


def _is_question(piece: str, hit: Hit, line: float) -> bool:
    """Whether a piece is a question of its own with this answer: 我们开车来 is not."""
    return hit.is_own_wording or (_answers(hit, line) and asks(piece))


def _answers(hit: Hit, line: float) -> bool:
    return hit.confidence >= line or hit.is_own_wording


def _cover(by_piece: Mapping[str, Sequence[Hit]], only: Hit, line: float) -> bool:
    """Whether the one answer is to everything said: each piece leads to it, or asks for nothing."""
    return all(
        not asks(piece) or (hits and hits[0].entry.number == only.entry.number and _answers(hits[0], line))
        for piece, hits in by_piece.items()
    )


def _merge(found: Iterable[Sequence[Hit]]) -> tuple[Hit, ...]:
    """All hits in one row, surest first: whoever answers customers chooses from the nearest, sure or not."""
    hits = _once(hit for hits in found for hit in hits if hit.confidence >= FLOOR)
    return tuple(sorted(hits, key=lambda hit: (-hit.confidence, hit.entry.number)))


def _once(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Every entry once, at its best, in the order in which they came up."""
    best: dict[str, Hit] = {}
    for hit in hits:
        known = best.get(hit.entry.number)
        if known is None or (hit.is_own_wording, hit.confidence) > (known.is_own_wording, known.confidence):
            best[hit.entry.number] = hit
    return tuple(best.values())


# --- what we would say -----------------------------------------------------------------------------------------------
def _texts_that_go_together(hits: Sequence[Hit], asked: Asked, content: Content) -> list[str]:
    """The rendered answers of the first hits that make one text: none needs a person, and together not too long."""
    texts = [_render(hits[0], asked)]
    for hit in hits[1:MOST_CANDIDATES]:
        more = _render(hit, asked)
        if Autonomy.PERSON in (hits[0].entry.autonomy, hit.entry.autonomy):
            break
        if len("\n".join([*texts, more])) > content.persona.longest:
            break
        texts.append(more)
    return texts


def _render(hit: Hit, asked: Asked) -> str:
    return render(hit.entry.customer_answer, asked.store).strip()


def _say(text: str, asked: Asked, content: Content) -> str:
    return word_answer(text, content.persona, asked.store, is_first=asked.is_first_today)


def _word(hit: Hit, asked: Asked, content: Content) -> str | None:
    """The entry's answer as it would be sent; None rather than one with a hole."""
    try:
        text = _render(hit, asked)
    except EmptyVariableError:
        return None
    if not text:
        return None
    return text if hit.entry.autonomy is Autonomy.PERSON else _say(text, asked, content)


def _candidate(hit: Hit, text: str, label: str) -> Candidate:
    entry = hit.entry
    return Candidate(entry.number, entry.version, entry.question, text, hit.confidence, label, entry.autonomy.value)


def _label(entry: Entry, taken: set[str]) -> str:
    names = (entry.subcategory[:_LONGEST_LABEL], shorten(entry.question, _LONGEST_LABEL), entry.question, entry.number)
    return next((name[:_LONGEST_LABEL] for name in names if name and name[:_LONGEST_LABEL] not in taken), entry.number)


def _is_sure(hit: Hit, findings: Findings, content: Content) -> bool:
    """Whether HQ lets this answer go out by itself: marked 自动, and sure or worded just so, by this entry alone."""
    if hit.entry.autonomy is not Autonomy.AUTO:
        return False
    worded_so = [other for other in findings.hits if other.is_own_wording]
    if len(worded_so) > 1:
        return False
    return hit.is_own_wording or hit.confidence >= content.policy.auto_line


def _reasons(joined: Sequence[Hit], others: Sequence[Hit]) -> tuple[str, ...]:
    main = joined[0]
    why = "和现成的问法一样" if main.is_own_wording else f"命中:{' '.join(main.words)}" if main.words else ""
    together = "、".join(hit.entry.number for hit in joined)
    return tuple(
        reason
        for reason in (
            name_hit(main),
            why,
            *main.vetoes,
            f"问了 {len(joined)} 件事,{together} 的答案合在一起" if len(joined) > 1 else "",
            *(f"还问到 {name_hit(hit)}" for hit in others),
        )
        if reason
    )
