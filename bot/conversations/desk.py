"""What every verb of a conversation has at hand: HQ's content as of now, and the tools that are not the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.content.kit import Kit
from bot.content.words import Policy, Store
from bot.gate.links import Links
from bot.ports import Journal
from bot.replies.forms import Forms
from intents.recogniser import Recogniser
from knowledge.content import Content

NO_STORE = "未定门店"


@dataclass(frozen=True, slots=True)
class Desk:
    """One version of the content for one piece of work, so that nothing changes half-way."""

    content: Content
    kit: Kit
    links: Links
    journal: Journal

    @property
    def recogniser(self) -> Recogniser:
        return self.kit.recogniser

    @property
    def forms(self) -> Forms:
        """How each thing gets done in a chat; as shipped, for HQ cannot reword it yet."""
        return Forms.load()

    @property
    def policy(self) -> Policy:
        return self.content.policy

    def local(self, moment: datetime) -> datetime:
        """`moment` in store time."""
        return moment.astimezone(self.policy.zone)

    def store(self, number: str | None) -> Store | None:
        return self.content.stores.get(number) if number else None

    def store_name(self, number: str | None) -> str:
        store = self.store(number)
        return store.name if store else NO_STORE

    def staff_name(self, account: str | None) -> str:
        """How a card names somebody: 林小满; an account that left HQ's file is 同事."""
        person = self.content.staff.get(account.lower()) if account else None
        return person.name if person else "同事"
