"""Decrypted callbacks as typed events (facts/wecom.md §2.1, §3.3, §3.5). What we do not know is an OtherEvent.

Nothing here raises: the raw event is stored before it is understood, and one odd event must not stop the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from bot.wecom.crypto import EnvelopeError
from bot.wecom.xml import parse


@dataclass(frozen=True, slots=True)
class KfSignal:
    """Something is new for this 微信客服 account: pull it. The token lives ten minutes."""

    account: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardPressed:
    """A staff member pressed a button of a card, or a line of its corner menu."""

    staff: str  #: account, lower-cased
    task_id: str
    key: str
    response_code: str = field(repr=False)  #: single use, 72 h; "" when none came
    selected: Mapping[str, tuple[str, ...]]  #: question key → ids of the chosen options
    is_menu: bool


@dataclass(frozen=True, slots=True)
class AccountsChanged:
    """An admin granted us 微信客服 accounts, or took them away."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffSaid:
    """A staff member wrote to the app."""

    staff: str  #: account, lower-cased
    kind: str  #: WeCom's MsgType: text, image, voice, video, location, link
    text: str = field(repr=False)  #: "" unless kind is text
    msg_id: str


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """Anything else; `kind` is WeCom's Event or MsgType, or `unreadable`."""

    kind: str


Event = KfSignal | CardPressed | AccountsChanged | StaffSaid | OtherEvent

_SAID = frozenset({"text", "image", "voice", "video", "location", "link", "file"})
_PRESSED = frozenset({"template_card_event", "template_card_menu_event"})


def parse_event(xml: str) -> Event:
    """The event in a decrypted callback."""
    try:
        root = parse(xml.encode("utf-8", "replace"))
    except EnvelopeError:
        return OtherEvent("unreadable")
    kind = _text(root, "MsgType")
    if kind == "event":
        return _event(root, _text(root, "Event"))
    staff = _text(root, "FromUserName").lower()
    if kind in _SAID and staff:
        return StaffSaid(staff, kind, _text(root, "Content") if kind == "text" else "", _text(root, "MsgId"))
    return OtherEvent(kind or "unreadable")


def _event(root: etree._Element, name: str) -> Event:
    if name == "kf_msg_or_event" and (account := _text(root, "OpenKfId")):
        return KfSignal(account, _text(root, "Token"))
    if name in _PRESSED:
        return _pressed(root, name)
    if name == "kf_account_auth_change":
        return AccountsChanged(_texts(root, "AuthAddOpenKfId"), _texts(root, "AuthDelOpenKfId"))
    return OtherEvent(name or "unreadable")


def _pressed(root: etree._Element, name: str) -> Event:
    staff, task_id, key = (_text(root, tag) for tag in ("FromUserName", "TaskId", "EventKey"))
    if not staff or not task_id:
        return OtherEvent(name)
    return CardPressed(
        staff=staff.lower(),
        task_id=task_id,
        key=key,
        response_code=_text(root, "ResponseCode"),
        selected={
            _text(item, "QuestionKey"): _texts(item, "OptionIds/OptionId")
            for item in root.findall("SelectedItems/SelectedItem")
        },
        is_menu=name == "template_card_menu_event",
    )


def _text(parent: etree._Element, tag: str) -> str:
    return (parent.findtext(tag) or "").strip()


def _texts(parent: etree._Element, path: str) -> tuple[str, ...]:
    found = ((element.text or "").strip() for element in parent.findall(path))
    return tuple(text for text in found if text)
