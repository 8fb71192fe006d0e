"""微信客服: pull, send, sessions, accounts, servicers, customers (facts/wecom.md §2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.ports import Session, SessionState
from bot.wecom.client import WeComClient
from bot.wecom.errcodes import OK, SEND, SEND_ON_EVENT, TRANSFER, StaleSignalError, explain
from bot.wecom.items import Item, int_in, parse_item, staff_in, text_in

PAGE: Final = 1000
BATCH: Final = 100
UNPROMPTED_PER_MINUTE: Final = 120  #: sync_msg without a callback's token; WeCom's own limit is strict and unpublished


@dataclass(frozen=True, slots=True)
class SyncPage:
    """One page. Keep `next_cursor` in the transaction that keeps the items."""

    items: tuple[Item, ...]
    next_cursor: str
    has_more: bool  #: may be true for an empty page
    is_stuck: bool = False  #: more was promised, but nothing came and the cursor did not move: ask again later


@dataclass(frozen=True, slots=True)
class KfAccount:
    """A customer-service account."""

    id: str
    name: str
    is_managed: bool  #: false when this app cannot drive it


@dataclass(frozen=True, slots=True)
class Roster:
    """Who serves an account."""

    staff: Mapping[str, bool]  #: accounts named one by one, and whether each receives customers now
    has_departments: bool  #: members of whole departments serve as well; WeCom does not name them


class KfApi:
    """The calls below /cgi-bin/kf/. All raise the MessengerError family."""

    def __init__(self, client: WeComClient) -> None:
        self._client = client

    async def sync(self, account: str, cursor: str, token: str) -> SyncPage:
        """The next page after `cursor` ("" starts three days back); `token` comes with a callback, else ""."""
        try:
            return await self._sync(account, cursor, token)
        except StaleSignalError:
            if not token:
                raise
        return await self._sync(account, cursor, "")

    async def _sync(self, account: str, cursor: str, token: str) -> SyncPage:
        if not token:
            await self._client.take_turn("kf/sync_msg unprompted", per_minute=UNPROMPTED_PER_MINUTE)
        body = {"open_kfid": account, "limit": PAGE, "voice_format": 0}
        given = {"cursor": cursor, "token": token}
        data = await self._client.post("kf/sync_msg", body | {name: value for name, value in given.items() if value})
        items = tuple(parse_item(raw, account) for raw in _list(data, "msg_list"))
        next_cursor = text_in(data, "next_cursor") or cursor
        has_more = int_in(data, "has_more") == 1
        is_stuck = has_more and not items and next_cursor == cursor  # asking on would be a loop without a pause
        return SyncPage(items, next_cursor, has_more and not is_stuck, is_stuck)

    async def send(self, account: str, customer: str, message: Mapping[str, Any], msgid: str) -> None:
        """Send under `msgid`, which works once per account. Raises AlreadySentError."""
        await self._client.post(SEND, {"touser": customer, "open_kfid": account, "msgid": msgid, **message})

    async def send_on_event(self, code: str, message: Mapping[str, Any], msgid: str) -> None:
        """Use up a welcome or message code. Raises CodeUsedError."""
        await self._client.post(SEND_ON_EVENT, {"code": code, "msgid": msgid, **message})

    async def session(self, account: str, customer: str) -> Session:
        """The state now. A state that we do not know counts as ended: nothing is sent in it."""
        data = await self._client.post("kf/service_state/get", {"open_kfid": account, "external_userid": customer})
        number = int_in(data, "service_state", default=SessionState.ENDED)
        state = SessionState(number) if number in tuple(SessionState) else SessionState.ENDED
        servicer = staff_in(data, "servicer_userid") or staff_in(data, "service_userid")  # sources differ in spelling
        return Session(state, servicer or None if state is SessionState.PERSON else None)

    async def move_session(self, account: str, customer: str, state: SessionState, servicer: str | None = None) -> None:
        """Change the state; `servicer` is required for PERSON. Raises HandoverRefusedError."""
        body = {"open_kfid": account, "external_userid": customer, "service_state": int(state)}
        await self._client.post(TRANSFER, body | ({"servicer_userid": servicer} if servicer else {}))

    async def accounts(self) -> list[KfAccount]:
        """Every account that the app can see."""
        found: dict[str, KfAccount] = {}
        while True:
            page = {"offset": len(found), "limit": BATCH}
            rows = list(_dicts(await self._client.post("kf/account/list", page), "account_list"))
            fresh = [row for row in rows if text_in(row, "open_kfid") not in found]
            for row in fresh:
                number, name = text_in(row, "open_kfid"), text_in(row, "name")
                found[number] = KfAccount(number, name, is_managed=row.get("manage_privilege") is not False)
            if len(rows) < BATCH or not fresh:
                return list(found.values())

    async def customers(self, ids: Iterable[str]) -> dict[str, str]:
        """Nicknames of customers who wrote within 48 hours; the others are left out."""
        names: dict[str, str] = {}
        for some in _batches(ids):
            body = {"external_userid_list": some, "need_enter_session_context": 0}
            data = await self._client.post("kf/customer/batchget", body)
            names |= {
                text_in(row, "external_userid"): text_in(row, "nickname") for row in _dicts(data, "customer_list")
            }
        return names

    async def servicers(self, account: str) -> dict[str, bool]:
        """Servicers of an account, and whether each receives customers now. Departments are left out."""
        return dict((await self.roster(account)).staff)

    async def roster(self, account: str) -> Roster:
        """Servicers of an account, and whether departments serve it, too."""
        data = await self._client.get("kf/servicer/list", open_kfid=account)
        rows = [(staff_in(row, "userid"), row) for row in _dicts(data, "servicer_list")]
        receiving = {staff: int_in(row, "status") == 0 for staff, row in rows if staff}
        return Roster(receiving, has_departments=any("department_id" in row for staff, row in rows if not staff))

    async def add_servicers(self, account: str, staff: Iterable[str]) -> dict[str, str]:
        """Make staff servicers; who is one already stays one. Returns who was refused, and why in Chinese."""
        refused: dict[str, str] = {}
        for some in _batches(staff):
            data = await self._client.post("kf/servicer/add", {"open_kfid": account, "userid_list": some})
            for row in _dicts(data, "result_list"):
                if (code := int_in(row, "errcode")) != OK:
                    refused[staff_in(row, "userid")] = explain(code)
        return refused


def _batches(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), BATCH):
        yield unique[start : start + BATCH]


def _list(data: dict[str, Any], name: str) -> list[Any]:
    value = data.get(name)
    return value if isinstance(value, list) else []


def _dicts(data: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    return (row for row in _list(data, name) if isinstance(row, dict))
