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
from bot.model.payment_notice import PaymentNotice
from bot.model.publication import Publication, PublicationSource, PublicationState
from bot.model.question import Outcome, Question
from bot.model.schedule import Slot
from bot.model.staff import Unreachable
from bot.model.staff_question import StaffOutcome, StaffQuestion
from bot.model.switch import Switch

__all__ = [
    "QUOTA",
    "WINDOW",
    "Account",
    "Base",
    "Card",
    "CardPurpose",
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
    "Origin",
    "Outcome",
    "PaymentNotice",
    "Publication",
    "PublicationSource",
    "PublicationState",
    "Question",
    "Slot",
    "StaffOutcome",
    "StaffQuestion",
    "Switch",
    "Unreachable",
]
