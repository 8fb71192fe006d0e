"""What a message to a customer may say: types and limits (`facts/wecom.md` §2.3)."""

from __future__ import annotations

from typing import Any

from bot.sandbox import fields
from bot.sandbox.fields import Body
from bot.sandbox.refusal import Code, PlatformRefusal
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import Shown

MOST_TEXT_BYTES = 2048
MOST_MENU_TEXT_BYTES = 1024
MOST_MENU_LINES = 50
MOST_MENU_LINKS = 10  #: click, view and miniprogram together
_MEDIA = ("image", "voice", "video", "file")
_MENU_LINES = ("click", "view", "miniprogram", "text")


def read_content(sandbox: Sandbox, body: Body, msgid: str) -> Shown:
    """The bubble that the body describes. Raises PlatformRefusal for what the platform would not take."""
    msgtype = fields.text(body, "msgtype", missing=Code.BAD_MSGTYPE)
    now = sandbox.now()
    if msgtype == "text":
        content = fields.text(fields.table(body, "text"), "content", most_bytes=MOST_TEXT_BYTES, missing=Code.EMPTY)
        return Shown(now, "service", "text", content, msgid)
    if msgtype == "msgmenu":
        menu = _menu(fields.table(body, "msgmenu", missing=Code.EMPTY))
        lines = [menu["head"], *(f"[{item['label']}]" for item in menu["items"]), menu["tail"]]
        return Shown(now, "service", "msgmenu", "\n".join(line for line in lines if line), msgid, menu)
    if msgtype in _MEDIA:
        media_id = fields.text(fields.table(body, msgtype), "media_id", missing=Code.BAD_MEDIA_ID)
        sandbox.media.alive(media_id, now)
        return Shown(now, "service", msgtype, f"[{msgtype}]", msgid)
    if msgtype in _OTHER:
        return Shown(now, "service", msgtype, _OTHER[msgtype](fields.table(body, msgtype, missing=Code.EMPTY)), msgid)
    raise PlatformRefusal(Code.BAD_MSGTYPE, "invalid message type")


def _menu(body: Body) -> dict[str, Any]:
    head = fields.text(body, "head_content", most_bytes=MOST_MENU_TEXT_BYTES)
    tail = fields.text(body, "tail_content", most_bytes=MOST_MENU_TEXT_BYTES)
    lines = fields.tables(body, "list", most=MOST_MENU_LINES, bad=Code.MENU_TOO_LONG)
    if not head and not lines and not tail:
        raise PlatformRefusal(Code.EMPTY, "empty msgmenu")
    items = [_menu_line(line) for line in lines]
    if sum(kind != "text" for kind, _ in items) > MOST_MENU_LINKS:
        raise PlatformRefusal(Code.MENU_TOO_LONG, f"msgmenu has more than {MOST_MENU_LINKS} links")
    return {"head": head, "items": [item for _, item in items], "tail": tail}


def _menu_line(line: Body) -> tuple[str, dict[str, str]]:
    kind = fields.text(line, "type", missing=Code.BAD_MENU_TYPE)
    if kind not in _MENU_LINES:
        raise PlatformRefusal(Code.BAD_MENU_TYPE, "invalid menu type")
    inner = fields.table(line, kind, missing=Code.BAD_MENU_TYPE)
    if kind == "click":
        id = fields.text(inner, "id", most_bytes=128, missing=Code.BAD_PARAMETER)
        label = fields.text(inner, "content", most_bytes=128, missing=Code.BAD_PARAMETER)
        return kind, {"id": id, "label": label}
    if kind == "text":
        return kind, {"id": "", "label": fields.text(inner, "content", most_bytes=256, missing=Code.BAD_PARAMETER)}
    if kind == "view":
        _url(inner)
    else:
        fields.text(inner, "appid", most_bytes=32, missing=Code.BAD_PARAMETER)
        fields.text(inner, "pagepath", most_bytes=1024, missing=Code.BAD_PARAMETER)
    return kind, {"id": "", "label": fields.text(inner, "content", most_bytes=1024, missing=Code.BAD_PARAMETER)}


def _url(body: Body) -> str:
    return fields.text(body, "url", most_bytes=2048, pattern=r"[a-z][a-z0-9+.\-]*://.+", missing=Code.BAD_PARAMETER)


def _link(body: Body) -> str:
    fields.text(body, "thumb_media_id", missing=Code.BAD_MEDIA_ID)
    _url(body)
    return fields.text(body, "title") or "[link]"  # title and desc are cut by the platform, not refused


def _miniprogram(body: Body) -> str:
    fields.text(body, "appid", missing=Code.BAD_PARAMETER)
    fields.text(body, "thumb_media_id", missing=Code.BAD_MEDIA_ID)
    fields.text(body, "pagepath", pattern=r".+\.html(\?.*)?", missing=Code.BAD_PARAMETER)
    return fields.text(body, "title", most_bytes=64) or "[miniprogram]"


def _location(body: Body) -> str:
    for name, most in (("latitude", 90.0), ("longitude", 180.0)):
        value = body.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            raise PlatformRefusal(Code.BAD_PARAMETER, f"invalid {name}")
    return fields.text(body, "name") or "[location]"


def _ca_link(body: Body) -> str:
    return fields.text(body, "link_url", missing=Code.BAD_PARAMETER)


_OTHER = {"link": _link, "miniprogram": _miniprogram, "location": _location, "ca_link": _ca_link}
