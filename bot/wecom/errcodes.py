"""From WeCom's errcode to the error tree: the only place that knows errcodes. What people read is in `hints`.

Some errors are of use inside `wecom/` only; each is a kind of the tree's:

OperatorError
├── StaleTokenError      get a fresh access token and ask once more
├── BadSecretError       do not ask for a token again soon: repeated wrong secrets ban the IP for an hour
└── UntrustedIpError     an administrator has to add our `address` to 企业可信IP
TryLaterError
├── BusyError            -1: ask again at once, three tries at most
└── SlowDownError        leave this path alone for `retry_in`
RejectedError
├── StaleSignalError     the token of a kf callback has expired: pull without it
└── NobodyReachedError   no receiver exists or may be reached
"""

from __future__ import annotations

import re
from datetime import timedelta

from bot.errors import (
    AlreadySentError,
    CodeUsedError,
    HandoverRefusedError,
    MessengerError,
    OperatorError,
    QuotaUsedError,
    RejectedError,
    SessionStateError,
    TryLaterError,
    WindowClosedError,
)
from bot.wecom.hints import FAIL_REASONS, FIELD_HINT, HINTS, OURS_TOO

OK = 0

GETTOKEN = "gettoken"
SEND = "kf/send_msg"
SEND_ON_EVENT = "kf/send_msg_on_event"
MESSAGE = "message/send"
UPDATE_CARD = "message/update_template_card"
TRANSFER = "kf/service_state/trans"

#: Calls that change something outside: without an answer nobody knows whether they did.
WITH_EFFECT = frozenset({SEND, SEND_ON_EVENT, MESSAGE, UPDATE_CARD, TRANSFER})

_UNDER_AN_ID = frozenset({SEND, SEND_ON_EVENT})


class StaleTokenError(OperatorError):
    """The access token is not accepted. Raised to callers only when a fresh one is not accepted either."""


class BadSecretError(OperatorError):
    """The secret or the corp id is wrong."""


class UntrustedIpError(OperatorError):
    """Our address is not among the app's 企业可信IP. `address` is the one that WeCom saw; "" when it does not say."""

    address = ""


class BusyError(TryLaterError):
    """WeCom's system is busy."""


class SlowDownError(TryLaterError):
    """Too many calls of one kind."""


class StaleSignalError(RejectedError):
    """The token that came with a kf callback has expired."""


class NobodyReachedError(RejectedError):
    """Every receiver is unknown or out of reach."""


_STALE_TOKEN = frozenset({40014, 42001, 41001})
_BAD_SECRET = frozenset({40001, 40013, 40091})
_OPERATOR = frozenset(
    {
        40056,
        43012,
        48002,
        48007,
        48009,
        50001,
        50003,
        60011,
        60021,
        95003,
        95011,
        95012,
        95017,
        95023,
        95032,
        301002,
    }
    | {301042, 301052, 301053, 640017}
)
_PAUSE = {
    45009: timedelta(minutes=1),  # blocked for the window that was hit; the minute is the likeliest (§10)
    45033: timedelta(seconds=2),
    6000: timedelta(seconds=1),
    41063: timedelta(seconds=10),
    41079: timedelta(seconds=10),
    90304: timedelta(seconds=10),
}
_BAN_CHECK = timedelta(minutes=10)
_SLOW_DOWN = frozenset({45009, 45033})
_CODE_USED = frozenset({41050, 41051, 41096, 60140})
_HANDOVER = frozenset({95013, 95014, 95016, 95019})
#: A message code may be used only while the session is in the state that produced it (§2.4).
_CODE_LAPSED = frozenset({95002, 95013, 95016, 95018})
_KINDS: dict[int, type[MessengerError]] = {
    95001: QuotaUsedError,
    95002: WindowClosedError,
    95007: StaleSignalError,
    95018: SessionStateError,
    81013: NobodyReachedError,
    60020: UntrustedIpError,
    **dict.fromkeys(_STALE_TOKEN, StaleTokenError),
    **dict.fromkeys(_BAD_SECRET, BadSecretError),
    **dict.fromkeys(_OPERATOR, OperatorError),
    **dict.fromkeys(_CODE_USED, CodeUsedError),
    **dict.fromkeys(_HANDOVER, HandoverRefusedError),
}


def explain(code: int) -> str:
    """What this errcode means and what to do, in Chinese."""
    if code in HINTS:
        return HINTS[code]
    if any(code in codes for codes in OURS_TOO):
        return FIELD_HINT
    return f"企业微信返回了没见过的错误码 {code},请把它发给开发人员"


def explain_failure(reason: int) -> str:
    """Why a message that WeCom had accepted did not arrive (fail_type of msg_send_fail), in Chinese."""
    return FAIL_REASONS.get(reason, f"原因未知({reason})")


def is_known(code: int) -> bool:
    """Whether the facts name this errcode."""
    return code in HINTS or any(code in codes for codes in OURS_TOO)


def to_error(code: int, errmsg: str, path: str) -> MessengerError:
    """The error for an errcode other than 0. `errmsg` is looked at, never repeated: it may hold what was sent."""
    message, hint = f"{path}: errcode {code}", _hint(code, errmsg)
    if code == -1:
        return BusyError(message, retry_in=timedelta(seconds=5), code=code, hint=hint)
    if code in _PAUSE:
        kind = SlowDownError if code in _SLOW_DOWN else TryLaterError
        return kind(message, retry_in=_pause(code, path), code=code, hint=hint)
    error = _kind(code, errmsg, path)(message, code=code, hint=hint)
    if isinstance(error, UntrustedIpError):
        error.address = _our_address(errmsg)
    return error


def _pause(code: int, path: str) -> timedelta:
    # Nobody asks for tokens often enough to be limited, unless wrong secrets have banned our address for an hour.
    return _BAN_CHECK if path == GETTOKEN and code == 45009 else _PAUSE[code]


def _kind(code: int, errmsg: str, path: str) -> type[MessengerError]:
    if path in _UNDER_AN_ID and not is_known(code) and re.search(r"msg_?id", errmsg, re.IGNORECASE):
        return AlreadySentError  # its code is not documented (§2.3)
    if path == SEND_ON_EVENT and (code in _CODE_LAPSED or _names_a_code(code, errmsg)):
        return CodeUsedError
    if path == UPDATE_CARD and _names_a_code(code, errmsg):
        return CodeUsedError
    if path == MESSAGE and code == 60111:
        return NobodyReachedError
    return _KINDS.get(code, RejectedError)


def _names_a_code(code: int, errmsg: str) -> bool:
    return not is_known(code) and re.search(r"(^|[^a-z])code", errmsg, re.IGNORECASE) is not None


def _hint(code: int, errmsg: str) -> str:
    hint, address = explain(code), _our_address(errmsg)
    return f"{hint}(出口 IP:{address})" if code == 60020 and address else hint


def _our_address(errmsg: str) -> str:
    """Where WeCom says the request came from."""
    found = re.search(r"\bfrom ip:? *([0-9A-Fa-f.:]{3,45})", errmsg)
    return found[1].rstrip(".") if found else ""
