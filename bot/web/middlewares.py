"""Around every request: no traceback to anybody, and the headers that browsers want."""

from __future__ import annotations

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

log = structlog.get_logger(__name__)

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'self'; form-action 'self'; base-uri 'none'",
}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong is logged here, and answered with one plain sentence."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        error.headers.update(_HEADERS)
        raise
    except Exception as error:
        log.error("request.failed", path=request.path, error=type(error).__name__, exc_info=error)
        response = web.Response(status=500, text="出了点问题,请稍后再试。")
    if not response.prepared:
        response.headers.update(_HEADERS)
    return response
