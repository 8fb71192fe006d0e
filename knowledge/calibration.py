"""Fits confidences to one chain: its own questions, asked of an index that forgot the wording, or the whole entry.

A customer's question is worded in a way that HQ did not write (a left-out wording stands for it), or asks what no entry
answers: near by (a left-out entry) or far off (small talk). A small chain has few of them, so the fit starts from a
prior and moves away from it only as far as its questions say.

HQ's wordings are no fair sample of what is asked: similar questions are chosen to be unlike each other, so one that is
left out is harder than most; and all are shorter than what customers write, who tell more than they ask. So standard
questions count as much as all similar ones, and every question is also asked with something said before it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.confidence import Calibration, Measures
from knowledge.index import Index

__all__ = ["Calibration", "calibrate"]

_SAMPLE = 200  #: wordings of each kind: enough to fit eleven numbers, and over in a second or two
#: How often each kind is asked; estimates, for nobody knows before the shop is open.
_SHARE_LEFT_OUT, _SHARE_REMOVED, _SHARE_FAR = 0.62, 0.23, 0.15
_SHARE_STANDARD = 0.5  #: of the left-out ones
_SHARE_LED = 0.5  #: of all, asked with a lead
_LOOSENESS = 0.3  #: how far a weight may go from the prior's for little, in standard deviations of its measure
_STEPS = 30  #: of Newton's method, which is done after a third of them
_SHORTEST_STEP = 1e-4
_LEAST_SPREAD = 0.02
_LOGIT_MOST = 30.0
_FEWEST = 20  #: questions; with less the prior stands

#: What nobody answers at a front desk or a counter.
_FAR = (
    "帮我写一首关于春天的诗",
    "明天的股市会涨吗",
    "你今年多大了",
    "讲个笑话听听",
    "红烧肉怎么炖才烂",
    "今晚的球赛谁赢了",
    "蓝牙键盘怎么配对",
    "孩子发烧三十九度怎么办",
    "长江有多少公里长",
    "唐朝有几位皇帝",
    "推荐一部科幻片",
    "你有男朋友吗",
    "帮我算一下三十七乘以十六",
    "考研英语怎么复习",
    "猫为什么喜欢睡觉",
    "怎么养多肉植物",
    "太阳系有几颗行星",
    "学吉他要多久",
    "最近有什么流行歌",
    "你是真人还是机器人",
    "感冒了能喝咖啡吗",
    "公务员考试什么时候报名",
    "跑步膝盖疼怎么回事",
    "北京到上海的高铁几个小时",
    "狗狗掉毛很严重怎么办",
    "白衬衫的污渍怎么洗",
    "打麻将怎么算番",
    "天蝎座今天的运势",
    "手机壳哪里买便宜",
    "一公斤等于多少斤",
)

#: What people say before they ask, and what no entry needs to know.
_LEADS = (
    "我们一家三口明天过来",
    "我第一次来",
    "我朋友上次说过",
    "刚才打电话没问清楚",
    "昨天在网上看到的",
    "我现在在路上",
    "我带着老人和孩子",
    "我这边有点急",
    "之前问过一次没人回",
    "我是替家里人问的",
    "想先确定一下再决定",
    "我下个星期要用",
)

Matrix = NDArray[np.float64]
Asked = list[tuple[Measures, bool]]


def calibrate(index: Index) -> Calibration:
    """What makes 0.8 mean right four times in five for this index. The same index gives the same calibration."""
    standard, similar = _with_siblings(index)
    everything = range(len(index.owners))
    kinds = (
        *_both_ways(index, standard, _SHARE_LEFT_OUT * _SHARE_STANDARD, is_whole=False),
        *_both_ways(index, similar, _SHARE_LEFT_OUT * (1 - _SHARE_STANDARD), is_whole=False),
        *_both_ways(index, everything, _SHARE_REMOVED, is_whole=True),
        (_SHARE_FAR, [(measures, False) for text in _FAR if (measures := index.measure(text))]),
    )
    left_out = min(len(standard), _SAMPLE) + min(len(similar), _SAMPLE)
    if left_out < _FEWEST:
        return Calibration()
    rows = [row for _, rows in kinds for row in rows]
    most = left_out / _SHARE_LEFT_OUT  #: as many questions as there would be
    heavy = [most * share / len(rows) for share, rows in kinds for _ in rows]
    table = np.array([measured.values() for measured, _ in rows])
    fitted = _fit(table, np.array([float(is_right) for _, is_right in rows]), np.array(heavy))
    return Calibration(round(fitted[0], 4), tuple(round(weight, 4) for weight in fitted[1:]), len(rows))


def _both_ways(index: Index, wordings: Sequence[int], share: float, *, is_whole: bool) -> Iterable[tuple[float, Asked]]:
    """Some of the wordings asked as they are and asked with a lead, and the share that each counts."""
    chosen = list(_sample(wordings))
    plain = (index.rehearse(wording, is_whole=is_whole) for wording in chosen)
    leads = itertools.cycle(_LEADS)
    led = (index.rehearse(wording, is_whole=is_whole, lead=next(leads)) for wording in chosen)
    yield share * (1 - _SHARE_LED), [each for each in plain if each is not None]
    yield share * _SHARE_LED, [each for each in led if each is not None]


def _with_siblings(index: Index) -> tuple[list[int], list[int]]:
    """Wordings of entries that have another one: the standard questions and the similar ones."""
    standard: list[int] = []
    similar: list[int] = []
    first = 0
    for _, owned in itertools.groupby(index.owners):
        count = sum(1 for _ in owned)
        if count > 1:
            standard.append(first)
            similar.extend(range(first + 1, first + count))
        first += count
    return standard, similar


def _sample(items: Sequence[int]) -> Iterable[int]:
    """Evenly spread, at most as many as needed."""
    step = max(1.0, len(items) / _SAMPLE)
    return (items[int(at * step)] for at in range(min(len(items), _SAMPLE)))


def _fit(measures: Matrix, is_right: Matrix, heavy: Matrix) -> list[float]:
    """Logistic regression around the prior, by Newton's method. Gives the base and the weights."""
    prior = np.array([Calibration().base, *Calibration().weights])
    columns = np.column_stack([np.ones(len(measures)), measures])
    stiff = (np.concatenate([[1.0], np.maximum(measures.std(axis=0), _LEAST_SPREAD)]) / _LOOSENESS) ** 2

    def loss(weights: Matrix) -> float:
        logits = columns @ weights
        misses = heavy * (np.logaddexp(0, logits) - is_right * logits)
        return float(misses.sum() + (stiff * (weights - prior) ** 2).sum() / 2)

    weights = prior.copy()
    for _ in range(_STEPS):
        sure = 1 / (1 + np.exp(-np.clip(columns @ weights, -_LOGIT_MOST, _LOGIT_MOST)))
        slope = columns.T @ (heavy * (sure - is_right)) + stiff * (weights - prior)
        bend = (columns * (heavy * sure * (1 - sure))[:, None]).T @ columns + np.diag(stiff)
        step = np.linalg.solve(bend, slope)
        # A whole step may overshoot where few questions decide: go back until it is better.
        share = 1.0
        while share > _SHORTEST_STEP and loss(weights - share * step) > loss(weights):
            share /= 2
        weights = weights - share * step
    return [float(weight) for weight in weights]
