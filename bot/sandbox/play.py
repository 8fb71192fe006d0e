"""Plays people against a sandbox, over its control API only, so it works from another process too.

async with Player("http://127.0.0.1:8099") as play:
    lin = play.customer("小林", account="wkXihu")
    await lin.says("明天能停车吗")
    card = await play.staff("linxiaoman").next_card()
    await card.press("发送")
    assert await lin.next_reply() == card.body
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.sandbox.play_customer import PlayedCustomer
from bot.sandbox.play_line import PATIENCE, Line
from bot.sandbox.play_staff import PlayedStaff


class Player(Line):
    """The pretend people of one sandbox."""

    def __init__(self, base_url: str, *, account: str = "", patience: float = PATIENCE) -> None:
        super().__init__(base_url, account=account, patience=patience)
        self._customers: dict[str, PlayedCustomer] = {}
        self._staff: dict[str, PlayedStaff] = {}

    # --- people -------------------------------------------------------------------------------------------------------
    def customer(self, name: str, account: str = "") -> PlayedCustomer:
        """The customer of this name; made in the sandbox on first use."""
        customer = self._customers.setdefault(name, PlayedCustomer(self, name))
        if account:
            self.written_to[name] = account
        return customer

    def staff(self, account: str) -> PlayedStaff:
        """The member of staff with this account."""
        return self._staff.setdefault(account.lower(), PlayedStaff(self, account))

    # --- the platform -------------------------------------------------------------------------------------------------
    async def fault(self, name: str, *, times: int = 1, path: str = "", value: object = None) -> None:
        """Switch a fault on (names in `bot.sandbox.faults.Fault`); times 0 keeps it on."""
        await self.post("/faults", {"name": name, "times": times, "path": path, "value": value})

    async def no_faults(self) -> None:
        """Switch all faults off."""
        await self.request("DELETE", "/faults")

    async def move_clock(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move the sandbox's clock (and whoever shares it) forward."""
        by = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        await self.post("/clock", {"move_seconds": by.total_seconds()})

    async def calls(self, path: str = "") -> list[dict[str, Any]]:
        """Calls that the service made, oldest first: seq, at, path, errcode, fault."""
        calls: list[dict[str, Any]] = (await self.request("GET", "/calls", query={"path": path}))["calls"]
        return calls

    async def events(self, after: int = 0) -> list[dict[str, Any]]:
        """What happened after this number."""
        events: list[dict[str, Any]] = (await self.get("/events", after=str(after)))["events"]
        return events

    async def state(self) -> dict[str, Any]:
        """Accounts, staff, customers, sessions, faults, clock."""
        return await self.get("/state")

    async def verify(self) -> str:
        """Check the service's callback URL as the admin console does; "" when it is good, else what is wrong."""
        answer = await self.post("/verify", {})
        return "" if answer["is_good"] else str(answer["message"])
