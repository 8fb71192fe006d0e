"""`message/send`: texts and cards to staff (`facts/wecom.md` §3.1)."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import deque
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox import fields
from bot.sandbox.app_card_rules import INTERACTIVE, check_card
from bot.sandbox.app_cards import Task, check_agent, check_task_id, face_of, is_open
from bot.sandbox.faults import Fault
from bot.sandbox.fields import Body
from bot.sandbox.refusal import Code, PlatformRefusal
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import InboxItem, Staff

MOST_A_MINUTE = 30  #: to one member; more is dropped without a word
MOST_AN_HOUR = 1000
MOST_TEXT_BYTES = 2048
MOST_RECENT = 20_000


def send(sandbox: Sandbox, body: Body) -> Body:
    """Send to the members named. Raises PlatformRefusal; a receiver who cannot be reached is named in the answer."""
    check_agent(sandbox, body)
    names = _names(sandbox, body)
    msgtype = fields.text(body, "msgtype", missing=Code.BAD_MSGTYPE)
    face, card = _read(sandbox, msgtype, body)
    digest, until = _repeat_key(sandbox, body)
    if digest in sandbox.recent_requests and sandbox.now() < sandbox.recent_requests[digest]:
        return {"invaliduser": "", "unlicenseduser": "", "msgid": secrets.token_urlsafe(24)}  # ok, and nothing happens
    if card is not None:
        check_task_id(sandbox, card.get("task_id", ""))
    reached, invalid, unlicensed = _sort_out(sandbox, names)
    answer: Body = {
        "invaliduser": "|".join(invalid),
        "invalidparty": body.get("toparty") or "",
        "invalidtag": body.get("totag") or "",
        "unlicenseduser": "|".join(unlicensed),
    }
    if not reached and invalid:
        raise PlatformRefusal(Code.NOBODY_REACHED, "all touser/toparty/totag are invalid", **answer)
    task_id = card.get("task_id", "") if card else ""
    copies = {staff.key: _deliver(sandbox, staff, task_id, face) for staff in reached}
    answer["msgid"] = secrets.token_urlsafe(24)
    _remember(sandbox, digest, until)
    if task_id:
        sandbox.sent_cards[task_id] = Task(task_id, copies)
    if card is not None and card["card_type"] in INTERACTIVE and reached:
        answer["response_code"] = sandbox.response_codes.give(task_id, sandbox.now())
    return answer


def _names(sandbox: Sandbox, body: Body) -> list[str]:
    touser = fields.text(body, "touser")
    if not touser and not body.get("toparty") and not body.get("totag"):
        raise PlatformRefusal(Code.NO_RECEIVER, "touser, toparty and totag are all empty")
    if touser == "@all":
        return [staff.account for staff in sandbox.world.staff.values() if staff.is_valid]
    names = [name for name in touser.split("|") if name]
    if len(names) > 1000:
        raise PlatformRefusal(Code.BAD_PARAMETER, "touser exceeds 1000 members")
    return list(dict.fromkeys(names))


def _read(sandbox: Sandbox, msgtype: str, body: Body) -> tuple[dict[str, Any], Body | None]:
    if msgtype == "template_card":
        card = fields.table(body, "template_card", missing=Code.BAD_CARD_TYPE)
        check_card(card)
        if (card["card_type"] in INTERACTIVE or card.get("action_menu")) and not sandbox.seed.callback_url:
            raise PlatformRefusal(Code.NO_CALLBACK_URL, "the app has no callback url")
        return face_of(card), card
    if msgtype in {"text", "markdown"}:
        content = fields.text(fields.table(body, msgtype), "content", most_bytes=MOST_TEXT_BYTES, missing=Code.EMPTY)
        return _plain_face(msgtype, "", content, ""), None
    if msgtype == "textcard":
        card = fields.table(body, "textcard", missing=Code.EMPTY)
        title = fields.text(card, "title", most_bytes=128, missing=Code.NO_TITLE)
        description = fields.text(card, "description", most_bytes=512, missing=Code.EMPTY)
        url = fields.text(card, "url", missing=Code.NO_URL)
        return _plain_face(msgtype, title, description, url), None
    raise PlatformRefusal(Code.BAD_MSGTYPE, "invalid message type")


def _plain_face(kind: str, title: str, body: str, url: str) -> dict[str, Any]:
    return face_of(
        {"card_type": kind, "main_title": {"title": title}, "sub_title_text": body, "card_action": {"url": url}}
    )


def _repeat_key(sandbox: Sandbox, body: Body) -> tuple[str, datetime]:
    """enable_duplicate_check: an identical request within the interval (default 1800 s, at most 4 h) does nothing.

    Returns the request's digest ("" when not asked for) and until when it counts. What a suppressed repeat answers is
    not documented: here errcode 0 without a response_code.
    """
    is_checked = fields.whole(body, "enable_duplicate_check", 0, low=0, high=1)
    interval = timedelta(seconds=fields.whole(body, "duplicate_check_interval", 1800, low=1, high=14_400))
    if not is_checked:
        return "", sandbox.now()
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return digest, sandbox.now() + interval


def _remember(sandbox: Sandbox, digest: str, until: datetime) -> None:
    if digest:
        sandbox.recent_requests[digest] = until
    while len(sandbox.recent_requests) > MOST_RECENT:
        del sandbox.recent_requests[next(iter(sandbox.recent_requests))]


def _sort_out(sandbox: Sandbox, names: list[str]) -> tuple[list[Staff], list[str], list[str]]:
    """Who is reached, whose account is invalid, who has no licence; these lower-cased, as in WeCom."""
    reached: list[Staff] = []
    invalid: list[str] = []
    unlicensed: list[str] = []
    for name in names:
        key = name.lower()
        staff = sandbox.world.staff.get(key)
        if staff is None or not staff.is_valid or sandbox.faults.take({Fault.STAFF_INVALID}, value=key):
            invalid.append(key)
        elif not staff.is_licensed or sandbox.faults.take({Fault.STAFF_UNLICENSED}, value=key):
            unlicensed.append(key)
        else:
            reached.append(staff)
    return reached, invalid, unlicensed


def _deliver(sandbox: Sandbox, staff: Staff, task_id: str, face: dict[str, Any]) -> InboxItem:
    """Put one message in a member's inbox, unless this member has had too many: then it is dropped silently."""
    now = sandbox.now()
    interactive = is_open(face)
    kind = "card" if interactive else "notice" if face["card_type"].endswith("notice") else "text"
    item = InboxItem(kind, task_id, face, now, now, "open" if interactive else "closed")
    if _has_had_too_many(staff.received, now):
        sandbox.feed.note("notice.dropped", staff=staff.account, task_id=task_id)
        return item
    staff.received.append(now)
    staff.inbox.append(item)
    what = face["title"] or face["body"]
    sandbox.feed.note("card.received", staff=staff.account, task_id=task_id, what=kind, title=what)
    return item


def _has_had_too_many(received: deque[datetime], now: datetime) -> bool:
    in_the_minute = sum(1 for at in received if now - at < timedelta(minutes=1))
    in_the_hour = sum(1 for at in received if now - at < timedelta(hours=1))
    return in_the_minute >= MOST_A_MINUTE or in_the_hour >= MOST_AN_HOUR
