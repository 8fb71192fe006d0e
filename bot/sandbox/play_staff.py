"""A played member of staff, and the cards in their hand."""

from __future__ import annotations

from typing import Any

from bot.sandbox.play_line import Line


class PlayedCard:
    """A card as this person sees it. `refreshed` looks again."""

    def __init__(self, staff: PlayedStaff, item: dict[str, Any]) -> None:
        self._staff = staff
        self._item = item

    @property
    def task_id(self) -> str:
        return str(self._item["task_id"])

    @property
    def is_open(self) -> bool:
        return bool(self._item["state"] == "open")

    @property
    def line(self) -> str:
        """What a closed card says."""
        return str(self._item["line"])

    @property
    def face(self) -> dict[str, Any]:
        """Everything the card shows: source, alert, title, desc, quote, body, facts, choices, buttons, menu …"""
        face: dict[str, Any] = self._item["face"]
        return face

    @property
    def source(self) -> str:
        return str(self.face["source"])

    @property
    def title(self) -> str:
        return str(self.face["title"])

    @property
    def desc(self) -> str:
        return str(self.face["desc"])

    @property
    def quote(self) -> str:
        return str(self.face["quote"])

    @property
    def body(self) -> str:
        return str(self.face["body"])

    @property
    def facts(self) -> dict[str, str]:
        return dict(self.face["facts"])

    @property
    def buttons(self) -> list[str]:
        """The buttons' texts."""
        return [button["text"] for button in self.face["buttons"]]

    @property
    def menu(self) -> list[str]:
        """The corner menu's texts."""
        return [line["text"] for line in self.face["menu"]]

    @property
    def choices(self) -> dict[str, str]:
        """The drop-down: id → text; {} without one."""
        return {option["id"]: option["text"] for question in self.face["choices"][:1] for option in question["options"]}

    @property
    def chosen(self) -> str:
        """The id that the drop-down stands on."""
        return str(self.face["choices"][0]["chosen"]) if self.face["choices"] else ""

    @property
    def link(self) -> str:
        """Where the first button that opens a page leads (修改); else where the card itself leads."""
        links = (button["url"] for button in self.face["buttons"] if button["url"])
        return str(next(links, self.face["url"]))

    async def press(self, text: str, *, choice: str | None = None, anyway: bool = False) -> str:
        """Tap a button or a menu line by its text, with another choice in the drop-down (id or text).

        `anyway`: the tap was under way when the card changed. Returns the address if a page opens, else "".
        """
        selected: dict[str, list[str]] = {}
        if choice is not None:
            ids = [id for id, shown in self.choices.items() if choice in {id, shown}]
            selected = {question["question_key"]: ids or [choice] for question in self.face["choices"][:1]}
        body = {"task_id": self.task_id, "key": self._key(text), "selected": selected, "anyway": anyway}
        return str((await self._staff.do("press", body))["link"])

    def _key(self, text: str) -> str:
        listed = [*self.face["buttons"], *self.face["menu"]]
        return next((str(each["key"] or each["text"]) for each in listed if text == each["text"]), text)

    async def refreshed(self) -> PlayedCard:
        """This card as it stands now; the same place in the inbox, whatever its task_id is by now."""
        items = [item for item in await self._staff.inbox() if self.task_id in _task_ids(item)]
        self._item = items[-1] if items else self._item
        return self

    async def closed(self, timeout: float | None = None) -> str:
        """Wait until the card is closed; what it then says. Raises NothingCameError."""

        async def look() -> str | None:
            await self.refreshed()
            return None if self.is_open else self.line

        return await self._staff.play.until(look, timeout, f"{self._staff.account} 的卡没有关:{self.title}")

    async def changed(self, timeout: float | None = None) -> PlayedCard:
        """Wait until the card shows something else, open or closed. Raises NothingCameError."""
        before = len(self._item["history"])

        async def look() -> PlayedCard | None:
            await self.refreshed()
            return self if len(self._item["history"]) > before else None

        return await self._staff.play.until(look, timeout, f"{self._staff.account} 的卡没有变:{self.title}")


class PlayedStaff:
    """A member of staff with WeCom in hand."""

    def __init__(self, play: Line, account: str) -> None:
        self.play = play
        self.account = account
        self._seen: set[str] = set()  #: task ids that `next_card` has handed out

    async def inbox(self) -> list[dict[str, Any]]:
        """Cards, notices and texts, newest last."""
        items: list[dict[str, Any]] = (await self.play.get(f"/staff/{self.account}/inbox"))["inbox"]
        return items

    async def cards(self) -> list[PlayedCard]:
        """Every card, open or closed, newest last."""
        return [PlayedCard(self, item) for item in await self.inbox() if item["kind"] == "card"]

    async def open_cards(self) -> list[PlayedCard]:
        return [card for card in await self.cards() if card.is_open]

    async def next_card(self, timeout: float | None = None) -> PlayedCard:
        """The oldest open card that was not handed out yet. Raises NothingCameError."""
        card = await self.play.until(self.find_card, timeout, f"{self.account} 没有收到新卡")
        self.take(card)
        return card

    async def find_card(self) -> PlayedCard | None:
        """The oldest open card that was not handed out yet; `take` hands it out."""
        for item in (await self.play.get(f"/staff/{self.account}/inbox", state="open"))["inbox"]:
            if not self._seen & _task_ids(item):
                return PlayedCard(self, item)
        return None

    def take(self, card: PlayedCard) -> None:
        self._seen.add(card.task_id)

    async def notices(self) -> list[str]:
        """What notices and texts said, oldest first."""
        return [
            " ".join(part for part in (item["face"]["title"], item["face"]["body"]) if part)
            for item in await self.inbox()
            if item["kind"] != "card"
        ]

    async def types(self, customer: str, text: str, account: str = "") -> str:
        """Type to a customer (by name) whose session this person holds. Returns the msgid."""
        return str((await self.do("say", await self._to(customer, account) | {"text": text}))["msgids"][0])

    async def ends(self, customer: str, account: str = "") -> None:
        """End the session in the client."""
        await self.do("end", await self._to(customer, account))

    async def picks(self, customer: str, account: str = "") -> None:
        """Take a customer out of the waiting pool."""
        await self.do("pick", await self._to(customer, account))

    async def transfers(self, customer: str, to: str, account: str = "") -> None:
        """Hand a customer to a colleague (staff account)."""
        await self.do("transfer", await self._to(customer, account) | {"to": to})

    async def writes(self, text: str) -> None:
        """Write to the app."""
        await self.do("write", {"text": text})

    async def serves(self, account: str, status: str = "receiving") -> None:
        """Receive customers of an account: receiving, stopped or none."""
        await self.play.post("/staff", {"account": self.account, "serves": {account: status}})

    async def do(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self.play.post(f"/staff/{self.account}/{verb}", body)

    async def _to(self, customer: str, account: str) -> dict[str, Any]:
        return {
            "customer": await self.play.customer_id(customer),
            "account": account or await self.play.account_of(customer),
        }


def _task_ids(item: dict[str, Any]) -> set[str]:
    return {item["task_id"], *(face["task_id"] for face in item["history"])}
