"""Which address leads where."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from bot.web import callback, health, pay
from bot.web.answer import AnswerPage
from bot.web.edit import EditPage
from bot.web.keys import SITE, Site
from bot.web.middlewares import guard

_STATIC = Path(__file__).parent / "static"


def build_site(site: Site) -> web.Application:
    """The whole web side of the service."""
    app = web.Application(middlewares=[guard], client_max_size=callback.BODY_MOST)
    app[SITE] = site
    app.router.add_get("/wecom/callback", callback.verify, allow_head=False)
    app.router.add_post("/wecom/callback", callback.receive)
    app.router.add_post(pay.PATH, pay.notify)
    app.router.add_get("/healthz", health.alive)
    app.router.add_get("/readyz", health.ready)
    app.router.add_get("/metrics", health.figures)
    for card_page in (EditPage(), AnswerPage()):
        card_page.add_to(app.router)
    app.router.add_static("/static/", _STATIC)
    app.router.add_get("/favicon.ico", _icon)
    return app


async def _icon(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(_STATIC / "icon.svg")
