"""Hands what is not the demo page's own to the service, so that a browser sees both under one address."""

from __future__ import annotations

import aiohttp
from aiohttp import web
from yarl import URL

_OWN_HOP = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "server", "date", "upgrade"}
)  #: headers of one connection, not of the message


class Forward:
    """The way to the service at `base`; while it is down, visitors are told to wait."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._http: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        timeout = aiohttp.ClientTimeout(total=30)
        self._http = aiohttp.ClientSession(timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request, there and back, as it is."""
        assert self._http is not None
        body = await request.read()
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in _OWN_HOP]
        url = URL(self._base + request.rel_url.raw_path_qs, encoded=True)
        try:
            async with self._http.request(
                request.method, url, headers=headers, data=body or None, allow_redirects=False
            ) as answer:
                response = web.Response(status=answer.status, body=await answer.read())
                for name, value in answer.headers.items():
                    if name.lower() not in _OWN_HOP:
                        response.headers.add(name, value)
                return response
        except (aiohttp.ClientError, TimeoutError):
            return web.Response(status=503, text="店小二正在重启,请稍等几秒再试。", headers={"Retry-After": "2"})
