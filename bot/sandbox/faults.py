"""Faults that a player switches on, each for so many times and perhaps for one path or one person only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.sandbox.feed import Feed
from bot.sandbox.refusal import Code, ControlRefusal

MOST_FAULTS = 100
MOST_TIMES = 10_000
MOST_SECONDS = 60.0


class Fault(StrEnum):
    """What can go wrong. `value` is what each one takes."""

    # one platform call; `path` picks which (such as kf/send_msg, or kf/*), without it every call but gettoken
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 (a name) - the call gets 42001; without a path the token ends now
    BUSY = "busy"  #: -1
    RATE_LIMIT = "rate_limit"  #: 45009
    CONCURRENCY = "concurrency"  #: 45033
    BAD_IP = "bad_ip"  #: 60020
    ERRCODE = "errcode"  #: value: the errcode
    HTTP_502 = "http_502"
    CUT_BEFORE = "cut_before"  #: the connection closes, nothing was done
    CUT_AFTER = "cut_after"  #: the work is done, then the connection closes without an answer
    LATE = "late"  #: the work is done, the answer comes `value` seconds later
    # kf/sync_msg; `path` is an open_kfid
    EMPTY_PAGE = "empty_page"  #: no rows, and has_more=1
    PAGE_SIZE = "page_size"  #: value: at most so many rows a page
    # callbacks to the service
    CALLBACK_LOST = "callback_lost"
    CALLBACK_TWICE = "callback_twice"
    CALLBACK_FIVE_TIMES = "callback_five_times"
    CALLBACK_OUT_OF_ORDER = "callback_out_of_order"  #: held back until the next one has gone out, at most 2 s
    CALLBACK_LATE = "callback_late"  #: value: seconds
    # one person; value: the staff account
    STAFF_INVALID = "staff_invalid"
    STAFF_UNLICENSED = "staff_unlicensed"
    SERVICER_STOPPED = "servicer_stopped"


CALL_FAULTS = frozenset(
    {
        Fault.TOKEN_EXPIRED,
        Fault.BUSY,
        Fault.RATE_LIMIT,
        Fault.CONCURRENCY,
        Fault.BAD_IP,
        Fault.ERRCODE,
        Fault.HTTP_502,
        Fault.CUT_BEFORE,
        Fault.CUT_AFTER,
        Fault.LATE,
    }
)
CALLBACK_FAULTS = frozenset(
    {
        Fault.CALLBACK_LOST,
        Fault.CALLBACK_TWICE,
        Fault.CALLBACK_FIVE_TIMES,
        Fault.CALLBACK_OUT_OF_ORDER,
        Fault.CALLBACK_LATE,
    }
)
ERRCODES: dict[Fault, tuple[int, str]] = {
    Fault.BUSY: (Code.BUSY, "system error"),
    Fault.RATE_LIMIT: (Code.TOO_OFTEN, "api freq out of limit"),
    Fault.CONCURRENCY: (Code.TOO_MANY_AT_ONCE, "api concurrent out of limit"),
    Fault.BAD_IP: (Code.BAD_IP, "not allow to access from your ip, from ip: 203.0.113.7"),
    Fault.TOKEN_EXPIRED: (Code.TOKEN_EXPIRED, "access_token expired"),
}
_IN_SECONDS = frozenset({Fault.LATE, Fault.CALLBACK_LATE})
_WITH_STAFF = frozenset({Fault.STAFF_INVALID, Fault.STAFF_UNLICENSED, Fault.SERVICER_STOPPED})


@dataclass(slots=True)
class Switched:
    """One fault that is on."""

    name: Fault
    left: int | None  #: how many times more; None until it is switched off
    path: str = ""
    value: Any = None
    fired: int = field(default=0)

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name.value, "left": self.left, "path": self.path, "value": self.value, "fired": self.fired}


class Faults:
    """The faults that are on, oldest first."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._on: list[Switched] = []

    def switch_on(self, name: str, times: int, path: str, value: Any) -> Switched:
        """Add one; `times` 0 means until switched off. Raises ControlRefusal."""
        try:
            fault = Fault(name)
        except ValueError:
            raise ControlRefusal(f"没有「{name}」这种故障。有:{'、'.join(Fault)}", 400) from None
        if len(self._on) >= MOST_FAULTS:
            raise ControlRefusal(f"最多同时开 {MOST_FAULTS} 个故障,先清掉一些", 409)
        if not 0 <= times <= MOST_TIMES:
            raise ControlRefusal(f"次数要在 0 到 {MOST_TIMES} 之间(0 表示一直开着)", 400)
        switched = Switched(
            fault, times or None, path.removeprefix("/").removeprefix("cgi-bin/"), _checked(fault, value)
        )
        self._on.append(switched)
        self._feed.note("fault.switched_on", name=fault.value, path=switched.path, value=value)
        return switched

    def switch_off(self, name: str = "") -> None:
        """Remove one kind, or all."""
        self._on = [each for each in self._on if name and each.name != name]
        self._feed.note("fault.switched_off", name=name)

    def take_for_call(self, path: str) -> Switched | None:
        """The fault that meets this platform call."""
        for each in self._on:
            if each.name in CALL_FAULTS and _meets(each.path, path):
                return self._fire(each)
        return None

    def take(self, names: Iterable[Fault], *, path: str = "", value: str = "") -> Switched | None:
        """The first of these faults that meets the path and the person."""
        for each in self._on:
            meets_value = each.name not in _WITH_STAFF or str(each.value).lower() == value.lower()
            if each.name in names and meets_value and each.path in {"", path}:
                return self._fire(each)
        return None

    def as_json(self) -> list[dict[str, Any]]:
        return [each.as_json() for each in self._on]

    def _fire(self, fault: Switched) -> Switched:
        fault.fired += 1
        if fault.left is not None:
            fault.left -= 1
            if fault.left == 0:
                self._on.remove(fault)
        self._feed.note("fault.fired", name=fault.name.value, path=fault.path)
        return fault


def _meets(pattern: str, path: str) -> bool:
    if not pattern:
        return path != "gettoken"
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


def _checked(fault: Fault, value: Any) -> Any:
    """The value if this fault can use it. Raises ControlRefusal."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if fault in _IN_SECONDS and not (is_number and 0 < value <= MOST_SECONDS):
        raise ControlRefusal(f"{fault} 要带秒数 value,0 到 {MOST_SECONDS:.0f}", 400)
    if fault is Fault.PAGE_SIZE and not (isinstance(value, int) and is_number and 1 <= value <= 1000):
        raise ControlRefusal("page_size 要带行数 value,1 到 1000", 400)
    if fault is Fault.ERRCODE and not (isinstance(value, int) and is_number and value != 0):
        raise ControlRefusal("errcode 要带错误码 value", 400)
    if fault in _WITH_STAFF and not (isinstance(value, str) and value):
        raise ControlRefusal(f"{fault} 要带店员账号 value", 400)
    return value
