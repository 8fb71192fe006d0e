"""What `kf/sync_msg` returns, as typed items (facts/wecom.md §2.2). A strange item never fails its page.

Missing or mistyped fields become "" or the epoch; what cannot be placed at all is an UnknownItem.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, Final

from bot.wecom.errcodes import explain_failure

EPOCH: Final = datetime.fromtimestamp(0, UTC)  #: for an item without a time: old, so nothing is answered by itself
LATEST: Final = 4_102_444_800  #: unix seconds, the year 2100; a later time is no time


class Origin(IntEnum):
    """Who made an item."""

    CUSTOMER = 3
    SYSTEM = 4
    SERVICER = 5


class SessionChange(IntEnum):
    """change_type of session_status_change."""

    PICKED_UP = 1
    TRANSFERRED = 2
    ENDED = 3
    REOPENED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSaid:
    """A message from a customer, also of a kind that nobody knows yet: it must not meet silence."""

    msgid: str
    account: str
    customer: str
    sent_at: datetime
    kind: str  #: WeCom's msgtype
    text: str = field(repr=False)  #: of a text message or a tapped menu line, else ""
    menu_id: str  #: the id of the tapped menu line, else ""
    media_id: str  #: of image, voice, video and file; lives three days
    body: dict[str, Any] = field(repr=False)  #: the item as it came


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffTyped:
    """A message that a servicer typed in WeCom itself."""

    msgid: str
    account: str
    customer: str
    staff: str
    sent_at: datetime
    kind: str
    text: str = field(repr=False)
    body: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A customer opened the conversation. `scene_param` can be edited by any customer."""

    msgid: str
    account: str
    customer: str
    sent_at: datetime
    scene: str
    scene_param: str
    welcome_code: str = field(repr=False)  #: 20 s, one use; "" when no welcome is due


@dataclass(frozen=True, slots=True, kw_only=True)
class SendFailed:
    """A message that WeCom had accepted did not arrive."""

    msgid: str
    account: str
    customer: str
    sent_at: datetime
    failed_msgid: str
    reason: int  #: fail_type
    hint: str  #: the reason in Chinese


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A message was taken back: forget it."""

    msgid: str
    account: str
    customer: str
    sent_at: datetime
    recalled_msgid: str
    by_staff: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChanged:
    """The session went to another servicer, or ended."""

    msgid: str
    account: str
    customer: str
    sent_at: datetime
    change: SessionChange
    old_staff: str
    new_staff: str
    code: str = field(repr=False)  #: message code for one more text, "" when none


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffStatusChanged:
    """A servicer began or stopped receiving customers."""

    msgid: str
    account: str
    staff: str
    sent_at: datetime
    is_receiving: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectSwitched:
    """A servicer refuses this customer's messages, or takes them again."""

    msgid: str
    account: str
    customer: str
    staff: str
    sent_at: datetime
    is_rejecting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownItem:
    """Kept as it came."""

    msgid: str
    sent_at: datetime
    body: dict[str, Any] = field(repr=False)


Item = (
    CustomerSaid
    | StaffTyped
    | Entered
    | SendFailed
    | Recalled
    | SessionChanged
    | StaffStatusChanged
    | RejectSwitched
    | UnknownItem
)


def parse_item(raw: object, account: str) -> Item:
    """One entry of msg_list, pulled for `account` (used where the entry names none)."""
    body = raw if isinstance(raw, dict) else {"raw": raw}
    kind, event = text_in(body, "msgtype"), body.get("event")
    if kind == "event" and isinstance(event, dict):
        make = _EVENTS.get(text_in(event, "event_type"))
        item = make(_Head(body, event, account), event) if make else None
    else:
        item = _said(body, kind, account)
    return item or UnknownItem(msgid=_msgid(body), sent_at=_time(body), body=body)


class _Head:
    """What all events share; their account and customer are inside `event`."""

    def __init__(self, body: dict[str, Any], event: dict[str, Any], account: str) -> None:
        self.msgid = _msgid(body)
        self.sent_at = _time(body)
        self.account = text_in(event, "open_kfid") or text_in(body, "open_kfid") or account
        self.customer = text_in(event, "external_userid") or text_in(body, "external_userid")
        self.staff = staff_in(event, "servicer_userid")


