"""Whole conversations, as data: what the customer says, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.replies.heard import Weather
from bot.replies.proposal import Cancellation, Change, Errand, Extension, Offers, Outcome, Proposal
from bot.replies.step import Ask, Closed, Digress, HandOver, Step, Wait
from bot.trade import NewOrder, OrderView
from tests.unit.replies.counter import Counter, order
from tests.unit.replies.sums import amounts, sums_of

_STEPS = {"ask": Ask, "propose": Proposal, "hand_over": HandOver, "closed": Closed, "wait": Wait, "digress": Digress}
_DEEDS = {
    "order": NewOrder,
    "extension": Extension,
    "change": Change,
    "cancellation": Cancellation,
    "errand": Errand,
    None: type(None),
}


def _dialogues() -> Iterator[Any]:
    for file in sorted((Path(__file__).parent / "dialogues").glob("*.yaml")):
        for dialogue in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield pytest.param(dialogue, id=f"{file.stem}: {dialogue['name']}")


@pytest.mark.parametrize("dialogue", list(_dialogues()))
def test_dialogue(dialogue: dict[str, Any]) -> None:
    counter = _counter(dialogue.get("given", {}))
    for turn in dialogue["talk"]:
        counter.later(turn.get("later", 1))
        means = turn.get("means", [])
        heard = counter.hear(
            turn["says"],
            means=[means] if isinstance(means, str) else means,
            is_voice=turn.get("voice", False),
            asides=tuple(turn.get("asides", ())),
            menu_id=f"choice:{turn['tap']}" if "tap" in turn else None,
            source=turn.get("source", "template"),
        )
        _check(turn, counter.take(heard), counter.offers)


def _counter(given: dict[str, Any]) -> Counter:
    return Counter(
        profile=given.get("profile", {}),
        left={(room, day): left for room, days in given.get("left", {}).items() for day, left in days.items()},
        items_left=given.get("items_left", {}),
        orders=tuple(_order(row) for row in given.get("orders", ())),
        weather=Weather(given["weather"]) if "weather" in given else None,
        store=given.get("store", "A1"),
    )


def _order(row: dict[str, Any]) -> OrderView:
    assert all(isinstance(row[name], date) for name in ("check_in", "check_out"))
    return order(**row)


def _check(turn: dict[str, Any], outcome: Step | Outcome, offers: Offers) -> None:
    assert isinstance(outcome, _STEPS[turn["step"]]), (turn, outcome)
    text = getattr(outcome, "text", "") or getattr(outcome, "reason", "")
    for words in turn.get("has", ()):
        assert words in text, (turn, text)
    for words in turn.get("hasnt", ()):
        assert words not in text, (turn, text)
    questions = text.count("?") + text.count("？")
    assert questions <= 1
    if "asks" in turn:
        assert questions == turn["asks"], (turn, text)
    if isinstance(outcome, Proposal):
        _check_proposal(turn, outcome, offers)


def _check_proposal(turn: dict[str, Any], proposal: Proposal, offers: Offers) -> None:
    assert proposal.text
    if "deed" in turn:
        assert isinstance(proposal.deed, _DEEDS[turn["deed"]]), (turn, proposal)
    shown = {fact.label: fact.value for fact in proposal.facts}
    for label, value in turn.get("facts", {}).items():
        assert shown.get(label) == value, (turn, shown)
    for label in turn.get("check", ()):
        assert label in proposal.check
    assert amounts(proposal.text) <= sums_of(offers, proposal) | amounts(turn["says"])
    if proposal.order is not None:
        total = sum((line.total for line in proposal.order.lines), Decimal(0))
        assert total in amounts(proposal.text)
