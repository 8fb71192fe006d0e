"""Reasons to trust a match less: words alike, but another question. None of them changes which entry is found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from knowledge.features import canonical

_SAME = 80.0  #: rapidfuzz ratio at which a question counts as nearly the counterexample
_NUMBER = re.compile(r"\d+(?:[.:]\d+)*")
_A_NOT_A = re.compile(r"(.)[不没]\1|有没有|能不能|是不是")  # a question, not a denial
_NOT_A_DENIAL = re.compile(
    r"不客气|不好意思|不错|不见|不过|不同|不管|差不多|没关系|没事|特别|别人|别的|区别|分别|级别|告别|无线|无障碍"
)
_DENIAL = re.compile(r"[不没别勿莫]|无(?!论)|拒绝|禁止")

#: What a question asks for. Two questions that ask for different things have different answers.
_ASKED = {
    "多少钱": ("多少钱", "收费"),
    "几点": ("几点",),
    "多久": ("多久",),
    "多远": ("多远",),
    "在哪": ("哪里",),
    "怎么走": ("怎么走",),
    "为什么": ("为什么",),
}
#: Things that are easily confused and never mean the same.
_OPPOSITES = (
    ("早餐", "午餐", "晚餐", "夜宵"),
    ("入住", "退房"),
    ("最早", "最晚"),
    ("提前", "延迟", "推迟"),
    ("机场", "火车站", "地铁"),
    ("大人", "成人", "孩子"),
    ("开门", "关门"),
    ("热", "冷", "冰"),
    ("丢失", "坏了"),
)


@dataclass(frozen=True, slots=True)
class Veto:
    reason: str  #: Chinese, for people
    penalty: float  #: taken from the confidence's log-odds
    is_final: bool = False  #: HQ itself said that this is not the answer


def find_vetoes(said: str, wording: str, counterexamples: Iterable[str]) -> list[Veto]:
    """What speaks against `said` and `wording` being the same question. All texts are keys (`text.key`)."""
    vetoes = [_counterexample(said, wording, counterexamples), _numbers(said, wording)]
    one, other = canonical(said), canonical(wording)
    vetoes += [_denial(one, other), _asked(one, other), _opposites(one, other)]
    return [veto for veto in vetoes if veto]


def _counterexample(said: str, wording: str, counterexamples: Iterable[str]) -> Veto | None:
    """HQ wrote that this is not the question, and the words are nearer to that than to any wording."""
    best = max(counterexamples, key=lambda text: fuzz.ratio(said, text), default="")
    ratio = fuzz.ratio(said, best)
    if best and ratio >= _SAME and ratio > fuzz.ratio(said, wording):
        return Veto(f"反例:{best}", 10.0, is_final=True)
    return None


def _numbers(said: str, wording: str) -> Veto | None:
    one, other = set(_NUMBER.findall(said)), set(_NUMBER.findall(wording))
    if one and other and not one & other:
        return Veto(f"数字不同:{'、'.join(sorted(one))} / {'、'.join(sorted(other))}", 1.5)
    return None


def _denial(said: str, wording: str) -> Veto | None:
    if _is_denied(said) != _is_denied(wording):
        return Veto("一个是肯定,一个是否定", 0.6)
    return None


def _is_denied(text: str) -> bool:
    return bool(_DENIAL.search(_NOT_A_DENIAL.sub("", _A_NOT_A.sub("", text))))


def _asked(said: str, wording: str) -> Veto | None:
    one, other = _kinds(said), _kinds(wording)
    if one and other and not one & other:
        return Veto(f"问的不是一件事:{'、'.join(sorted(one))} / {'、'.join(sorted(other))}", 1.0)
    return None


def _kinds(text: str) -> set[str]:
    return {kind for kind, words in _ASKED.items() if any(word in text for word in words)}


def _opposites(said: str, wording: str) -> Veto | None:
    for group in _OPPOSITES:
        one = {word for word in group if word in said}
        other = {word for word in group if word in wording}
        if one and other and not one & other:
            return Veto(f"说的不是一样东西:{'、'.join(sorted(one))} / {'、'.join(sorted(other))}", 1.2)
    return None
