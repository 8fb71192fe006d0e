"""Alive, ready, and figures."""

from __future__ import annotations

import hmac

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.loopback import is_loopback
from bot.web.keys import SITE

_PASSED_ON = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")  #: a proxy on this machine brings somebody else


async def alive(_request: web.Request) -> web.Response:
    """The process answers."""
    return web.json_response({"status": "alive"})


async def ready(request: web.Request) -> web.Response:
    """Whether it can do its work: database, migrations, content, worker. 503 while one of them is not."""
    checks = {name: await check() for name, check in request.app[SITE].checks.items()}
    is_ready = all(checks.values())
    return web.json_response(
        {"status": "ready" if is_ready else "not ready", "checks": checks}, status=200 if is_ready else 503
    )


async def figures(request: web.Request) -> web.Response:
    """Prometheus text; for loopback, or with METRICS_TOKEN as the bearer."""
    token = request.app[SITE].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    is_known = bool(token) and hmac.compare_digest(token.encode(), given.encode())
    is_here = is_loopback(request.remote or "") and not any(name in request.headers for name in _PASSED_ON)
    if not is_known and not is_here:
        raise web.HTTPForbidden
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
