"""Rows of `faq/*` become entries, each row judged by itself; `conflicts` looks at how they get on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from knowledge import template
from knowledge.cells import choice as one_of
from knowledge.cells import (
    code,
    did_you_mean,
    first_minute,
    is_everywhere,
    last_minute,
    plain,
    span,
    split_list,
)
from knowledge.dialects import DIALECTS
from knowledge.entry import Audience, Autonomy, Channel, Entry, Status
from knowledge.grid import ERROR_CELL
from knowledge.header_words import SYNONYMS, VALUES
from knowledge.places import Places
from knowledge.problem import Problem, error, warning
from knowledge.tables import Columns, Row
from knowledge.text import key
from knowledge.wordings import split_wordings

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

_CHANNEL_NAMES = {
    **{channel.value: channel.value for channel in Channel},
    **dict.fromkeys(("微信", "客服", "企微客服", "企业微信客服", "微信客服号"), Channel.KF.value),
    **dict.fromkeys(("员工", "店员", "店员助手", "门店助手", "内部", "企业微信"), Channel.ASSISTANT.value),
}

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
        "渠道",
        "受众",
        "生效日期",
        "失效日期",
        "自主级别",
        "状态",
    ),
    required=("标准问题",),
    joined=frozenset({"相似问题", "反例问题"}),
    synonyms=SYNONYMS,
    dialects=DIALECTS,
    telling=frozenset({"标准问题", "相似问题", "客户版答案", "员工版答案"}),
    filled_down=("一级分类", "二级分类"),
)

#: 【门店.电话】, {门店.电话}, ｛｛门店.电话｝｝
_LIKE_A_VARIABLE = re.compile(r"[{｛【\[<《]+\s*门店\s*[.。·．]\s*([^{}｛｝【】\[\]<>《》\n]{1,20})[}｝】\]>》]+")
_TELLING = (
    "标准问题",
    "适用门店",
    "适用城市",
    "渠道",
    "受众",
    "状态",
)  #: an error here leaves open what the row is about
_NUMBERLESS_MOST = 10  #: rows of one sheet that are named one by one
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
    rows: dict[str, Row] = field(default_factory=dict)  #: by number, right or wrong; of several the first
    every: list[Entry] = field(default_factory=list)  #: as far as each row could be read; what is doubtful is stopped


def read_questions(rows: Iterable[Row], chain: Chain) -> Questions:
    questions = Questions()
    for row in rows:
        entry, problems = read_row(row, chain)
        questions.problems.extend(problems)
        questions.rows.setdefault(entry.number, row)
        questions.every.append(_as_far_as_read(entry, problems))
        if any(problem.is_error for problem in problems) or entry.question == ERROR_CELL:
            questions.spoilt += 1
        else:
            questions.entries.append(entry)
    questions.problems = _numberless_at_once(questions.problems)
    return questions


def _as_far_as_read(entry: Entry, problems: Iterable[Problem]) -> Entry:
    """Stopped where an error leaves open what is asked, or where: then nothing can be said of its neighbours."""
    is_doubtful = any(problem.is_error and problem.column in _TELLING for problem in problems)
    is_doubtful |= entry.question == ERROR_CELL
    return replace(entry, status=Status.STOPPED) if is_doubtful else entry


def _numberless_at_once(problems: list[Problem]) -> list[Problem]:
    """One message for a sheet with many rows that have no number, instead of one each."""
    rows: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        if problem.code == "no-number":
            rows.setdefault((problem.file, problem.sheet), []).append(problem)
    many = {sheet: found for sheet, found in rows.items() if len(found) > _NUMBERLESS_MOST}
    kept = [one for one in problems if one.code != "no-number" or (one.file, one.sheet) not in many]
    for found in many.values():
        message = (
            f"第 {found[0].row} 行到第 {found[-1].row} 行里有 {len(found)} 条没有编号,先用 AUTO- 开头的编号。"
            "请填自己的编号,以后改了问法,记录和统计还连得上。"
        )
        kept.append(replace(found[0], message=message))
    return kept


def read_row(row: Row, chain: Chain) -> tuple[Entry, list[Problem]]:
    """One row. Where a problem is an error, the entry only shows what could be read."""
    reader = _Reader(row, chain)
    return reader.read(), reader.problems


class _Reader:
    """One row, and what is wrong with it."""

    def __init__(self, row: Row, chain: Chain) -> None:
        self._row = row
        self._chain = chain
        self.problems: list[Problem] = []

    def read(self) -> Entry:
        row = self._row
        question = self._question()
        own = key(question)
        customer_answer, staff_answer = self._answer("客户版答案"), self._answer("员工版答案")
        status = self._choice("状态", Status, Status.ACTIVE)
        if not row["客户版答案"] and not row["员工版答案"]:
            self._miss_answer(status)
        starts_at, ends_at = self._times()
        return Entry(
            number=self._number(),
            question=question,
            place=row.place,
            category=row["一级分类"],
            subcategory=row["二级分类"],
            similar=tuple(said for said in split_wordings(row["相似问题"]) if key(said) != own),
            counterexamples=split_wordings(row["反例问题"]),
            customer_answer=customer_answer,
            staff_answer=staff_answer,
            stores=self._stores(),
            cities=self._cities(),
            audience=self._audience(),
            channels=self._channels(),
            starts_at=starts_at,
            ends_at=ends_at,
            autonomy=self._choice("自主级别", Autonomy, Autonomy.CONFIRM),
            status=status,
        )

    def _miss_answer(self, status: Status) -> None:
        """An error; of a 草稿, which answers nobody, a reminder: 待补充问答 comes with such rows."""
        if status is Status.DRAFT:
            message = "草稿还没有答案,先不用它。补好答案,再把状态改成 启用。"
            self.problems.append(warning(self._row.place.at("客户版答案"), "draft-without-answer", message))
        else:
            self._refuse("客户版答案", "no-answer", "没有答案。请填客户版答案;只给员工看的,填员工版答案。")

    def _refuse(self, column: str, problem: str, message: str) -> None:
        self.problems.append(error(self._row.place.at(column), problem, message, self._row[column]))

    def _try(self, column: str, problem: str, parse: Callable[[str], T]) -> T | None:
        """The parsed cell; None, and a problem, when it cannot be parsed."""
        try:
            return parse(self._row[column])
        except ValueError as failure:
            self._refuse(column, problem, str(failure))
            return None

    def _choice(self, column: str, kind: type[Choice], default: Choice) -> Choice:
        def parse(text: str) -> Choice:
            return one_of(kind, VALUES.get(plain(text).lower(), text), default)

        return self._try(column, "bad-choice", parse) or default

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
        if alike := _LIKE_A_VARIABLE.search(template.without_names(answer)):
            name = alike[1].strip()
            message = (
                f"「{alike[0]}」不会换成门店的内容,会原样发出去。请写成 {{{{门店.{name}}}}},用英文花括号,两边各两个。"
            )
            self.problems.append(warning(self._row.place.at(column), "not-a-variable", message, alike[0]))
        return answer

    def _audience(self) -> Audience:
        has_customer_answer = bool(self._row["客户版答案"])
        default = Audience.CUSTOMER if has_customer_answer else Audience.STAFF
        audience = self._choice("受众", Audience, default)
        if audience is Audience.CUSTOMER and not has_customer_answer and self._row["员工版答案"]:
            self.problems.append(
                warning(
                    self._row.place.at("客户版答案"),
                    "no-customer-answer",
                    "受众是客户,却没有客户版答案,客人问到时没有话可回。请补上,或者把受众改成 员工。",
                )
            )
        return audience

    def _times(self) -> tuple[datetime | None, datetime | None]:
        starts, ends = "", self._row["失效日期"]
        if not self._row["生效日期"]:
            starts, ends = span(ends)  # 有效期 in one cell
        starts_at = self._try("失效日期", "bad-date", lambda _: first_minute(starts)) if starts else None
        starts_at = starts_at or self._try("生效日期", "bad-date", first_minute)
        ends_at = self._try("失效日期", "bad-date", lambda _: last_minute(ends))
        if starts_at and ends_at and ends_at < starts_at:
            self._refuse(
                "失效日期",
                "ends-before-start",
                f"失效日期 {self._row['失效日期']} 比生效日期 {self._row['生效日期']} 还早,这条永远不会用到。"
                "请改掉其中一个。",
            )
        return starts_at, ends_at

    def _channels(self) -> frozenset[str]:
        cell = self._row["渠道"]
        if is_everywhere(cell):
            return frozenset()
        names = frozenset(_CHANNEL_NAMES.get(plain(name).lower(), name) for name in split_list(cell))
        for name in sorted(names.difference(Channel)):
            hint = did_you_mean(name, Channel) or f"现在有:{'、'.join(Channel)}。"
            message = f"还没有「{name}」这个渠道,只写了它的条目没有人问得到。{hint}不限渠道就留空。"
            self.problems.append(warning(self._row.place.at("渠道"), "unknown-channel", message, name))
        return names

    def _stores(self) -> frozenset[str]:
        cell, places = self._row["适用门店"], self._chain.places
        if is_everywhere(cell):
            return frozenset()
        if places is None:
            return frozenset(code(name) for name in split_list(cell))
        numbers = [
            self._try("适用门店", "unknown-store", lambda _, name=name: places.resolve(name).number)  # type: ignore[misc]
            for said in split_list(cell)
            for name in places.named(said)
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
