"""How each thing gets done: `frames.yaml`, and what HQ says otherwise in `orders.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from importlib.resources import files

import yaml

from knowledge.fields import Fields
from knowledge.problem import Place, Problem

_QUESTION_MOST = 60  #: characters of one sentence of HQ's
_HOLE = re.compile(r"\{([^{}]*)\}")
_ASKS_TWICE = re.compile(r"[?？].*[?？]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Question:
    """One sentence that asks for one or several slots."""

    key: str  #: what HQ calls it
    slots: frozenset[str]
    say: str


@dataclass(frozen=True, slots=True)
class Form:
    """What has to be known to get one thing done."""

    intent: str
    name: str
    family: str
    source: str  #: rooms, items, orders or nothing
    needs: tuple[str, ...] = ()
    any_of: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()  #: with `needs`
    profile: frozenset[str] = frozenset()
    fixed: Mapping[str, str] = field(default_factory=dict)
    silent: Mapping[str, str] = field(default_factory=dict)
    yields: bool = False
    questions: tuple[Question, ...] = ()

    def question(self, missing: Sequence[str]) -> Question | None:
        """The sentence that asks for the first of `missing`, and for as many of the others as one sentence does."""
        wanted = frozenset(missing)
        fitting = [one for one in self.questions if missing and missing[0] in one.slots and one.slots <= wanted]
        return max(fitting, key=lambda one: len(one.slots)) if fitting else None

    def ask(self, missing: Sequence[str]) -> str | None:
        question = self.question(missing)
        return question.say if question else None


@dataclass(frozen=True, slots=True)
class Forms:
    """Every form by intent, and how long a matter stays open."""

    by_intent: Mapping[str, Form]
    labels: Mapping[str, str]  #: slot → how a card calls it
    limits: Mapping[str, int]  #: slot → the most that is dealt with without a person
    says: Mapping[str, str]
    expires_in: timedelta = timedelta(minutes=30)
    misses_most: int = 2
    turns_most: int = 20

    @classmethod
    def load(cls) -> Forms:
        """The forms that come with the package."""
        return _shipped()

    @classmethod
    def parse(cls, data: Mapping[str, object], place: Place) -> tuple[Forms, tuple[Problem, ...]]:
        """The shipped forms with the sentences of HQ's `orders.yaml` (问法, 说法, and three numbers)."""
        shipped = cls.load()
        fields = Fields(data, place)
        problems: list[Problem] = []
        forms = replace(
            shipped,
            expires_in=fields.minutes("过期分钟", shipped.expires_in, least=1, most=1_440),
            misses_most=fields.whole("没听懂几次转人", shipped.misses_most, least=1, most=5),
            turns_most=fields.whole("最多来回", shipped.turns_most, least=3, most=100),
            says=_say_otherwise(Fields(fields.block("说法"), fields.place("说法")), shipped.says, problems),
            by_intent=_ask_otherwise(Fields(fields.block("问法"), fields.place("问法")), shipped, problems),
        )
        fields.check_keys()
        return forms, (*fields.problems, *problems)

    def form(self, intent: str) -> Form | None:
        return self.by_intent.get(intent)

    def say(self, name: str, **filled: str) -> str:
        """A sentence of `says`, its holes filled."""
        return _HOLE.sub(lambda hole: filled.get(hole[1], ""), self.says[name])

    def label(self, slot: str) -> str:
        return self.labels.get(slot, slot)


# --- what is shipped -------------------------------------------------------------------------------------------------
@cache
def _shipped() -> Forms:
    data = yaml.safe_load((files("bot.replies") / "frames.yaml").read_text(encoding="utf-8"))
    return Forms(
        by_intent={intent: _form(intent, row) for intent, row in data["forms"].items()},
        labels=data["slots"],
        limits=data["limits"],
        says=data["says"],
    )


def _form(intent: str, row: Mapping[str, object]) -> Form:
    needs = tuple(_names(row, "needs"))
    return Form(
        intent=intent,
        name=str(row["name"]),
        family=str(row["family"]),
        source=str(row["source"]),
        needs=needs,
        any_of=frozenset(_names(row, "any_of")),
        takes=frozenset((*needs, *_names(row, "takes"))),
        profile=frozenset(_names(row, "profile")),
        fixed=_values(row, "fixed"),
        silent=_values(row, "silent"),
        yields=bool(row.get("yields")),
        questions=tuple(_questions(row)),
    )


def _questions(row: Mapping[str, object]) -> Iterable[Question]:
    rows = row["asks"]
    for one in rows if isinstance(rows, list) else ():
        yield Question(one["key"], frozenset(one["slots"]), one["say"])


def _names(row: Mapping[str, object], key: str) -> Sequence[str]:
    names = row.get(key, ())
    return [str(name) for name in names] if isinstance(names, list) else ()


def _values(row: Mapping[str, object], key: str) -> dict[str, str]:
    values = row.get(key, {})
    return {str(name): str(value) for name, value in values.items()} if isinstance(values, Mapping) else {}


# --- what HQ says otherwise ------------------------------------------------------------------------------------------
def _say_otherwise(fields: Fields, says: Mapping[str, str], problems: list[Problem]) -> dict[str, str]:
    said = {name: _sentence(fields, name, default) for name, default in says.items()}
    fields.check_keys()
    problems.extend(fields.problems)
    return said


def _ask_otherwise(fields: Fields, shipped: Forms, problems: list[Problem]) -> dict[str, Form]:
    forms = {}
    for intent, form in shipped.by_intent.items():
        block = Fields(fields.block(form.name), fields.place(form.name))
        questions = tuple(replace(one, say=_question(block, one)) for one in form.questions)
        block.check_keys()
        problems.extend(block.problems)
        forms[intent] = replace(form, questions=questions)
    fields.check_keys()
    problems.extend(fields.problems)
    return forms


def _question(fields: Fields, question: Question) -> str:
    said = _sentence(fields, question.key, question.say)
    if said != question.say and not said.rstrip().endswith(("?", "？")):
        fields.refuse(question.key, "问客人的话要以问号结尾,客人才知道在等他回答。请补上。", said)
        return question.say
    return said


def _sentence(fields: Fields, key: str, default: str) -> str:
    """One sentence with the holes of `default` at most, that asks no more than one thing."""
    said = fields.text(key, default) or default
    holes, known = set(_HOLE.findall(said)), set(_HOLE.findall(default))
    reason = ""
    if len(said) > _QUESTION_MOST:
        reason = f"太长了,最多 {_QUESTION_MOST} 个字。请改短一点。"
    elif _ASKS_TWICE.search(said):
        reason = "一次只问一句,这里有两个问号。请合成一句。"
    elif holes - known:
        usable = "、".join(f"{{{name}}}" for name in sorted(known))
        reason = f"不认识 {{{min(holes - known)}}}。{f'这里可以用 {usable}。' if usable else '这里不能用花括号。'}"
    elif known - holes:
        reason = f"少了 {{{min(known - holes)}}},客人会看不到那一段。请补上。"
    if reason:
        fields.refuse(key, reason, said)
        return default
    return said
