"""What `kf/sync_msg` can read of one account: rows in order, and cursors into them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.refusal import Code, PlatformRefusal

READABLE_FOR = timedelta(days=3)  #: `facts/wecom.md` §2.2
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Row:
    seq: int
    at: datetime  #: when the platform got it; the three days count from here
    item: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    items: list[dict[str, Any]]
    next_cursor: str
    has_more: bool


class Timeline:
    """Rows of one account; the oldest are dropped past 100,000."""

    def __init__(self, account: str) -> None:
        self._prefix = hashlib.sha256(account.encode()).hexdigest()[:12]
        self._rows: list[Row] = []
        self._next_seq = 1

    def add(self, item: dict[str, Any], at: datetime) -> None:
        self._rows.append(Row(self._next_seq, at, item))
        self._next_seq += 1
        if len(self._rows) > MOST_ROWS:
            del self._rows[: MOST_ROWS // 10]

    def read(self, cursor: str, limit: int, now: datetime) -> Page:
        """At most `limit` rows after `cursor`; "" starts at the earliest of the last three days.

        Raises PlatformRefusal for a cursor that this account never gave out.
        """
        after = self._position(cursor)
        earliest = now - READABLE_FOR
        left = [row for row in self._rows[self._index_after(after) :] if row.at >= earliest]
        page = left[:limit]
        last = page[-1].seq if page else after
        return Page([row.item for row in page], f"{self._prefix}-{last}", len(left) > len(page))

    def empty_page(self, cursor: str) -> Page:
        """No rows although there may be more: legal, and the cursor moves all the same."""
        return Page([], f"{self._prefix}-{self._position(cursor)}.{secrets.token_hex(3)}", True)

    def _index_after(self, seq: int) -> int:
        first = self._rows[0].seq if self._rows else self._next_seq
        return max(0, seq + 1 - first)

    def _position(self, cursor: str) -> int:
        if not cursor:
            return 0
        prefix, _, number = cursor.partition(".")[0].partition("-")
        if prefix != self._prefix or not number.isdecimal() or int(number) >= self._next_seq:
            raise PlatformRefusal(Code.BAD_PARAMETER, "invalid cursor")
        return int(number)