def _said(body: dict[str, Any], kind: str, account: str) -> Item | None:
    origin, customer = int_in(body, "origin"), text_in(body, "external_userid")
    if kind in ("", "event") or not customer or not text_in(body, "msgid"):
        return None
    inner = body.get(kind)
    inner = inner if isinstance(inner, dict) else {}
    msgid, sent_at = _msgid(body), _time(body)
    account = text_in(body, "open_kfid") or account
    text = text_in(inner, "content") if kind == "text" else ""
    if origin == Origin.CUSTOMER:
        return CustomerSaid(
            msgid=msgid,
            account=account,
            customer=customer,
            sent_at=sent_at,
            kind=kind,
            text=text,
            menu_id=text_in(inner, "menu_id") if kind == "text" else "",
            media_id=text_in(inner, "media_id"),
            body=body,
        )
    if origin == Origin.SERVICER:
        staff = staff_in(body, "servicer_userid")
        return StaffTyped(
            msgid=msgid,
            account=account,
            customer=customer,
            staff=staff,
            sent_at=sent_at,
            kind=kind,
            text=text,
            body=body,
        )
    return None


def _entered(head: _Head, event: dict[str, Any]) -> Item | None:
    if not head.customer:
        return None
    return Entered(
        msgid=head.msgid,
        account=head.account,
        customer=head.customer,
        sent_at=head.sent_at,
        scene=text_in(event, "scene"),
        scene_param=text_in(event, "scene_param"),
        welcome_code=text_in(event, "welcome_code"),
    )


def _send_failed(head: _Head, event: dict[str, Any]) -> Item | None:
    failed = text_in(event, "fail_msgid")
    if not failed:
        return None
    reason = int_in(event, "fail_type")
    return SendFailed(
        msgid=head.msgid,
        account=head.account,
        customer=head.customer,
        sent_at=head.sent_at,
        failed_msgid=failed,
        reason=reason,
        hint=explain_failure(reason),
    )


def _recalled(head: _Head, event: dict[str, Any]) -> Item | None:
    recalled = text_in(event, "recall_msgid")
    if not recalled:
        return None
    return Recalled(
        msgid=head.msgid,
        account=head.account,
        customer=head.customer,
        sent_at=head.sent_at,
        recalled_msgid=recalled,
        by_staff=text_in(event, "event_type") == "servicer_recall_msg",
    )


def _session_changed(head: _Head, event: dict[str, Any]) -> Item | None:
    change = int_in(event, "change_type")
    if not head.customer or change not in tuple(SessionChange):
        return None
    return SessionChanged(
        msgid=head.msgid,
        account=head.account,
        customer=head.customer,
        sent_at=head.sent_at,
        change=SessionChange(change),
        old_staff=staff_in(event, "old_servicer_userid"),
        new_staff=staff_in(event, "new_servicer_userid"),
        code=text_in(event, "msg_code"),
    )


def _status_changed(head: _Head, event: dict[str, Any]) -> Item | None:
    status = int_in(event, "status")
    if not head.staff or status not in (1, 2):  # here 1 is receiving and 2 is not; servicer/list says 0 and 1
        return None
    return StaffStatusChanged(
        msgid=head.msgid, account=head.account, staff=head.staff, sent_at=head.sent_at, is_receiving=status == 1
    )


def _reject_switched(head: _Head, event: dict[str, Any]) -> Item | None:
    if not head.customer:
        return None
    return RejectSwitched(
        msgid=head.msgid,
        account=head.account,
        customer=head.customer,
        staff=head.staff,
        sent_at=head.sent_at,
        is_rejecting=int_in(event, "reject_switch") == 1,
    )


_EVENTS: Final[dict[str, Callable[[_Head, dict[str, Any]], Item | None]]] = {
    "enter_session": _entered,
    "msg_send_fail": _send_failed,
    "user_recall_msg": _recalled,
    "servicer_recall_msg": _recalled,
    "session_status_change": _session_changed,
    "servicer_status_change": _status_changed,
    "reject_customer_msg_switch_change": _reject_switched,
}


# --- reading fields that may be anything -----------------------------------------------------------------------------
def text_in(data: dict[str, Any], name: str) -> str:
    """The string under `name`, else ""; a number is a string too."""
    value = data.get(name)
    if isinstance(value, str):
        return value
    return str(value) if type(value) is int and value.bit_length() < 64 else ""


def staff_in(data: dict[str, Any], name: str) -> str:
    """A staff account; WeCom ignores its case, so it is lower-cased on the way in."""
    return text_in(data, name).strip().lower()


def int_in(data: dict[str, Any], name: str, default: int = 0) -> int:
    """The whole number under `name`, else `default`; digits in a string count."""
    value = data.get(name)
    if type(value) is int:
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    return default


def _time(body: dict[str, Any]) -> datetime:
    seconds = int_in(body, "send_time")
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < LATEST else EPOCH


def _msgid(body: dict[str, Any]) -> str:
    """WeCom's id, else a digest of the item, so that a second pull gives the same."""
    if given := text_in(body, "msgid"):
        return given
    text = json.dumps(body, sort_keys=True, default=str)
    return "none-" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
