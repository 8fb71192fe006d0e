"""POST /pay/notify: a payment system says that an order was paid. Verified, stored once, answered; understood later.

The format is ours (README.md, "Payments"), for no two payment systems agree: whoever takes the money posts JSON

    {"id": "4200002", "order": "D26112200017", "amount": "688.00", "paid_at": "2026-11-22T14:03:05+08:00"}

with `X-Pay-Timestamp` (Unix seconds) and `X-Pay-Signature`, the hex HMAC-SHA256 under PAY_SECRET of the timestamp, a
dot, and the body as sent.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import structlog
from aiohttp import web

from bot import metrics
from bot.orders.notices import Notice, keep
from bot.web.keys import SITE

log = structlog.get_logger(__name__)

PATH = "/pay/notify"
SKEW = timedelta(minutes=5)  #: a request signed longer ago was recorded by somebody; a repeat is signed anew
_BODY_MOST = 8 * 1024  #: bytes
_AMOUNT = re.compile(r"[0-9]{1,8}(\.[0-9]{1,2})?")
_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,64}")
_STAMP = re.compile(r"[0-9]{1,12}")
_FIRST_YEAR = 2020  #: a payment of before is a clock that was never set


class _BadNoticeError(ValueError):
    """The body is not what the README says; the text names the field."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: int
    reason: str


async def notify(request: web.Request) -> web.Response:
    """200 once it is stored, also when it was before; 409 when the same id says something else now."""
    site = request.app[SITE]
    now = site.clock.now()
    if not site.pay_key:
        return _refuse(_Refusal(404, "PAY_SECRET is not set"))
    if request.content_length is not None and request.content_length > _BODY_MOST:
        return _refuse(_Refusal(413, "too large"))
    body = await request.content.read(_BODY_MOST + 1)
    if len(body) > _BODY_MOST:
        return _refuse(_Refusal(413, "too large"))
    if refusal := _check_signature(request, site.pay_key, body, now):
        return _refuse(refusal)
    try:
        notice = read_notice(body)
    except _BadNoticeError as error:
        return _refuse(_Refusal(400, str(error)))
    async with site.database.begin() as session:
        is_consistent = await keep(session, notice, now)
    if not is_consistent:
        return _refuse(_Refusal(409, "this id came with another order or amount before"))
    metrics.PAYMENTS.labels("stored").inc()
    await site.wakeups.wake("payments")
    return web.json_response({"ok": True})


def sign(key: bytes, timestamp: str, body: bytes) -> str:
    """The signature that a notice must carry, in hex."""
    return hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def read_notice(body: bytes) -> Notice:
    """Raises ValueError that names the field and what was expected."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise _BadNoticeError("expected JSON in UTF-8") from None
    if not isinstance(data, dict):
        raise _BadNoticeError("expected a JSON object")
    return Notice(
        transaction=_matching(data, "id", _NUMBER, "1-64 letters, digits, _ or -"),
        order_number=_matching(data, "order", _NUMBER, "1-64 letters, digits, _ or -"),
        amount=_amount(data),
        paid_at=_moment(data),
    )


def _matching(data: dict[str, object], name: str, pattern: re.Pattern[str], expected: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _BadNoticeError(f"{name}: expected {expected}")
    return value


def _amount(data: dict[str, object]) -> Decimal:
    text = _matching(data, "amount", _AMOUNT, 'yuan as text, such as "688.00"')
    amount = Decimal(text)
    if not amount:
        raise _BadNoticeError("amount: expected more than 0")
    return amount


def _moment(data: dict[str, object]) -> datetime:
    expected = "paid_at: expected ISO 8601 with an offset, such as 2026-11-22T14:03:05+08:00"
    value = data.get("paid_at")
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not _FIRST_YEAR <= moment.year < _FIRST_YEAR + 100:
        raise _BadNoticeError(expected)
    return moment.astimezone(UTC)


def _check_signature(request: web.Request, key: bytes, body: bytes, now: datetime) -> _Refusal | None:
    timestamp = request.headers.get("X-Pay-Timestamp", "")
    given = request.headers.get("X-Pay-Signature", "").strip().lower()
    if not _STAMP.fullmatch(timestamp):
        return _Refusal(403, "X-Pay-Timestamp: expected Unix seconds")
    if not hmac.compare_digest(sign(key, timestamp, body).encode(), given.encode("utf-8", "replace")):
        return _Refusal(403, "wrong signature")
    if abs(now.timestamp() - int(timestamp)) > SKEW.total_seconds():
        return _Refusal(403, "signed too long ago, or a clock is wrong")
    return None


def _refuse(refusal: _Refusal) -> web.Response:
    """Why, for the log of whoever posts; never what was posted."""
    metrics.PAYMENTS.labels("refused").inc()
    log.warning("payment.refused", status=refusal.status, reason=refusal.reason)
    return web.json_response({"ok": False, "error": refusal.reason}, status=refusal.status)
