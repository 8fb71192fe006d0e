"""Nouns: what the service keeps. Imports nothing of ours."""

from bot.model.account import Account
from bot.model.base import Base, Instant
from bot.model.card import Card, CardPurpose
from bot.model.conversation import QUOTA, WINDOW, Conversation
from bot.model.customer import Customer
from bot.model.delivery import Delivery, DeliveryKind, DeliveryState
from bot.model.draft import Draft, DraftState
from bot.model.event import Event
from bot.model.media import Media
from bot.model.message import Message, Origin
from bot.model.order import Order, OrderLine, Stage
from bot.model.order_request import OrderAction, OrderRequest
from bot.model.payment import Commission, MoneyKind, Payment
from bot.model.payment_notice import PaymentNotice
from bot.model.publication import Publication, PublicationSource, PublicationState
from bot.model.question import Outcome, Question
from bot.model.schedule import Slot
from bot.model.staff import Unreachable
from bot.model.staff_question import StaffOutcome, StaffQuestion
from bot.model.stock_day import StockDay
from bot.model.switch import Switch
from bot.model.transcript import Transcript

__all__ = [
    "QUOTA",
    "WINDOW",
    "Account",
    "Base",
    "Card",
    "CardPurpose",
    "Commission",
    "Conversation",
    "Customer",
    "Delivery",
    "DeliveryKind",
    "DeliveryState",
    "Draft",
    "DraftState",
    "Event",
    "Instant",
    "Media",
    "Message",
    "MoneyKind",
    "Order",
    "OrderAction",
    "OrderLine",
    "OrderRequest",
    "Origin",
    "Outcome",
    "Payment",
    "PaymentNotice",
    "Publication",
    "PublicationSource",
    "PublicationState",
    "Question",
    "Slot",
    "StaffOutcome",
    "StaffQuestion",
    "Stage",
    "StockDay",
    "Switch",
    "Transcript",
    "Unreachable",
]
