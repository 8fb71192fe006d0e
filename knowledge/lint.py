"""Everything that `faq check` says of entries that can be read: what contradicts, repeats or breaks a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knowledge.chain import Store
from knowledge.conflicts import find_conflicts, find_holes
from knowledge.entry import Entry, Status
from knowledge.lexicon import Lexicon
from knowledge.lint_answers import find_long_answers, find_unseen_entries
from knowledge.lint_facts import Facts, find_contradictions
from knowledge.lint_near import find_near_questions
from knowledge.lint_words import find_claims, find_sensitive
from knowledge.problem import Problem
from knowledge.products import Product
from knowledge.rivals import Rivals

_NO_WORDS = Lexicon()


def find_problems(
    entries: Iterable[Entry],
    every: Iterable[Entry],
    stores: Iterable[Store],
    products: Iterable[Product] = (),
    lexicon: Lexicon = _NO_WORDS,
) -> list[Problem]:
    """All problems that no row shows by itself; errors are among them where two entries cannot both be served.

    `every` row counts where rows are compared, also one with an error elsewhere in it; else only sound `entries` do.
    """
    facts, rows = Facts(tuple(stores), tuple(products)), list(every)
    served = [entry for entry in entries if entry.status is Status.ACTIVE]
    readable = [entry for entry in rows if entry.status is Status.ACTIVE]
    unseen = list(find_unseen_entries(served, facts.stores))
    unseen_rows = {problem.row_key for problem in unseen}
    return [
        *find_conflicts(rows, facts.stores),
        *find_near_questions(readable, Rivals(facts.stores)),
        *unseen,
        *(hole for hole in find_holes(served, facts.stores) if hole.row_key not in unseen_rows),
        *_of_answers(readable, facts, lexicon),
        *_of_overlays(readable, facts, lexicon),
    ]


def _of_answers(entries: Sequence[Entry], facts: Facts, lexicon: Lexicon) -> list[Problem]:
    names = [name for store in facts.stores for name in (store.name, *store.aliases)]
    names += [name for product in facts.products for name in (product.name, *product.aliases)]
    return [
        *find_claims(entries, names),
        *find_sensitive(entries, lexicon),
        *find_contradictions(entries, facts),
        *find_long_answers(entries),
    ]


def _of_overlays(entries: Sequence[Entry], facts: Facts, lexicon: Lexicon) -> list[Problem]:
    """What a store's own file says differently; the rest of the row is HQ's, and told there."""
    overlays = [overlay for entry in entries for overlay in entry.overlaid.values() if overlay.status is Status.ACTIVE]
    changed = {(overlay.place.file, overlay.place.sheet, overlay.place.row): overlay.changed for overlay in overlays}
    return [
        problem
        for problem in _of_answers(overlays, facts, lexicon)
        if problem.column in changed.get(problem.row_key, ())
    ]
