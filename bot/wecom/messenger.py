"""The Messenger of `ports`, over WeCom: the one place where our words become WeCom's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.errors import HandoverRefusedError, RejectedError
from bot.ports import CardFace, CardReceipt, ClosedFace, CustomerContent, Menu, Session, SessionState
from bot.wecom.cards import card_of
from bot.wecom.client import WeComClient
from bot.wecom.errcodes import MESSAGE, UPDATE_CARD, NobodyReachedError
from bot.wecom.items import text_in
from bot.wecom.kf import KfApi

ONCE_IN: Final = 14_400  #: seconds, the longest that WeCom remembers an identical message
NOTICE_BYTES: Final = 2048
STAFF_PER_MINUTE: Final = 28  #: above 30 WeCom drops without a word (facts/wecom.md §3.1); its clock is not ours


class WeComMessenger:
    """Sends; never decides. Raises the MessengerError family."""

    def __init__(self, client: WeComClient, kf: KfApi) -> None:
        self._client = client
        self._kf = kf

    async def send_to_customer(self, account: str, customer: str, content: CustomerContent, delivery_id: str) -> None:
        """Send under `delivery_id`. Raises AlreadySentError when WeCom knows the id."""
        await self._kf.send(account, customer, _customer_message(content), delivery_id)

    async def send_on_event(self, code: str, content: CustomerContent, delivery_id: str) -> None:
        """Use up a welcome or message code. Raises CodeUsedError."""
        await self._kf.send_on_event(code, _customer_message(content), delivery_id)

    async def send_card(self, staff: str, face: CardFace) -> CardReceipt:
        """A card for one person; asked twice with the same face, it is shown once."""
        return await self._send_to_staff(staff, {"msgtype": "template_card", "template_card": card_of(face)})

    async def send_notice(self, staff: str, text: str) -> CardReceipt:
        """A plain text for one person, cut at 2,048 bytes."""
        return await self._send_to_staff(staff, {"msgtype": "text", "text": {"content": _cut(text, NOTICE_BYTES)}})

    async def update_card(self, staff: str, response_code: str, face: CardFace | ClosedFace) -> None:
        """Replace a card, or grey its buttons. Raises CodeUsedError."""
        new = (
            {"button": {"replace_name": face.line}}
            if isinstance(face, ClosedFace)
            else {"template_card": card_of(face)}
        )
        body = {"userids": [staff], "agentid": self._client.agent_id, "response_code": response_code}
        await self._client.post(UPDATE_CARD, body | new)

    async def session(self, account: str, customer: str) -> Session:
        """Who holds the session now."""
        return await self._kf.session(account, customer)

    async def hand_over(self, account: str, customer: str, servicer: str) -> None:
        """Session to PERSON. Raises HandoverRefusedError, but not when this person holds it already."""
        wanted = Session(SessionState.PERSON, servicer.lower())
        await self._move(account, customer, wanted)

    async def end_session(self, account: str, customer: str) -> None:
        """Session to ENDED; one that has ended already is fine."""
        await self._move(account, customer, Session(SessionState.ENDED))

    async def _move(self, account: str, customer: str, wanted: Session) -> None:
        """A refusal of what is so already (a repeat after an unknown outcome) is a success."""
        try:
            await self._kf.move_session(account, customer, wanted.state, wanted.servicer)
        except HandoverRefusedError:
            if await self._kf.session(account, customer) != wanted:
                raise

    async def _send_to_staff(self, staff: str, message: Mapping[str, Any]) -> CardReceipt:
        if "|" in staff or staff.startswith("@"):  # several people, or the whole company
            raise RejectedError(f"{MESSAGE}: not one person", hint="总部:员工账号不对,请核对 staff 表里的 员工账号")
        body = {
            "touser": staff,
            "agentid": self._client.agent_id,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": ONCE_IN,
            **message,
        }
        await self._client.take_turn(f"to {staff.lower()}", per_minute=STAFF_PER_MINUTE)
        try:
            data = await self._client.post(MESSAGE, body)
        except NobodyReachedError:
            return CardReceipt(unreachable=frozenset({staff.lower()}))
        unreachable = _accounts(data, "invaliduser") | _accounts(data, "unlicenseduser")
        return CardReceipt(text_in(data, "response_code") or None, unreachable)


def _accounts(data: dict[str, Any], name: str) -> frozenset[str]:
    parts = (part.strip().lower() for part in text_in(data, name).split("|"))
    return frozenset(part for part in parts if part)


def _customer_message(content: CustomerContent) -> dict[str, Any]:
    if isinstance(content, Menu):
        lines = [{"type": "click", "click": {"id": item.id, "content": item.label}} for item in content.items]
        menu: dict[str, Any] = {"head_content": content.head, "list": lines}
        return {"msgtype": "msgmenu", "msgmenu": menu | ({"tail_content": content.tail} if content.tail else {})}
    return {"msgtype": "text", "text": {"content": content.content}}


def _cut(text: str, size: int) -> str:
    """At most `size` bytes of UTF-8, never half a character."""
    data = text.encode("utf-8", "replace")
    return text if len(data) <= size else data[: size - 3].decode("utf-8", "ignore") + "…"
