"""Reads fields of a JSON body the way the platform does: a wrong one is refused by name."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.sandbox.refusal import Code, PlatformRefusal

Body = dict[str, Any]


def read_json(raw: bytes) -> Any:
    """JSON as the platform reads it. Raises ValueError for what is none, or holds half a character."""
    data = json.loads(raw)
    if b"\\u" in raw:
        json.dumps(data, ensure_ascii=False).encode()  # a lone surrogate has no UTF-8: UnicodeEncodeError
    return data


def text(
    body: Body,
    name: str,
    *,
    most_bytes: int | None = None,
    most_chars: int | None = None,
    pattern: str | None = None,
    missing: Code | None = None,
    bad: Code = Code.BAD_PARAMETER,
    too_long: Code = Code.TOO_LONG,
) -> str:
    """The string at `name`, "" when absent; `missing` makes it required. Raises PlatformRefusal."""
    value = body.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise PlatformRefusal(bad, f"{name} should be a string")
    if not value and missing is not None:
        raise PlatformRefusal(missing, f"missing {name}")
    if most_bytes is not None and len(value.encode()) > most_bytes:
        raise PlatformRefusal(too_long, f"{name} exceeds {most_bytes} bytes")
    if most_chars is not None and len(value) > most_chars:
        raise PlatformRefusal(too_long, f"{name} exceeds {most_chars} characters")
    if value and pattern is not None and not re.fullmatch(pattern, value):
        raise PlatformRefusal(bad, f"invalid {name}")
    return value


def whole(body: Body, name: str, default: int, *, low: int, high: int, bad: Code = Code.BAD_PARAMETER) -> int:
    """The whole number at `name`, within `low`…`high`. Raises PlatformRefusal."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise PlatformRefusal(bad, f"{name} should be a whole number")
    if not low <= value <= high:
        raise PlatformRefusal(bad, f"{name} should be {low} to {high}")
    return value


def table(body: Body, name: str, *, missing: Code | None = None) -> Body:
    """The object at `name`, {} when absent; `missing` makes it required. Raises PlatformRefusal."""
    value = body.get(name)
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise PlatformRefusal(missing or Code.BAD_PARAMETER, f"{name} should be an object")
    if not value and missing is not None:
        raise PlatformRefusal(missing, f"missing {name}")
    return value


def tables(body: Body, name: str, *, least: int = 0, most: int, bad: Code) -> list[Body]:
    """The list of objects at `name`, [] when absent. Raises PlatformRefusal when its length or a member is wrong."""
    value = body.get(name)
    if value is None:
        value = []
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise PlatformRefusal(bad, f"{name} should hold {least} to {most} items")
    if not all(isinstance(item, dict) for item in value):
        raise PlatformRefusal(bad, f"{name} should hold objects")
    return value


def texts(body: Body, name: str, *, most: int, least: int = 0) -> list[str]:
    """The list of strings at `name`, [] when absent. Raises PlatformRefusal."""
    value = body.get(name)
    if value is None:
        value = []
    if (
        not isinstance(value, list)
        or not least <= len(value) <= most
        or not all(isinstance(item, str) for item in value)
    ):
        raise PlatformRefusal(Code.BAD_PARAMETER, f"{name} should be {least} to {most} strings")
    return value
