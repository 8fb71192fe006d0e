"""Turn a stored delivery into the one call of the Messenger that it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncSession

from bot.model import Card, Conversation, Delivery, DeliveryKind
from bot.ports import (
    CardButton,
    CardChoice,
    CardFace,
    CardReceipt,
    ClosedFace,
    CustomerContent,
    Menu,
    MenuItem,
    Messenger,
    Text,
)

TO_CUSTOMER = frozenset({DeliveryKind.REPLY, DeliveryKind.WELCOME})
PAST_CARE = frozenset(
    {DeliveryKind.CARD, DeliveryKind.CARD_UPDATE, DeliveryKind.NOTICE}
)  #: payload is dropped once sent


@dataclass(frozen=True, slots=True)
class Ready:
    """A leased delivery with the addresses and the code that sending it takes."""

    delivery: Delivery
    account: str = ""
    customer: str = ""
    code: str = ""
    was_uncertain: bool = False  #: an earlier try may have got through

    @classmethod
    async def load(cls, session: AsyncSession, row: Delivery) -> Self | None:
        """None when there is nothing to send: an update of a card that has no code left."""
        account = customer = code = ""
        if row.conversation_id is not None:
            conversation = await session.get_one(Conversation, row.conversation_id)
            account, customer = conversation.account_id, conversation.customer_id
        if row.kind == DeliveryKind.CARD_UPDATE:
            code = str(row.payload.get("response_code") or "")
            if not code:
                card = await session.get(Card, row.card_id, populate_existing=True) if row.card_id else None
                code = (card.tap_code or card.response_code if card else None) or ""
            if not code:
                return None
        return cls(row, account, customer, code, row.is_uncertain)


async def send(messenger: Messenger, ready: Ready) -> CardReceipt | None:
    """Send it. Raises the MessengerError family."""
    delivery = ready.delivery
    payload, staff = delivery.payload, delivery.staff or ""
    match DeliveryKind(delivery.kind):
        case DeliveryKind.REPLY:
            await messenger.send_to_customer(ready.account, ready.customer, customer_content(payload), delivery.id)
        case DeliveryKind.WELCOME:
            await messenger.send_on_event(str(payload["code"]), customer_content(payload), delivery.id)
        case DeliveryKind.CARD:
            return await messenger.send_card(staff, card_face(payload["face"]))
        case DeliveryKind.CARD_UPDATE:
            face = card_face(payload["face"]) if "face" in payload else ClosedFace(str(payload["closed"]))
            await messenger.update_card(staff, ready.code, face)
        case DeliveryKind.NOTICE:
            return await messenger.send_notice(staff, str(payload["text"]))
        case DeliveryKind.HANDOVER:
            await messenger.hand_over(ready.account, ready.customer, staff)
        case DeliveryKind.END:
            await messenger.end_session(ready.account, ready.customer)
    return None


def customer_content(payload: dict[str, Any]) -> CustomerContent:
    """Text or menu, as `gate.outbox` stored it."""
    if payload["type"] == "menu":
        items = tuple(MenuItem(str(item["id"]), str(item["label"])) for item in payload["items"])
        return Menu(str(payload["head"]), items, str(payload.get("tail", "")))
    return Text(str(payload["content"]))


def card_face(stored: dict[str, Any]) -> CardFace:
    """A card's face, as `gate.outbox` stored it."""
    plain = {
        name: stored[name]
        for name in ("task_id", "source", "title", "desc", "alert", "quote", "body", "chosen", "menu_title", "url")
    }
    return CardFace(
        **plain,
        facts=tuple((str(key), str(value)) for key, value in stored["facts"]),
        choices=tuple(CardChoice(**choice) for choice in stored["choices"]),
        buttons=tuple(CardButton(**button) for button in stored["buttons"]),
        menu=tuple(CardButton(**button) for button in stored["menu"]),
    )
