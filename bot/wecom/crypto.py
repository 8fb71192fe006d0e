"""WeCom's callback envelope: SHA-1 signature and AES-256-CBC, both ways (facts/wecom.md §1.4–1.6).

Whatever comes in may be hostile: `Envelope.open` raises EnvelopeError and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.errors import DianxiaoerError

BLOCK = 32  #: WeCom pads to 32 bytes although an AES block has 16
RANDOM_BYTES = 16
HEADER = RANDOM_BYTES + 4  #: random bytes and the message's length, uint32 big-endian


class EnvelopeError(DianxiaoerError):
    """A callback that is not from WeCom, or not for us. The text never holds what came in."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted and signed message."""

    encrypted: str
    signature: str
    timestamp: str
    nonce: str

    def xml(self) -> str:
        """The body of a passive reply (§1.6)."""
        return (
            f"<xml><Encrypt>{_cdata(self.encrypted)}</Encrypt><MsgSignature>{_cdata(self.signature)}</MsgSignature>"
            f"<TimeStamp>{self.timestamp}</TimeStamp><Nonce>{_cdata(self.nonce)}</Nonce></xml>"
        )


class Envelope:
    """Opens and seals for one callback URL.

    Raises EnvelopeError when `aes_key` is not 43 letters and digits. `receive_id` is the CorpID for an own app and
    empty for an internal 智能机器人 (§1.5).
    """

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9]{43}", aes_key):
            raise EnvelopeError("an EncodingAESKey has 43 letters and digits")
        # The last character carries two unused bits that need not be zero: this decoder ignores them, strict ones fail.
        key = base64.b64decode(aes_key + "=")
        self._token = _bytes(token)
        self._receive_id = receive_id.encode()
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    def open(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> str:
        """Check the signature, decrypt, and return the message. Raises EnvelopeError.

        Timestamp and nonce are signed but never a reason to refuse (§1.4): the event's digest makes a replay harmless.
        """
        if not hmac.compare_digest(self.sign(timestamp, nonce, encrypted).encode(), _bytes(signature)):
            raise EnvelopeError("the signature does not match")
        try:
            return self._decrypt(encrypted).decode()
        except UnicodeDecodeError:
            raise EnvelopeError("the message is not UTF-8") from None

    def seal(self, xml: str, *, timestamp: int | str, nonce: str, random: bytes | None = None) -> Sealed:
        """Encrypt and sign. `random` (16 bytes) is given by tests only."""
        message = xml.encode()
        head = secrets.token_bytes(RANDOM_BYTES) if random is None else random
        if len(head) != RANDOM_BYTES:
            raise ValueError(f"random must have {RANDOM_BYTES} bytes, got {len(head)}")
        plain = pad(head + len(message).to_bytes(4, "big") + message + self._receive_id)
        encryptor = self._cipher.encryptor()
        encrypted = base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()
        return Sealed(encrypted, self.sign(str(timestamp), nonce, encrypted), str(timestamp), nonce)

    def sign(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """SHA-1 over the four parts in byte order, as lower-case hex (§1.4)."""
        parts = sorted([self._token, _bytes(timestamp), _bytes(nonce), _bytes(encrypted)])
        return hashlib.sha1(b"".join(parts), usedforsecurity=False).hexdigest()  # WeCom's choice, not ours

    def _decrypt(self, encrypted: str) -> bytes:
        try:
            data = base64.b64decode(encrypted, validate=True)
        except ValueError:
            raise EnvelopeError("the message is not base64") from None
        if not data or len(data) % 16:
            raise EnvelopeError("the message is not made of whole blocks")
        decryptor = self._cipher.decryptor()
        plain = unpad(decryptor.update(data) + decryptor.finalize())
        if len(plain) < HEADER:
            raise EnvelopeError("the message is too short")
        end = HEADER + int.from_bytes(plain[RANDOM_BYTES:HEADER], "big")
        if end > len(plain):
            raise EnvelopeError("the message is shorter than it says")
        if not hmac.compare_digest(plain[end:], self._receive_id):
            raise EnvelopeError("the message is meant for another receiver")
        return plain[HEADER:end]


def pad(plain: bytes) -> bytes:
    """PKCS#7 to a multiple of 32: 1 to 32 bytes are added, never none."""
    count = BLOCK - len(plain) % BLOCK
    return plain + bytes([count]) * count


def unpad(padded: bytes) -> bytes:
    """Undo `pad`. Libraries check against blocks of 16 and would refuse 17–32. Raises EnvelopeError."""
    count = padded[-1] if padded else 0
    if not 1 <= count <= BLOCK or padded[-count:] != bytes([count]) * count:
        raise EnvelopeError("the padding is wrong")
    return padded[:-count]


def _bytes(text: str) -> bytes:
    """UTF-8 that never fails: a hostile query can carry lone surrogates."""
    return text.encode("utf-8", "surrogatepass")


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
