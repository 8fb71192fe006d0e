"""A page of one card for one person: a signed link opens it once; from then on a cookie for this card's path does.

GET changes nothing but the link itself, which it uses up. A decision is a POST, with a token over the cookie.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from aiohttp import web

from bot.gate.links import LINK_LIFE, EditPass
from bot.web.keys import Site

COOKIE = "card"
BODY_MOST = 128 * 1024  #: bytes; 6,000 characters are at most 72 kB when a form encodes them
_OPENED = "opened:"  #: in a cookie, before the task id: a link's own token is no cookie


def by_cookie(request: web.Request, site: Site, now: datetime) -> EditPass | None:
    """Whom the cookie of this card lets in."""
    found = site.links.read(request.cookies.get(COOKIE, ""), now=now)
    if found is None or found.task_id != _OPENED + request.match_info["task_id"]:
        return None
    return EditPass(found.task_id.removeprefix(_OPENED), found.staff)


def seal(site: Site, allowed: EditPass, now: datetime) -> str:
    """A cookie's value."""
    return site.links.seal(EditPass(_OPENED + allowed.task_id, allowed.staff), now=now)


def put_cookie(response: web.Response, site: Site, allowed: EditPass, value: str) -> None:
    response.set_cookie(
        COOKIE,
        value,
        path=f"/cards/{allowed.task_id}",
        max_age=int(LINK_LIFE.total_seconds()),
        httponly=True,
        secure=site.is_secure,
        samesite="Lax",  # Strict would be withheld right after a link from outside was followed
    )


def swap_for_cookie(site: Site, allowed: EditPass, address: str, now: datetime) -> web.Response:
    """The answer to a link's first opening: the page itself, by cookie."""
    response = web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
    put_cookie(response, site, allowed, seal(site, allowed, now))
    return response


def csrf(site: Site, cookie: str) -> str:
    """What a form must bring along that was made for this cookie."""
    return hmac.new(site.csrf_key, cookie.encode(), hashlib.sha256).hexdigest()


def is_genuine(site: Site, cookie: str, given: str) -> bool:
    return hmac.compare_digest(csrf(site, cookie).encode(), given.encode())


async def read_form(request: web.Request) -> dict[str, str] | None:
    """The form's fields as clean text; None when it is too large or no form."""
    if request.content_type != "application/x-www-form-urlencoded":
        return None
    try:
        fields = await request.clone(client_max_size=BODY_MOST).post()
    except (web.HTTPRequestEntityTooLarge, ValueError, LookupError):  # LookupError: a charset that does not exist
        return None
    return {name: _clean(value) for name, value in fields.items() if isinstance(value, str)}


def _clean(text: str) -> str:
    """As typed, with plain line ends and without control characters, which a database may refuse."""
    lines = text.encode(errors="ignore").decode().replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter >= " " or letter in "\n\t")
