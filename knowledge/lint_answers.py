"""Answers that nobody can use: too long to read, or never complete in any store where they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from knowledge import template
from knowledge.chain import Store
from knowledge.entry import Audience, Channel, Entry
from knowledge.problem import Problem, warning

LETTERS_MOST = 500  #: of one answer; 微信客服's own robot takes no more, and a phone shows no more at once


def find_long_answers(entries: Iterable[Entry]) -> Iterator[Problem]:
    """One warning for each answer of more than `LETTERS_MOST` characters."""
    for entry in entries:
        for column, answer in (("客户版答案", entry.customer_answer), ("员工版答案", entry.staff_answer)):
            if len(answer) > LETTERS_MOST:
                yield warning(
                    entry.place.at(column),
                    "long-answer",
                    f"这条答案有 {len(answer)} 个字,超过 {LETTERS_MOST} 字,手机上一屏看不完,也放不进微信客服机器人。"
                    "请写短一些,或者拆成几条。",
                    answer,
                )


def find_unseen_entries(entries: Iterable[Entry], stores: Sequence[Store]) -> Iterator[Problem]:
    """One warning for each entry with no answer that anybody in any store would see."""
    for entry in entries:
        if entry.channels == {Channel.KF.value} and not entry.answer_for(Audience.CUSTOMER):
            yield warning(
                entry.place.at("渠道"),
                "empty-audience",
                f"这条现在谁也看不到:渠道只有{Channel.KF.value},那里是客人在问,它却只给员工看。"
                f"请改渠道为{Channel.ASSISTANT.value},或者补上客户版答案。",
                entry.question,
            )
        elif stores and not any(_is_seen(entry, store) for store in (*stores, None)):
            names = dict.fromkeys((*template.needs(entry.customer_answer), *template.needs(entry.staff_answer)))
            reason = f"适用的门店都没有填「{'」「'.join(names)}」" if names else "没有一家店适用"
            yield warning(
                entry.place.at("适用门店"),
                "empty-audience",
                f"这条现在谁也看不到:{reason}。请在门店表补上,或者改答案、改适用门店。",
                entry.question,
            )


def _is_seen(entry: Entry, store: Store | None) -> bool:
    here = entry.in_store(store)
    if not here.holds_in(store):
        return False
    answers = (here.answer_for(audience) for audience in Audience)
    return any(answer and not template.holes(answer, store) for answer in answers)
