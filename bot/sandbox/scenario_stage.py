"""Where a scenario is being played: who plays, which cards and messages have been noted so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.play import Player
from bot.sandbox.play_staff import PlayedCard

ACTORS = ("客人", "店员")

Step = dict[str, Any]


class ScenarioError(Exception):
    """The file says something that cannot be played; the text names the step."""


class UnmetError(AssertionError):
    """What the scenario expects did not happen."""


@dataclass(slots=True)
class Stage:
    """Where a scenario is being played: who plays, and what has been noted so far."""

    play: Player
    variables: dict[str, str]
    cards: dict[str, PlayedCard] = field(default_factory=dict)  #: by the name given with 记作
    holders: dict[str, str] = field(default_factory=dict)  #: card name → staff account
    said: dict[str, str] = field(default_factory=dict)  #: text → msgid of the customer's message

    def fill(self, value: Any) -> Any:
        """The value with every {变量} and {卡.正文} replaced. Raises ScenarioError for an unknown one."""
        if isinstance(value, str):
            return re.sub(r"\{([^{}]+)\}", lambda match: self._look_up(match[1]), value)
        if isinstance(value, list):
            return [self.fill(each) for each in value]
        if isinstance(value, dict):
            return {name: self.fill(each) for name, each in value.items()}
        return value

    def card(self, step: Step) -> PlayedCard:
        """The card that a step is about: the one named by 卡, else this person's latest. Raises ScenarioError."""
        name = step.get("卡") or next(
            (name for name, holder in reversed(self.holders.items()) if holder == step.get("店员")), ""
        )
        if name not in self.cards:
            raise ScenarioError(f"还没有卡:{name or step.get('店员')}")
        return self.cards[name]

    def _look_up(self, name: str) -> str:
        if name in self.variables:
            return self.variables[name]
        card, _, part = name.partition(".")
        if card in self.cards and part in _CARD_PARTS:
            return str(getattr(self.cards[card], _CARD_PARTS[part]))
        raise ScenarioError(f"没有变量「{name}」")


_CARD_PARTS = {"正文": "body", "标题": "title", "原话": "quote", "来源": "source", "链接": "link", "说明": "desc"}
