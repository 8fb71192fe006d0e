"""`/sandbox/customers…` and `/sandbox/staff…`: what the pretend people do and see."""

from __future__ import annotations

import re
from datetime import timedelta

from aiohttp import web

from bot.sandbox import control_body as read
from bot.sandbox import customer_acts, staff_acts
from bot.sandbox.platform import SANDBOX
from bot.sandbox.refusal import ControlRefusal
from bot.sandbox.till import Bill
from bot.sandbox.world import Staff, Thread

MOST_STAFF = 2_000


def add_routes(app: web.Application) -> None:
    customers = "/sandbox/customers/{id}"
    staff = "/sandbox/staff/{account}"
    app.add_routes(
        [
            web.post("/sandbox/customers", add_customer),
            web.get(f"{customers}/messages", customer_messages),
            web.post(f"{customers}/say", customer_says),
            web.post(f"{customers}/send", customer_sends),
            web.post(f"{customers}/enter", customer_enters),
            web.post(f"{customers}/click", customer_clicks),
            web.post(f"{customers}/recall", customer_recalls),
            web.post(f"{customers}/refuse", customer_refuses),
            web.post(f"{customers}/pay", customer_pays),
            web.post("/sandbox/staff", set_staff),
            web.get(f"{staff}/inbox", staff_inbox),
            web.post(f"{staff}/press", staff_presses),
            web.post(f"{staff}/write", staff_writes),
            web.post(f"{staff}/say", staff_says),
            web.post(f"{staff}/end", staff_ends),
            web.post(f"{staff}/pick", staff_picks),
            web.post(f"{staff}/transfer", staff_transfers),
        ]
    )


def _customer_thread(request: web.Request, account: str) -> Thread:
    return request.app[SANDBOX].world.played_thread(account, request.match_info["id"])


def _staff(request: web.Request) -> Staff:
    return request.app[SANDBOX].world.played_staff(request.match_info["account"])


async def add_customer(request: web.Request) -> web.Response:
    body = await read.read_body(request)
    sandbox = request.app[SANDBOX]
    customer = customer_acts.add_customer(sandbox, read.text(body, "name", required=True), read.text(body, "id"))
    return web.json_response({"id": customer.id, "name": customer.name})


async def customer_messages(request: web.Request) -> web.Response:
    thread = _customer_thread(request, request.query.get("account", ""))
    shown = [{"seq": seq, **each.as_json()} for seq, each in enumerate(thread.shown, 1)]
    return web.json_response({"messages": shown, "state": int(thread.state), "sent_since": thread.sent_since})


async def customer_says(request: web.Request) -> web.Response:
    body = await read.read_body(request)
    thread = _customer_thread(request, read.text(body, "account", required=True))
    ago = timedelta(seconds=read.number(body, "ago_seconds", 0, low=0, high=10 * 86_400))
    quietly = read.yes_no(body, "quietly", False)
    texts = read.texts(body, "texts", most=100) or [read.text(body, "text", required=True)]
    sandbox = request.app[SANDBOX]
    msgids = [customer_acts.say(sandbox, thread, each, ago=ago, quietly=quietly) for each in texts]
    return web.json_response({"msgids": msgids})


async def customer_sends(request: web.Request) -> web.Response:
    body = await read.read_body(request)
    thread = _customer_thread(request, read.text(body, "account", required=True))
    msgid = customer_acts.send(
        request.app[SANDBOX],
        thread,
        read.text(body, "kind", required=True),
        body=read.table(body, "body"),
        content=read.content(body),
        filename=read.text(body, "filename"),
    )
    return web.json_response({"msgids": [msgid]})


async def customer_enters(request: web.Request) -> web.Response:
    body = await read.read_body(request)
    thread = _customer_thread(request, read.text(body, "account", required=True))
    has_code = customer_acts.enter(
        request.app[SANDBOX], thread, read.text(body, "scene"), read.text(body, "scene_param")
    )
    return web.json_response({"has_welcome_code": has_code})


async def customer_clicks(request: web.Request) -> web.Response:
    body = await read.read_body(request)
    thread = _customer_thread(request, read.text(body, "account", required=True))
    msgid = customer_acts.click(request.app[SANDBOX], thread, read.text(body, "label"), read.text(body, "id"))
    return web.json_response({"msgids": [msgid]})


async def customer_recalls(request: web.Request) -> web.Response:
    body = await read.read_body(request)
    thread = _customer_thread(request, read.text(body, "account", required=True))
    customer_acts.recall(request.app[SANDBOX], thread, read.text(body, "msgid", required=True))
    return web.json_response({})


