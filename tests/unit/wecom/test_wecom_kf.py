"""微信客服: pages of items, and the calls around them. No item, however strange, fails its page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import RejectedError, TryLaterError
from bot.ports import Session, SessionState
from bot.wecom import kf as kf_module
from bot.wecom.items import (
    EPOCH,
    CustomerSaid,
    Entered,
    Item,
    Recalled,
    RejectSwitched,
    SendFailed,
    SessionChange,
    SessionChanged,
    StaffStatusChanged,
    StaffTyped,
    UnknownItem,
    parse_item,
)
from bot.wecom.kf import KfAccount, KfApi
from tests.unit.wecom.paper import Paper, refuse

PAGE: dict[str, Any] = json.loads((Path(__file__).parents[2] / "payloads" / "kf_page.json").read_text("utf-8"))
ACCOUNT, CUSTOMER, STAFF = "wkAJ2GCAAAmoon", "wmAJ2GCAAAplum", "linxiaoman"


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(1764000000 + seconds, UTC)


def parsed(**changes: Any) -> Item:
    return parse_item(PAGE["msg_list"][0] | changes, "wkPULLED")


# --- items -----------------------------------------------------------------------------------------------------------
async def test_a_page_of_everything(paper: Paper, kf: KfApi) -> None:
    paper.then("kf/sync_msg", PAGE)
    page = await kf.sync(ACCOUNT, "cursor-0", "ENC1")
    assert (page.next_cursor, page.has_more) == ("4gw7MepFLfgF2VC5nob7", True)
    assert paper.to("kf/sync_msg")[0].json == {
        "open_kfid": ACCOUNT,
        "cursor": "cursor-0",
        "token": "ENC1",
        "limit": 1000,
        "voice_format": 0,
    }
    raw = PAGE["msg_list"]
    here = {"account": ACCOUNT, "customer": CUSTOMER}

    def said(number: int, kind: str, text: str = "", menu_id: str = "", media_id: str = "") -> CustomerSaid:
        return CustomerSaid(
            msgid=f"6pXUNzRmYBfK{number}",
            sent_at=at(number - 1),
            kind=kind,
            text=text,
            menu_id=menu_id,
            media_id=media_id,
            body=raw[number - 1],
            **here,
        )

    assert list(page.items) == [
        said(1, "text", "你们那边好停车吗😀"),
        said(2, "text", "停车", menu_id="Q-001"),
        said(3, "image", media_id="2iSLeVyqzk4eX0"),
        said(4, "location"),
        said(5, "channels"),
        StaffTyped(
            msgid="6pXUNzRmYBfK6", staff=STAFF, sent_at=at(5), kind="text", text="我来看看", body=raw[5], **here
        ),
        Entered(
            msgid="6pXUNzRmYBfE1",
            sent_at=at(6),
            scene="lobby_qr",
            scene_param="s%3D01",
            welcome_code="WELCOME-1",
            **here,
        ),
        SendFailed(
            msgid="6pXUNzRmYBfE2",
            sent_at=at(7),
            failed_msgid="01JDELIVERY",
            reason=10,
            hint="客人拒收了消息",
            **here,
        ),
        StaffStatusChanged(msgid="6pXUNzRmYBfE3", account=ACCOUNT, staff=STAFF, sent_at=at(8), is_receiving=False),
        SessionChanged(
            msgid="6pXUNzRmYBfE4",
            sent_at=at(9),
            change=SessionChange.ENDED,
            old_staff=STAFF,
            new_staff="",
            code="CODE-1",
            **here,
        ),
        Recalled(msgid="6pXUNzRmYBfE5", sent_at=at(10), recalled_msgid="6pXUNzRmYBfK1", by_staff=False, **here),
        Recalled(msgid="6pXUNzRmYBfE6", sent_at=at(11), recalled_msgid="6pXUNzRmYBfK6", by_staff=True, **here),
        RejectSwitched(msgid="6pXUNzRmYBfE7", staff=STAFF, sent_at=at(12), is_rejecting=True, **here),
        UnknownItem(msgid="6pXUNzRmYBfE8", sent_at=at(13), body=raw[13]),
    ]
    shown = repr(page)
    for word in ("停车", "我来看看", "WELCOME-1", "CODE-1"):
        assert word not in shown


@pytest.mark.parametrize("send_time", [None, "soon", -1, 10**18, True, [], 0, 1.5])
def test_without_a_time_an_item_is_old(send_time: object) -> None:
    assert parsed(send_time=send_time).sent_at == EPOCH


def test_mistyped_fields_are_tolerated() -> None:
    text = parsed(text="not an object", open_kfid=None, send_time="1764000000")
    assert isinstance(text, CustomerSaid)
    assert (text.text, text.account, text.sent_at) == ("", "wkPULLED", at(0))
    assert isinstance(parsed(text={"content": ["x"]}), CustomerSaid)
    assert isinstance(parsed(origin="3"), CustomerSaid)


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": 9},
        {"origin": None},
        {"msgtype": None},
        {"external_userid": None},
        {"msgid": None},
        {"msgtype": "event"},
        {"msgtype": "event", "event": "x"},
        {"msgtype": "event", "event": {"event_type": "session_status_change", "change_type": 7}},
        {"msgtype": "event", "event": {"event_type": "servicer_status_change", "status": 5}},
        {"msgtype": "event", "event": {"event_type": "msg_send_fail"}},
        {"msgtype": "event", "event": {"event_type": ["enter_session"]}},
    ],
)
def test_what_cannot_be_placed_is_unknown(changes: dict[str, Any]) -> None:
    raw = PAGE["msg_list"][0] | changes
    assert parse_item(raw, "wk1") == UnknownItem(msgid=parse_item(raw, "wk1").msgid, sent_at=at(0), body=raw)


def test_the_customer_of_an_event_may_stand_outside_it() -> None:
    item = parsed(msgtype="event", event={"event_type": "session_status_change", "change_type": 3})
    assert isinstance(item, SessionChanged)
    assert (item.customer, item.account) == (CUSTOMER, ACCOUNT)


def test_an_item_without_an_id_gets_the_same_one_twice() -> None:
    one, two = (parse_item({"msgtype": "x", "send_time": 5}, "wk1") for _ in range(2))
    assert one.msgid == two.msgid
    assert 0 < len(one.msgid) <= 32
    assert parse_item({"msgtype": "y"}, "wk1").msgid != one.msgid


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["event", "text"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["msgid", "open_kfid", "external_userid", "send_time", "origin", "msgtype", "text", "event"])
EVENT_NAMES = st.sampled_from(["event_type", "open_kfid", "external_userid", "change_type", "fail_msgid", "fail_type"])
EVENT_TYPES = st.sampled_from(["enter_session", "msg_send_fail", "session_status_change", "user_recall_msg"])
EVENTS = st.builds(
    lambda rest, kind: {"msgtype": "event", "event": rest | {"event_type": kind}},
    st.dictionaries(EVENT_NAMES, VALUES),
    EVENT_TYPES,
)


@settings(max_examples=300)
@given(VALUES | st.dictionaries(NAMES, VALUES) | EVENTS)
def test_anything_is_an_item(raw: object) -> None:
    item = parse_item(raw, "wk1")
    assert item.msgid
    assert item.sent_at.tzinfo is UTC


# --- sync ------------------------------------------------------------------------------------------------------------
async def test_an_empty_page_with_more_is_legal(paper: Paper, kf: KfApi) -> None:
    paper.then("kf/sync_msg", {"errcode": 0, "next_cursor": "c1", "has_more": 1, "msg_list": []})
    page = await kf.sync(ACCOUNT, "c0", "ENC")
    assert (page.items, page.next_cursor, page.has_more) == ((), "c1", True)


async def test_an_empty_page_that_leads_nowhere_ends_the_pull(paper: Paper, kf: KfApi) -> None:
    paper.then("kf/sync_msg", {"errcode": 0, "next_cursor": "c0", "has_more": 1, "msg_list": []})
    page = await kf.sync(ACCOUNT, "c0", "ENC")
    assert (page.has_more, page.is_stuck) == (False, True)


async def test_a_missing_cursor_never_loses_the_old_one(paper: Paper, kf: KfApi) -> None:
    paper.then("kf/sync_msg", {"errcode": 0, "msg_list": None}, {"errcode": 0, "next_cursor": ""})
    assert (await kf.sync(ACCOUNT, "c0", "ENC")).next_cursor == "c0"
    assert (await kf.sync(ACCOUNT, "c0", "ENC")).next_cursor == "c0"


async def test_a_stale_signal_is_dropped_and_the_cursor_kept(paper: Paper, kf: KfApi) -> None:
    paper.then("kf/sync_msg", refuse(95007), {"errcode": 0, "next_cursor": "c1", "has_more": 0})
    assert (await kf.sync(ACCOUNT, "c0", "OLD")).next_cursor == "c1"
    first, second = (one.json for one in paper.to("kf/sync_msg"))
    assert (first["token"], first["cursor"]) == ("OLD", "c0")
    assert "token" not in second
    assert second["cursor"] == "c0"
    paper.then("kf/sync_msg", refuse(95007), refuse(95007))
    with pytest.raises(RejectedError):
        await kf.sync(ACCOUNT, "c0", "OLD")
    assert len(paper.to("kf/sync_msg")) == 4


async def test_pulls_without_a_signal_are_rationed(paper: Paper, kf: KfApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kf_module, "UNPROMPTED_PER_MINUTE", 1)
    await kf.sync(ACCOUNT, "", "")
    assert "cursor" not in paper.to("kf/sync_msg")[0].json
    with pytest.raises(TryLaterError):
        await kf.sync(ACCOUNT, "", "")
    await kf.sync(ACCOUNT, "", "ENC")


# --- sessions --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("answer", "session"),
    [
        ({"service_state": 0}, Session(SessionState.NEW)),
        ({"service_state": 3, "servicer_userid": "LinXiaoMan"}, Session(SessionState.PERSON, STAFF)),
        ({"service_state": 3, "service_userid": "LinXiaoMan"}, Session(SessionState.PERSON, STAFF)),
        ({"service_state": 1, "servicer_userid": "LinXiaoMan"}, Session(SessionState.ASSISTANT)),
        ({"service_state": 9}, Session(SessionState.ENDED)),
        ({}, Session(SessionState.ENDED)),
    ],
)
async def test_the_session(paper: Paper, kf: KfApi, answer: dict[str, Any], session: Session) -> None:
    paper.then("kf/service_state/get", {"errcode": 0, **answer})
    assert await kf.session(ACCOUNT, CUSTOMER) == session
    assert paper.to("kf/service_state/get")[0].json == {"open_kfid": ACCOUNT, "external_userid": CUSTOMER}


# --- accounts, servicers, customers ----------------------------------------------------------------------------------
async def test_all_pages_of_accounts(paper: Paper, kf: KfApi) -> None:
    rows = [{"open_kfid": f"wk{number}", "name": "店", "manage_privilege": number != 1} for number in range(101)]
    paper.then("kf/account/list", {"errcode": 0, "account_list": rows[:100]})
    paper.then("kf/account/list", {"errcode": 0, "account_list": rows[100:]})
    accounts = await kf.accounts()
    assert len(accounts) == 101
    assert accounts[:2] == [KfAccount("wk0", "店", is_managed=True), KfAccount("wk1", "店", is_managed=False)]
    assert [one.json["offset"] for one in paper.to("kf/account/list")] == [0, 100]


async def test_a_list_that_repeats_itself_ends(paper: Paper, kf: KfApi) -> None:
    rows = [{"open_kfid": f"wk{number}"} for number in range(100)]
    paper.then("kf/account/list", *({"errcode": 0, "account_list": rows} for _ in range(5)))
    assert len(await kf.accounts()) == 100


async def test_nicknames_in_batches(paper: Paper, kf: KfApi) -> None:
    row = {"external_userid": CUSTOMER, "nickname": "小满"}
    paper.then("kf/customer/batchget", {"errcode": 0, "customer_list": [row, "odd"]}, {"errcode": 0})
    assert await kf.customers([CUSTOMER, *(f"wm{number}" for number in range(100)), CUSTOMER]) == {CUSTOMER: "小满"}
    assert [len(one.json["external_userid_list"]) for one in paper.to("kf/customer/batchget")] == [100, 1]
    assert await kf.customers([]) == {}


async def test_servicers(paper: Paper, kf: KfApi) -> None:
    rows = [{"userid": "LinXiaoMan", "status": 0}, {"userid": "wang", "status": 1}, {"department_id": 2}]
    paper.then("kf/servicer/list", {"errcode": 0, "servicer_list": rows})
    assert await kf.servicers(ACCOUNT) == {STAFF: True, "wang": False}
    assert paper.to("kf/servicer/list")[0].query["open_kfid"] == ACCOUNT


async def test_adding_servicers_says_who_was_refused(paper: Paper, kf: KfApi) -> None:
    rows = [
        {"userid": "lin", "errcode": 0, "errmsg": "ignored"},
        {"userid": "Wang", "errcode": 60021, "errmsg": "no"},
    ]
    paper.then("kf/servicer/add", {"errcode": 0, "result_list": rows})
    refused = await kf.add_servicers(ACCOUNT, ["lin", "wang"])
    assert list(refused) == ["wang"]
    assert "可见范围" in refused["wang"]
