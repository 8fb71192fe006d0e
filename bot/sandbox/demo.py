"""The demo page: the customer's phone, the clerk's phone, and what happened in between. On loopback only.

What is not the page's own (`/`, `/demo/…`) goes to the service, so that the edit page opens inside under one address.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from pathlib import Path

from aiohttp import web

from bot.loopback import is_loopback_authority
from bot.sandbox import demo_acts
from bot.sandbox.control_body import read_body
from bot.sandbox.demo_setup import DemoSetup
from bot.sandbox.demo_view import view
from bot.sandbox.forward import Forward
from bot.sandbox.refusal import ControlRefusal

STATIC = Path(__file__).parent / "static"
MOST_BODY = 256 * 1024  #: bytes
HEARTBEAT = 15.0  #: seconds
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; frame-src 'self'; frame-ancestors 'none'; form-action 'self'; "
    "base-uri 'none'",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


SETUP: web.AppKey[DemoSetup] = web.AppKey("setup", DemoSetup)
FORWARD: web.AppKey[Forward] = web.AppKey("forward", Forward)


def build_demo(setup: DemoSetup) -> web.Application:
    """The page, its JSON, and the way to the service."""
    app = web.Application(middlewares=[guard], client_max_size=MOST_BODY)
    app[SETUP] = setup
    app[FORWARD] = Forward(setup.site_url)
    app.cleanup_ctx.append(_open_forward)
    app.on_shutdown.append(_let_go)
    app.router.add_get("/", page)
    app.router.add_get("/demo/setup", describe)
    app.router.add_get("/demo/view", look)
    app.router.add_get("/demo/steps", follow)
    app.router.add_get("/demo/steps.json", latest)
    app.router.add_static("/demo/static/", STATIC)
    for name, act in demo_acts.ACTS.items():
        app.router.add_post(f"/demo/{name}", _acting(act))
    app.router.add_route("*", "/{path:(?!demo/).*}", _forward)
    return app


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """This machine only, whatever name it is called by; the page's headers; refusals as JSON."""
    if not is_loopback_authority(request.host):
        return web.json_response({"error": "演示只能从本机访问"}, status=403)
    is_ours = request.path == "/" or request.path.startswith("/demo/")
    try:
        response = await handler(request)
    except ControlRefusal as refusal:
        response = web.json_response({"error": str(refusal)}, status=refusal.status)
    if is_ours and not response.prepared:
        response.headers.update(_HEADERS)
    return response


async def page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "demo.html")


async def describe(request: web.Request) -> web.Response:
    """Doors and people: what does not change while the demo runs."""
    setup = request.app[SETUP]
    return _json({"stores": [asdict(one) for one in setup.stores], "people": [asdict(one) for one in setup.people]})


async def look(request: web.Request) -> web.Response:
    """What the two phones show: `?account=`, `?customer=` (a name), `?staff=`."""
    query = request.query
    return _json(view(request.app[SETUP], query.get("account", ""), query.get("customer", ""), query.get("staff", "")))


async def latest(request: web.Request) -> web.Response:
    """The lines after `?after=`, for browsers that get no stream."""
    steps = request.app[SETUP].steps
    listed = [step.as_json() for step in steps.after(_number(request.query.get("after", "")))]
    return _json({"steps": listed, "changes": steps.changes})


async def follow(request: web.Request) -> web.StreamResponse:
    """Lines as they come, and `changed` when a phone may show something else; goes on after Last-Event-ID."""
    steps = request.app[SETUP].steps
    seen, changes = _number(request.headers.get("Last-Event-ID", "")), -1
    headers = _HEADERS | {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    try:
        await response.write(b"retry: 1000\n\n")
        while not steps.is_closed:
            for step in steps.after(seen):
                seen = step.seq
                data = json.dumps(step.as_json(), ensure_ascii=False)
                await response.write(f"id: {seen}\nevent: step\ndata: {data}\n\n".encode())
            if steps.changes != changes:
                changes = steps.changes
                await response.write(f"event: changed\ndata: {changes}\n\n".encode())
            if not await steps.wait(seen, changes, HEARTBEAT):
                await response.write(b": still here\n\n")
    except ConnectionResetError:
        pass  # the visitor left
    return response


def _acting(act: demo_acts.Act) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        if request.headers.get("X-Demo") != "1":
            raise ControlRefusal("请从演示页里操作", 403)  # another origin cannot set this header unasked
        body = await read_body(request)
        return _json(await act(request.app[SETUP], body) or {})

    return handle


async def _forward(request: web.Request) -> web.StreamResponse:
    return await request.app[FORWARD].handle(request)


async def _open_forward(app: web.Application) -> AsyncIterator[None]:
    await app[FORWARD].open()
    yield
    await app[FORWARD].close()


async def _let_go(app: web.Application) -> None:
    app[SETUP].steps.close()


def _json(body: dict[str, object]) -> web.Response:
    return web.json_response(body, dumps=lambda value: json.dumps(value, ensure_ascii=False))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