async def customer_refuses(request: web.Request) -> web.Response:
    body = await read.read_body(request)
    thread = _customer_thread(request, read.text(body, "account", required=True))
    fail_type = None if body.get("fail_type", 10) is None else int(read.number(body, "fail_type", 10, low=0, high=12))
    customer_acts.refuse(request.app[SANDBOX], thread, fail_type)
    return web.json_response({})


async def customer_pays(request: web.Request) -> web.Response:
    """Pay what the newest pay link asks for. `order` or `amount` pays something else, `secret` forges the notice,
    `id` tells a payment again."""
    body = await read.read_body(request)
    thread = _customer_thread(request, read.text(body, "account", required=True))
    till = request.app[SANDBOX].till
    order, amount = read.text(body, "order"), read.text(body, "amount")
    bill = Bill(order, amount) if order else till.find_bill(thread)
    id, status = await till.pay(bill, id=read.text(body, "id"), amount=amount, secret=read.text(body, "secret"))
    return web.json_response({"id": id, "order": bill.order, "amount": amount or bill.amount, "status": status})


async def set_staff(request: web.Request) -> web.Response:
    """Add a member of staff, or change one: name, is_valid, is_licensed, serves {open_kfid: receiving|stopped|none}."""
    body = await read.read_body(request)
    sandbox = request.app[SANDBOX]
    account = read.text(body, "account", required=True)
    if not re.fullmatch(r"[A-Za-z0-9_\-@.]{1,64}", account):
        raise ControlRefusal("员工账号是 1–64 个字母、数字和 _-@.", 400)
    staff = sandbox.world.staff.get(account.lower())
    if staff is None:
        if len(sandbox.world.staff) >= MOST_STAFF:
            raise ControlRefusal("店员太多了")
        staff = sandbox.world.staff[account.lower()] = Staff(account, read.text(body, "name") or account)
    staff.name = read.text(body, "name") or staff.name
    staff.is_valid = read.yes_no(body, "is_valid", staff.is_valid)
    staff.is_licensed = read.yes_no(body, "is_licensed", staff.is_licensed)
    for open_kfid, status in read.table(body, "serves").items():
        staff_acts.set_receiving(sandbox, staff, open_kfid, str(status))
    return web.json_response({"account": staff.account, "name": staff.name})


async def staff_inbox(request: web.Request) -> web.Response:
    """Everything, newest last; `?state=open` for the open cards only."""
    wanted = request.query.get("state", "")
    inbox = [item.as_json() for item in _staff(request).inbox if wanted in {"", item.state}]
    return web.json_response({"inbox": inbox})


async def staff_presses(request: web.Request) -> web.Response:
    body = await read.read_body(request)
    link = staff_acts.press(
        request.app[SANDBOX],
        _staff(request),
        read.text(body, "task_id", required=True),
        read.text(body, "key", required=True),
        read.selection(body),
        anyway=read.yes_no(body, "anyway", False),
    )
    return web.json_response({"link": link})


async def staff_writes(request: web.Request) -> web.Response:
    body = await read.read_body(request)
    staff_acts.write(request.app[SANDBOX], _staff(request), read.text(body, "text", required=True))
    return web.json_response({})


def _served_thread(request: web.Request, body: read.Body) -> Thread:
    account, customer = read.text(body, "account", required=True), read.text(body, "customer", required=True)
    return request.app[SANDBOX].world.played_thread(account, customer)


async def staff_says(request: web.Request) -> web.Response:
    body = await read.read_body(request)
    thread = _served_thread(request, body)
    msgid = staff_acts.say(request.app[SANDBOX], _staff(request), thread, read.text(body, "text", required=True))
    return web.json_response({"msgids": [msgid]})


async def staff_ends(request: web.Request) -> web.Response:
    body = await read.read_body(request)
    staff_acts.end(request.app[SANDBOX], _staff(request), _served_thread(request, body))
    return web.json_response({})


async def staff_picks(request: web.Request) -> web.Response:
    body = await read.read_body(request)
    staff_acts.pick(request.app[SANDBOX], _staff(request), _served_thread(request, body))
    return web.json_response({})


async def staff_transfers(request: web.Request) -> web.Response:
    body = await read.read_body(request)
    sandbox = request.app[SANDBOX]
    to = sandbox.world.played_staff(read.text(body, "to", required=True))
    staff_acts.transfer(sandbox, _staff(request), _served_thread(request, body), to)
    return web.json_response({})
