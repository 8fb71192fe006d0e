"""发生了什么: what the service notes and what the pretend WeCom sees, as Chinese lines with their time."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.sandbox import step_words
from bot.sandbox.feed import Feed, Happened

MOST_KEPT = 500
MOST_AGES = 60.0  #: seconds; a step that comes later than that is shown without an offset


@dataclass(frozen=True, slots=True)
class Step:
    """One line of 发生了什么."""

    seq: int  #: 1, 2, 3 …
    line: str
    tone: str  #: "" · good · bad · start (a new thing begins here)
    ms: int | None  #: since the callback that began it; None when there was none, or too long ago

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class JournalFeed:
    """`ports.Journal` for the demo: keeps the latest 500 lines in memory, writes nothing down."""

    def __init__(self, stopwatch: Callable[[], float] = time.perf_counter) -> None:
        self._stopwatch = stopwatch
        self._kept: deque[Step] = deque(maxlen=MOST_KEPT)
        self._began: float | None = None
        self._has_words = False  #: the customer's newest act was to say something
        self._is_listening = False  #: a burst has begun, and nothing was understood since
        self._more = asyncio.Event()
        self.last = 0
        self.changes = 0  #: grows with everything that a phone may show
        self.is_closed = False
        self.names: Mapping[str, str] = {}  #: staff account, lower-cased → name

    # --- what comes in ---
    def note(self, step: str, *, conversation: int | None = None, facts: Mapping[str, object] | None = None) -> None:
        """A step of the service's."""
        if step == "question.understood":
            self._is_listening = False
        for line, tone in step_words.of_service(step, facts or {}, self.names):
            self.say(line, tone)

    async def follow(self, feed: Feed) -> None:
        """Listen to the pretend WeCom, for ever."""
        seen = feed.last
        while True:
            for event in await feed.wait_after(seen, 10.0):
                seen = event.seq
                self._hear(event)

    def _hear(self, event: Happened) -> None:
        self.changes += 1
        facts = event.facts
        if event.kind in ("customer.said", "customer.entered"):
            self._has_words = event.kind == "customer.said"
        is_more = self._begin(facts) if event.kind == "callback.delivered" else False
        for line, tone in step_words.of_platform(event.kind, facts, self.names):
            self.say(line, "" if is_more else tone)
        self._wake()

    def _begin(self, facts: dict[str, Any]) -> bool:
        """A callback begins something new, unless it is one more bubble of a burst; whether it is."""
        is_words = self._has_words and str(facts["what"]).startswith("kf_msg_or_event")
        if is_words and self._is_listening:
            return True
        self._began = self._stopwatch() - float(facts["ms"]) / 1000
        self._is_listening = is_words
        return False

    def say(self, line: str, tone: str = "") -> None:
        """Add one line."""
        since = self._stopwatch() - self._began if self._began is not None else None
        self.last += 1
        ms = round(since * 1000) if since is not None and since < MOST_AGES else None
        self._kept.append(Step(self.last, line, tone, ms))
        self._wake()

    # --- what goes out ---
    def after(self, seq: int) -> list[Step]:
        return [step for step in self._kept if step.seq > seq]

    async def wait(self, seq: int, changes: int, seconds: float) -> bool:
        """Wait for a line after `seq` or for another change; False when none came."""
        more = self._more
        if self.last > seq or self.changes > changes or self.is_closed:
            return True
        try:
            await asyncio.wait_for(more.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """Nobody need wait any longer."""
        self.is_closed = True
        self._wake()

    def _wake(self) -> None:
        self._more.set()
        self._more = asyncio.Event()
