"""Rows of `faq/*` become entries, each row judged by itself; `conflicts` looks at how they get on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from knowledge import template
from knowledge.cells import choice as one_of
from knowledge.cells import code, day, is_everywhere, split_list, split_questions
from knowledge.entry import Audience, Autonomy, Entry, Status
from knowledge.places import Places
from knowledge.problem import Problem, error, warning
from knowledge.tables import Columns, Row
from knowledge.text import key

T = TypeVar("T")

COLUMNS = Columns(
    known=(
        "编号",
        "一级分类",
        "二级分类",
        "标准问题",
        "相似问题",
        "反例问题",
        "客户版答案",
        "员工版答案",
        "适用门店",
        "适用城市",
        "受众",
        "生效日期",
        "失效日期",
        "自主级别",
        "状态",
    ),
    required=("标准问题",),
    joined=frozenset({"相似问题", "反例问题"}),
)

_NUMBER_MOST = 64  #: characters; it travels as a menu's id, which may have 128 bytes


@dataclass(frozen=True, slots=True)
class Chain:
    """What an entry may refer to. None where the folder has no stores: then names are taken as written."""

    places: Places | None = None
    columns: Collection[str] | None = None  #: of the stores' table: the variables


@dataclass(slots=True)
class Questions:
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    spoilt: int = 0  #: rows left out because of an error


def read_questions(rows: Iterable[Row], chain: Chain) -> Questions:
    questions = Questions()
    for row in rows:
        reader = _Reader(row, chain)
        entry = reader.read()
        questions.problems.extend(reader.problems)
        if any(problem.is_error for problem in reader.problems):
            questions.spoilt += 1
        else:
            questions.entries.append(entry)
    return questions


class _Reader:
    """One row, and what is wrong with it."""

    def __init__(self, row: Row, chain: Chain) -> None:
        self._row = row
        self._chain = chain
        self.problems: list[Problem] = []

    def read(self) -> Entry:
        row = self._row
        question = self._question()
        customer_answer, staff_answer = self._answer("客户版答案"), self._answer("员工版答案")
        if not row["客户版答案"] and not row["员工版答案"]:
            self._refuse("客户版答案", "no-answer", "没有答案。请填客户版答案;只给员工看的,填员工版答案。")
        starts_on, ends_on = self._days()
        return Entry(
            number=self._number(),
            question=question,
            place=row.place,
            category=row["一级分类"],
            subcategory=row["二级分类"],
            similar=tuple(said for said in split_questions(row["相似问题"]) if key(said) != key(question)),
            counterexamples=split_questions(row["反例问题"]),
            customer_answer=customer_answer,
            staff_answer=staff_answer,
            stores=self._stores(),
            cities=self._cities(),
            audience=self._audience(),
            starts_on=starts_on,
            ends_on=ends_on,
            autonomy=self._try("自主级别", "bad-choice", lambda text: one_of(Autonomy, text, Autonomy.CONFIRM))
            or Autonomy.CONFIRM,
            status=self._try("状态", "bad-choice", lambda text: one_of(Status, text, Status.ACTIVE)) or Status.ACTIVE,
        )

    def _refuse(self, column: str, problem: str, message: str) -> None:
        self.problems.append(error(self._row.place.at(column), problem, message, self._row[column]))

    def _try(self, column: str, problem: str, parse: Callable[[str], T]) -> T | None:
        """The parsed cell; None, and a problem, when it cannot be parsed."""
        try:
            return parse(self._row[column])
        except ValueError as failure:
            self._refuse(column, problem, str(failure))
            return None

    def _number(self) -> str:
        number = code(self._row["编号"])
        if len(number) > _NUMBER_MOST or len(number.split()) > 1:
            self._refuse("编号", "bad-number", f"编号里不能有空格,最多 {_NUMBER_MOST} 个字。请改短一点,比如 FAQ-0132。")
        if number:
            return number
        scope = "|".join(self._row[column] for column in ("标准问题", "适用门店", "适用城市", "受众"))
        number = f"AUTO-{hashlib.sha256(scope.encode()).hexdigest()[:8]}"
        self.problems.append(
            warning(
                self._row.place.at("编号"),
                "no-number",
                f"没有编号,先用 {number}。请填一个自己的编号,以后改了问法,记录和统计还连得上。",
            )
        )
        return number

    def _question(self) -> str:
        question = self._row["标准问题"]
        if not question:
            self._refuse("标准问题", "no-question", "没有标准问题,这一行没法用。请写上客人最常用的问法。")
        elif not key(question):
            self._refuse("标准问题", "no-question", f"「{question}」里没有能识别的文字。请写上客人最常用的问法。")
        return " ".join(question.split())

    def _answer(self, column: str) -> str:
        answer = self._row[column]
        for reason in template.check(answer, self._chain.columns):
            self._refuse(column, "bad-template", reason)
        return answer

    def _audience(self) -> Audience:
        has_customer_answer = bool(self._row["客户版答案"])
        default = Audience.CUSTOMER if has_customer_answer else Audience.STAFF
        audience = self._try("受众", "bad-choice", lambda text: one_of(Audience, text, default)) or default
        if audience is Audience.CUSTOMER and not has_customer_answer and self._row["员工版答案"]:
            self.problems.append(
                warning(
                    self._row.place.at("客户版答案"),
                    "no-customer-answer",
                    "受众是客户,却没有客户版答案,客人问到时没有话可回。请补上,或者把受众改成 员工。",
                )
            )
        return audience

    def _days(self) -> tuple[date | None, date | None]:
        starts_on = self._try("生效日期", "bad-date", day)
        ends_on = self._try("失效日期", "bad-date", day)
        if starts_on and ends_on and ends_on < starts_on:
            self._refuse(
                "失效日期",
                "ends-before-start",
                f"失效日期 {ends_on} 比生效日期 {starts_on} 还早,这条永远不会用到。请改掉其中一个。",
            )
        return starts_on, ends_on

    def _stores(self) -> frozenset[str]:
        cell, places = self._row["适用门店"], self._chain.places
        if is_everywhere(cell):
            return frozenset()
        if places is None:
            return frozenset(code(name) for name in split_list(cell))
        numbers = [
            self._try("适用门店", "unknown-store", lambda _, name=name: places.resolve(name).number)  # type: ignore[misc]
            for name in split_list(cell)
        ]
        return frozenset(number for number in numbers if number)

    def _cities(self) -> frozenset[str]:
        cell, places = self._row["适用城市"], self._chain.places
        if is_everywhere(cell):
            return frozenset()
        if places is None:
            return frozenset(split_list(cell))
        cities = [
            self._try("适用城市", "unknown-city", lambda _, name=name: places.resolve_city(name))  # type: ignore[misc]
            for name in split_list(cell)
        ]
        return frozenset(city for city in cities if city)
