"""What the edit page offers the clerk to write with, and what it holds the numbers in a text against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.content.words import Store
from bot.conversations.desk import Desk
from bot.gate.cards import cut
from bot.model import Draft
from bot.replies.persona import own_sentence
from bot.replies.suggestion import Kind
from knowledge.template import EmptyVariableError, render

_ADMINISTRATIVE = frozenset(
    {"门店编号", "门店名称", "别名", "城市", "区域编码", "经度", "纬度", "客服账号", "部门编号"}
)  #: columns that no customer is told
_CHIP_LETTERS = 12
_FACTS_FIRST = 6  #: chips shown at once; the rest unfolds
_SOOTHING_MOST = 8  #: sentences offered


@dataclass(frozen=True, slots=True)
class Chip:
    """A tap that inserts `text`."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Materials:
    """All of it is HQ's or the store's own; nothing is invented."""

    choices: tuple[Chip, ...]  #: the other candidates
    reference: Chip | None  #: 仅人工: HQ's text to read, and to insert if the clerk wants to
    soothing: tuple[Chip, ...]  #: HQ's 安抚词, for a complaint only
    facts: tuple[Chip, ...]  #: cells of the store, the likeliest first
    more_facts: tuple[Chip, ...]
    basis: tuple[str, ...]  #: why this draft
    note: str  #: HQ's 员工版答案, for the clerk's eyes
    files: tuple[str, ...]  #: every text of HQ's that a number may come from
    said: tuple[str, ...]  #: the customer's own words


def gather(draft: Draft, desk: Desk, store: Store | None, said: Sequence[str]) -> Materials:
    """The materials for one draft."""
    is_reference = draft.kind == Kind.REFERENCE
    candidates = [Chip(str(one["label"]), str(one["text"])) for one in draft.candidates if one["text"]]
    choices = tuple(chip for chip in candidates if chip.text != draft.text)
    cells = _cells(store)
    facts = _likeliest_first(cells, " ".join([*said, draft.topic]))
    soothing = _soothing(desk, store) if draft.kind == Kind.COMPLAINT else ()
    note = _note(draft, desk, store)
    offered = [*candidates, *soothing, *cells]
    return Materials(
        choices=choices,
        reference=Chip("参考", draft.text) if is_reference and draft.text else None,
        soothing=soothing,
        facts=facts[:_FACTS_FIRST],
        more_facts=facts[_FACTS_FIRST:],
        basis=_basis(draft, desk),
        note=note,
        files=tuple(dict.fromkeys([draft.text, note, *(chip.text for chip in offered)])),
        said=tuple(said),
    )


def _cells(store: Store | None) -> list[Chip]:
    cells = store.cells.items() if store else ()
    return [
        Chip(column[:_CHIP_LETTERS], value.strip())
        for column, value in cells
        if column not in _ADMINISTRATIVE and value.strip()
    ]


def _soothing(desk: Desk, store: Store | None) -> tuple[Chip, ...]:
    """Sentences that this store can say whole, and that the persona would say."""
    persona = desk.content.persona
    said = (own_sentence(sentence, persona, store) for sentence in desk.content.lexicon.soothing)
    return tuple(Chip(cut(text, _CHIP_LETTERS), text) for text in said if text)[:_SOOTHING_MOST]


def _likeliest_first(chips: Sequence[Chip], words: str) -> tuple[Chip, ...]:
    """Chips whose name shares two letters with `words` come first; else as HQ ordered the columns."""

    def is_about(chip: Chip) -> bool:
        name = chip.label.lower()
        return any(name[at : at + 2] in words.lower() for at in range(max(1, len(name) - 1)))

    return tuple(sorted(chips, key=lambda chip: not is_about(chip)))


def _basis(draft: Draft, desk: Desk) -> tuple[str, ...]:
    entry = desk.content.entries.get(draft.entry or "")
    lines = [str(reason) for reason in draft.reasons]
    if entry is not None:
        lines.insert(0, f"{entry.number} {entry.question}")
    return tuple(dict.fromkeys(lines))


def _note(draft: Draft, desk: Desk, store: Store | None) -> str:
    entry = desk.content.entry_for(draft.entry or "", store)
    if entry is None or not entry.staff_answer:
        return ""
    try:
        return render(entry.staff_answer, store)
    except EmptyVariableError:
        return ""
