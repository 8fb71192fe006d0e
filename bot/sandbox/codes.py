"""One-time codes: for messages on an event (`facts/wecom.md` §2.4) and for updating a card (§3.4)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.sandbox.refusal import Code, PlatformRefusal
from bot.sandbox.world import Thread

RESPONSE_CODE_LIFE = timedelta(hours=72)
MOST_CODES = 50_000


class Occasion(Enum):
    """What a code was given for."""

    ENTERED = "entered"
    POOLED = "pooled"
    PICKED_UP = "picked up"
    ENDED = "ended"

    @property
    def life(self) -> timedelta:
        return timedelta(seconds=20) if self in {Occasion.ENTERED, Occasion.ENDED} else timedelta(hours=48)

    @property
    def msgtypes(self) -> frozenset[str]:
        return frozenset({"text", "msgmenu"} if self in {Occasion.ENTERED, Occasion.ENDED} else {"text"})


@dataclass(slots=True)
class EventCode:
    occasion: Occasion
    thread: Thread
    changes: int  #: of the thread when the code was given
    at: datetime
    is_used: bool = False


class EventCodes:
    """Welcome codes and message codes."""

    def __init__(self) -> None:
        self._codes: dict[str, EventCode] = {}

    def give(self, occasion: Occasion, thread: Thread, now: datetime) -> str:
        code = secrets.token_urlsafe(24)
        self._codes[code] = EventCode(occasion, thread, thread.changes, now)
        _forget_oldest(self._codes)
        return code

    def check(self, code: str, now: datetime) -> EventCode:
        """The code, if it can still be used. Raises PlatformRefusal; with which errcode is not documented (`Code`)."""
        found = self._codes.get(code)
        if found is None:
            raise PlatformRefusal(Code.BAD_EVENT_CODE, "invalid code")
        if found.is_used:
            raise PlatformRefusal(Code.BAD_EVENT_CODE, "code has been used")
        if now - found.at > found.occasion.life:
            raise PlatformRefusal(Code.BAD_EVENT_CODE, "code expired")
        if found.occasion is not Occasion.ENTERED and found.thread.changes != found.changes:
            raise PlatformRefusal(Code.STATE_FORBIDS, "session state has changed since the code was given")
        return found


@dataclass(slots=True)
class ResponseCode:
    task_id: str
    at: datetime
    is_used: bool = False


class ResponseCodes:
    """One from sending a card and one from each tap; each works once, within 72 h."""

    def __init__(self) -> None:
        self._codes: dict[str, ResponseCode] = {}

    def give(self, task_id: str, now: datetime) -> str:
        code = secrets.token_urlsafe(48)
        self._codes[code] = ResponseCode(task_id, now)
        _forget_oldest(self._codes)
        return code

    def check(self, code: str, now: datetime) -> ResponseCode:
        """The code, if it can still be used. Raises PlatformRefusal; with which errcode is not documented (`Code`)."""
        found = self._codes.get(code)
        if found is None:
            raise PlatformRefusal(Code.BAD_RESPONSE_CODE, "invalid response_code")
        if found.is_used:
            raise PlatformRefusal(Code.BAD_RESPONSE_CODE, "response_code has been used")
        if now - found.at > RESPONSE_CODE_LIFE:
            raise PlatformRefusal(Code.BAD_RESPONSE_CODE, "response_code expired")
        return found


def _forget_oldest(codes: dict[str, EventCode] | dict[str, ResponseCode]) -> None:
    while len(codes) > MOST_CODES:
        del codes[next(iter(codes))]
