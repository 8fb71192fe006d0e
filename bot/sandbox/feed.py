"""Everything that happened, in order, for pages and tests to follow."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import Clock

MOST_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Happened:
    seq: int  #: 1, 2, 3 …
    at: datetime
    kind: str  #: noun.past_verb
    facts: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"seq": self.seq, "at": self.at.isoformat(), "kind": self.kind, **self.facts}


class Feed:
    """The latest events; whoever reads too late misses the oldest."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: deque[Happened] = deque(maxlen=MOST_KEPT)
        self._more = asyncio.Event()
        self.last = 0  #: number of the latest event

    def note(self, kind: str, **facts: Any) -> None:
        """Write one event down and wake whoever waits."""
        self.last += 1
        self._kept.append(Happened(self.last, self._clock.now(), kind, facts))
        self._more.set()
        self._more = asyncio.Event()

    def after(self, seq: int) -> list[Happened]:
        """The events later than `seq`."""
        if seq >= self.last:
            return []
        return [event for event in self._kept if event.seq > seq]

    async def wait_after(self, seq: int, seconds: float) -> list[Happened]:
        """The events later than `seq`; waits up to `seconds` for the first one."""
        more = self._more
        if self.last <= seq:
            try:
                await asyncio.wait_for(more.wait(), seconds)
            except TimeoutError:
                return []
        return self.after(seq)
