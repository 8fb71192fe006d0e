"""`/sandbox/…` for what is no person: accounts, faults, the clock, calls, events, and the state of everything."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.clock import ShiftedClock
from bot.sandbox import callback_xml, staff_acts
from bot.sandbox import control_body as read
from bot.sandbox.faults import Fault
from bot.sandbox.kf_sessions import state_now
from bot.sandbox.platform import SANDBOX
from bot.sandbox.refusal import ControlRefusal
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import KfAccount

MOST_ACCOUNTS = 1_000
LONGEST_POLL = 25.0  #: seconds
FURTHEST_MOVE = 400 * 86_400.0  #: seconds


def add_routes(app: web.Application) -> None:
    app.add_routes(
        [
            web.get("/sandbox/state", state),
            web.post("/sandbox/accounts", set_account),
            web.post("/sandbox/faults", switch_on),
            web.delete("/sandbox/faults", switch_off),
            web.post("/sandbox/clock", move_clock),
            web.get("/sandbox/calls", calls),
            web.get("/sandbox/events", events),
            web.post("/sandbox/verify", verify),
        ]
    )


async def state(request: web.Request) -> web.Response:
    """Everything at a glance."""
    sandbox = request.app[SANDBOX]
    world = sandbox.world
    body: dict[str, Any] = {
        "clock": {"now": sandbox.now().isoformat(), "can_move": isinstance(sandbox.clock, ShiftedClock)},
        "callback_url": sandbox.seed.callback_url,
        "accounts": [_account_json(account) for account in world.accounts.values()],
        "staff": [
            {"account": each.account, "name": each.name, "is_valid": each.is_valid, "is_licensed": each.is_licensed}
            for each in world.staff.values()
        ],
        "customers": [{"id": each.id, "name": each.name} for each in world.customers.values()],
        "sessions": [
            {
                "account": each.account,
                "customer": each.customer,
                "state": int(state_now(each, sandbox.now())),
                "servicer": each.servicer,
                "sent_since": each.sent_since,
            }
            for each in world.threads.values()
        ],
        "faults": sandbox.faults.as_json(),
        "fault_names": [fault.value for fault in Fault],
        "last_event": sandbox.feed.last,
    }
    return web.json_response(body)


def _account_json(account: KfAccount) -> dict[str, Any]:
    servicers = [{"account": each.account, "is_receiving": each.is_receiving} for each in account.servicers.values()]
    return {"id": account.id, "name": account.name, "is_managed": account.is_managed, "servicers": servicers}


async def set_account(request: web.Request) -> web.Response:
    """Add a 客服账号 or change it; granting or withdrawing it (`is_managed`) is a callback of its own."""
    body = await read.read_body(request)
    sandbox = request.app[SANDBOX]
    id = read.text(body, "id", required=True)
    if not re.fullmatch(r"wk[0-9A-Za-z_-]{1,62}", id):
        raise ControlRefusal("客服账号的 id 要像 wkAbc123", 400)
    account = sandbox.world.accounts.get(id)
    was_managed = account is not None and account.is_managed
    if account is None:
        if len(sandbox.world.accounts) >= MOST_ACCOUNTS:
            raise ControlRefusal("客服账号太多了")
        account = sandbox.world.accounts[id] = KfAccount(id, read.text(body, "name") or id)
    account.name = read.text(body, "name") or account.name
    account.is_managed = read.yes_no(body, "is_managed", True)
    for name in read.texts(body, "servicers", most=2_000):
        staff_acts.set_receiving(sandbox, sandbox.world.played_staff(name), id, "receiving")
    if account.is_managed != was_managed:
        _tell_granted(sandbox, id, account.is_managed)
    return web.json_response(_account_json(account))


def _tell_granted(sandbox: Sandbox, id: str, is_granted: bool) -> None:
    added, removed = ([id], []) if is_granted else ([], [id])
    sandbox.feed.note("account.granted" if is_granted else "account.withdrawn", account=id)
    xml = callback_xml.kf_account_auth_change(sandbox.seed.corp_id, sandbox.unix(), added, removed)
    sandbox.callbacks.post(xml, "kf_account_auth_change")


async def switch_on(request: web.Request) -> web.Response:
    """Switch a fault on: name, times (default 1; 0 until switched off), path, value."""
    body = await read.read_body(request)
    sandbox = request.app[SANDBOX]
    times = int(read.number(body, "times", 1, low=0, high=10_000))
    name, path = read.text(body, "name", required=True), read.text(body, "path")
    if name == Fault.TOKEN_EXPIRED and not path:
        sandbox.tokens.end()
        sandbox.feed.note("fault.fired", name=name, path="")
    else:
        sandbox.faults.switch_on(name, times, path, body.get("value"))
    return web.json_response({"faults": sandbox.faults.as_json()})


async def switch_off(request: web.Request) -> web.Response:
    """Switch off one kind (`?name=`) or all."""
    sandbox = request.app[SANDBOX]
    sandbox.faults.switch_off(request.query.get("name", ""))
    return web.json_response({"faults": sandbox.faults.as_json()})


async def move_clock(request: web.Request) -> web.Response:
    """Move the clock forward; it keeps ticking from there."""
    body = await read.read_body(request)
    sandbox = request.app[SANDBOX]
    if not isinstance(sandbox.clock, ShiftedClock):
        raise ControlRefusal("这里用的是真实时间,不能拨")
    by = timedelta(seconds=read.number(body, "move_seconds", 0, low=0, high=FURTHEST_MOVE))
    sandbox.clock.move(by)
    sandbox.feed.note("clock.moved", seconds=by.total_seconds())
    return web.json_response({"now": sandbox.now().isoformat()})


async def calls(request: web.Request) -> web.Response:
    """Calls to the platform, oldest first; `?path=` for one API, `?after=` a number."""
    sandbox, path = request.app[SANDBOX], request.query.get("path", "")
    after = _whole(request, "after")
    listed = [call.as_json() for call in sandbox.calls if call.seq > after and path in {"", call.path}]
    return web.json_response({"calls": listed})


async def events(request: web.Request) -> web.Response:
    """What happened after number `?after=`; with `?wait=` seconds (at most 25) it waits for the first one."""
    sandbox = request.app[SANDBOX]
    after = _whole(request, "after")
    wait = min(_whole(request, "wait"), LONGEST_POLL)
    found = await sandbox.feed.wait_after(after, wait) if wait else sandbox.feed.after(after)
    return web.json_response({"events": [event.as_json() for event in found], "last": sandbox.feed.last})


async def verify(request: web.Request) -> web.Response:
    """Check the service's callback URL as the admin console does on saving."""
    await read.read_body(request)
    wrong = await request.app[SANDBOX].callbacks.verify()
    return web.json_response({"is_good": not wrong, "message": wrong or "回调地址验证通过"})


def _whole(request: web.Request, name: str) -> int:
    value = request.query.get(name, "0")
    if not value.isdecimal() or len(value) > 15:
        raise ControlRefusal(f"{name} 要是一个数", 400)
    return int(value)
