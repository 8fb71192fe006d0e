"""Whoever knows the address but not the token: refused, plainly and cheaply; and what pages of ours carry along."""

from __future__ import annotations

import gzip
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from yarl import URL

from bot.model import Event
from bot.web.callback import BODY_MOST
from bot.wecom.crypto import Envelope
from tests.unit.web.matter import Matter

ADDRESS = "/wecom/callback"
#: as in `matter_on`
ENVELOPE = Envelope("token", "a" * 43, "ww1")
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
FILE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>'


async def stored(matter: Matter) -> int:
    async with matter.database.read() as session:
        return await session.scalar(select(func.count()).select_from(Event)) or 0


async def post(
    matter: Matter, body: bytes, query: dict[str, str] | None = None, *, headers: dict[str, str] | None = None
) -> int:
    async with matter.client.post(ADDRESS, data=body, params=query or {}, headers=headers) as answer:
        assert "Traceback" not in await answer.text()
        return answer.status


def signed(xml: str) -> tuple[bytes, dict[str, str]]:
    sealed = ENVELOPE.seal(xml, timestamp=1, nonce="n")
    query = {"msg_signature": sealed.signature, "timestamp": sealed.timestamp, "nonce": sealed.nonce}
    return f"<xml><Encrypt>{sealed.encrypted}</Encrypt></xml>".encode(), query


async def test_only_what_is_signed_is_stored_and_a_replay_is_stored_once(matter: Matter) -> None:
    body, query = signed("<xml><MsgType>event</MsgType></xml>")
    assert await post(matter, body, query | {"nonce": "other"}) == 403
    assert await post(matter, body) == 403
    assert await stored(matter) == 0
    assert [await post(matter, body, query) for _ in range(3)] == [200] * 3
    assert await stored(matter) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (BOMB, 403),
        (FILE, 403),
        (BOMB.decode().encode("utf-16"), 403),
        (b"<xml><Encrypt>x</Encrypt><Encrypt>y</Encrypt></xml>", 403),
        (b"", 403),
        (b"<xml>" + b"<a>" * 20_000, 403),
        (b"<xml><Encrypt>" + b"A" * BODY_MOST + b"</Encrypt></xml>", 413),
    ],
    ids=["entities", "file", "utf-16", "two", "empty", "deep", "large"],
)
async def test_bodies_made_to_harm(matter: Matter, body: bytes, status: int) -> None:
    assert await post(matter, body, {"msg_signature": "x", "timestamp": "1", "nonce": "n"}) == status
    assert await stored(matter) == 0


async def test_a_packed_body_is_not_unpacked_beyond_the_limit(matter: Matter) -> None:
    packed = gzip.compress(b"<xml>" + b" " * (50 * 2**20))
    assert len(packed) < BODY_MOST
    assert await post(matter, packed, headers={"Content-Encoding": "gzip"}) in (400, 413)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.text(max_size=60), st.text(max_size=60), st.randoms(use_true_random=False))
async def test_no_body_and_no_query_is_a_failure_of_ours(
    matter: Matter, body: bytes, one: str, other: str, dice: random.Random
) -> None:
    text = [value.encode("utf-8", "replace").decode() for value in (one, other)]
    names = ["msg_signature", "timestamp", "nonce", "echostr"]
    query = {name: dice.choice(text) for name in names if dice.random() < 0.8}
    assert await post(matter, dice.choice([body, b"<xml><Encrypt>%s</Encrypt></xml>" % body]), query) == 403
    async with matter.client.get(ADDRESS, params=query) as answer:
        assert answer.status == 403


async def test_signed_nonsense_is_stored_and_no_failure(matter: Matter) -> None:
    for number, xml in enumerate(["", "no xml", "<xml>", "<xml/>", BOMB.decode(), "<a>" * 5_000], start=1):
        body, query = signed(xml)
        assert await post(matter, body, query) == 200
        assert await stored(matter) == number


# --- figures ---------------------------------------------------------------------------------------------------------
async def test_figures_are_for_this_machine_and_no_proxys_visitor(matter: Matter) -> None:
    async with matter.client.get("/metrics") as answer:
        assert answer.status == 200
        assert "dianxiaoer_callbacks_total" in await answer.text()
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"):
        async with matter.client.get("/metrics", headers={header: "203.0.113.7"}) as answer:
            assert answer.status == 403
    async with matter.client.get("/metrics", headers={"Via": "1.1 x", "Authorization": "Bearer "}) as answer:
        assert answer.status == 403, "no token is set: an empty one opens nothing"


@pytest.mark.parametrize(
    "path",
    ["/static/../edit.py", "/static/%2e%2e/edit.py", "/static/..%2f..%2fapp.py", "/static//etc/passwd", "/static/"],
)
async def test_static_files_are_those_and_no_others(matter: Matter, path: str) -> None:
    async with matter.client.get(URL(path, encoded=True), allow_redirects=False) as answer:
        assert answer.status in (403, 404)


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/cards/card-1/edit", "/static/edit.js", "/wecom/callback"])
async def test_every_answer_forbids_what_it_does_not_need(matter: Matter, path: str) -> None:
    async with matter.client.get(path) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
