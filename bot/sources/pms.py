"""`trade.Catalog` and `trade.Orders` over HTTP: a PMS or POS, or a service before one (README.md).

Values are JSON of the dataclasses of `bot/trade.py`, money as text. Every request carries `Authorization: Bearer`; what
changes something has a key, and the same key again must change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar
from urllib.parse import quote

import aiohttp
from pydantic import TypeAdapter, ValidationError

from bot.errors import (
    CancelRefusedError,
    HoldLostError,
    NotForSaleError,
    OrderGoneError,
    PriceChangedError,
    SoldOutError,
    TradeError,
    TradeSilentError,
)
from bot.trade import Cancelled, Held, ItemOffer, NewOrder, OrderView, Paid, Placed, RoomOffer, RoomQuery

T = TypeVar("T")

SECONDS: Final = 8.0  #: for one answer; a customer waits for the clerk's card
ANSWER_MOST: Final = 4 * 1024 * 1024  #: bytes
_REFUSED: Final = 409
_ABSENT: Final = 404
_GOOD: Final = (200, 201)
_REASON_MOST: Final = 200  #: characters that reach a card


@dataclass(frozen=True, slots=True)
class Refusal:
    """The body of a 409."""

    error: str  #: sold_out, price_changed, not_for_sale, hold_lost, order_gone or cancel_refused
    message: str = ""  #: Chinese, for the clerk
    product: str = ""
    day: date | None = None
    left: int = 0
    said: Decimal = Decimal(0)
    now: Decimal = Decimal(0)


_ROOMS = TypeAdapter(tuple[RoomOffer, ...])
_ITEMS = TypeAdapter(tuple[ItemOffer, ...])
_HELD = TypeAdapter(Held)
_PLACED = TypeAdapter(Placed)
_ORDERS = TypeAdapter(tuple[OrderView, ...])
_CANCELLED = TypeAdapter(Cancelled)
_PAID = TypeAdapter(Paid)
_NEW = TypeAdapter(NewOrder)
_REFUSAL = TypeAdapter(Refusal)


@dataclass(frozen=True, slots=True)
class Pms:
    """Both Protocols at one address."""

    http: aiohttp.ClientSession
    base: str
    token: str = field(repr=False)

    # --- Catalog -----------------------------------------------------------------------------------------------------
    async def rooms(self, query: RoomQuery) -> tuple[RoomOffer, ...]:
        asked = {
            "store": query.store,
            "check_in": query.check_in.isoformat(),
            "check_out": query.check_out.isoformat(),
            "rooms": str(query.rooms),
        }
        if query.product is not None:
            asked["product"] = query.product
        return await self._ask("GET", "rooms", _ROOMS, params=asked)

    async def items(self, store: str, on: date | None = None) -> tuple[ItemOffer, ...]:
        asked = {"store": store} | ({"on": on.isoformat()} if on else {})
        return await self._ask("GET", "items", _ITEMS, params=asked)

    # --- Orders ------------------------------------------------------------------------------------------------------
    async def hold(self, key: str, order: NewOrder, *, until: datetime) -> Held:
        body = {
            "order": _NEW.dump_python(order, mode="json", fallback=dict, warnings=False),
            "until": until.isoformat(),
        }
        return await self._ask("PUT", f"holds/{_part(key)}", _HELD, body=body)

    async def release(self, key: str) -> None:
        await self._exchange("DELETE", f"holds/{_part(key)}", {}, None)

    async def place(self, key: str, *, staff: str | None, draft: int | None = None) -> Placed:
        return await self._ask("POST", f"holds/{_part(key)}/place", _PLACED, body={"staff": staff, "draft": draft})

    async def find(self, number: str) -> OrderView | None:
        found = await self._ask("GET", "orders", _ORDERS, params={"number": number})
        return next(iter(found), None)

    async def of_customer(self, customer: str, store: str | None = None) -> tuple[OrderView, ...]:
        asked = {"customer": customer} | ({"store": store} if store else {})
        return await self._ask("GET", "orders", _ORDERS, params=asked)

    async def extend(
        self,
        key: str,
        number: str,
        to: date,
        *,
        until: datetime,
        staff: str | None = None,
        draft: int | None = None,
        campaign: str | None = None,
        channel: str = "",
    ) -> Held:
        body = {
            "extends": number,
            "to": to.isoformat(),
            "until": until.isoformat(),
            "staff": staff,
            "draft": draft,
            "campaign": campaign,
            "channel": channel,
        }
        return await self._ask("PUT", f"holds/{_part(key)}", _HELD, body=body)

    async def cancel(self, number: str, *, key: str, staff: str | None) -> Cancelled:
        return await self._ask("POST", f"orders/{_part(number)}/cancel", _CANCELLED, body={"key": key, "staff": staff})

    async def paid(self, number: str, amount: Decimal, at: datetime, key: str) -> Paid:
        body = {"key": key, "amount": f"{amount:.2f}", "at": at.isoformat()}
        return await self._ask("POST", f"orders/{_part(number)}/payments", _PAID, body=body)

    # --- HTTP --------------------------------------------------------------------------------------------------------
    async def _ask(
        self,
        method: str,
        path: str,
        shape: TypeAdapter[T],
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> T:
        content = await self._exchange(method, path, params or {}, body)
        try:
            return shape.validate_json(content)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
            raise TradeSilentError(
                f"{method} {path.partition('/')[0]}: the answer is not as agreed at {where}"
            ) from None

    async def _exchange(
        self, method: str, path: str, params: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> bytes:
        """The body of a good answer. Raises TradeError for a refusal, TradeSilentError for everything else."""
        name = f"{method} {path.partition('/')[0]}"  # keys and numbers stay out of logs
        try:
            async with self.http.request(
                method,
                f"{self.base}/{path}",
                params=params,
                json=body,
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=aiohttp.ClientTimeout(total=SECONDS),
                allow_redirects=False,
            ) as answer:
                content = await answer.content.read(ANSWER_MOST + 1)
                while len(content) <= ANSWER_MOST and not answer.content.at_eof():
                    content += await answer.content.read(ANSWER_MOST + 1 - len(content))
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TradeSilentError(f"{name}: {type(error).__name__}") from None
        if len(content) > ANSWER_MOST:
            raise TradeSilentError(f"{name}: the answer is too large")
        if status == _REFUSED:
            raise _refused(content, name)
        if status == _ABSENT and method == "DELETE":
            return b""
        if status not in _GOOD and not (method == "DELETE" and status == 204):
            raise TradeSilentError(f"{name}: HTTP {status}")
        return content


def _refused(content: bytes, name: str) -> TradeError | TradeSilentError:
    try:
        refusal = _REFUSAL.validate_json(content)
    except ValidationError:
        return TradeSilentError(f"{name}: a refusal that says nothing")
    said = refusal.message[:_REASON_MOST] or "订单系统不同意,没有说原因"
    match refusal.error:
        case "sold_out":
            return SoldOutError(said, product=refusal.product, day=refusal.day, left=refusal.left)
        case "price_changed":
            return PriceChangedError(said, product=refusal.product, said=refusal.said, now=refusal.now)
        case "not_for_sale":
            return NotForSaleError(said, product=refusal.product)
        case "hold_lost":
            return HoldLostError(said)
        case "order_gone":
            return OrderGoneError(said)
        case "cancel_refused":
            return CancelRefusedError(said)
    return TradeSilentError(f"{name}: an unknown refusal")


def _part(text: str) -> str:
    return quote(text, safe="")
