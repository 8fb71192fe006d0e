"""A played customer, and their phone."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from bot.sandbox.play_line import Line


class PlayedCustomer:
    """A customer with a phone."""

    def __init__(self, play: Line, name: str) -> None:
        self._play = play
        self.name = name
        self._taken = 0  #: replies that `next_reply` has handed out

    async def id(self) -> str:
        """The external_userid."""
        return await self._play.customer_id(self.name)

    async def says(self, text: str, *, ago: timedelta = timedelta(0), quietly: bool = False) -> str:
        """Write one text; `ago` dates it back, `quietly` loses its callback. Returns its msgid."""
        body = {"text": text, "ago_seconds": ago.total_seconds(), "quietly": quietly}
        return str((await self._do("say", body))["msgids"][0])

    async def says_all(self, texts: list[str]) -> list[str]:
        """Write several texts in one go. Returns their msgids."""
        msgids: list[str] = (await self._do("say", {"texts": texts}))["msgids"]
        return msgids

    async def sends(self, kind: str, body: dict[str, Any] | None = None, *, content: bytes = b"") -> str:
        """Send image, voice, video, file, location, link, …; `content`: the file, not a sample. Returns its msgid."""
        encoded = base64.b64encode(content).decode()
        sent = await self._do("send", {"kind": kind, "body": body or {}, "content_base64": encoded})
        return str(sent["msgids"][0])

    async def enters(self, *, scene: str = "", scene_param: str = "") -> bool:
        """Open the chat; whether a welcome code went with it."""
        return bool((await self._do("enter", {"scene": scene, "scene_param": scene_param}))["has_welcome_code"])

    async def clicks(self, label: str) -> str:
        """Tap a line of the latest menu that has it. Returns the msgid of the message that comes of it."""
        return str((await self._do("click", {"label": label}))["msgids"][0])

    async def recalls(self, msgid: str) -> None:
        """Take a message back."""
        await self._do("recall", {"msgid": msgid})

    async def refuses(self, fail_type: int | None = 10) -> None:
        """From now on, what is sent is accepted and then fails; None takes it back."""
        await self._do("refuse", {"fail_type": fail_type})

    async def pays(self, *, order: str = "", amount: str = "", id: str = "", secret: str = "") -> dict[str, Any]:
        """Pay what the newest pay link asks for, or what is given; `secret` forges the notice, `id` tells it again.

        Gives id, order, amount, and the status of the service's answer.
        """
        return await self._do("pay", {"order": order, "amount": amount, "id": id, "secret": secret})

    async def messages(self) -> list[dict[str, Any]]:
        """Every bubble, both directions: at, who, kind, text, msgid, menu, staff, is_recalled, fail_type."""
        account = await self._play.account_of(self.name)
        answer = await self._play.get(f"/customers/{await self.id()}/messages", account=account)
        messages: list[dict[str, Any]] = answer["messages"]
        return messages

    async def received(self) -> list[str]:
        """What has reached this customer, oldest first: by the service, or typed by staff."""
        shown = await self.messages()
        return [each["text"] for each in shown if each["who"] in {"service", "staff"} and each["fail_type"] is None]

    async def next_reply(self, timeout: float | None = None) -> str:
        """The next reply that was not handed out yet. Raises NothingCameError."""

        async def look() -> str | None:
            received = await self.received()
            return received[self._taken] if len(received) > self._taken else None

        reply = await self._play.until(look, timeout, f"{self.name}没有收到回复")
        self._taken += 1
        return reply

    async def session(self) -> int:
        """The session's state, 0 to 4."""
        account, id = await self._play.account_of(self.name), await self.id()
        sessions = (await self._play.get("/state"))["sessions"]
        return next((each["state"] for each in sessions if (each["account"], each["customer"]) == (account, id)), 4)

    async def _do(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        account = await self._play.account_of(self.name)
        return await self._play.post(f"/customers/{await self.id()}/{verb}", {"account": account, **body})
