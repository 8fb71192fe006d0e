"""A pretend PMS: our own orders behind the HTTP of `bot/sources/pms.py`, with faults to switch on."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter

from bot.errors import (
    CancelRefusedError,
    HoldLostError,
    NotForSaleError,
    OrderGoneError,
    PriceChangedError,
    SoldOutError,
    TradeError,
)
from bot.trade import Catalog, NewOrder, Orders, RoomQuery

TOKEN = "a token of the pretend PMS"
_NEW = TypeAdapter(NewOrder)
_NAMES = {
    SoldOutError: "sold_out",
    PriceChangedError: "price_changed",
    NotForSaleError: "not_for_sale",
    HoldLostError: "hold_lost",
    OrderGoneError: "order_gone",
    CancelRefusedError: "cancel_refused",
}

Handler = Callable[[web.Request], Awaitable[Any]]


@dataclass
class PretendPms:
    """What it answers from, and what goes wrong: a status, or a body, once each."""

    catalog: Catalog
    orders: Orders
    faults: list[web.Response] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def app(self) -> web.Application:
        app = web.Application()
        for method, path, handler in (
            ("GET", "/pms/rooms", self.rooms),
            ("GET", "/pms/items", self.items),
            ("PUT", "/pms/holds/{key}", self.hold),
            ("DELETE", "/pms/holds/{key}", self.release),
            ("POST", "/pms/holds/{key}/place", self.place),
            ("GET", "/pms/orders", self.find),
            ("POST", "/pms/orders/{number}/cancel", self.cancel),
            ("POST", "/pms/orders/{number}/payments", self.pay),
        ):
            app.router.add_route(method, path, self._answering(handler))
        return app

    def _answering(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            self.calls.append(f"{request.method} {request.path}")
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return web.Response(status=401)
            if self.faults:
                return self.faults.pop(0)
            try:
                found = await handler(request)
            except TradeError as refusal:
                return web.json_response(_refusal(refusal), status=409)
            body = (
                TypeAdapter(type(found)).dump_json(found, fallback=dict, warnings=False)
                if not isinstance(found, tuple)
                else _many(found)
            )
            return web.Response(body=body, content_type="application/json")

        return answer

    async def rooms(self, request: web.Request) -> Any:
        query = request.query
        first, last = date.fromisoformat(query["check_in"]), date.fromisoformat(query["check_out"])
        asked = RoomQuery(query["store"], first, last, int(query["rooms"]), query.get("product"))
        return await self.catalog.rooms(asked)

    async def items(self, request: web.Request) -> Any:
        on = request.query.get("on")
        return await self.catalog.items(request.query["store"], date.fromisoformat(on) if on else None)

    async def hold(self, request: web.Request) -> Any:
        body, key = await request.json(), request.match_info["key"]
        until = datetime.fromisoformat(body.pop("until"))
        if "extends" in body:
            number, to = body.pop("extends"), date.fromisoformat(body.pop("to"))
            return await self.orders.extend(key, number, to, until=until, **body)
        return await self.orders.hold(key, _NEW.validate_json(json.dumps(body["order"])), until=until)

    async def release(self, request: web.Request) -> Any:
        await self.orders.release(request.match_info["key"])
        return ()

    async def place(self, request: web.Request) -> Any:
        body = await request.json()
        return await self.orders.place(request.match_info["key"], staff=body["staff"], draft=body["draft"])

    async def find(self, request: web.Request) -> Any:
        if number := request.query.get("number"):
            found = await self.orders.find(number)
            return (found,) if found else ()
        return await self.orders.of_customer(request.query["customer"], request.query.get("store"))

    async def cancel(self, request: web.Request) -> Any:
        body = await request.json()
        return await self.orders.cancel(request.match_info["number"], key=body["key"], staff=body["staff"])

    async def pay(self, request: web.Request) -> Any:
        body = await request.json()
        at = datetime.fromisoformat(body["at"])
        return await self.orders.paid(request.match_info["number"], Decimal(body["amount"]), at, body["key"])


def _many(found: tuple[Any, ...]) -> bytes:
    return (
        b"[" + b",".join(TypeAdapter(type(one)).dump_json(one, fallback=dict, warnings=False) for one in found) + b"]"
    )


def _refusal(refusal: TradeError) -> dict[str, Any]:
    said: dict[str, Any] = {"error": _NAMES[type(refusal)], "message": str(refusal)}
    if isinstance(refusal, SoldOutError):
        said |= {"product": refusal.product, "day": refusal.day and refusal.day.isoformat(), "left": refusal.left}
    if isinstance(refusal, PriceChangedError):
        said |= {"product": refusal.product, "said": str(refusal.said), "now": str(refusal.now)}
    return said
