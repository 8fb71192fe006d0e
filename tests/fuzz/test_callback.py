"""Hostile input at WeCom's front door: refused or stored, never a 500, never a traceback, and the worker goes on."""

from __future__ import annotations

import asyncio
import http.client
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.wecom.crypto import Envelope
from tests.house import House, open_house

QUIET = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
HOSTILE_XML = (
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><MsgType>&b;</MsgType></xml>',
    '<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
    "<xml>" * 3000 + "</xml>" * 3000,
    "<xml><MsgType>event</MsgType><Event>kf_msg_or_event</Event></xml>",
    "<xml><MsgType>event</MsgType><Event>template_card_event</Event><TaskId/></xml>",
    "<xml><CreateTime>" + "9" * 5000 + "</CreateTime></xml>",
    "not xml",
    "",
    "\x00",
    "<xml>\x00</xml>",
)
text = st.text(max_size=200)
xml_like = st.one_of(
    st.sampled_from(HOSTILE_XML),
    text,
    st.builds(
        lambda event, name, value: f"<xml><MsgType>event</MsgType><Event>{event}</Event><{name}>{value}</{name}></xml>",
        st.sampled_from(["kf_msg_or_event", "template_card_event", "kf_account_auth_change", "other"]),
        st.sampled_from(["OpenKfId", "TaskId", "EventKey", "Token", "FromUserName", "AuthAddOpenKfId"]),
        text,
    ),
)


def ask(house: House, method: str, query: dict[str, str], body: bytes = b"") -> tuple[int, bytes]:
    """One request, over a real socket."""
    connection = http.client.HTTPConnection("127.0.0.1", int(house.base.rsplit(":", 1)[1]), timeout=10)
    try:
        connection.request(method, f"/wecom/callback?{urlencode(query, errors='replace')}", body)
        answered = connection.getresponse()
        return answered.status, answered.read()
    finally:
        connection.close()


def sealed(house: House, xml: str) -> tuple[dict[str, str], bytes]:
    """Query and body as WeCom would send them: a good signature around whatever `xml` is."""
    seed = house.sandbox.seed
    envelope = Envelope(seed.token, seed.aes_key, seed.corp_id)
    made = envelope.seal(xml.encode(errors="replace").decode(), timestamp="1764000000", nonce="n")
    query = {"msg_signature": made.signature, "timestamp": "1764000000", "nonce": "n"}
    return query, f"<xml><Encrypt><![CDATA[{made.encrypted}]]></Encrypt></xml>".encode()


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
async def test_no_input_breaks_the_callback(database_url: str, tmp_path: Path, free_port: int) -> None:
    async with open_house(database_url=database_url, folder=tmp_path, port=free_port) as house:

        @QUIET
        @given(
            method=st.sampled_from(["GET", "POST"]),
            query=st.dictionaries(st.sampled_from(["msg_signature", "timestamp", "nonce", "echostr", "x"]), text),
            body=st.binary(max_size=500) | xml_like.map(lambda said: said.encode(errors="replace")),
        )
        def unsigned_is_refused(method: str, query: dict[str, str], body: bytes) -> None:
            status, answer = ask(house, method, query, body)
            assert status in {400, 403, 413}
            assert b"Traceback" not in answer

        @QUIET
        @given(xml=xml_like)
        def signed_is_stored_or_refused(xml: str) -> None:
            status, answer = ask(house, "POST", *sealed(house, xml))
            assert status in {200, 403}
            assert answer == b""

        await asyncio.to_thread(unsigned_is_refused)
        await asyncio.to_thread(signed_is_stored_or_refused)
        assert (await asyncio.to_thread(ask, house, "POST", {}, b"x" * 200_000))[0] == 413
        lin = house.play.customer("小林")  # and the worker goes on
        await lin.says("请问开车去你们那边好停车吗")
        card = await house.play.staff("linxiaoman").next_card()
        await card.press("发送")
        assert await lin.next_reply() == card.body
