"""The callback envelope: every published vector both ways, and nothing but EnvelopeError for what is hostile."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom.crypto import Envelope, EnvelopeError, pad, unpad
from bot.wecom.xml import parse, read_envelope

PAYLOADS = Path(__file__).parents[2] / "payloads"
VECTORS: list[dict[str, Any]] = json.loads((PAYLOADS / "envelopes.json").read_text("utf-8"))
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def envelope_of(vector: dict[str, Any]) -> Envelope:
    return Envelope(vector["token"], vector["aes_key"], vector["receive_id"])


def encrypt_raw(plain: bytes) -> str:
    """Any plaintext under KEY, whatever its structure."""
    key = base64.b64decode(KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def open_signed(envelope: Envelope, encrypted: str) -> str:
    return envelope.open(envelope.sign("1", "n", encrypted), "1", "n", encrypted)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_a_vector_opens(vector: dict[str, Any]) -> None:
    opened = envelope_of(vector).open(vector["signature"], vector["timestamp"], vector["nonce"], vector["encrypted"])
    assert opened == vector["plain"]
    for name, value in vector.get("fields", {}).items():
        assert parse(opened.encode()).findtext(name) == value


@pytest.mark.parametrize("vector", [v for v in VECTORS if "random" in v], ids=lambda v: v["name"])
def test_a_vector_is_sealed_to_the_same_bytes(vector: dict[str, Any]) -> None:
    sealed = envelope_of(vector).seal(
        vector["plain"], timestamp=vector["timestamp"], nonce=vector["nonce"], random=vector["random"].encode()
    )
    assert (sealed.encrypted, sealed.signature) == (vector["encrypted"], vector["signature"])


@pytest.mark.parametrize("vector", [v for v in VECTORS if "pad" in v], ids=lambda v: v["name"])
def test_the_vectors_cover_the_pads_that_they_claim(vector: dict[str, Any]) -> None:
    body = 20 + len(vector["plain"].encode()) + len(vector["receive_id"])
    assert 32 - body % 32 == vector["pad"]


@pytest.mark.parametrize("key", [KEY[:-1], KEY + "H", KEY[:-1] + "=", KEY[:-1] + "$", KEY + "\n", "", KEY[:-1] + "é"])
def test_a_key_of_another_shape_is_refused(key: str) -> None:
    with pytest.raises(EnvelopeError):
        Envelope("token", key, "ww1")


def test_the_last_two_bits_of_the_key_are_ignored() -> None:
    sealed = Envelope("t", "A" * 42 + "A", "ww1").seal("hello", timestamp=1, nonce="n")
    for last in "BCD":
        other = Envelope("t", "A" * 42 + last, "ww1")
        assert other.open(sealed.signature, "1", "n", sealed.encrypted) == "hello"


@pytest.mark.parametrize("signature", ["", "0" * 40, "签名", "\udcff", "A" * 100_000])
def test_a_wrong_signature_is_refused(signature: str) -> None:
    envelope = Envelope("t", KEY, "ww1")
    sealed = envelope.seal("hello", timestamp=1, nonce="n")
    assert envelope.open(sealed.signature, "1", "n", sealed.encrypted) == "hello"
    with pytest.raises(EnvelopeError):
        envelope.open(signature, "1", "n", sealed.encrypted)
    with pytest.raises(EnvelopeError):
        envelope.open(sealed.signature.upper(), "1", "n", sealed.encrypted)


def test_every_signed_part_counts() -> None:
    envelope = Envelope("t", KEY, "ww1")
    sealed = envelope.seal("hello", timestamp=1, nonce="n")
    for parts in (("2", "n", sealed.encrypted), ("1", "m", sealed.encrypted), ("1", "n", sealed.encrypted[:-4])):
        with pytest.raises(EnvelopeError):
            envelope.open(sealed.signature, *parts)


@pytest.mark.parametrize("receive_id", ["", "ww2", "ww11", "W1"])
def test_a_message_for_another_receiver_is_refused(receive_id: str) -> None:
    sealed = Envelope("t", KEY, receive_id).seal("hello", timestamp=1, nonce="n")
    assert Envelope("t", KEY, receive_id).open(sealed.signature, "1", "n", sealed.encrypted) == "hello"
    with pytest.raises(EnvelopeError):
        Envelope("t", KEY, "ww1").open(sealed.signature, "1", "n", sealed.encrypted)


@pytest.mark.parametrize(
    "plain",
    [
        b"\x00" * 32,  # pad 0
        b"x" * 31 + b"\x21",  # pad 33
        b"x" * 29 + b"\x01\x02\x03",  # pad bytes differ
        b"x" * 31 + b"\x01",  # longer than the header, length absurd
        bytes([32]) * 32,  # nothing but padding
        bytes([16]) * 16,  # AES's own padding alone
        pad(b"r" * 16 + b"\x00\x00\x00\x02" + b"\xff\xfe" + b"ww1"),  # not UTF-8
        pad(b"r" * 16 + b"\xff\xff\xff\xff" + b"hello" + b"ww1"),
    ],
)
def test_a_plaintext_out_of_shape_is_refused(plain: bytes) -> None:
    with pytest.raises(EnvelopeError):
        open_signed(Envelope("t", KEY, "ww1"), encrypt_raw(plain))


@pytest.mark.parametrize("encrypted", ["", "=", "签", "AAAA", "A" * 44, "\udc80", "AA AA", "A" * 63])
def test_a_ciphertext_out_of_shape_is_refused(encrypted: str) -> None:
    with pytest.raises(EnvelopeError):
        open_signed(Envelope("t", KEY, "ww1"), encrypted)


@given(st.binary(max_size=100))
def test_padding_is_undone(plain: bytes) -> None:
    padded = pad(plain)
    assert len(padded) % 32 == 0
    assert 1 <= len(padded) - len(plain) <= 32
    assert unpad(padded) == plain


@given(st.text(), st.text(), st.text(), st.text())
def test_hostile_parts_raise_nothing_else(signature: str, timestamp: str, nonce: str, encrypted: str) -> None:
    with pytest.raises(EnvelopeError):
        Envelope("t", KEY, "ww1").open(signature, timestamp, nonce, encrypted)


@given(st.lists(st.binary(min_size=16, max_size=16), max_size=6).map(b"".join))
def test_a_signed_but_senseless_plaintext_raises_nothing_else(plain: bytes) -> None:
    with pytest.raises(EnvelopeError):
        open_signed(Envelope("t", KEY, "ww1"), encrypt_raw(plain))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text("abc019", max_size=20))
def test_what_is_sealed_opens(text: str, receive_id: str) -> None:
    envelope = Envelope("t", KEY, receive_id)
    assert open_signed(envelope, envelope.seal(text, timestamp=1, nonce="n").encrypted) == text


def test_a_sealed_reply_is_xml_whatever_the_nonce() -> None:
    sealed = Envelope("t", KEY, "ww1").seal("hello", timestamp=1764000000, nonce="a]]>b<c&")
    root = parse(sealed.xml().encode())
    assert read_envelope(sealed.xml().encode()) == sealed.encrypted
    assert [root.findtext(name) for name in ("MsgSignature", "TimeStamp", "Nonce")] == [
        sealed.signature,
        "1764000000",
        "a]]>b<c&",
    ]


def test_errors_do_not_repeat_what_came_in() -> None:
    with pytest.raises(EnvelopeError) as caught:
        Envelope("t", KEY, "ww1").open("sig-secret", "1", "n", "cipher-secret")
    assert "secret" not in str(caught.value)


# --- XML -------------------------------------------------------------------------------------------------------------
UTF16 = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE xml [<!ENTITY e "Q">]><xml><Encrypt>&e;</Encrypt></xml>'
GOOD = b"<xml><ToUserName><![CDATA[ww1]]></ToUserName><AgentID></AgentID><Encrypt><![CDATA[QUJD]]></Encrypt></xml>"


def test_the_envelope_is_read() -> None:
    assert read_envelope(GOOD) == "QUJD"
    assert read_envelope(b"\xef\xbb\xbf<xml><Encrypt>\n QUJD \n</Encrypt></xml>") == "QUJD"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"{}",
        b"<xml>",
        b"<xml></xml>",
        b"<xml><Encrypt></Encrypt></xml>",
        b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>",
        b"<xml><Encrypt>a<b/></Encrypt></xml>",
        b"<xml><Encrypt>&e;</Encrypt></xml>",
        b'<!DOCTYPE xml [<!ENTITY e "QUJD">]><xml><Encrypt>&e;</Encrypt></xml>',
        b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><Encrypt>a</Encrypt></xml>',
        UTF16.encode("utf-16"),
        b"<xml><Encrypt>\xff\xfe</Encrypt></xml>",
        b"<a>" * 100_000,
    ],
)
def test_an_odd_body_is_refused(body: bytes) -> None:
    with pytest.raises(EnvelopeError):
        read_envelope(body)


@given(st.binary(max_size=300) | st.text('<>/![]CDATAxmlEncrypt&;"= -?', max_size=200).map(str.encode))
def test_hostile_bodies_raise_nothing_else(body: bytes) -> None:
    try:
        read_envelope(body)
    except EnvelopeError:
        pass
