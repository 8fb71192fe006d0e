"""Reads what a player sent to `/sandbox/…`; what is wrong is said in Chinese."""

from __future__ import annotations

import base64
from typing import Any

from aiohttp import web

from bot.sandbox.fields import read_json
from bot.sandbox.refusal import ControlRefusal

Body = dict[str, Any]


async def read_body(request: web.Request) -> Body:
    """The JSON object of a request. Raises ControlRefusal.

    The content type must be JSON: a page of another origin cannot send that without being asked first, so no web page
    that happens to be open can move the sandbox.
    """
    if request.content_type != "application/json":
        raise ControlRefusal("请求要是 JSON(Content-Type: application/json)", 415)
    try:
        body = read_json(await request.read())
    except (ValueError, RecursionError):
        raise ControlRefusal("请求不是 JSON", 400) from None
    if not isinstance(body, dict):
        raise ControlRefusal("请求要是一个 JSON 对象", 400)
    return body


def text(body: Body, name: str, *, required: bool = False) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or (required and not value):
        raise ControlRefusal(f"要有 {name},是一段文字", 400)
    return value


def number(body: Body, name: str, default: float, *, low: float, high: float) -> float:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ControlRefusal(f"{name} 要是 {low:g} 到 {high:g} 之间的数", 400)
    return value


def yes_no(body: Body, name: str, default: bool) -> bool:
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise ControlRefusal(f"{name} 要是 true 或 false", 400)
    return value


def texts(body: Body, name: str, *, most: int) -> list[str]:
    value = body.get(name) or []
    if not isinstance(value, list) or len(value) > most or not all(isinstance(each, str) for each in value):
        raise ControlRefusal(f"{name} 要是最多 {most} 段文字", 400)
    return value


def table(body: Body, name: str) -> Body:
    value = body.get(name) or {}
    if not isinstance(value, dict):
        raise ControlRefusal(f"{name} 要是一个 JSON 对象", 400)
    return value


def selection(body: Body) -> dict[str, list[str]]:
    """`selected`: question_key → ids."""
    chosen = table(body, "selected")
    for ids in chosen.values():
        if not isinstance(ids, list) or not ids or not all(isinstance(id, str) for id in ids):
            raise ControlRefusal('selected 要像 {"问题": ["选项"]}', 400)
    return chosen


def content(body: Body) -> bytes | None:
    """`content_base64`, at most 5 MB; None when absent."""
    given = text(body, "content_base64")
    if not given:
        return None
    try:
        data = base64.b64decode(given, validate=True)
    except ValueError:
        raise ControlRefusal("content_base64 不是 base64", 400) from None
    if not 5 < len(data) <= 5 * 1024 * 1024:
        raise ControlRefusal("文件要大于 5 字节,不超过 5 MB", 400)
    return data
