"""The first words a customer sees: `welcome.yaml`, by channel and store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Greeting:
    """A text, and at most ten questions to tap."""

    text: str
    items: tuple[tuple[str, str], ...] = ()  #: (entry number, label)
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Welcome:
    default: Greeting | None = None
    by_scene: Mapping[str, Greeting] = field(default_factory=dict)
    by_store: Mapping[str, Greeting] = field(default_factory=dict)  #: store numbers

    def for_visit(self, scene: str | None, store: str | None) -> Greeting | None:
        """The greeting of the store, else of the channel, else the default."""
        return self.by_store.get(store or "") or self.by_scene.get(scene or "") or self.default
