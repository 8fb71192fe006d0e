"""`/cgi-bin/…`: the platform's paths, its tokens and its faults, before and around the rules."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.sandbox import app_cards, app_send, kf_accounts, kf_pull, kf_send, kf_sessions
from bot.sandbox.faults import ERRCODES, Fault, Switched
from bot.sandbox.fields import Body, read_json
from bot.sandbox.media import Media
from bot.sandbox.refusal import Code, PlatformRefusal
from bot.sandbox.sandbox import Sandbox

CALLS_A_MINUTE = 10_000  #: per API (`facts/wecom.md` §10)
SANDBOX: web.AppKey[Sandbox] = web.AppKey("sandbox", Sandbox)


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    answer: Callable[[Sandbox, Body], Body | Media]


def _gettoken(sandbox: Sandbox, query: Body) -> Body:
    return sandbox.tokens.give(query, sandbox.now())


def _media_get(sandbox: Sandbox, query: Body) -> Media:
    return sandbox.media.get(query, sandbox.now())


def _ip_list(sandbox: Sandbox, query: Body) -> Body:
    return {"ip_list": ["127.0.0.1"]}


def _agent_get(sandbox: Sandbox, query: Body) -> Body:
    seed = sandbox.seed
    if query.get("agentid") != str(seed.agent_id):
        raise PlatformRefusal(Code.WRONG_AGENT, "no permission to this agentid")
    visible = [{"userid": staff.account} for staff in sandbox.world.staff.values() if staff.is_valid]
    return {"agentid": seed.agent_id, "name": seed.app_name, "allow_userinfos": {"user": visible}, "close": 0}


ENDPOINTS: dict[str, Endpoint] = {
    "gettoken": Endpoint("GET", _gettoken),
    "getcallbackip": Endpoint("GET", _ip_list),
    "get_api_domain_ip": Endpoint("GET", _ip_list),
    "agent/get": Endpoint("GET", _agent_get),
    "media/get": Endpoint("GET", _media_get),
    "kf/sync_msg": Endpoint("POST", kf_pull.sync_msg),
    "kf/send_msg": Endpoint("POST", kf_send.send_msg),
    "kf/send_msg_on_event": Endpoint("POST", kf_send.send_msg_on_event),
    "kf/service_state/get": Endpoint("POST", kf_sessions.get),
    "kf/service_state/trans": Endpoint("POST", kf_sessions.trans),
    "kf/account/list": Endpoint("POST", kf_accounts.account_list),
    "kf/servicer/list": Endpoint("GET", kf_accounts.servicer_list),
    "kf/servicer/add": Endpoint("POST", kf_accounts.servicer_add),
    "kf/servicer/del": Endpoint("POST", kf_accounts.servicer_del),
    "kf/customer/batchget": Endpoint("POST", kf_accounts.customer_batchget),
    "message/send": Endpoint("POST", app_send.send),
    "message/update_template_card": Endpoint("POST", app_cards.update_template_card),
}


class Rates:
    """Calls per API in the running minute."""

    def __init__(self) -> None:
        self._minute = timedelta(0)
        self._counts: Counter[str] = Counter()

    def count(self, path: str, minute: timedelta) -> bool:
        """Whether this call is still within the limit."""
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        self._counts[path] += 1
        return self._counts[path] <= CALLS_A_MINUTE


RATES: web.AppKey[Rates] = web.AppKey("rates", Rates)


def add_routes(app: web.Application) -> None:
    app[RATES] = Rates()
    app.router.add_route("*", "/cgi-bin/{path:.+}", handle)


async def handle(request: web.Request) -> web.StreamResponse:
    """One call, with whatever fault meets it."""
    sandbox, path = request.app[SANDBOX], request.match_info["path"]
    body = await _body(request)
    fault = sandbox.faults.take_for_call(path)
    name = fault.name if fault else None
    if name is Fault.CUT_BEFORE:
        sandbox.note_call(path, None, name)
        return _cut(request)
    if name is Fault.HTTP_502:
        sandbox.note_call(path, None, name)
        return web.Response(
            status=502, text="<html><body><h1>502 Bad Gateway</h1></body></html>", content_type="text/html"
        )
    answer = _answer(request, sandbox, path, body, fault)
    sandbox.note_call(path, answer["errcode"] if isinstance(answer, dict) else 0, name or "")
    if name is Fault.CUT_AFTER:
        return _cut(request)
    if name is Fault.LATE and fault is not None:
        await asyncio.sleep(fault.value)
    return _response(answer)


def _answer(
    request: web.Request, sandbox: Sandbox, path: str, body: Body | None, fault: Switched | None
) -> Body | Media:
    try:
        _check_fault(sandbox, fault)
        result = _work(request, sandbox, path, body)
    except PlatformRefusal as refusal:
        return {"errcode": refusal.code, "errmsg": refusal.errmsg, **refusal.extra}
    return {"errcode": 0, "errmsg": "ok", **result} if isinstance(result, dict) else result


def _check_fault(sandbox: Sandbox, fault: Switched | None) -> None:
    """Raises PlatformRefusal for a fault that is an errcode."""
    if fault is None:
        return
    if fault.name is Fault.TOKEN_EXPIRED:
        sandbox.tokens.end()
    if fault.name in ERRCODES:
        raise PlatformRefusal(*ERRCODES[fault.name])
    if fault.name is Fault.ERRCODE:
        raise PlatformRefusal(fault.value, "switched on in the sandbox")


def _work(request: web.Request, sandbox: Sandbox, path: str, body: Body | None) -> Body | Media:
    endpoint = ENDPOINTS.get(path)
    if endpoint is None:
        raise PlatformRefusal(Code.API_FORBIDDEN, "api forbidden: no such api in the sandbox")
    if path != "gettoken":
        sandbox.tokens.check(request.query.get("access_token", ""), sandbox.now())
    minute = timedelta(minutes=sandbox.unix() // 60)
    if not request.app[RATES].count(path, minute):
        raise PlatformRefusal(Code.TOO_OFTEN, "api freq out of limit")
    if request.method != endpoint.method:
        raise PlatformRefusal(Code.BAD_PARAMETER, f"use {endpoint.method}")
    if endpoint.method == "GET":
        return endpoint.answer(sandbox, dict(request.query))
    if body is None:
        raise PlatformRefusal(Code.BAD_PARAMETER, "the body should be a JSON object")
    return endpoint.answer(sandbox, body)


async def _body(request: web.Request) -> Body | None:
    """The JSON object in the body; None when it is something else."""
    try:
        body: Any = read_json(await request.read())
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _cut(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _response(answer: Body | Media) -> web.Response:
    if isinstance(answer, Media):
        disposition = f"attachment; filename*=UTF-8''{quote(answer.filename)}"
        headers = {"Content-Type": answer.content_type, "Content-Disposition": disposition}
        return web.Response(body=answer.content, headers=headers)
    return web.Response(
        body=json.dumps(answer, ensure_ascii=False).encode(), content_type="application/json", charset="utf-8"
    )
