"""The load: real encrypted callbacks over 64 keep-alive connections, from a process of its own.

Sockets and a selector, no HTTP library: the client must cost less than the server that it measures.
"""

from __future__ import annotations

import secrets
import selectors
import socket
import time
from dataclasses import dataclass

from bot.sandbox import callback_xml
from bot.sandbox.seed import SandboxSeed
from bot.wecom.crypto import Envelope

CONNECTIONS = 64
_PATIENCE = 30.0  #: seconds without any answer


@dataclass(frozen=True, slots=True)
class Measured:
    """One round."""

    rate: float  #: answers a second
    latencies: list[float]  #: seconds, of every request


@dataclass(slots=True)
class _Line:
    connection: socket.socket
    sent_at: float = 0.0


def requests(port: int, count: int) -> list[bytes]:
    """`count` sealed callbacks, no two alike, as they go over the wire."""
    seed = SandboxSeed()
    envelope = Envelope(seed.token, seed.aes_key, seed.corp_id)
    return [_request(envelope, seed, port, number) for number in range(count)]


def _request(envelope: Envelope, seed: SandboxSeed, port: int, number: int) -> bytes:
    now = int(time.time())
    account = f"wkStore{number % 100:03}"
    xml = callback_xml.kf_msg_or_event(seed.corp_id, now, "ENC" + secrets.token_urlsafe(24), account)
    sealed = envelope.seal(xml, timestamp=now, nonce=secrets.token_hex(5))
    body = callback_xml.envelope(seed.corp_id, seed.agent_id, sealed.encrypted).encode()
    query = f"msg_signature={sealed.signature}&timestamp={sealed.timestamp}&nonce={sealed.nonce}"
    head = (
        f"POST /wecom/callback?{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run(port: int, count: int, warm_up: int) -> Measured:
    """Send `warm_up` requests, then `count` that are measured. Raises RuntimeError for any answer but 200."""
    prepared = requests(port, warm_up + count)
    lines = [_Line(socket.create_connection(("127.0.0.1", port), timeout=5)) for _ in range(CONNECTIONS)]
    try:
        _exchange(lines, prepared[:warm_up])
        started = time.perf_counter()
        latencies = _exchange(lines, prepared[warm_up:])
        return Measured(count / (time.perf_counter() - started), latencies)
    finally:
        for line in lines:
            line.connection.close()


def _exchange(lines: list[_Line], prepared: list[bytes]) -> list[float]:
    """Every request once; a connection sends its next one when it has its answer."""
    left = prepared[::-1]
    latencies: list[float] = []
    with selectors.DefaultSelector() as selector:
        for line in lines[: len(left)]:
            selector.register(line.connection, selectors.EVENT_READ, line)
            _send(line, left.pop())
        while len(latencies) < len(prepared):
            ready = selector.select(_PATIENCE)
            if not ready:
                raise RuntimeError(f"no answer for {_PATIENCE:.0f} s")
            for key, _ in ready:
                line = key.data
                _check(line.connection.recv(4096))
                latencies.append(time.perf_counter() - line.sent_at)
                if left:
                    _send(line, left.pop())
    return latencies


def _send(line: _Line, request: bytes) -> None:
    line.sent_at = time.perf_counter()
    line.connection.sendall(request)


def _check(answer: bytes) -> None:
    """An empty 200 comes in one piece; anything else is no figure worth having."""
    if not answer.startswith(b"HTTP/1.1 200 ") or not answer.endswith(b"\r\n\r\n"):
        raise RuntimeError(f"expected an empty 200, got {answer[:200]!r}")
