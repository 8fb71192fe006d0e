"""One way of searching, in a process of its own: `python -m tests.bench.contender NAME TEXTS QUESTIONS`.

Says how long it took to build; then, for every line on stdin, asks all questions and says how long each took, and how
much memory it has by now. One JSON object a line. Seconds are of processor time, which nobody else on the machine can
take away: all is in memory, so nothing waits.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import date

import psutil

from knowledge.entry import Audience, Entry
from knowledge.index import Index, Scope
from knowledge.problem import Place
from tests.wordings import generate_entries, generate_questions

Ask = Callable[[str], object]
Build = Callable[[list[list[str]]], Ask]
_HITS = 3


def _ours(wordings: list[list[str]]) -> Ask:
    entries = [
        Entry(str(number), said[0], Place(""), similar=tuple(said[1:]), customer_answer="好的")
        for number, said in enumerate(wordings)
    ]
    index = Index(entries)
    scope = Scope(Audience.CUSTOMER, None, date(2026, 11, 23))
    return lambda question: index.search(question, scope, _HITS)


def _bm25s(wordings: list[list[str]]) -> Ask:
    import bm25s

    texts = [_characters(text) for said in wordings for text in said]
    searcher = bm25s.BM25()
    searcher.index(texts, show_progress=False)
    return lambda question: searcher.retrieve([_characters(question)], k=_HITS, show_progress=False)


def _fts5(wordings: list[list[str]]) -> Ask:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE texts USING fts5(said)")
    rows = ((" ".join(_characters(text)),) for said in wordings for text in said)
    database.executemany("INSERT INTO texts VALUES (?)", rows)
    found = f"SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT {_HITS}"  # the limit is ours
    return lambda question: database.execute(
        found, (" OR ".join(f'"{feature}"' for feature in dict.fromkeys(_characters(question))),)
    ).fetchall()


def _wratio(wordings: list[list[str]]) -> Ask:
    from rapidfuzz import fuzz, process

    texts = [text for said in wordings for text in said]
    return lambda question: process.extract(question, texts, scorer=fuzz.WRatio, limit=_HITS)


def _characters(text: str) -> list[str]:
    """Characters and pairs of them: on these BM25 does best on Chinese questions."""
    bare = "".join(char for char in text if char.isalnum())
    return [*bare, *(bare[at : at + 2] for at in range(len(bare) - 1))]


CONTENDERS: dict[str, Build] = {"ours": _ours, "bm25s": _bm25s, "fts5": _fts5, "wratio": _wratio}


def main() -> None:
    """Build once, then answer until stdin ends."""
    name, texts, questions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    wordings, asked = generate_entries(texts), generate_questions(questions, texts)
    CONTENDERS[name](wordings[:50])(asked[0])  # modules and dictionaries are loaded once a process, whatever is built
    started = time.process_time()
    ask = CONTENDERS[name](wordings)
    _say(build=time.process_time() - started)
    for _ in sys.stdin:
        _say(asking=[_seconds(ask, question) for question in asked], memory=_memory())


def _seconds(ask: Ask, question: str) -> float:
    started = time.process_time()
    ask(question)
    return time.process_time() - started


def _memory() -> float:
    """Resident megabytes."""
    return float(psutil.Process().memory_info().rss) / 2**20


def _say(**what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
