"""Pages from templates; every value is escaped, and nothing is kept by a browser."""

from __future__ import annotations

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

_TEMPLATES = Environment(
    loader=PackageLoader("bot.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(template: str, *, status: int = 200, **values: object) -> web.Response:
    """Render `template`; what it shows may be somebody's words, so nothing of it is cached."""
    return web.Response(
        text=_TEMPLATES.get_template(template).render(values),
        status=status,
        content_type="text/html",
        headers={"Cache-Control": "no-store"},
    )
