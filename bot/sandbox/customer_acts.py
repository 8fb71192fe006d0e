"""What a pretend customer does in WeChat (`facts/wecom.md` §2.2)."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.codes import Occasion
from bot.sandbox.kf_sessions import move_to, state_now
from bot.sandbox.media import SAMPLES
from bot.sandbox.refusal import ControlRefusal
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import Customer, Entered, Shown, State, Thread

MOST_CUSTOMERS = 20_000
MOST_TEXT = 10_000  #: characters
WELCOME_AGAIN = timedelta(hours=48)

#: kinds without a file: the body's fields, and what a bubble shows
_BODIES: dict[str, tuple[dict[str, Any], str]] = {
    "location": ({"latitude": 30.2594, "longitude": 120.1642, "name": "样例位置", "address": "样例路 1 号"}, "[位置]"),
    "link": ({"title": "样例链接", "desc": "说明", "url": "https://example.com/", "pic_url": ""}, "[链接]"),
    "business_card": ({"userid": "someone"}, "[名片]"),
    "miniprogram": (
        {"title": "样例小程序", "appid": "wx0", "pagepath": "index.html", "thumb_media_id": ""},
        "[小程序]",
    ),
    "merged_msg": ({"title": "聊天记录", "item": []}, "[聊天记录]"),
    "channels": ({}, "[视频号]"),
}


def add_customer(sandbox: Sandbox, name: str, id: str = "") -> Customer:
    """The customer of this name, made on first use; the id follows from the name. Raises ControlRefusal."""
    if not name or len(name) > 64:
        raise ControlRefusal("客人要有名字,最多 64 个字", 400)
    id = id or "wm" + hashlib.sha256(name.encode()).hexdigest()[:30]
    if not re.fullmatch(r"w[mo][0-9A-Za-z_-]{1,62}", id):
        raise ControlRefusal("客人的 id 要像 wmAbc123", 400)
    if id not in sandbox.world.customers and len(sandbox.world.customers) >= MOST_CUSTOMERS:
        raise ControlRefusal("客人太多了", 409)
    return sandbox.world.customers.setdefault(id, Customer(id, name))


def say(sandbox: Sandbox, thread: Thread, text: str, *, ago: timedelta = timedelta(0), quietly: bool = False) -> str:
    """Write a text; `ago` dates it back, `quietly` loses its callback. Returns the msgid."""
    if not text or len(text) > MOST_TEXT:
        raise ControlRefusal(f"要说点什么,最多 {MOST_TEXT} 个字", 400)
    return _speak(sandbox, thread, "text", {"content": text}, text, sandbox.now() - ago, quietly)


def send(
    sandbox: Sandbox, thread: Thread, kind: str, *, body: dict[str, Any], content: bytes | None, filename: str
) -> str:
    """Send a picture, a voice, a place …; without content or body it is a sample. Returns the msgid."""
    if kind in SAMPLES:
        media_id = sandbox.media.add(kind, sandbox.now(), content, filename)
        return _speak(sandbox, thread, kind, {"media_id": media_id}, f"[{kind}]", sandbox.now())
    if kind not in _BODIES:
        raise ControlRefusal(f"没有「{kind}」这种消息。有:{'、'.join([*SAMPLES, *_BODIES])}", 400)
    sample, shown = _BODIES[kind]
    return _speak(sandbox, thread, kind, sample | body, shown, sandbox.now())


def click(sandbox: Sandbox, thread: Thread, label: str, id: str = "") -> str:
    """Tap a line of the latest menu that has it; a text message comes of it (§2.3). Returns the msgid."""
    for shown in reversed(thread.shown):
        for item in (shown.menu or {}).get("items", []) if shown.fail_type is None else []:
            if item["id"] and (item["id"] == id or (not id and item["label"] == label)):
                body = {"content": item["label"], "menu_id": item["id"]}
                return _speak(sandbox, thread, "text", body, item["label"], sandbox.now())
    raise ControlRefusal(f"收到的菜单里没有「{label or id}」", 404)


def enter(sandbox: Sandbox, thread: Thread, scene: str, scene_param: str) -> bool:
    """Open the chat; whether a welcome code came with the event.

    A code comes only when the customer had no welcome and said nothing within 48 h (§2.2).
    """
    if not re.fullmatch(r"[0-9a-zA-Z_-]*", scene) or len(scene.encode()) > 32 or len(scene_param.encode()) > 128:
        raise ControlRefusal("scene 最多 32 个字母数字,scene_param 最多 128 字节", 400)
    if scene_param and not scene:
        raise ControlRefusal("scene 不为空时才能带 scene_param", 400)
    now = sandbox.now()
    is_due = not _is_within(thread.last_welcome_at, now) and not _is_within(thread.last_said_at, now)
    thread.entered = Entered(now, scene, scene_param)
    fields: dict[str, Any] = {"scene": scene, "scene_param": scene_param}
    if is_due:
        fields["welcome_code"] = sandbox.event_codes.give(Occasion.ENTERED, thread, now)
    sandbox.feed.note("customer.entered", account=thread.account, customer=thread.customer, scene=scene)
    sandbox.add_event(thread, "enter_session", **fields)
    return is_due


def recall(sandbox: Sandbox, thread: Thread, msgid: str) -> None:
    """Take a message back; the service is told its msgid."""
    for shown in thread.shown:
        if shown.msgid == msgid and shown.who == "customer" and not shown.is_recalled:
            shown.is_recalled = True
            sandbox.feed.note("customer.recalled", account=thread.account, customer=thread.customer, msgid=msgid)
            sandbox.add_event(thread, "user_recall_msg", recall_msgid=msgid)
            return
    raise ControlRefusal("没有这条消息,或者已经撤回了", 404)


def refuse(sandbox: Sandbox, thread: Thread, fail_type: int | None) -> None:
    """From now on what is sent is accepted and then fails (10: the customer refuses); None takes it back."""
    if fail_type is not None and not 0 <= fail_type <= 12:
        raise ControlRefusal("fail_type 要在 0 到 12 之间", 400)
    thread.refuses_with = fail_type
    sandbox.feed.note("customer.refused", account=thread.account, customer=thread.customer, fail_type=fail_type)


def _speak(
    sandbox: Sandbox,
    thread: Thread,
    kind: str,
    body: dict[str, Any],
    shown: str,
    at: datetime,
    quietly: bool = False,
) -> str:
    """One message from the customer: it renews the 48 hours and the five, and starts a new consult if none is open."""
    if state_now(thread, sandbox.now()) is State.ENDED:
        move_to(sandbox, thread, State.NEW, None)
    thread.last_said_at, thread.sent_since = max(at, thread.last_said_at or at), 0
    msgid = sandbox.add_item(thread, {"origin": 3, "msgtype": kind, kind: body}, at=at, quietly=quietly)
    sandbox.show(thread, Shown(at, "customer", kind, shown, msgid))
    return msgid


def _is_within(at: datetime | None, now: datetime) -> bool:
    return at is not None and now - at < WELCOME_AGAIN
