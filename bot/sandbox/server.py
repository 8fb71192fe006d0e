"""Serves the sandbox over HTTP, on loopback only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from bot.clock import Clock, ShiftedClock
from bot.loopback import is_loopback, is_loopback_authority
from bot.sandbox import control, control_people, platform
from bot.sandbox.callbacks import ANSWER_WITHIN
from bot.sandbox.refusal import ControlRefusal
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.seed import SandboxSeed, describe

PORT = 8099
MOST_BODY = 8 * 1024 * 1024  #: bytes of one request

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that is being served."""

    base_url: str
    sandbox: Sandbox


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """This machine only (a page elsewhere that points its name at 127.0.0.1 is refused too), and refusals as JSON."""
    if not is_loopback_authority(request.host):
        return web.json_response({"error": "只能从本机访问"}, status=403)
    try:
        return await handler(request)
    except ControlRefusal as refusal:
        return web.json_response({"error": str(refusal)}, status=refusal.status)


def build_app(sandbox: Sandbox) -> web.Application:
    """The platform and the control API as one application; opens and closes the way to the service with it."""
    app = web.Application(middlewares=[guard], client_max_size=MOST_BODY)
    app[platform.SANDBOX] = sandbox
    platform.add_routes(app)
    control.add_routes(app)
    control_people.add_routes(app)
    app.cleanup_ctx.append(_open_callbacks)
    return app


async def _open_callbacks(app: web.Application) -> AsyncIterator[None]:
    sandbox = app[platform.SANDBOX]
    await sandbox.callbacks.open()
    await sandbox.till.open()
    yield
    await sandbox.till.close()
    await sandbox.callbacks.close()


@asynccontextmanager
async def running(
    seed: SandboxSeed,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    clock: Clock | None = None,
    answer_within: float = ANSWER_WITHIN,
) -> AsyncIterator[Running]:
    """Serve while the block runs; port 0 picks a free one. Raises ValueError off loopback, OSError for a taken port."""
    if not is_loopback(host):
        raise ValueError("the sandbox listens on this machine only; host must be on loopback")
    sandbox = Sandbox(seed, clock or ShiftedClock(), answer_within=answer_within)
    runner = web.AppRunner(build_app(sandbox), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        address = runner.addresses[0]
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        yield Running(f"http://{shown}:{address[1]}", sandbox)
    finally:
        await runner.cleanup()


async def serve(
    seed: SandboxSeed,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    clock: Clock | None = None,
    say: Callable[[str], object] = print,
) -> None:
    """Serve until cancelled; says at the start how to point a service at it."""
    async with running(seed, host=host, port=port, clock=clock) as sandbox:
        say(describe(seed, sandbox.base_url))
        await asyncio.Event().wait()
