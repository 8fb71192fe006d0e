"""POST /pay/notify: what is taken, and what is not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from bot.model import PaymentNotice
from bot.web.keys import SITE
from bot.web.pay import PATH, sign
from bot.web.site import build_site
from tests.unit.web.matter import Matter

Client = TestClient[web.Request, web.Application]
KEY = b"a secret of sixteen characters"
BODY = {"id": "4200002", "order": "D26112200017", "amount": "688.00", "paid_at": "2026-11-22T14:03:05+08:00"}


class Register:
    """A payment system that signs as the README says."""

    def __init__(self, matter: Matter, client: Client) -> None:
        self._matter, self._client = matter, client

    async def post(self, body: bytes, *, age: timedelta = timedelta(), key: bytes = KEY, stamp: str = "") -> int:
        stamp = stamp or str(int((self._matter.clock.now() - age).timestamp()))
        headers = {"X-Pay-Timestamp": stamp, "X-Pay-Signature": sign(key, stamp, body)}
        response = await self._client.post(PATH, data=body, headers=headers)
        assert "traceback" not in (await response.text()).lower()
        return response.status

    async def tell(self, **changes: object) -> int:
        return await self.post(json.dumps(BODY | changes).encode())

    async def kept(self) -> list[PaymentNotice]:
        async with self._matter.database.read() as session:
            return list(await session.scalars(select(PaymentNotice)))


@pytest.fixture
async def register(matter: Matter) -> AsyncIterator[Register]:
    site = replace(matter.client.app[SITE], pay_key=KEY)
    async with TestClient(TestServer(build_site(site))) as client:
        yield Register(matter, client)


async def test_a_payment_is_kept_once_however_often_it_is_told(register: Register) -> None:
    assert [await register.tell() for _ in range(3)] == [200, 200, 200]
    (kept,) = await register.kept()
    assert (kept.transaction, kept.order_number, kept.amount) == ("4200002", "D26112200017", Decimal("688.00"))
    assert kept.paid_at == datetime.fromisoformat(str(BODY["paid_at"]))
    assert kept.done_at is None


async def test_the_same_id_with_another_sum_is_refused(register: Register) -> None:
    assert await register.tell() == 200
    assert await register.tell(amount="1.00") == 409
    assert await register.tell(order="D26112200018") == 409
    assert [kept.amount for kept in await register.kept()] == [Decimal("688.00")]


async def test_a_forged_notice_is_refused(register: Register) -> None:
    body = json.dumps(BODY).encode()
    assert await register.post(body, key=b"another secret of theirs") == 403
    assert await register.post(body, age=timedelta(minutes=6)) == 403
    assert await register.post(body, age=-timedelta(minutes=6)) == 403
    assert await register.post(body, stamp="today") == 403
    assert await register.kept() == []


async def test_a_body_that_was_changed_on_its_way_is_refused(matter: Matter, register: Register) -> None:
    stamp = str(int(matter.clock.now().timestamp()))
    signature = sign(KEY, stamp, json.dumps(BODY).encode())
    changed = json.dumps(BODY | {"amount": "0.01"}).encode()
    headers = {"X-Pay-Timestamp": stamp, "X-Pay-Signature": signature}
    client = register._client
    assert (await client.post(PATH, data=changed, headers=headers)).status == 403
    assert (await client.post(PATH, data=changed)).status == 403
    odd = {"X-Pay-Timestamp": stamp, "X-Pay-Signature": "\udce9"}
    assert (await client.post(PATH, data=changed, headers=odd)).status in (400, 403)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": "x" * 65},
        {"id": 42},
        {"order": "D 1"},
        {"order": None},
        {"amount": 688},
        {"amount": "-1"},
        {"amount": "0.00"},
        {"amount": "1.005"},
        {"amount": "1e5"},
        {"amount": "٣"},
        {"paid_at": "2026-11-22 14:03:05"},
        {"paid_at": "0001-01-01T00:00:00+08:00"},
        {"paid_at": "yesterday"},
        {"paid_at": 1795312800},
    ],
)
async def test_a_field_that_is_wrong_is_named(register: Register, changes: dict[str, object]) -> None:
    assert await register.tell(**changes) == 400
    assert await register.kept() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 8000])
async def test_what_is_no_notice_is_refused(register: Register, body: bytes) -> None:
    assert await register.post(body) == 400


async def test_nobody_fills_the_memory(register: Register) -> None:
    assert await register.post(b" " * 9000) == 413


async def test_without_a_secret_there_is_no_such_page(matter: Matter) -> None:
    assert (await matter.client.post(PATH, json=BODY)).status == 404
    async with matter.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(PaymentNotice)) == 0
