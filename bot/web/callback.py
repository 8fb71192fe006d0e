"""WeCom's callback: verify, decrypt, store once, answer 200 with nothing. Understanding happens later, elsewhere."""

from __future__ import annotations

import structlog
from aiohttp import web

from bot import metrics
from bot.db.intake import StoreError
from bot.web.keys import SITE
from bot.wecom.crypto import EnvelopeError
from bot.wecom.xml import read_envelope

log = structlog.get_logger(__name__)

BODY_MOST = 64 * 1024  #: bytes; a callback is one or two kilobytes
_SKEW_WARNED = 300  #: seconds between WeCom's clock and ours


async def verify(request: web.Request) -> web.Response:
    """The URL check when the address is saved: the decrypted echostr, bare (facts/wecom.md §1.2)."""
    site = request.app[SITE]
    query = request.query
    try:
        plain = site.envelope.open(
            query.get("msg_signature", ""), query.get("timestamp", ""), query.get("nonce", ""), query.get("echostr", "")
        )
    except EnvelopeError as error:
        metrics.CALLBACKS.labels("refused").inc()
        log.warning("callback.check_refused", reason=str(error))
        return web.Response(status=403)
    return web.Response(body=plain.encode(), content_type="text/plain")


async def receive(request: web.Request) -> web.Response:
    """Store the event, then answer. If the commit fails this request fails, and WeCom tries again."""
    site = request.app[SITE]
    query = request.query
    if request.content_length is not None and request.content_length > BODY_MOST:
        return _refuse("too large", 413)
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        return _refuse("too large", 413)
    timestamp = query.get("timestamp", "")
    try:
        xml = site.envelope.open(query.get("msg_signature", ""), timestamp, query.get("nonce", ""), read_envelope(body))
    except EnvelopeError as error:
        return _refuse(str(error), 403)
    now = site.clock.now()
    # never refused on its time: the digest makes a replay harmless, and a wrong clock must not lose messages (§1.4)
    if timestamp.isdecimal() and len(timestamp) < 12 and abs(now.timestamp() - int(timestamp)) > _SKEW_WARNED:
        log.warning("callback.clock_skew", seconds=int(now.timestamp() - int(timestamp)))
    try:
        await site.intake.store(xml, now=now)
    except StoreError as error:
        metrics.CALLBACKS.labels("not_stored").inc()
        log.error("event.not_stored", reason=str(error))
        return web.Response(status=500)
    metrics.CALLBACKS.labels("stored").inc()
    await site.wakeups.wake("events")
    return web.Response()


def _refuse(reason: str, status: int) -> web.Response:
    metrics.CALLBACKS.labels("refused").inc()
    log.warning("callback.refused", reason=reason)
    return web.Response(status=status)
