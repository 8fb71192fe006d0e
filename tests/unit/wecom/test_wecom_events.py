"""Decrypted callbacks become typed events; what is odd becomes an OtherEvent and never an exception."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom.events import AccountsChanged, CardPressed, KfSignal, OtherEvent, StaffSaid, parse_event

PAYLOADS = Path(__file__).parents[2] / "payloads"


def event_xml(name: str, rest: str = "") -> str:
    return f"<xml><FromUserName>WangJie</FromUserName><MsgType>event</MsgType><Event>{name}</Event>{rest}</xml>"


def test_a_kf_signal() -> None:
    event = parse_event((PAYLOADS / "kf_signal.xml").read_text("utf-8"))
    assert event == KfSignal("wkAJ2GCAAAmoon", "ENCApHxnGDNAVNY4AaSJKj4Tb5mwsEMzxhFmHVGcra996NR")
    assert "ENC" not in repr(event)


def test_a_pressed_card() -> None:
    event = parse_event((PAYLOADS / "card_pressed.xml").read_text("utf-8"))
    assert event == CardPressed(
        staff="linxiaoman",
        task_id="01JCARD0000000000000000001",
        key="send",
        response_code="RESPONSE-CODE-1",
        selected={"choice": ("Q-002",), "tone": ("warm", "short")},
        is_menu=False,
    )
    assert "RESPONSE-CODE" not in repr(event)


def test_a_tapped_corner_menu() -> None:
    rest = "<EventKey>dismiss:0</EventKey><TaskId>T1</TaskId><ResponseCode>R</ResponseCode>"
    assert parse_event(event_xml("template_card_menu_event", rest)) == CardPressed(
        "wangjie", "T1", "dismiss:0", "R", {}, is_menu=True
    )


def test_changed_accounts() -> None:
    rest = "<AuthAddOpenKfId>wk1</AuthAddOpenKfId><AuthAddOpenKfId>wk2</AuthAddOpenKfId><AuthDelOpenKfId/>"
    assert parse_event(event_xml("kf_account_auth_change", rest)) == AccountsChanged(("wk1", "wk2"), ())


def test_what_staff_write() -> None:
    rest = "<xml><FromUserName>WangJie</FromUserName><MsgType>{}</MsgType>{}<MsgId>12345</MsgId></xml>"
    text = parse_event(rest.format("text", "<Content><![CDATA[今天<未回复>的客户]]></Content>"))
    assert text == StaffSaid("wangjie", "text", "今天<未回复>的客户", "12345")
    assert "客户" not in repr(text)
    image = parse_event(rest.format("image", "<MediaId>m1</MediaId>"))
    assert image == StaffSaid("wangjie", "image", "", "12345")


@pytest.mark.parametrize(
    ("xml", "kind"),
    [
        (event_xml("enter_agent"), "enter_agent"),
        (event_xml("kf_msg_or_event"), "kf_msg_or_event"),
        (event_xml("template_card_event"), "template_card_event"),
        (event_xml(""), "unreadable"),
        ("<xml><MsgType>hologram</MsgType></xml>", "hologram"),
        ("<xml><MsgType>text</MsgType></xml>", "text"),
        ("<xml/>", "unreadable"),
        ("", "unreadable"),
        ("\udcff", "unreadable"),
        ("1616140317555161061", "unreadable"),
        ("<!DOCTYPE x [<!ENTITY e 'a'>]><xml><MsgType>&e;</MsgType></xml>", "unreadable"),
    ],
)
def test_the_rest_is_other(xml: str, kind: str) -> None:
    assert parse_event(xml) == OtherEvent(kind)


TAGS = ["MsgType", "Event", "FromUserName", "TaskId", "SelectedItems", "SelectedItem", "OptionIds", "OpenKfId"]
VALUES = ["event", "text", "kf_msg_or_event", "template_card_event", "", "x", "<b/>", "<![CDATA[y]]>", "&amp;"]


@given(st.lists(st.tuples(st.sampled_from(TAGS), st.sampled_from(VALUES)), max_size=12))
def test_any_mix_of_elements_is_an_event(parts: list[tuple[str, str]]) -> None:
    assert parse_event("<xml>" + "".join(f"<{tag}>{value}</{tag}>" for tag, value in parts) + "</xml>")


@given(st.text())
def test_any_text_is_an_event(text: str) -> None:
    assert parse_event(text)
