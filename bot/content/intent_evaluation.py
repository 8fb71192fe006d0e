"""`intent eval`: how well the classifier does on messages whose meaning is known, having learned from others."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.content.evaluation import quantile, read_or_explain, timed, write_rows
from bot.content.figures_table import columns
from intents.classifier import Classifier, Guess
from knowledge.figures import Judged, coverage
from knowledge.jsonl import Labelled, read_labelled
from knowledge.text import warm_up

_PRECISION = 0.95
_WARM_UP = 20  #: messages that are looked at once before any is measured


@dataclass(frozen=True, slots=True)
class Tried:
    """One message and what it was taken for."""

    said: Labelled
    guess: Guess
    seconds: float

    @property
    def is_right(self) -> bool:
        return self.said.intent == self.guess.intent


def evaluate_intents(train: Path, test: Path, out: Path | None) -> str:
    """Learn from `train` alone, write `{id, intent, confidence}` for each message of `test`; figures if all say theirs.

    Raises SettingsError for a file that cannot be read or written, with its line.
    """
    known = read_or_explain("--train", train, lambda data: read_labelled(data, need_intent=True))
    asked = read_or_explain("--test", test, lambda data: read_labelled(data, need_intent=False))
    warm_up()
    classifier, seconds = timed(lambda: Classifier.train((each.text, each.intent or "") for each in known))
    tried = _try(classifier, asked)
    if out is not None:
        rows = ({"id": each.said.id, "intent": each.guess.intent, "confidence": _shown(each.guess)} for each in tried)
        write_rows(out, (json.dumps(row, ensure_ascii=False) for row in rows))
    head = f"学 {train.name}:{len(known)} 句,{len(classifier.intents)} 种意思 · 训练 {seconds:.2f} 秒"
    return f"{head}\n{_table(tried)}"


def _shown(guess: Guess) -> float:
    return round(guess.confidence, 6)


def _try(classifier: Classifier, asked: Sequence[Labelled]) -> list[Tried]:
    for each in asked[:_WARM_UP]:
        classifier.guess(each.text)
    tried = []
    for each in asked:
        started = time.perf_counter()
        guess = classifier.guess(each.text)
        tried.append(Tried(each, guess, time.perf_counter() - started))
    return tried


def _table(tried: Sequence[Tried]) -> str:
    speed = f"{quantile((each.seconds for each in tried), 0.5) * 1000:.2f} 毫秒"
    if not tried or any(each.said.intent is None for each in tried):
        return f"每句 p50 {speed}。没有都写 intent,只写了结果,算不出指标。"
    judged = [Judged(each.guess.confidence, 1 if each.is_right else None) for each in tried]
    rows = [
        ["", "全部"],
        ["句子", str(len(tried))],
        ["准确率 accuracy", f"{sum(each.is_right for each in tried) / len(tried):.4f}"],
        ["各意思平均 macro-F1", f"{_macro_f1(tried):.4f}"],
        ["准确率 95% 时的作答占比", f"{coverage(judged, _PRECISION) or 0.0:.4f}"],
        ["每句 p50", speed],
    ]
    return columns(rows)


def _macro_f1(tried: Sequence[Tried]) -> float:
    """The mean over all intents that a message has or was taken for."""
    right = Counter(each.guess.intent for each in tried if each.is_right)
    meant = Counter(each.said.intent or "" for each in tried)
    taken = Counter(each.guess.intent for each in tried)
    names = {*meant, *taken}
    scores = [2 * right[name] / (meant[name] + taken[name]) for name in names]
    return sum(scores) / len(scores)
