"""Signed links: the edit page of one card for one person, and the store in a QR code's scene_param."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken

LINK_LIFE = timedelta(hours=2)  #: longest life of an edit link (issue 2, point 6)
_SIGNATURE_LETTERS = 20  #: 100 bits of the scene signature


@dataclass(frozen=True, slots=True)
class EditPass:
    """What a link or its cookie allows: this card, for this person."""

    task_id: str
    staff: str


class Links:
    """Makes and reads links. `key` is 32 bytes; `base` is the address under which staff reach us."""

    def __init__(self, key: bytes, base: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(key))
        self._key = key
        self._base = base

    def edit_url(self, task_id: str, staff: str, *, now: datetime) -> str:
        """Where 修改 leads."""
        return f"{self._base}/cards/{task_id}/edit?t={self.seal(EditPass(task_id, staff), now=now)}"

    def answer_url(self, task_id: str, staff: str, *, now: datetime) -> str:
        """Where 写答复 leads: the page on which headquarters answers a staff question."""
        return f"{self._base}/cards/{task_id}/answer?t={self.seal(EditPass(task_id, staff), now=now)}"

    def seal(self, allowed: EditPass, *, now: datetime) -> str:
        """A token over card and person that ends two hours after `now`."""
        return self._fernet.encrypt_at_time(
            f"{allowed.task_id}\n{allowed.staff}".encode(), int(now.timestamp())
        ).decode()

    def read(self, token: str, *, now: datetime) -> EditPass | None:
        """What the token allows; None when it is forged or too old."""
        try:
            plain = self._fernet.decrypt_at_time(token.encode(), int(LINK_LIFE.total_seconds()), int(now.timestamp()))
        except (InvalidToken, ValueError):
            return None
        return _opened(plain)

    def read_late(self, token: str) -> EditPass | None:
        """Whom and what a token of ours names, however old; None when it is forged. It allows nothing by itself."""
        try:
            return _opened(self._fernet.decrypt(token.encode()))
        except (InvalidToken, ValueError):
            return None

    def scene_param(self, store: str) -> str:
        """The store number, signed, for `&scene_param=` of a QR code's address. Customers can edit that text."""
        return f"{store}.{self._sign(store)}"

    def store_of(self, scene_param: str) -> str | None:
        """The store number of a scene_param that we signed; None for any other."""
        store, _, signature = scene_param.rpartition(".")
        genuine = hmac.compare_digest(self._sign(store).encode(), signature.encode("utf-8", "replace"))
        return store if store and genuine else None

    def _sign(self, store: str) -> str:
        digest = hmac.new(self._key, b"scene:" + store.encode("utf-8", "replace"), hashlib.sha256).digest()
        return base64.b32encode(digest).decode().lower()[:_SIGNATURE_LETTERS]


def _opened(plain: bytes) -> EditPass:
    task_id, _, staff = plain.decode().partition("\n")
    return EditPass(task_id, staff)
