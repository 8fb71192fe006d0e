"""Two entries that ask nearly the same: a customer's words would find now one of them, now the other.

Not every pair is compared: an inverted index from the rarest pairs of neighbouring characters leads to the few
entries that could be near, so that 50,000 entries take seconds.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from knowledge.conflicts import who
from knowledge.entry import Entry
from knowledge.problem import Problem, warning
from knowledge.rivals import Rivals
from knowledge.text import key
from knowledge.vetoes import find_vetoes

_UNIT = re.compile(r"[a-z]+|\d+(?:[.:]\d+)*%?|[^\sa-z\d]")  # a Latin word or a number counts as one character
_ORDERED = re.compile(r"从.*到|比|[转换改][成为到]|一个.*几")  # 从机场到酒店 is not 从酒店到机场
_ASKING = frozenset("怎么几点多少钱久哪里什为谁不没无未")  #: to add one of these makes another question

_PROBES = 3  #: rarest pairs by which an entry looks for others; a single change spoils at most two
_CROWD = 40  #: entries with one pair; what more entries share says nothing
_NEAR = 0.88  #: common characters of all, from which on one more makes no difference
_ALIKE = 0.7  #: the same where the answers are equal
_SHORTEST_ANSWER = 8  #: characters; "可以的" is the answer to many questions


@dataclass(frozen=True, slots=True)
class _Question:
    """A standard question without what makes no difference."""

    entry: Entry
    key: str
    units: tuple[str, ...]
    distinct: frozenset[str]
    bag: str  #: equal where only the order differs
    is_ordered: bool  #: the order of its words says something
    answer: str  #: of the customers' answer or the staff's; "" when it is too short to say anything


def find_near_questions(entries: Iterable[Entry], rivals: Rivals) -> Iterator[Problem]:
    """One warning for each entry that is nearly the same as an earlier one and competes with it."""
    questions = [_question(entry) for entry in entries]
    for at, others in _candidates(questions):
        one = questions[at]
        other = next((questions[near] for near in others if _is_near(one, questions[near], rivals)), None)
        if other is not None:
            yield _problem(one, other)


def _problem(one: _Question, other: _Question) -> Problem:
    is_same = one.answer and one.answer == other.answer
    advice = (
        "答案也一样,请合并成一条,把这句放进相似问题。"
        if is_same
        else "如果是一回事,请合并成一条;不是的话,请把问法写清楚,或者互相写进反例问题。"
    )
    return warning(
        one.entry.place.at("标准问题"),
        "near-question",
        f"「{one.entry.question}」和{who(other.entry, one.entry)}几乎一样,客人这样问时容易答错。{advice}",
        one.entry.question,
    )


def _question(entry: Entry) -> _Question:
    said = key(entry.question)
    units = tuple(_UNIT.findall(_form(said))) or tuple(_UNIT.findall(said))
    answer = key(entry.customer_answer or entry.staff_answer)
    is_ordered = bool(_ORDERED.search(said))
    bag = "".join(units if is_ordered else sorted(units))
    answer = answer if len(answer) >= _SHORTEST_ANSWER else ""
    return _Question(entry, said, units, frozenset(units), bag, is_ordered, answer)


def _candidates(questions: Sequence[_Question]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """For each question the earlier ones that might be near, nearest in the table first."""
    pairs = [_pairs(question) for question in questions]
    frequency = Counter(itertools.chain.from_iterable(pairs))
    by_pair: dict[str, list[int]] = defaultdict(list)
    by_bag: dict[str, list[int]] = defaultdict(list)
    for at, question in enumerate(questions):
        probes = sorted(pairs[at], key=lambda pair: (frequency[pair], pair))[:_PROBES]
        found = dict.fromkeys(by_bag[question.bag][:_CROWD])
        for pair in probes:
            found.update(dict.fromkeys(by_pair[pair][-_CROWD:]))
        if found:
            yield at, tuple(sorted(found, reverse=True))
        by_bag[question.bag].append(at)
        for pair in probes:
            by_pair[pair].append(at)


def _pairs(question: _Question) -> set[str]:
    """Neighbouring characters, with the numbers of the question: 201 房 and 202 房 never meet."""
    numbers = " ".join(unit for unit in question.units if unit[0].isdigit())
    units = question.units if len(question.units) > 1 else (*question.units, "")
    return {f"{numbers}|{one}{other}" for one, other in itertools.pairwise(units)}


def _is_near(one: _Question, other: _Question, rivals: Rivals) -> bool:
    if one.key == other.key or not (one.bag == other.bag or _is_alike(one, other)):
        return False
    return rivals.compete(one.entry, other.entry) and not _is_kept_apart(one, other)


def _is_alike(one: _Question, other: _Question) -> bool:
    """One holds the other and a single harmless character more; or the answers are equal and much is common."""
    if one.is_ordered or other.is_ordered:
        return False
    common = len(one.distinct & other.distinct)
    share = 2 * common / (len(one.distinct) + len(other.distinct))
    if share < (_ALIKE if one.answer and one.answer == other.answer else _NEAR):
        return False
    more = one.distinct ^ other.distinct
    is_alike = one.answer == other.answer != "" or (len(more) == 1 and not any(map(_tells, more)))
    return is_alike and not find_vetoes(one.key, other.key, ())


def _tells(unit: str) -> bool:
    """Whether a character or word makes another question of it."""
    return unit in _ASKING or unit.isascii()


def _is_kept_apart(one: _Question, other: _Question) -> bool:
    """HQ knows: each question, or either, stands among what the other does not answer."""
    return any(key(said) == other.key for said in one.entry.counterexamples) or any(
        key(said) == one.key for said in other.entry.counterexamples
    )


# --- what makes no difference ----------------------------------------------------------------------------------------
def _form(said: str) -> str:
    """The text with what asks the same said the same way, and without what says nothing."""
    heads, fillers = _words()
    alike = _alternatives().sub(lambda match: heads.get(match[0], match[0]), said)
    return fillers.sub("", alike)


@functools.cache
def _words() -> tuple[Mapping[str, str], re.Pattern[str]]:
    heads: dict[str, str] = {}
    fillers: list[str] = []
    for line in (files("knowledge") / "near_words.txt").read_text(encoding="utf-8").splitlines():
        words = [] if line.startswith("#") else line.split()
        if words[:1] == ["-"]:
            fillers += words[1:]
        else:
            heads |= dict.fromkeys(words, "".join(words[:1]))
    longest_first = sorted(fillers, key=len, reverse=True)
    return heads, re.compile("|".join(map(re.escape, longest_first)))


@functools.cache
def _alternatives() -> re.Pattern[str]:
    heads, _ = _words()
    return re.compile("|".join(map(re.escape, sorted(heads, key=len, reverse=True))))
